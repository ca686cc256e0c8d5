package main

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/store"
)

func collectionCommand(o *rootOptions) *cobra.Command {
	c := group("collection", "Collect threads of a list, with summaries and review dates",
		collectionListCommand(o), collectionShowCommand(o), collectionCreateCommand(o), collectionAddCommand(o),
		collectionSetCommand(o), collectionRemoveCommand(o), collectionReviewCommand(o))
	c.Annotations = map[string]string{minor: unnamed}
	return c
}

// dateOf is the date in London as JSON has it; empty for none.
func dateOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.London()).Format(time.DateOnly)
}

// threadLine is a thread in a table.
type threadLine struct {
	Number  archive.Number `json:"number"`
	Written time.Time      `json:"written"`
	Subject string         `json:"subject"`
}

// lineOf reads the post that founded a thread.
func lineOf(tx *store.Tx, n archive.Number) (threadLine, error) {
	p, err := archive.Get(tx, n)
	return threadLine{Number: n, Written: p.Written, Subject: p.Subject}, err
}

// collectedView is an entry of a collection as JSON.
type collectedView struct {
	Collection string         `json:"collection"`
	Thread     archive.Number `json:"thread"`
	Subject    string         `json:"subject"`
	Summary    string         `json:"summary,omitempty"`
	Review     string         `json:"review,omitempty"` // date
	Due        bool           `json:"due,omitempty"`
	Order      int            `json:"order"`
}

func viewCollected(tx *store.Tx, c archive.Collection, e archive.Entry, now time.Time) (collectedView, error) {
	line, err := lineOf(tx, e.Thread)
	return collectedView{
		Collection: c.Slug, Thread: e.Thread, Subject: line.Subject, Summary: e.Summary, Review: dateOf(e.Review),
		Due: !e.Review.IsZero() && !e.Review.After(now), Order: e.Order,
	}, err
}

// tell writes an entry with its summary.
func (v collectedView) tell(t *text) {
	t.say("%d. Thread %d: %s", v.Order, v.Thread, v.Subject)
	if v.Summary != "" {
		t.paragraph("   ", v.Summary)
	}
	switch {
	case v.Due:
		t.say("   Review was due on %s.", v.Review)
	case v.Review != "":
		t.say("   Review on %s.", v.Review)
	}
}

func collectionListCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the collections of a list",
		Example: "  sencoforum collection list",
		Args:    exactly(0),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.showCollections(*name) })
	}
	return c
}

func (a *admin) showCollections(name string) error {
	type view struct {
		archive.Collection
		Entries int `json:"entries"`
		Due     int `json:"due"`
	}
	var l list.List
	all := []view{}
	err := a.db.View(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		some, err := archive.Collections(tx, l.ID)
		if err != nil {
			return err
		}
		for _, c := range some {
			entries, err := archive.Entries(tx, c.ID)
			if err != nil {
				return err
			}
			v := view{Collection: c, Entries: len(entries)}
			for _, e := range entries {
				if !e.Review.IsZero() && !e.Review.After(a.now()) {
					v.Due++
				}
			}
			all = append(all, v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.show(all, func(t *text) {
		var rows [][]string
		for _, v := range all {
			rows = append(rows, []string{v.Slug, strconv.Itoa(v.Entries), strconv.Itoa(v.Due), v.Title})
		}
		t.rows([]string{"COLLECTION", "THREADS", "TO REVIEW", "TITLE"}, rows)
		if len(all) == 0 {
			t.say("%s has no collections yet. Make one with: sencoforum collection create SLUG --title TITLE", l.Post())
		}
	})
}

func collectionShowCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "show SLUG",
		Short:   "Show a collection with its threads",
		Example: "  sencoforum collection show exam-access",
		Args:    exactly(1),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.showCollection(*name, args[0]) })
	}
	return c
}

