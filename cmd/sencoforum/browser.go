package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// browsers are programs that open a page in the browser of whoever sits there, in the order in which they are tried.
var browsers = []string{"xdg-open", "open", "wslview"}

// openTime is how long such a program may take to hand the page on.
const openTime = 10 * time.Second

// openPage shows the page that show prints in a browser: it becomes a file that only its owner may read. Where nothing can open it,
// whoever gave the command is told where it is. What is no page is printed as it is.
func (o *rootOptions) openPage(ctx context.Context, show func() error) error {
	to := o.out
	var page bytes.Buffer
	o.out = &page
	err := show()
	o.out = to
	if err != nil || !bytes.HasPrefix(page.Bytes(), []byte("<!doctype html>")) {
		to.Write(page.Bytes())
		return err
	}
	f, err := os.CreateTemp("", "sencoforum-*.html") // mode 0600
	if err != nil {
		return fmt.Errorf("make a page: %w", err)
	}
	_, err = f.Write(page.Bytes())
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("make a page: %w", err)
	}
	word := "Open this page in a browser, and remove it when you have read it"
	if opened(ctx, f.Name()) {
		word = "The page is opened in your browser; remove it when you have read it"
	}
	_, err = fmt.Fprintf(to, "%s: %s\n", word, f.Name())
	return err
}

// opened hands a file to the browser, and reports whether that could be done.
func opened(ctx context.Context, path string) bool {
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	for _, name := range browsers {
		if program, err := exec.LookPath(name); err == nil {
			return exec.CommandContext(ctx, program, path).Run() == nil
		}
	}
	return false
}
