package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
)

func memberCommand(o *rootOptions) *cobra.Command {
	return group("member", "Add, change and remove members, one by one or from a file",
		memberAddCommand(o), memberRemoveCommand(o), memberListCommand(o), memberShowCommand(o),
		memberSetCommand(o), memberImportCommand(o), memberExportCommand(o), memberRestoreCommand(o), memberForgetCommand(o))
}

// listFlag adds --list to a command.
func listFlag(c *cobra.Command) *string {
	return c.Flags().String("list", "", "the `LIST`, by name or address; not needed when there is only one")
}

func memberAddCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "add ADDRESS",
		Short: "Add a member; nobody is mailed, unless --welcome is given",
		Long: "Add a member at once, without asking them. Nobody is mailed, unless --welcome is given.\n" +
			"Posts come from the next one on.",
		Example: `  sencoforum member add --list senco-forum priya@school.example --name "Priya Nair" --mode questions`,
		Args:    exactly(1),
	}
	name := listFlag(c)
	called := c.Flags().String("name", "", "the `NAME` that other members see")
	mode := c.Flags().String("mode", string(list.ModeEvery), "how posts come: every, questions, daily, weekly or none")
	welcome := c.Flags().Bool("welcome", false, "they asked to join: let them in and send the welcome mail")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			m, err := a.newMember(args[0], *called, *mode)
			if err != nil {
				return err
			}
			if *welcome {
				return a.admit(*name, m)
			}
			l, m, err := a.addMember(*name, m)
			if err != nil {
				return err
			}
			return a.show(viewMember(m), func(t *text) {
				t.say("Added %s to %s, mode %s. Nobody was mailed.", m.Person.Address, l.Post(), m.Membership.Mode)
			})
		})
	}
	return c
}

// newMember is a member as the flags describe them.
func (a *admin) newMember(address, name, mode string) (m membership.Member, err error) {
	if m.Person.Address, err = parseAddress(address); err != nil {
		return m, err
	}
	m.Membership.Role = list.RoleMember
	for _, f := range [][2]string{{"name", name}, {"mode", mode}} {
		if m, err = membership.Set(m, f[0], f[1], a.now()); err != nil {
			return m, usage("%w", err)
		}
	}
	return m, nil
}

// admit lets somebody in who asked to join, and welcomes them.
func (a *admin) admit(name string, m membership.Member) error {
	h, err := a.hostOf()
	if err != nil {
		return err
	}
	var l list.List
	err = a.db.Update(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		app := membership.Application{List: l.ID, Address: m.Person.Address, Name: m.Person.Name, Mode: m.Membership.Mode, At: a.now()}
		m, err = membership.Admit(tx, a.by(), h, app, false)
		return err
	})
	if err != nil {
		return err
	}
	return a.show(viewMember(m), func(t *text) {
		t.say("Added %s to %s, mode %s. They get the welcome mail.", m.Person.Address, l.Post(), m.Membership.Mode)
	})
}

func (a *admin) addMember(name string, add membership.Member) (l list.List, m membership.Member, err error) {
	err = a.db.Update(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		m, err = membership.Add(tx, a.by(), l.ID, add)
		return err
	})
	if errors.Is(err, list.ErrAlreadyMember) {
		err = fmt.Errorf("%w; to change how posts come: sencoforum member set %s mode MODE", err, add.Person.Address)
	}
	return l, m, err
}

func memberRemoveCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "remove ADDRESS",
		Short: "End a membership",
		Long: "End a membership at once. Copies that wait for the member are not sent.\n" +
			"Posts stay in the archive. Nobody is mailed.",
		Example: "  sencoforum member remove --list senco-forum jane@school.example",
		Args:    exactly(1),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.removeMember(*name, args[0]) })
	}
	return c
}

// leaver finds somebody who is to go, and says whether the list then has no moderator.
func (a *admin) leaver(name, address string) (l list.List, m membership.Member, last bool, err error) {
	err = a.db.View(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		if m, err = a.member(tx, l, address); err != nil {
			return err
		}
		last, err = membership.LastModerator(tx, m)
		return err
	})
	return l, m, last, err
}

func (a *admin) removeMember(name, address string) error {
	l, m, last, err := a.leaver(name, address)
	if err != nil {
		return err
	}
	warning := ""
	if last {
		warning = "\n" + a.withoutModerator(l)
	}
	if err := a.confirm("%s will be no member of %s any more.%s", describe(m), l.Post(), warning); err != nil {
		return err
	}
	err = a.db.Update(func(tx *store.Tx) error { return membership.Remove(tx, a.by(), m) })
	if err != nil {
		return err
	}
	return a.show(map[string]string{"list": l.Name, "removed": m.Person.Address.String()}, func(t *text) {
		t.say("Removed %s from %s.", m.Person.Address, l.Post())
	})
}

// withoutModerator says what it means that a list has no moderator.
func (a *admin) withoutModerator(l list.List) string {
	to := a.cfg.Operator
	if to == "" {
		to = "nobody, because the settings name no operator"
	}
	return "This is the last moderator: mail to " + l.Service("owner").String() + " will then reach " + to + "."
}

// describe is a member in a sentence.
func describe(m membership.Member) string {
	s := m.Person.Address.String()
	if m.Person.Name != "" {
		s += " (" + m.Person.Name + ")"
	}
	return s
}

func memberSetCommand(o *rootOptions) *cobra.Command {
	long := "Change one setting of a member. Nobody is mailed.\n"
	var keys, values []string
	for _, f := range membership.Fields() {
		if f.Settable() {
			keys, values = append(keys, f.Key), append(values, f.Values)
		}
	}
	long += whatIsSet(keys, values)
	c := &cobra.Command{
		Use:     "set ADDRESS KEY VALUE",
		Short:   "Change one setting of a member",
		Long:    long,
		Example: "  sencoforum member set tom@school.example pause 2 September",
		Args:    between(3, -1),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			return a.setMember(*name, args[0], args[1], strings.Join(args[2:], " "))
		})
	}
	return c
}

func (a *admin) setMember(name, address, key, value string) error {
	var before, after membership.Member
	err := a.db.Update(func(tx *store.Tx) error {
		l, err := a.list(tx, name)
		if err != nil {
			return err
		}
		if before, err = a.member(tx, l, address); err != nil {
			return err
		}
		if after, err = membership.Set(before, key, value, a.now()); err != nil {
			return usage("%w", err)
		}
		return membership.Save(tx, a.by(), after)
	})
	if err != nil {
		return err
	}
	return a.show(viewMember(after), func(t *text) {
		for _, f := range membership.Fields() {
			if !strings.EqualFold(f.Key, key) {
				continue
			}
			from, to := readable(f, before), readable(f, after)
			if from == to {
				t.say("%s: %s is %s already.", after.Person.Address, f.Key, to)
				return
			}
			t.say("%s: %s is now %s; it was %s.", before.Person.Address, f.Key, to, from)
		}
	})
}
