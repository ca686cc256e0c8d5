package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/list"
	"sencoforum/store"
)

// Somebody waits for a completion with a finger on the key.
const (
	completionTime = time.Second
	completionLock = 200 * time.Millisecond
)

// completeList offers the names of the lists. Whatever goes wrong, it offers nothing and says nothing.
func (o *rootOptions) completeList(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	found := make(chan []string, 1)
	go func() { found <- o.listNames(ctx) }()
	select {
	case names := <-found:
		return beginning(begun, names), cobra.ShellCompDirectiveNoFileComp
	case <-ctx.Done(): // what still runs only reads, and ends with the process
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

// listNames asks the server, or reads the store when none runs.
func (o *rootOptions) listNames(ctx context.Context) []string {
	cfg, err := o.load()
	if err != nil {
		return nil
	}
	names, err := askNames(ctx, cfg.Data)
	if errors.Is(err, errNoServer) {
		names, err = readNames(cfg.Data)
	}
	if err != nil {
		return nil
	}
	return names
}

// askNames gets the names from the server.
func askNames(ctx context.Context, dir string) (names []string, err error) {
	var out bytes.Buffer
	if _, err := ask(ctx, dir, request{Args: []string{"list", "show", "--json"}}, &out, io.Discard); err != nil {
		return nil, err
	}
	var all []struct{ Name, Title string }
	if err := json.Unmarshal(out.Bytes(), &all); err != nil {
		return nil, err
	}
	for _, l := range all {
		names = append(names, l.Name+"\t"+visible(l.Title))
	}
	return names, nil
}

// readNames reads the names from the store. One that another program has, or that would have to be changed first, is
// left alone.
func readNames(dir string) (names []string, err error) {
	path := filepath.Join(dir, storeName)
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	if err := becomeOwner(dir); err != nil {
		return nil, err
	}
	opts := store.DefaultOptions()
	opts.Lock, opts.Reserve, opts.Schema = completionLock, reserve, schema
	db, err := store.Open(path, opts)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	err = db.View(func(tx *store.Tx) error {
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			names = append(names, l.Name+"\t"+visible(l.Title))
		}
		return nil
	})
	return names, err
}
