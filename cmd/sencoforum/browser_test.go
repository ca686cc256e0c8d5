package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A page is handed to the browser as a file that nobody else may read; other output stays output.
func TestAPageIsOpenedInTheBrowser(t *testing.T) {
	bin, tmp := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("PATH", bin+":/usr/bin:/bin")
	program := "#!/bin/sh\ncp \"$1\" " + filepath.Join(bin, "seen") + "\n"
	if err := os.WriteFile(filepath.Join(bin, "xdg-open"), []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	o := &rootOptions{out: &out}
	print := func(text string) func() error {
		return func() error { _, err := o.out.Write([]byte(text)); return err }
	}
	if err := o.openPage(t.Context(), print("<!doctype html><p>Hello")); err != nil {
		t.Fatal(err)
	}
	path := strings.TrimSpace(out.String()[strings.LastIndex(out.String(), ": ")+2:])
	seen, err := os.ReadFile(filepath.Join(bin, "seen"))
	if err != nil || string(seen) != "<!doctype html><p>Hello" || !strings.HasPrefix(out.String(), "The page is opened") {
		t.Errorf("the browser saw %q (%v); %s", seen, err, out.String())
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the page is %v (%v)", info, err)
	}

	if err := os.WriteFile(filepath.Join(bin, "xdg-open"), []byte("#!/bin/sh\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := o.openPage(t.Context(), print("<!doctype html>")); err != nil || !strings.HasPrefix(out.String(), "Open this page in a browser") {
		t.Errorf("without a browser: %v, %s", err, out.String())
	}
	out.Reset()
	if err := o.openPage(t.Context(), print("There is nothing to put into a digest.\n")); err != nil || out.String() != "There is nothing to put into a digest.\n" {
		t.Errorf("what is no page: %v, %q", err, out.String())
	}
	out.Reset()
	if err := o.openPage(t.Context(), func() error { return errors.New("no server") }); err == nil || out.Len() > 0 {
		t.Errorf("an error is %v, with %q", err, out.String())
	}
}
