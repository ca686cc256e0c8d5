package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/store"
)

// entryFlags are what is said of a thread in a collection.
type entryFlags struct {
	summary, review *string
	order           *int
}

func newEntryFlags(c *cobra.Command) entryFlags {
	return entryFlags{
		summary: c.Flags().String("summary", "", "what the thread came to, as `TEXT` of at most 2,000 characters"),
		review:  c.Flags().String("review", "", "the `DATE` on which somebody should look whether it still holds; never: none"),
		order:   orderFlag(c),
	}
}

// put changes an entry as the flags say that were given.
func (f entryFlags) put(e *archive.Entry, cmd *cobra.Command, now time.Time) (err error) {
	if cmd.Flags().Changed("summary") {
		e.Summary = *f.summary
	}
	if *f.order != 0 {
		e.Order = *f.order
	}
	switch {
	case !cmd.Flags().Changed("review"):
		return nil
	case strings.EqualFold(*f.review, "never"):
		e.Review = time.Time{}
		return nil
	}
	e.Review, err = parseDay(*f.review, now)
	return err
}

func collectionAddCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "add SLUG N",
		Short: "Add a thread to a collection",
		Long: "Add a thread to a collection, by its number or that of a post in it. Of one that is in it already\n" +
			"the summary, the date and the place are changed.",
		Example: `  sencoforum collection add exam-access 48213 --summary "Who may have a reader" --review 2027-09-01`,
		Args:    exactly(2),
	}
	name, flags := listFlag(c), newEntryFlags(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		n, err := parseNumber(args[1])
		if err != nil {
			return err
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			return a.putEntry(*name, "collection add", args[0], n, func(e *archive.Entry) error { return flags.put(e, cmd, a.now()) })
		})
	}
	return c
}

func collectionSetCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "set SLUG [N]",
		Short: "Change a collection, or what it says of a thread",
		Long: "Change the title and the introduction of a collection, or, with N, the summary, the review date\n" +
			"and the place of a thread in it. What is not given stays.",
		Example: "  sencoforum collection set exam-access 48213 --review \"1 September 2028\"",
		Args:    between(1, 2),
	}
	name, flags := listFlag(c), newEntryFlags(c)
	title, intro := titleFlags(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		given := cmd.Flags().Changed
		ofEntry, ofPage := given("summary") || given("review") || given("order"), given("title") || given("intro")
		if len(args) == 1 {
			if ofEntry || !ofPage {
				return usage("of a collection give --title or --intro; of a thread in it give its number, too")
			}
			return o.reach(cmd, func(_ context.Context, a *admin) error {
				return a.changeCollection(*name, "collection set", func(tx *store.Tx, l list.ID) (archive.Collection, bool, error) {
					to, err := archive.FindCollection(tx, l, args[0])
					if err != nil {
						return to, false, err
					}
					if given("title") {
						to.Title = *title
					}
					if given("intro") {
						to.Intro = *intro
					}
					return archive.SaveCollection(tx, to)
				})
			})
		}
		n, err := parseNumber(args[1])
		if err != nil {
			return err
		}
		if ofPage || !ofEntry {
			return usage("of a thread in a collection give --summary, --review or --order")
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.setEntry(*name, args[0], n, flags, cmd) })
	}
	return c
}

// setEntry changes an entry that is there.
func (a *admin) setEntry(name, slug string, n archive.Number, flags entryFlags, cmd *cobra.Command) error {
	err := a.db.View(func(tx *store.Tx) error {
		l, err := a.list(tx, name)
		if err != nil {
			return err
		}
		c, err := archive.FindCollection(tx, l.ID, slug)
		if err == nil {
			_, err = archive.EntryOf(tx, c, n)
		}
		return err
	})
	if err != nil {
		return curationError(err)
	}
	return a.putEntry(name, "collection set", slug, n, func(e *archive.Entry) error { return flags.put(e, cmd, a.now()) })
}