func (a *admin) showCollection(name, slug string) error {
	var v struct {
		archive.Collection
		Entries []collectedView `json:"entries"`
	}
	err := a.db.View(func(tx *store.Tx) error {
		l, err := a.list(tx, name)
		if err != nil {
			return err
		}
		if v.Collection, err = archive.FindCollection(tx, l.ID, slug); err != nil {
			return err
		}
		all, err := archive.Entries(tx, v.ID)
		v.Entries = []collectedView{}
		for _, e := range all {
			one, err := viewCollected(tx, v.Collection, e, a.now())
			if err != nil {
				return err
			}
			v.Entries = append(v.Entries, one)
		}
		return err
	})
	if err != nil {
		return curationError(err)
	}
	return a.show(v, func(t *text) {
		t.say("%s (%s), %s", v.Title, v.Slug, plural(len(v.Entries), "thread"))
		if v.Intro != "" {
			t.paragraph("", v.Intro)
		}
		for _, e := range v.Entries {
			e.tell(t)
		}
	})
}

func titleFlags(c *cobra.Command) (title, intro *string) {
	return c.Flags().String("title", "", "the `TITLE` of its page"), c.Flags().String("intro", "", "what stands first on its page, as `TEXT`")
}

func collectionCreateCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "create SLUG --title TITLE",
		Short:   "Make a collection",
		Long:    "Make a collection. The slug stands in the address of its page, for ever. A list has at most 60.",
		Example: `  sencoforum collection create exam-access --title "Access arrangements"`,
		Args:    exactly(1),
	}
	name := listFlag(c)
	title, intro := titleFlags(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if *title == "" {
			return usage("the collection needs a title; add --title TITLE")
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			return a.changeCollection(*name, "collection create", func(tx *store.Tx, l list.ID) (archive.Collection, bool, error) {
				return archive.CreateCollection(tx, archive.Collection{List: l, Slug: args[0], Title: *title, Intro: *intro, Made: a.now().UTC()})
			})
		})
	}
	return c
}

// changeCollection makes or changes a collection, and records it if there was a difference.
func (a *admin) changeCollection(name, action string, do func(tx *store.Tx, l list.ID) (archive.Collection, bool, error)) error {
	var l list.List
	var made archive.Collection
	var changed bool
	err := a.db.Update(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		if made, changed, err = do(tx, l.ID); err != nil || !changed {
			return err
		}
		return a.record(tx, audit.Entry{Action: action, List: uint32(l.ID), Items: []uint64{uint64(made.ID)}})
	})
	if err != nil {
		return curationError(err)
	}
	return a.show(made, func(t *text) {
		if !changed {
			t.say("The collection %s of %s is as it was.", made.Slug, l.Post())
			return
		}
		t.say("%s (%s) is a collection of %s.", made.Title, made.Slug, l.Post())
	})
}

func collectionReviewCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "review",
		Short:   "List the threads in collections whose review date has come",
		Example: "  sencoforum collection review",
		Args:    exactly(0),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.showDue(*name) })
	}
	return c
}

func (a *admin) showDue(name string) error {
	all := []collectedView{}
	err := a.db.View(func(tx *store.Tx) error {
		l, err := a.list(tx, name)
		if err != nil {
			return err
		}
		due, err := archive.DueEntries(tx, l.ID, a.now())
		if err != nil {
			return err
		}
		for _, d := range due {
			one, err := viewCollected(tx, d.Collection, d.Entry, a.now())
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.show(all, func(t *text) {
		var rows [][]string
		for _, v := range all {
			rows = append(rows, []string{v.Review, v.Collection, strconv.Itoa(int(v.Thread)), v.Subject})
		}
		t.rows([]string{"DUE", "COLLECTION", "THREAD", "SUBJECT"}, rows)
		if len(all) == 0 {
			t.say("No review date has come.")
			return
		}
		t.say("When one still holds: sencoforum collection set SLUG N --review DATE")
	})
}
