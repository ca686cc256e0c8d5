package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
)

// importBatch is how many lines share a transaction, so that arriving mail never waits long.
const importBatch = 500

func memberImportCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "import FILE.csv|-",
		Short: "Add and change members from a CSV file; nobody is mailed",
		Long: "Add and change members from a CSV file. Nobody is mailed, and nobody is removed.\n" +
			"The first line names the columns: address, name, mode, role, joined, pause, own,\n" +
			"posting, relay, linked, in any order; only address is needed. An empty cell changes nothing.\n" +
			"When a line has a fault nothing is written, unless --skip-bad is given.",
		Example:     "  sencoforum member import --list senco-forum members.csv --dry-run",
		Args:        exactly(1),
		Annotations: map[string]string{reads: "FILE"},
	}
	name := listFlag(c)
	dry := c.Flags().Bool("dry-run", false, "say what would be done, and do nothing; 3 when a line has a fault")
	skip := c.Flags().Bool("skip-bad", false, "leave lines with a fault out and do the others")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(ctx context.Context, a *admin) error {
			i, err := a.planImport(*name)
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
	to     list.List
	unused []string
	plan   membership.Plan
	dry    bool // only say what would be done
	write  bool // the plan is carried out
}

func (a *admin) planImport(name string) (*importing, error) {
	raw, err := io.ReadAll(a.in)
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	file, err := membership.ReadCSV(raw)
	if err != nil {
		return nil, usage("%w", err)
	}
	i := &importing{admin: a, unused: file.Unused}
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

// importView is an import as JSON.
type importView struct {
	List      string            `json:"list"`
	Written   bool              `json:"written"`
	Added     int               `json:"added"`
	Changed   int               `json:"changed"`
	Unchanged int               `json:"unchanged"`
	Faults    int               `json:"faults"`
	Unused    []string          `json:"unused_columns,omitempty"`
	Steps     []membership.Step `json:"steps,omitempty"` // all that are not unchanged; faults alone once written
}

// tell says what was done, or would be, and gives the exit code.
func (i *importing) tell() error {
	p := i.plan
	v := importView{
		List: i.to.Name, Written: i.write, Added: p.Added, Changed: p.Changed, Unchanged: p.Unchanged, Faults: p.Faults,
		Unused: i.unused, Steps: i.steps(),
	}
	err := i.show(v, func(t *text) {
		var rows [][]string
		for _, s := range v.Steps {
			rows = append(rows, []string{fmt.Sprintf("line %d", s.Line), string(s.Action), orDash(s.Address), changesOf(s)})
		}
		t.rows(nil, rows)
		if len(v.Unused) > 0 {
			t.say("Columns that say nothing to me: %s.", strings.Join(v.Unused, ", "))
		}
		t.say("%d added, %d changed, %d unchanged, %s.", p.Added, p.Changed, p.Unchanged, plural(p.Faults, "fault"))
		t.say("%s", i.ending())
	})
	switch {
	case err != nil || p.Faults == 0 || i.write:
		return err
	case i.dry:
		return &exit{code: exitChecks, err: errSaid}
	}
	return &exit{code: exitFailed, err: errSaid}
}

func (i *importing) ending() string {
	switch {
	case i.write && i.plan.Faults > 0:
		return "The lines with a fault were left out. Nobody was mailed."
	case i.write:
		return "Nobody was mailed."
	case i.dry:
		return "Nothing was written: this was a dry run."
	}
	return "Nothing was written. Correct the faults, or leave those lines out with --skip-bad."
}

// steps are those worth a line: what a dry run would do, and faults.
func (i *importing) steps() []membership.Step {
	var all []membership.Step
	for _, s := range i.plan.Steps {
		if s.Action == membership.Faulty || i.dry && s.Action != membership.Unchanged {
			all = append(all, s)
		}
	}
	return all
}

func changesOf(s membership.Step) string {
	if s.Action == membership.Faulty {
		return s.Fault
	}
	var all []string
	for _, c := range s.Changes {
		all = append(all, fmt.Sprintf("%s: %s -> %s", c.Key, orDash(c.From), orDash(c.To)))
	}
	return strings.Join(all, ", ")
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
