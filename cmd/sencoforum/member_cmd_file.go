package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
)

// importBatch is how many lines share a transaction, so that arriving mail never waits long.
const importBatch = 500

func memberImportCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "import FILE|-",
		Short: "Add and change members from a file; nobody is mailed",
		Long: "Add and change members from a file. Nobody is mailed, and nobody is removed.\n" +
			"The first line of a CSV file names the columns: address, name, mode, role, joined, pause,\n" +
			"own, posting, relay, linked, ack, waiting, backup, in any order; only address is needed. An\n" +
			"empty cell changes nothing.\n" +
			"What Mailman, LISTSERV, Sympa, groups.io and Google Groups write is read as well, with\n" +
			"what their members chose; what has no counterpart here is named.\n" +
			"When a line has a fault nothing is written, unless --skip-bad is given.",
		Example:     "  sencoforum member import --list senco-forum members.csv --dry-run",
		Args:        exactly(1),
		Annotations: map[string]string{reads: "FILE"},
	}
	name := listFlag(c)
	dry := c.Flags().Bool("dry-run", false, "say what would be done, and do nothing; 3 when a line has a fault")
	skip := c.Flags().Bool("skip-bad", false, "leave lines with a fault out and do the others")
	wait := c.Flags().Bool("wait", false, "those who are added get nothing before 'sencoforum invite imported' tells them")
	reading := readingFlags(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		how, err := reading()
		if err != nil {
			return err
		}
		return o.reach(cmd, func(ctx context.Context, a *admin) error {
			how.Wait = *wait
			i, err := a.planImport(*name, how)
			if err != nil {
				return err
			}
			i.dry = *dry
			i.write = !*dry && (i.plan.Faults == 0 || *skip)
			if i.write {
				if err := i.do(ctx); err != nil {
					return err
				}
			}
			return i.tell()
		})
	}
	return c
}

// importing is one import at work.
type importing struct {
	*admin
	to    list.List
	how   membership.Reading
	file  membership.File
	plan  membership.Plan
	dry   bool // only say what would be done
	write bool // the plan is carried out
}

func (a *admin) planImport(name string, how membership.Reading) (*importing, error) {
	raw, err := io.ReadAll(a.in)
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	file, err := membership.Read(raw, how)
	if err != nil {
		return nil, usage("%w", err)
	}
	i := &importing{admin: a, how: how, file: file}
	err = a.db.View(func(tx *store.Tx) (err error) {
		if i.to, err = a.list(tx, name); err != nil {
			return err
		}
		known, err := membership.Everybody(tx, i.to.ID)
		if err != nil {
			return err
		}
		i.plan = membership.NewPlan(file, known, a.now())
		return nil
	})
	return i, err
}

// do carries the plan out in bounded transactions. When it is cut off, running it again does the rest.
func (i *importing) do(ctx context.Context) error {
	steps := slices.DeleteFunc(slices.Clone(i.plan.Steps), func(s membership.Step) bool {
		return s.Action != membership.Added && s.Action != membership.Changed
	})
	for done := 0; done < len(steps); done += importBatch {
		batch := steps[done:min(done+importBatch, len(steps))]
		err := ctx.Err()
		if err == nil {
			err = i.db.Update(func(tx *store.Tx) error { return membership.Import(tx, i.by(), i.to.ID, batch) })
		}
		if err != nil {
			return fmt.Errorf("%w; %s of them are done: run the same import again for the rest", err, plural(done, "line"))
		}
	}
	return nil
}

func memberExportCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "export",
		Short: "Write the members as CSV, for import",
		Long: "Write the members to standard output as a CSV file that import reads.\n" +
			"The file holds addresses of people: keep it as carefully as the forum itself.",
		Example: "  sencoforum member export --list senco-forum > members.csv",
		Args:    exactly(0),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			if a.opts.json {
				_, all, err := a.members(*name, func(membership.Member) bool { return true })
				return errors.Join(err, a.showMembers(all, ""))
			}
			var b bytes.Buffer
			err := a.db.View(func(tx *store.Tx) error {
				l, err := a.list(tx, *name)
				if err != nil {
					return err
				}
				return membership.WriteCSV(&b, membership.All(tx, l.ID))
			})
			if err != nil {
				return err
			}
			_, err = a.out.Write(b.Bytes())
			return err
		})
	}
	return c
}
