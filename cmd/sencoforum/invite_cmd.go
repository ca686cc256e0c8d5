package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
)

func inviteCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "invite ADDRESS...",
		Short: "Invite people to join, or tell imported members",
		Long: "Invite people to join a list. Each gets one email with a question; who answers yes is a member,\n" +
			"without approval. Nobody is asked twice in a day, three times in 30 days, or after they wrote\n" +
			"never, and 60 such emails go out in an hour. What is not sent for these reasons is not told.",
		Example: "  sencoforum invite --list senco-forum jane@school.example",
		Args:    between(1, -1),

		Annotations: map[string]string{minor: "yes"},
	}
	name := listFlag(c)
	mode := c.Flags().String("mode", "", "how posts come to them unless they say so: every, questions, daily, weekly or none")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.invite(*name, args, *mode) })
	}
	c.AddCommand(inviteImportedCommand(o))
	return c
}

func (a *admin) invite(name string, addresses []string, mode string) error {
	var all []membership.Member
	for _, s := range addresses {
		at, err := parseAddress(s)
		if err != nil {
			return err
		}
		var m membership.Member
		m.Person.Address = at
		if mode != "" {
			if m, err = membership.Set(m, "mode", mode, a.now()); err != nil {
				return usage("%w", err)
			}
		}
		all = append(all, m)
	}
	var l list.List
	err := a.db.Update(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		for _, m := range all {
			if err := membership.Invite(tx, a.by(), l.ID, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.show(map[string]any{"list": l.Name, "invited": len(all)}, func(t *text) {
		t.say("%s to %s will be asked, within the limits that protect people from too many emails.", people(len(all)), l.Post())
		t.say("Whoever wrote never is not asked; add them by hand with: sencoforum member add")
	})
}

func inviteImportedCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "imported",
		Short: "Tell members who were imported with --wait that they are on the list",
		Long: "Tell members who were imported with --wait that they are on the list, so many a day, between\n" +
			"07:00 and 21:00. From then on posts come to them. A new server that writes to all at once is\n" +
			"taken for a spammer, so begin with 200 a day. --per-day 0 stops it.",
		Example: "  sencoforum invite imported --list senco-forum --per-day 200",
		Args:    exactly(0),
	}
	name := listFlag(c)
	perDay := c.Flags().Int("per-day", 200, "how many a day; 0 stops it")
	dry := c.Flags().Bool("dry-run", false, "say how many wait, and mail nobody")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.inviteImported(*name, *perDay, *dry) })
	}
	return c
}

func (a *admin) inviteImported(name string, perDay int, dry bool) error {
	var l list.List
	var waiting int
	work := func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		if dry {
			waiting, err = membership.Waiting(tx, l.ID)
			return err
		}
		waiting, err = membership.InviteWaiting(tx, a.by(), l.ID, perDay)
		return err
	}
	reach := a.db.Update
	if dry {
		reach = a.db.View
	}
	if err := reach(work); errors.Is(err, membership.ErrNobodyWaits) {
		return usage("%w", err)
	} else if err != nil {
		return err
	}
	return a.show(map[string]any{"list": l.Name, "waiting": waiting, "per_day": perDay, "dry_run": dry}, func(t *text) {
		switch {
		case dry:
			t.say("%s of %s would be told, %d a day: %s. Nobody was mailed.", plural(waiting, "member"), l.Post(), perDay, days(waiting, perDay))
		case perDay == 0:
			t.say("Stopped. %s of %s wait.", plural(waiting, "member"), l.Post())
		default:
			t.say("%s of %s will be told, %d a day: %s.", plural(waiting, "member"), l.Post(), perDay, days(waiting, perDay))
		}
	})
}

// people is a number of them.
func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// days says how long so many take.
func days(n, perDay int) string {
	if perDay <= 0 {
		return "never"
	}
	return plural((n+perDay-1)/perDay, "day")
}

func memberRestoreCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "restore",
		Short: "Bring back members of one mail provider who left at once",
		Long: "Bring back members who left by themselves since a moment, all at one mail provider: when a\n" +
			"program there has pressed the unsubscribe link of everybody. It shows them and asks first; each\n" +
			"then gets an email that tells why. Without a running server a provider is known by its domain.",
		Example: "  sencoforum member restore --list senco-forum --provider outlook.com --since '2026-11-22 11:58'",
		Args:    exactly(0),
	}
	name := listFlag(c)
	provider := c.Flags().String("provider", "", "the mail `PROVIDER`, or the domain of their addresses")
	since := c.Flags().String("since", "", "a `MOMENT` such as '2026-11-22 11:58'")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if *provider == "" || *since == "" {
			return usage("say whom, with --provider and --since, such as: %s", "sencoforum member restore --provider outlook.com --since '2026-11-22 11:58'")
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.restoreMembers(*name, *provider, *since) })
	}
	return c
}

func (a *admin) restoreMembers(name, provider, since string) error {
	at, err := membership.ParseMoment(since, a.now())
	if err != nil {
		return usage("%w", err)
	}
	h, err := a.hostOf()
	if err != nil {
		return err
	}
	var l list.List
	var gone []list.Person
	err = a.db.View(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		gone, err = membership.Leavers(tx, h, l.ID, provider, at, a.now())
		return err
	})
	if err != nil {
		return err
	}
	if len(gone) == 0 {
		return usage("nobody at %s has left %s since %s", provider, l.Post(), at.Format("2006-01-02 15:04"))
	}
	said := fmt.Sprintf("%s at %s left since %s and will be members of %s again. Each gets an email.", people(len(gone)), provider, at.Format("2006-01-02 15:04"), l.Post())
	for i, p := range gone {
		if i == 10 {
			said += fmt.Sprintf("\n  and %d more", len(gone)-i)
			break
		}
		said += "\n  " + p.Address.String()
	}
	if err := a.confirm("%s", said); err != nil {
		return err
	}
	back := 0
	for _, p := range gone { // each alone, so that arriving mail never waits long
		err := a.db.Update(func(tx *store.Tx) error { return membership.Restore(tx, a.by(), h, l.ID, p.ID) })
		if errors.Is(err, membership.ErrNoReturn) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%w; %s are back: run the same command again for the rest", err, plural(back, "member"))
		}
		back++
	}
	return a.show(map[string]any{"list": l.Name, "restored": back}, func(t *text) {
		t.say("%s of %s are back.", plural(back, "member"), l.Post())
	})
}
