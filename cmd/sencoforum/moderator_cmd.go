package main

import (
	"context"
	"log/slog"

	"github.com/spf13/cobra"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/store"
	"sencoforum/token"
)

func moderatorCommand(o *rootOptions) *cobra.Command {
	return group("moderator", "Say who moderates a list",
		moderatorAddCommand(o), moderatorRemoveCommand(o), moderatorListCommand(o))
}

func moderatorAddCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "add ADDRESS",
		Short: "Let somebody moderate a list; they become a member too",
		Long: "Let somebody moderate a list, and make them a member if they are not.\n" +
			"Moderators get the mail to LIST-owner. Whoever was none before gets a practice message: their reply\n" +
			"shows them and the other moderators what their mail system proves.",
		Example: `  sencoforum moderator add --list senco-forum asha@school.example --name "Asha Patel" --owner`,
		Args:    exactly(1),
	}
	name := listFlag(c)
	called := c.Flags().String("name", "", "the `NAME` that members see, for a new member")
	owner := c.Flags().Bool("owner", false, "make them an owner: a chair, who moderates too")
	quiet := c.Flags().Bool("no-practice", false, "send no practice message, and none about a smaller role")
	auditor := c.Flags().Bool("auditor", false, "let them only read the log: they get no mail for moderators and decide nothing")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		role := list.RoleModerator
		switch {
		case *owner && *auditor:
			return usage("an owner reads the log anyway; give --owner or --auditor")
		case *owner:
			role = list.RoleOwner
		case *auditor:
			role = list.RoleAuditor
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			return a.addModerator(*name, newModerator{address: args[0], called: *called, role: role, quiet: *quiet})
		})
	}
	return c
}

// newModerator is somebody who is to moderate a list.
type newModerator struct {
	address, called string
	role            list.Role
	quiet           bool // gets no practice message
}

func (a *admin) addModerator(name string, n newModerator) error {
	role := n.role
	fresh, err := a.newMember(n.address, n.called, string(list.ModeEvery))
	if err != nil {
		return err
	}
	keys, err := openKeys(a.cfg.Data)
	if err != nil {
		return err
	}
	var l list.List
	var m membership.Member
	var joined, practise bool
	err = a.db.Update(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		m, err = membership.Find(tx, l.ID, fresh.Person.Address)
		if joined = membership.Unknown(err); joined {
			m, err = membership.Add(tx, a.by(), l.ID, fresh)
		}
		practise = err == nil && !n.quiet && role.Moderates() && !m.Membership.Role.Moderates()
		was := m.Membership.Role
		if err == nil && was != role {
			m, err = membership.SetRole(tx, a.by(), m, role)
		}
		if err != nil || n.quiet {
			return err
		}
		return a.roleChanged(tx, keys, l, m, was)
	})
	if err != nil {
		return err
	}
	return a.show(viewMember(m), func(t *text) {
		if joined {
			t.say("Added %s to %s.", m.Person.Address, l.Post())
		}
		if n.role == list.RoleAuditor {
			t.say("%s is now an auditor of %s: they may read the log, and get no mail for moderators.", m.Person.Address, l.Post())
			return
		}
		t.say("%s is now %s of %s and gets the mail to %s.", m.Person.Address, article(role), l.Post(), l.Service("owner"))
		if practise {
			t.say("A practice message is on its way to them.")
		}
	})
}

// roleChanged writes to a member whose role has changed.
func (a *admin) roleChanged(tx *store.Tx, keys *token.Keyring, l list.List, m membership.Member, was list.Role) error {
	acts := moderate.NewActs(slog.New(slog.DiscardHandler), moderate.ActsConfig{Keys: keys})
	h := moderate.Hand{By: a.madeBy(), Proof: moderate.ProofCommand}
	return acts.RoleChanged(tx, h, l, m.Person, notice.RoleEnded{Was: was, Now: m.Membership.Role})
}

func article(r list.Role) string {
	if r == list.RoleOwner {
		return "an owner"
	}
	return "a " + string(r)
}

func moderatorRemoveCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "remove ADDRESS",
		Short: "Take the role of a moderator or owner away; they stay a member",
		Long: "Take the role of a moderator or owner away. They stay a member.\n" +
			"For the last one it asks first, because mail to LIST-owner then goes to the operator.",
		Example: "  sencoforum moderator remove --list senco-forum asha@school.example",
		Args:    exactly(1),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.removeModerator(*name, args[0]) })
	}
	return c
}

func (a *admin) removeModerator(name, address string) error {
	l, m, last, err := a.leaver(name, address)
	if err != nil {
		return err
	}
	if m.Membership.Role == list.RoleMember {
		return usage("%s is neither moderator nor owner of %s; who is: sencoforum moderator list --list %s", m.Person.Address, l.Post(), l.Name)
	}
	if last {
		if err := a.confirm("%s will moderate %s no more.\n%s", describe(m), l.Post(), a.withoutModerator(l)); err != nil {
			return err
		}
	}
	keys, err := openKeys(a.cfg.Data)
	if err != nil {
		return err
	}
	err = a.db.Update(func(tx *store.Tx) (err error) {
		if m, err = a.member(tx, l, address); err != nil {
			return err
		}
		was := m.Membership.Role
		if m, err = membership.SetRole(tx, a.by(), m, list.RoleMember); err != nil {
			return err
		}
		return a.roleChanged(tx, keys, l, m, was)
	})
	if err != nil {
		return err
	}
	return a.show(viewMember(m), func(t *text) {
		t.say("%s has no role in %s any more and stays a member. An email tells them so.", m.Person.Address, l.Post())
	})
}

func moderatorListCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the moderators and owners",
		Example: "  sencoforum moderator list --list senco-forum",
		Args:    exactly(0),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			l, all, err := a.members(*name, func(m membership.Member) bool { return m.Membership.Role != list.RoleMember })
			if err != nil {
				return err
			}
			return a.showMembers(all, l.Post().String()+" has "+plural(len(all), "moderator")+".")
		})
	}
	return c
}
