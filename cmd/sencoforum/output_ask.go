package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// agree asks on the terminal whether to do what a question describes. Without a terminal there is nobody to ask.
func (o *rootOptions) agree(question string) error {
	if !o.terminal {
		return usage("%s\n%w", question, errAsk)
	}
	line, err := o.prompt(question + "\nDo it? Type yes: ")
	if err != nil {
		return err
	}
	if w := strings.ToLower(line); w != "yes" && w != "y" {
		return errors.New("nothing was done")
	}
	return nil
}

// prompt asks one thing and returns the line that was typed.
func (o *rootOptions) prompt(words string) (string, error) {
	if _, err := fmt.Fprint(o.errOut, words); err != nil {
		return "", err
	}
	if o.lines == nil {
		o.lines = bufio.NewReader(o.in)
	}
	line, err := o.lines.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read answer: %w", err)
	}
	if line == "" {
		return "", errors.New("there was no answer; nothing was done")
	}
	return strings.TrimSpace(line), nil
}
