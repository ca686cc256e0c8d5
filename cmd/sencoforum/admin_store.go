package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"sencoforum/config"
	"sencoforum/store"
)

// storeName is the file of the store in the data directory, as openStore names it.
const storeName = "forum.db"

// reads is the annotation of a command that reads a file: the name of its last argument, or "-" for standard input.
const reads = "reads"

// reachStore runs an admin command: in the server when one runs, else here on the store.
func (o *rootOptions) reachStore(cmd *cobra.Command, do work) error {
	cfg, err := o.load()
	if err != nil {
		return err
	}
	input, err := o.input(cmd)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	err = o.inServer(ctx, cfg.Data, input)
	if errors.Is(err, errNoServer) {
		err = o.onStore(ctx, cfg, input, do)
	}
	return err
}

// input reads the file that a command is given, here and as the user who gave the command.
func (o *rootOptions) input(cmd *cobra.Command) ([]byte, error) {
	if o.give != nil {
		return o.give()
	}
	if cmd.Annotations[reads] == "" {
		return nil, nil
	}
	name, from := cmd.Flags().Args()[cmd.Flags().NArg()-1], o.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, usage("%w", err)
		}
		defer f.Close()
		from = f
	}
	input, err := io.ReadAll(io.LimitReader(from, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(input) > maxFile {
		return nil, usage("%s has more than %d MB; split it", name, maxFile>>20)
	}
	return input, nil
}

// inServer runs the command line in the server, asks when the server needs a yes, and hands it in again.
func (o *rootOptions) inServer(ctx context.Context, dir string, input []byte) error {
	args := o.args
	for {
		got, err := ask(ctx, dir, request{Args: args, Input: input}, o.out, o.errOut)
		if err != nil {
			return err
		}
		if got.question == "" {
			if got.code == exitOK {
				return nil
			}
			return &exit{code: got.code, err: errSaid}
		}
		if err := o.agree(got.question); err != nil {
			return err
		}
		args = append([]string{"--yes"}, o.args...)
	}
}

// onStore runs the command in this process, as the owner of the data directory.
func (o *rootOptions) onStore(ctx context.Context, cfg config.Config, input []byte, do work) error {
	if err := o.becomeOwner(cfg.Data); err != nil {
		return err
	}
	db, err := o.openExisting(cfg.Data)
	if errors.Is(err, store.ErrInUse) {
		// A server that has just started has the store before it has the socket.
		if err := o.inServer(ctx, cfg.Data, input); !errors.Is(err, errNoServer) {
			return err
		}
		return fmt.Errorf("another command, or a server that is just starting, uses %s; try again in a moment", cfg.Data)
	}
	if err != nil {
		return err
	}
	a := &admin{db: db, cfg: cfg, now: o.now, actor: operator(o.uid), out: o.out, errOut: o.errOut, outside: o.outside, opts: o}
	return errors.Join(o.untilAgreed(ctx, a, input, do), db.Close())
}

// becomeOwner makes this process the owner of the data directory, until back is called where the command has set that.
func (o *rootOptions) becomeOwner(dir string) (err error) {
	if o.back == nil {
		return becomeOwner(dir)
	}
	back, err := asOwner(dir)
	if err == nil {
		o.back = back
	}
	return err
}

// untilAgreed runs the command, and once more when it needs a yes and gets it.
func (o *rootOptions) untilAgreed(ctx context.Context, a *admin, input []byte, do work) error {
	a.in = bytes.NewReader(input)
	err := do(ctx, a)
	if !errors.Is(err, errAsk) {
		return err
	}
	if err := o.agree(a.question); err != nil {
		return err
	}
	o.yes, a.in = true, bytes.NewReader(input)
	return do(ctx, a)
}

// openExisting opens the store of a data directory and never makes one.
func (o *rootOptions) openExisting(dir string) (*store.DB, error) {
	if _, err := os.Stat(filepath.Join(dir, storeName)); err != nil {
		return nil, usage("there is no forum in %s; make one with: sencoforum init", dir)
	}
	db, err := openStore(slog.New(slog.NewTextHandler(o.errOut, &slog.HandlerOptions{Level: slog.LevelWarn})), dir)
	if err != nil {
		return nil, err
	}
	if err := removeSocket(filepath.Join(dir, controlName)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}
