package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/store"
)

func banCommand(o *rootOptions) *cobra.Command {
	c := group("ban", "Keep an address, a domain or a pattern from joining and writing",
		banAddCommand(o), banRemoveCommand(o), banListCommand(o))
	c.Annotations = map[string]string{minor: "yes"}
	return c
}

func banAddCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "add PATTERN",
		Short: "Ban an address, a domain, or a pattern with stars",
		Long: "Ban an address, a domain with all below it (spam.example), or a pattern with stars\n" +
			"(sales*@shop.example). Whoever it fits can neither join nor write to the list, and hears\n" +
			"nothing of that when they ask to join. A member who fits stays a member.",
		Example: "  sencoforum ban add --list senco-forum spam.example",
		Args:    exactly(1),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.changeBan(*name, args[0], true) })
	}
	return c
}

func banRemoveCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "remove PATTERN",
		Short:   "End a ban",
		Example: "  sencoforum ban remove --list senco-forum spam.example",
		Args:    exactly(1),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.changeBan(*name, args[0], false) })
	}
	return c
}

func (a *admin) changeBan(name, what string, on bool) error {
	pattern, err := list.BanPattern(what)
	if err != nil {
		return usage("%w", err)
	}
	var l list.List
	member := false
	err = a.db.Update(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		action := "ban add"
		if on {
			err = list.AddBan(tx, l.ID, list.Ban{Pattern: pattern, Since: a.now(), By: a.actor})
		} else {
			action, err = "ban remove", list.RemoveBan(tx, l.ID, pattern)
		}
		if err != nil {
			return err
		}
		if at, bad := message.ParseAddress(pattern); on && bad == nil {
			_, err := membership.Find(tx, l.ID, at)
			if member = err == nil; err != nil && !membership.Unknown(err) {
				return err
			}
		}
		return a.record(tx, audit.Entry{Action: action, List: uint32(l.ID)})
	})
	switch {
	case errors.Is(err, list.ErrNoBan), errors.Is(err, list.ErrBanned):
		return usage("%w; all bans: sencoforum ban list --list %s", err, l.Name)
	case err != nil:
		return err
	}
	return a.show(map[string]any{"list": l.Name, "pattern": pattern, "banned": on}, func(t *text) {
		if !on {
			t.say("%s is not banned from %s any more.", pattern, l.Post())
			return
		}
		t.say("%s is banned from %s.", pattern, l.Post())
		if member {
			t.say("They are a member still. To end that: sencoforum member remove --list %s %s", l.Name, pattern)
		}
	})
}

func banListCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the bans of a list",
		Example: "  sencoforum ban list --list senco-forum",
		Args:    exactly(0),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.showBans(*name) })
	}
	return c
}

func (a *admin) showBans(name string) error {
	var l list.List
	all := []list.Ban{}
	err := a.db.View(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		for b, err := range list.Bans(tx, l.ID) {
			if err != nil {
				return err
			}
			all = append(all, b)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.show(all, func(t *text) {
		var rows [][]string
		for _, b := range all {
			rows = append(rows, []string{b.Pattern, day(b.Since), b.By})
		}
		if len(rows) > 0 {
			t.rows([]string{"PATTERN", "SINCE", "BY"}, rows)
		}
		t.say("%s has %s.", l.Post(), plural(len(all), "ban"))
	})
}
