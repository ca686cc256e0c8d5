package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/store"
)

func listEraCommand(o *rootOptions) *cobra.Command {
	return group("era", "Say which sentence old posts carry because the law has changed",
		listEraListCommand(o), listEraSetCommand(o), listEraRemoveCommand(o))
}

// eraView is a legal era as JSON.
type eraView struct {
	Before   string `json:"before"` // date
	Sentence string `json:"sentence"`
}

func viewEra(e archive.LegalEra) eraView {
	return eraView{Before: dateOf(e.Before), Sentence: e.Sentence}
}

func listEraListCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "list LIST",
		Short:   "List the legal eras of a list",
		Example: "  sencoforum list era list senco-forum",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.reach(cmd, func(_ context.Context, a *admin) error { return a.showEras(args[0]) })
		},
	}
}

func (a *admin) showEras(name string) error {
	var l list.List
	all := []eraView{}
	err := a.db.View(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		some, err := archive.Eras(tx, l.ID)
		for _, e := range some {
			all = append(all, viewEra(e))
		}
		return err
	})
	if err != nil {
		return err
	}
	return a.show(all, func(t *text) {
		var rows [][]string
		for _, e := range all {
			rows = append(rows, []string{e.Before, e.Sentence})
		}
		t.rows([]string{"BEFORE", "SENTENCE"}, rows)
		if len(all) == 0 {
			t.say("%s has no legal eras. Set one with: sencoforum list era set %s --before DATE SENTENCE", l.Post(), l.Name)
		}
	})
}

// beforeFlag adds the end of an era to a command.
func beforeFlag(c *cobra.Command) *string {
	return c.Flags().String("before", "", "the `DATE` from which on the law is another, such as 2014-09-01")
}

// parseBefore reads --before.
func parseBefore(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, usage("say which posts, with --before DATE")
	}
	return parseDay(s, now)
}

func listEraSetCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "set LIST SENTENCE",
		Short: "Let posts from before a date carry a sentence",
		Long: "Let posts that were written before a date carry a sentence. The day begins in London. A list may\n" +
			"have several such dates; a post carries the sentence of the first that came after it.",
		Example: `  sencoforum list era set senco-forum --before 2014-09-01 "Before September 2014: rules have changed."`,
		Args:    exactly(2),
	}
	before := beforeFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.setEra(args[0], *before, args[1]) })
	}
	return c
}

func (a *admin) setEra(name, before, sentence string) error {
	at, err := parseBefore(before, a.now())
	if err != nil {
		return err
	}
	var l list.List
	var e archive.LegalEra
	var changed bool
	err = a.db.Update(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		e, changed, err = archive.SetEra(tx, archive.LegalEra{List: l.ID, Before: at, Sentence: sentence})
		if err != nil || !changed {
			return err
		}
		return a.record(tx, audit.Entry{Action: "list era set", List: uint32(l.ID), Detail: "before " + dateOf(at)})
	})
	if err != nil {
		return curationError(err)
	}
	return a.show(viewEra(e), func(t *text) {
		if !changed {
			t.say("Posts of %s from before %s carry this already.", l.Post(), day(e.Before))
			return
		}
		t.say("Posts of %s from before %s carry: %s", l.Post(), day(e.Before), e.Sentence)
	})
}

func listEraRemoveCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "remove LIST",
		Short:   "Let posts from before a date carry no sentence",
		Example: "  sencoforum list era remove senco-forum --before 2014-09-01",
		Args:    exactly(1),
	}
	before := beforeFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.removeEra(args[0], *before) })
	}
	return c
}

func (a *admin) removeEra(name, before string) error {
	at, err := parseBefore(before, a.now())
	if err != nil {
		return err
	}
	var l list.List
	err = a.db.Update(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		if err := archive.RemoveEra(tx, l.ID, at); err != nil {
			return err
		}
		return a.record(tx, audit.Entry{Action: "list era remove", List: uint32(l.ID), Detail: "before " + dateOf(at)})
	})
	if err != nil {
		return curationError(err)
	}
	return a.show(map[string]string{"list": l.Name, "removed": dateOf(at)}, func(t *text) {
		t.say("%s has no legal era any more that ends on %s.", l.Post(), day(at))
	})
}
