package main

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/store"
)

// memberView is a member as JSON.
type memberView struct {
	Person  list.PersonID     `json:"person"`
	List    string            `json:"list,omitempty"`
	Address message.Address   `json:"address"`
	Linked  []message.Address `json:"linked,omitempty"`
	Name    string            `json:"name,omitempty"`
	Mode    list.DeliveryMode `json:"mode"`
	Pause   time.Time         `json:"pause,omitzero"` // until then
	Role    list.Role         `json:"role"`
	Joined  time.Time         `json:"joined"`
	Own     bool              `json:"own"`
	Posting bool              `json:"posting"`
}

func viewMember(m membership.Member) memberView {
	return memberView{
		Person: m.Person.ID, Address: m.Person.Address, Linked: m.Person.Linked, Name: m.Person.Name,
		Mode: m.Membership.Mode, Pause: m.Membership.PausedUntil.UTC(), Role: m.Membership.Role,
		Joined: m.Membership.Joined.UTC().Truncate(time.Second),
		Own:    !m.Membership.NotOwn, Posting: !m.Membership.NoPosting,
	}
}

// readable writes a field for people: dates as they are read in Britain, and a word where nothing is set.
func readable(f membership.Field, m membership.Member) string {
	switch f.Key {
	case "pause":
		if m.Membership.PausedUntil.IsZero() {
			return "off"
		}
		return day(m.Membership.PausedUntil)
	case "joined":
		return day(m.Membership.Joined)
	}
	return cmp.Or(f.Show(m), "not set")
}

func memberListCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the members",
		Example: "  sencoforum member list --list senco-forum",
		Args:    exactly(0),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			l, all, err := a.members(*name, func(membership.Member) bool { return true })
			if err != nil {
				return err
			}
			return a.showMembers(all, l.Post().String()+" has "+plural(len(all), "member")+".")
		})
	}
	return c
}

// members returns the members of a list that are wanted.
func (a *admin) members(name string, wanted func(membership.Member) bool) (l list.List, all []membership.Member, err error) {
	err = a.db.View(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		for m, err := range membership.All(tx, l.ID) {
			if err != nil {
				return err
			}
			if wanted(m) {
				all = append(all, m)
			}
		}
		return nil
	})
	return l, all, err
}

func (a *admin) showMembers(all []membership.Member, sum string) error {
	views := []memberView{}
	var rows [][]string
	for _, m := range all {
		views = append(views, viewMember(m))
		rows = append(rows, []string{
			m.Person.Address.String(), orDash(m.Person.Name), a.modeOf(m), string(m.Membership.Role), day(m.Membership.Joined),
		})
	}
	return a.show(views, func(t *text) {
		t.rows([]string{"ADDRESS", "NAME", "MODE", "ROLE", "JOINED"}, rows)
		t.say("%s", sum)
	})
}

// modeOf says how a member gets posts now.
func (a *admin) modeOf(m membership.Member) string {
	s := string(m.Membership.Mode)
	if m.Membership.Paused(a.now()) {
		s += ", paused until " + day(m.Membership.PausedUntil)
	}
	if m.Membership.NoPosting {
		s += ", may not post"
	}
	return s
}

func memberShowCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "show ADDRESS",
		Short:   "Show all about one member",
		Long:    "Show what is stored about a person and each of their lists.",
		Example: "  sencoforum member show priya@school.example",
		Args:    exactly(1),
	}
	name := c.Flags().String("list", "", "only this `LIST`")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.showMember(*name, args[0]) })
	}
	return c
}

func (a *admin) showMember(name, address string) error {
	views := []memberView{}
	var all []membership.Member
	err := a.db.View(func(tx *store.Tx) error {
		at, err := parseAddress(address)
		if err != nil {
			return err
		}
		lists, err := a.listsNamed(tx, name)
		if err != nil {
			return err
		}
		for _, l := range lists {
			m, err := membership.Find(tx, l.ID, at)
			if membership.Unknown(err) {
				continue
			}
			if err != nil {
				return err
			}
			v := viewMember(m)
			v.List = l.Post().String()
			all, views = append(all, m), append(views, v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return usage("%s is on no list; all members: sencoforum member list", address)
	}
	return a.show(views, func(t *text) {
		for i, m := range all {
			if i > 0 {
				t.say("")
			}
			rows := [][]string{{"list", views[i].List}, {"number", strconv.Itoa(int(m.Person.ID))}}
			for _, f := range membership.Fields() {
				rows = append(rows, []string{f.Key, readable(f, m)})
			}
			t.rows(nil, rows)
		}
	})
}

// listsNamed returns one list, or all of them without a name.
func (a *admin) listsNamed(tx *store.Tx, name string) ([]list.List, error) {
	if name != "" {
		l, err := a.list(tx, name)
		return []list.List{l}, err
	}
	var all []list.List
	for l, err := range list.All(tx) {
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}
