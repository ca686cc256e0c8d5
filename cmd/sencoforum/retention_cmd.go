package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"sencoforum/audit"
	"sencoforum/intake"
	"sencoforum/store"
)

func retentionCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "retention",
		Short: "Let go what was kept long enough; asks first",
		Long: "Let go now what was kept long enough, as the server does each night at 03:00: rejected mail,\n" +
			"failure texts and mail to people after 90 days, discarded mail and bounces after 30, the text of\n" +
			"automatic mail after 7, posts marked X-No-Archive after 30, and other posts as each list says (list set\n" +
			"LIST keep_posts \"10 years\"; off unless set), and the record of who did what after six years.\n" +
			"--dry-run only counts.",
		Example:     "  sencoforum retention --dry-run",
		Args:        exactly(0),
		Annotations: map[string]string{minor: "yes"},
	}
	dry := c.Flags().Bool("dry-run", false, "change nothing, only count")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.retain(*dry) })
	}
	return c
}

func (a *admin) retain(dry bool) error {
	e, err := a.eraserOf()
	if err != nil {
		return err
	}
	done, err := e.Retain(a.madeBy(), true)
	if err != nil {
		return err
	}
	words := "would go"
	if !dry {
		if err := a.confirm("Let go for good what was kept long enough: %s?", plural(done.Total(), "item")); err != nil {
			return err
		}
		if done, err = e.Retain(a.madeBy(), false); err != nil {
			return err
		}
		err = a.db.Update(func(tx *store.Tx) error {
			return a.record(tx, audit.Entry{Action: "retention", Detail: fmt.Sprintf("%d gone", done.Total())})
		})
		if err != nil {
			return err
		}
		words = "went"
	}
	return a.show(done, func(t *text) {
		rows := [][]string{}
		for _, s := range slices.Sorted(maps.Keys(done.Purged)) {
			rows = append(rows, []string{string(s), plural(done.Purged[intake.State(s)], "message")})
		}
		for _, name := range slices.Sorted(maps.Keys(done.Posts)) {
			rows = append(rows, []string{name, plural(done.Posts[name], "post")})
		}
		if done.Texts > 0 {
			rows = append(rows, []string{"text only", plural(done.Texts, "message")})
		}
		if done.Failures > 0 {
			rows = append(rows, []string{"failure texts", fmt.Sprint(done.Failures)})
		}
		if done.Record > 0 {
			rows = append(rows, []string{"record", entries(uint64(done.Record))})
		}
		t.rows(nil, rows)
		t.say("In all %s %s.", plural(done.Total(), "item"), words)
		if done.Sealed > 0 {
			t.say("%s kept by a safeguarding hold.", plural(done.Sealed, "post"))
		}
	})
}
