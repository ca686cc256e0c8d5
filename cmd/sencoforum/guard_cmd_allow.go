package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"sencoforum/audit"
	"sencoforum/guard"
	"sencoforum/incoming"
	"sencoforum/list"
	"sencoforum/store"
)

func guardAllowCommand(o *rootOptions) *cobra.Command {
	return group("allow", "Keep the names and phrases that are no child's on a list",
		guardAllowAddCommand(o), guardAllowRemoveCommand(o), guardAllowListCommand(o))
}

func guardAllowAddCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "add PHRASE...",
		Short: "Let a name stand in the posts of a list",
		Long: "Let a name or phrase of two words or more stand in the posts of a list: an author, a test, a\n" +
			"school. From the next post on it is never taken for a child's, whoever else has that name.",
		Example: "  sencoforum guard allow add --list senco-forum \"Harriet Wells\"",
		Args:    between(1, -1),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		for _, p := range args {
			if err := guard.CheckAllowed(p); err != nil {
				return usage("%w", err)
			}
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.changeAllowed(*name, args, true) })
	}
	return c
}

func guardAllowRemoveCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "remove PHRASE...",
		Short:   "Do not let a name stand any more",
		Example: "  sencoforum guard allow remove --list senco-forum \"Harriet Wells\"",
		Args:    between(1, -1),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.changeAllowed(*name, args, false) })
	}
	return c
}

// changeAllowed adds or removes phrases, all or none of them. The audit log has how many: a phrase is somebody's name.
func (a *admin) changeAllowed(name string, phrases []string, add bool) error {
	var l list.List
	changed := 0
	err := a.db.Update(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		changed = 0
		for _, p := range phrases {
			did := false
			if add {
				l.Allow, did = l.Allow.With(p)
			} else if l.Allow, did = l.Allow.Without(p); !did {
				return usage("%q is not on the allow-list of %s; all of it: sencoforum guard allow list --list %s", p, l.Name, l.Name)
			}
			if did {
				changed++
			}
		}
		if changed == 0 {
			return nil
		}
		if err := l.Validate(); err != nil {
			return usage("%w", err)
		}
		if err := list.Save(tx, l); err != nil {
			return err
		}
		action := "guard allow"
		if !add {
			action = "guard disallow"
		}
		return a.record(tx, audit.Entry{Action: action, List: uint32(l.ID), Detail: plural(changed, "phrase")})
	})
	if err != nil {
		return err
	}
	return a.show(map[string]any{"list": l.Name, "changed": changed, "allow": slices.Concat([]string{}, l.Allow.All())}, func(t *text) {
		switch {
		case changed == 0:
			t.say("%s has that already.", l.Name)
		case add:
			t.say("%s added. The allow-list of %s has %s; it counts from the next post on.", plural(changed, "phrase"), l.Name, plural(len(l.Allow.All()), "phrase"))
		default:
			t.say("%s removed. The allow-list of %s has %s; it counts from the next post on.", plural(changed, "phrase"), l.Name, plural(len(l.Allow.All()), "phrase"))
		}
	})
}

func guardAllowListCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "list",
		Short:   "Show the names that a list lets stand",
		Example: "  sencoforum guard allow list --list senco-forum",
		Args:    exactly(0),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			var l list.List
			err := a.db.View(func(tx *store.Tx) (err error) { l, err = a.list(tx, *name); return err })
			if err != nil {
				return err
			}
			if _, err := incoming.Allowed(l); err != nil {
				return err
			}
			return a.show(slices.Concat([]string{}, l.Allow.All()), func(t *text) {
				for _, p := range l.Allow.All() {
					t.say("%s", p)
				}
				t.say("%s has %s of its own, beside those that come with the program.", l.Name, plural(len(l.Allow.All()), "phrase"))
			})
		})
	}
	return c
}
