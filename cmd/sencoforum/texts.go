package main

import (
	"errors"
	"io"
	"os"

	"sencoforum/config"
	"sencoforum/web"
)

// ownTexts reads the pages that the operator wrote in place of ours. The error is config.Faults, of all of them.
func ownTexts(cfg config.Texts, base string) (map[string]web.Text, error) {
	var faults config.Faults
	all := map[string]web.Text{}
	for _, name := range web.TextNames() {
		path := cfg.Path(name)
		if path == "" {
			continue
		}
		t, wrong, err := ownText(name, path, base)
		if err != nil {
			return nil, err
		}
		all[name], faults = t, append(faults, wrong...)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return all, nil
}

// ownText reads one of these pages.
func ownText(name, path, base string) (t web.Text, faults config.Faults, err error) {
	source, err := readText(path)
	if err != nil {
		next := "put a file there that the server's user can read, or remove the key"
		return t, config.Faults{{Key: "texts." + name, Problem: err.Error(), Next: next}}, nil
	}
	t, err = web.ReadText(source, base)
	var wrong web.TextFaults
	if !errors.As(err, &wrong) {
		return t, nil, err
	}
	for _, w := range wrong {
		faults = append(faults, config.Fault{File: path, Line: w.Line, Problem: w.Problem, Next: w.Next})
	}
	return t, faults, nil
}

func readText(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, web.MaxText+1))
}
