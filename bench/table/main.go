// Command table prints the results of one run of bench/peers/run.sh as markdown: every measure, and the targets of the
// server with what was reached. It is no error that a target is missed; the table says so.
//
//	table results.jsonl
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: table results.jsonl")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

func run(path string, out io.Writer) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := read(f)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	_, err = io.WriteString(out, measureTable(r)+"\n"+targetTable(r))
	return err
}

// errMixed is returned for results of several runs, since the ratio of two figures means something only within one.
var errMixed = errors.New("results of more than one run")
