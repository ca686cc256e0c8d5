package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/config"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// importBatchCommand is what the other imports ask of a running server, many times.
func importBatchCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "batch",
		Short:   "Store one batch of messages; for the other imports",
		Example: "  sencoforum import batch",
		Args:    exactly(0),
		Hidden:  true,
	}
	name := listFlag(c)
	dry := c.Flags().Bool("dry-run", false, "only look what is known")
	begins := c.Flags().Bool("begins", false, "an import begins: tell which list it is for")
	ends := c.Flags().String("ends", "", "an import ended, with these `FIGURES`")
	run := c.Flags().String("run", "", "the `ID` that the import was given when it began")
	part := c.Flags().Int("part", 0, "the `NUMBER` of the batch in its import, from 0")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(ctx context.Context, a *admin) error {
			l, err := a.listNamed(*name)
			if err != nil {
				return err
			}
			var answer any
			switch {
			case *begins:
				answer, err = a.importBegins(l, *dry)
			case *ends != "":
				if a.search != nil {
					a.search.Resume()
				}
				a.imports.end(*run)
				err = a.noteImport(l, *ends)
			default:
				answer, err = a.importBatch(ctx, l, *dry, *run, *part)
			}
			if err != nil {
				return err
			}
			return json.NewEncoder(a.out).Encode(answer)
		})
	}
	return c
}

// listNamed is list in a transaction of its own.
func (a *admin) listNamed(name string) (l list.List, err error) {
	err = a.db.View(func(tx *store.Tx) error {
		l, err = a.list(tx, name)
		return err
	})
	return l, err
}

// importInto is what an import has to know of its list.
type importInto struct {
	List string          `json:"list"`
	Post message.Address `json:"post"`
	Run  string          `json:"run"` // which import this is
}

func (a *admin) importBegins(l list.List, dry bool) (importInto, error) {
	into := importInto{List: l.Name, Post: l.Post()}
	if !dry {
		if err := a.roomToImport(); err != nil {
			return into, err
		}
		if err := a.noteImport(l, "begins"); err != nil {
			return into, err
		}
	}
	into.Run = a.imports.begin()
	return into, nil
}

// roomToImport refuses to take the room on disk that arriving mail needs.
func (a *admin) roomToImport() error {
	free, err := a.db.Free()
	if err != nil {
		return fmt.Errorf("look for room on disk: %w", err)
	}
	if least := minFree(a.cfg); free < least {
		return fmt.Errorf("only %d MB are free on the disk of %s, and arriving mail needs %d; make room first", free>>20, a.cfg.Data, least>>20)
	}
	return nil
}

// noteImport records that an import began or ended.
func (a *admin) noteImport(l list.List, detail string) error {
	return a.db.Update(func(tx *store.Tx) error {
		return audit.Append(tx, audit.Entry{At: a.now(), Actor: a.actor, Action: "archive import", List: uint32(l.ID), Detail: detail})
	})
}

func (a *admin) importBatch(ctx context.Context, l list.List, dry bool, id string, part int) (archive.ImportResult, error) {
	run, err := a.imports.get(id)
	if err != nil {
		return archive.ImportResult{}, err
	}
	raw, err := readWhole(a.in)
	if err != nil {
		return archive.ImportResult{}, fmt.Errorf("read batch: %w", err)
	}
	items, err := archive.ReadImportBatch(raw)
	if err != nil {
		return archive.ImportResult{}, err
	}
	if !dry {
		if err := a.roomToImport(); err != nil {
			return archive.ImportResult{}, err
		}
	}
	if a.search != nil {
		a.search.Yield()
	}
	keys, err := openKeys(a.cfg.Data)
	if err != nil {
		return archive.ImportResult{}, err
	}
	i := archive.Importer{DB: a.db, List: l, Now: a.now, Dry: dry, Clean: withoutTokens(l, keys), Run: run, Part: part}
	return i.Batch(ctx, items)
}

// readWhole reads what a command is given, at once where it says how much it is.
func readWhole(r io.Reader) ([]byte, error) {
	known, ok := r.(interface{ Len() int })
	if !ok {
		return io.ReadAll(r)
	}
	raw := make([]byte, known.Len())
	_, err := io.ReadFull(r, raw)
	return raw, err
}

// withoutTokens takes our own tokens out of old mail, and out of signed parts, too: nobody can be asked to send it anew. In a
// file that cannot be mended the letters themselves are overwritten.
func withoutTokens(l list.List, keys *token.Keyring) func(m *message.Message) *message.Message {
	return func(m *message.Message) *message.Message {
		clean, err := l.Redacted(keys, m, true)
		if err != nil {
			return message.Parse([]byte(token.Redact(string(m.Raw()), list.Hidden)))
		}
		return clean
	}
}

// importTarget is where an import goes: the server, or the store where none runs.
type importTarget struct {
	importInto
	command func(ctx context.Context, input []byte, answer any, more ...string) error
	close   func() error
}

// importTarget finds where to import, and asks it which list it is.
func (o *rootOptions) importTarget(ctx context.Context, cfg config.Config, s *importSpec) (*importTarget, error) {
	args := []string{"import", "batch"}
	if s.list != "" {
		args = append(args, "--list", s.list)
	}
	if s.dry {
		args = append(args, "--dry-run")
	}
	t := &importTarget{close: func() error { return nil }}
	t.command = func(ctx context.Context, input []byte, answer any, more ...string) error {
		var out, problem bytes.Buffer
		got, err := ask(ctx, cfg.Data, request{Args: append(args[:len(args):len(args)], more...), Input: input}, &out, &problem)
		return answered(got.code, &out, &problem, err, answer)
	}
	err := t.command(ctx, nil, &t.importInto, "--begins")
	if !errors.Is(err, errNoServer) {
		return t, err
	}
	if err := becomeOwner(cfg.Data); err != nil {
		return nil, err
	}
	db, err := o.openExisting(cfg.Data)
	if errors.Is(err, store.ErrInUse) {
		// A server that has just started has the store before it has the socket.
		if err := t.command(ctx, nil, &t.importInto, "--begins"); !errors.Is(err, errNoServer) {
			return t, err
		}
		return nil, fmt.Errorf("another command, or a server that is just starting, uses %s; try again in a moment", cfg.Data)
	}
	if err != nil {
		return nil, err
	}
	t.close = db.Close
	imports := &imports{}
	t.command = func(ctx context.Context, input []byte, answer any, more ...string) error {
		var out, problem bytes.Buffer
		a := &admin{db: db, cfg: cfg, now: o.now, actor: operator(o.uid), imports: imports, in: bytes.NewReader(input), out: &out, errOut: &problem}
		code := a.run(ctx, append(args[:len(args):len(args)], more...))
		return answered(code, &out, &problem, nil, answer)
	}
	if err := t.command(ctx, nil, &t.importInto, "--begins"); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return t, nil
}

// answered reads what the hidden command printed.
func answered(code int, out, problem *bytes.Buffer, err error, answer any) error {
	switch {
	case err != nil:
		return err
	case code != exitOK:
		text := strings.TrimPrefix(strings.TrimSpace(problem.String()), "sencoforum: ")
		return &exit{code: code, err: errors.New(text)}
	case answer == nil:
		return nil
	}
	if err := json.Unmarshal(out.Bytes(), answer); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	return nil
}