// putEntry adds or changes an entry and records it if there was a difference.
func (a *admin) putEntry(name, action, slug string, n archive.Number, change func(e *archive.Entry) error) error {
	var v collectedView
	var changed bool
	err := a.db.Update(func(tx *store.Tx) error {
		l, err := a.list(tx, name)
		if err != nil {
			return err
		}
		c, err := archive.FindCollection(tx, l.ID, slug)
		if err != nil {
			return err
		}
		e, err := entryOrNew(tx, c, n, a)
		if err != nil {
			return err
		}
		e.Thread = n
		if err := change(&e); err != nil {
			return err
		}
		if e, changed, err = archive.PutEntry(tx, c, e); err != nil {
			return err
		}
		if changed {
			items := []uint64{uint64(c.ID), uint64(e.Thread)}
			if err := a.record(tx, audit.Entry{Action: action, List: uint32(l.ID), Items: items}); err != nil {
				return err
			}
		}
		v, err = viewCollected(tx, c, e, a.now())
		return err
	})
	if err != nil {
		return curationError(err)
	}
	return a.show(v, func(t *text) {
		if changed {
			t.say("The collection %s has now:", v.Collection)
		} else {
			t.say("The collection %s is as it was:", v.Collection)
		}
		v.tell(t)
	})
}

// entryOrNew is the entry of a thread, or a new one that goes to the end.
func entryOrNew(tx *store.Tx, c archive.Collection, n archive.Number, a *admin) (archive.Entry, error) {
	e, err := archive.EntryOf(tx, c, n)
	if errors.Is(err, archive.ErrNoEntry) {
		return archive.Entry{Added: a.now().UTC(), By: a.actor}, nil
	}
	return e, err
}

func collectionRemoveCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "remove SLUG [N]",
		Short: "Take a thread out of a collection, or remove the whole collection",
		Long: "Take a thread out of a collection. Without N the whole collection is removed, for which it asks\n" +
			"first; the threads stay.",
		Example: "  sencoforum collection remove exam-access 48213",
		Args:    between(1, 2),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return o.reach(cmd, func(_ context.Context, a *admin) error { return a.removeCollection(*name, args[0]) })
		}
		n, err := parseNumber(args[1])
		if err != nil {
			return err
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.removeEntry(*name, args[0], n) })
	}
	return c
}

func (a *admin) removeEntry(name, slug string, n archive.Number) error {
	var changed bool
	err := a.db.Update(func(tx *store.Tx) error {
		l, err := a.list(tx, name)
		if err != nil {
			return err
		}
		c, err := archive.FindCollection(tx, l.ID, slug)
		if err != nil {
			return err
		}
		if changed, err = archive.RemoveEntry(tx, c, n); err != nil || !changed {
			return err
		}
		return a.record(tx, audit.Entry{Action: "collection remove", List: uint32(l.ID), Items: []uint64{uint64(c.ID), uint64(n)}})
	})
	if err != nil {
		return curationError(err)
	}
	return a.show(map[string]any{"collection": slug, "thread": n, "changed": changed}, func(t *text) {
		if changed {
			t.say("Took thread %d out of the collection %s.", n, slug)
		} else {
			t.say("Thread %d was not in the collection %s.", n, slug)
		}
	})
}

func (a *admin) removeCollection(name, slug string) error {
	var l list.List
	var c archive.Collection
	var all []archive.Entry
	find := func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		if c, err = archive.FindCollection(tx, l.ID, slug); err != nil {
			return err
		}
		all, err = archive.Entries(tx, c.ID)
		return err
	}
	if err := a.db.View(find); err != nil {
		return curationError(err)
	}
	if err := a.confirm("The collection %s of %s is removed with the summaries of %s. The threads stay.",
		c.Title, l.Post(), plural(len(all), "thread")); err != nil {
		return err
	}
	err := a.db.Update(func(tx *store.Tx) error {
		if err := find(tx); err != nil {
			return err
		}
		if _, err := archive.RemoveCollection(tx, c); err != nil {
			return err
		}
		return a.record(tx, audit.Entry{Action: "collection remove", List: uint32(l.ID), Items: []uint64{uint64(c.ID)}})
	})
	if err != nil {
		return curationError(err)
	}
	return a.show(map[string]any{"removed": slug, "threads": len(all)}, func(t *text) {
		t.say("Removed the collection %s of %s; it had %s.", c.Title, l.Post(), plural(len(all), "thread"))
	})
}
