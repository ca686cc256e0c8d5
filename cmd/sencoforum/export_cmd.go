package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/store"
)

func exportCommand(o *rootOptions) *cobra.Command {
	c := group("export", "Give out the archive, or all about one person", exportMboxCommand(o), exportMemberCommand(o))
	c.Annotations = map[string]string{minor: "yes"}
	return c
}

func exportMboxCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "mbox",
		Short: "Write posts as an mbox file",
		Long: "Write the published posts of a list, of one discussion or of one year as an mbox file (mboxrd),\n" +
			"from which \"sencoforum import mbox\" makes the same archive again.\n" +
			"The file holds addresses and words of people: keep it as carefully as the forum itself.",
		Example: "  sencoforum export mbox --list senco-forum -o archive.mbox\n  sencoforum export mbox --thread 4711 -o discussion.mbox",
		Args:    exactly(0),
	}
	name := listFlag(c)
	thread := c.Flags().Uint32("thread", 0, "only the discussion with this post")
	year := c.Flags().Int("year", 0, "only what was written in this year")
	file := outputFlag(c, "write to this new `FILE` and not to standard output")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.toFile(*file, func() error {
			return o.reach(cmd, func(ctx context.Context, a *admin) error {
				return a.exportMbox(ctx, *name, archive.Export{Thread: archive.Number(*thread), Year: *year})
			})
		})
	}
	return c
}

func outputFlag(c *cobra.Command, usage string) *string {
	return c.Flags().StringP("output", "o", "", usage)
}

// toFile lets a command write its output to a new file of mode 0600, where the command was given. Of an export that fails
// nothing is left.
func (o *rootOptions) toFile(name string, do func() error) error {
	if o.inside || name == "" || name == "-" {
		return do()
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return usage("%s is there already; nothing is ever written over", name)
	}
	if err != nil {
		return usage("%w", err)
	}
	was := o.out
	o.out = f
	err = do()
	o.out = was
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err != nil {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

func (a *admin) exportMbox(ctx context.Context, name string, e archive.Export) error {
	l, err := a.listNamed(name)
	if err != nil {
		return err
	}
	e.List = l.ID
	if err := a.noteExport(l, &e); err != nil {
		return err
	}
	w := bufio.NewWriterSize(a.out, 256<<10)
	sum, err := e.Write(ctx, a.db, w)
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	words := "Wrote " + plural(sum.Posts, "post") + " of " + l.Name + "."
	if sum.Unseen > 0 {
		words += fmt.Sprintf(" %s that members do not see stayed out.", plural(sum.Unseen, "post"))
	}
	_, err = fmt.Fprintln(a.errOut, words)
	return err
}

// noteExport records an export before its first byte, and makes sure that there is what it wants.
func (a *admin) noteExport(l list.List, e *archive.Export) error {
	entry := audit.Entry{At: a.now(), Actor: a.actor, Action: "archive export", List: uint32(l.ID)}
	if e.Year != 0 {
		entry.Detail = fmt.Sprintf("year %d", e.Year)
	}
	return a.db.Update(func(tx *store.Tx) error {
		if e.Thread != 0 {
			p, err := archive.Get(tx, e.Thread)
			if err != nil || p.List != l.ID {
				return usage("there is no post %d on %s", e.Thread, l.Name)
			}
			if e.Thread, err = archive.ThreadOf(tx, e.Thread); err != nil {
				return err
			}
			entry.Items = []uint64{uint64(e.Thread)}
		}
		return audit.Append(tx, entry)
	})
}
