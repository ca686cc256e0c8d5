package main

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
)

func listCommand(o *rootOptions) *cobra.Command {
	return group("list", "Make lists and change their settings",
		listCreateCommand(o), listShowCommand(o), listSetCommand(o), listEraCommand(o))
}

// listView is a list as it is shown.
type listView struct {
	ID         list.ID           `json:"id"`
	Name       string            `json:"name"`
	Address    message.Address   `json:"address"`
	Title      string            `json:"title"`
	Created    time.Time         `json:"created"`
	Members    int               `json:"members"`
	Moderators int               `json:"moderators"`
	Settings   map[string]string `json:"settings"`

	list list.List
}

func viewList(tx *store.Tx, l list.List) (listView, error) {
	members, err := list.Count(tx, l.ID)
	if err != nil {
		return listView{}, err
	}
	moderators, err := list.Moderators(tx, l.ID)
	v := listView{
		ID: l.ID, Name: l.Name, Address: l.Post(), Title: l.Title, Created: l.Created.UTC().Truncate(time.Second),
		Members: members, Moderators: len(moderators), Settings: map[string]string{}, list: l,
	}
	for _, s := range listSettings() {
		v.Settings[s.key] = s.show(l)
	}
	return v, err
}

func (v listView) tell(t *text) {
	rows := [][]string{
		{"address", v.Address.String()},
		{"members", strconv.Itoa(v.Members)},
		{"moderators", strconv.Itoa(v.Moderators)},
		{"created", day(v.Created)},
	}
	for _, s := range listSettings() {
		rows = append(rows, []string{s.key, s.show(v.list)})
	}
	t.rows(nil, rows)
}

func listCreateCommand(o *rootOptions) *cobra.Command {
	var title string
	c := &cobra.Command{
		Use:     "create ADDRESS --title TITLE",
		Short:   "Make a list",
		Long:    "Make a list. What is not given begins as the settings file says under [lists].",
		Example: `  sencoforum list create senco-forum@lists.example.org --title "SENCO Forum" --subject-tag "[SENCO]"`,
		Args:    exactly(1),
	}
	c.Flags().StringVar(&title, "title", "", "the `NAME` that members see, for example SENCO Forum")
	for _, s := range listSettings()[1:] {
		c.Flags().String(s.flag(), "", s.values)
		c.Flags().Lookup(s.flag()).Hidden = s.later
	}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		at, err := parseAddress(args[0])
		if err != nil {
			return err
		}
		if title == "" {
			return usage("the list needs a title; add --title \"SENCO Forum\"")
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			l := newList(at.Local, at.Domain, title, a.cfg.Lists, a.now())
			for _, s := range listSettings()[1:] {
				f := cmd.Flags().Lookup(s.flag())
				if !f.Changed {
					continue
				}
				if err := s.change(&l, f.Value.String()); err != nil {
					return err
				}
			}
			return a.createList(l)
		})
	}
	return c
}

func (a *admin) createList(l list.List) error {
	if err := l.Validate(); err != nil {
		return usage("%w", err)
	}
	var v listView
	err := a.db.Update(func(tx *store.Tx) (err error) {
		made, err := list.Create(tx, l)
		if err != nil {
			return err
		}
		if err := a.record(tx, audit.Entry{Action: "list create", List: uint32(made.ID)}); err != nil {
			return err
		}
		v, err = viewList(tx, made)
		return err
	})
	if err != nil {
		return err
	}
	return a.show(v, func(t *text) {
		t.say("Made the list %s, %s.", v.Address, v.Title)
		t.say("Next: sencoforum moderator add --list %s ADDRESS --owner", v.Name)
	})
}

// record writes what this command did into the audit log.
func (a *admin) record(tx *store.Tx, e audit.Entry) error {
	e.At, e.Actor = a.now(), a.actor
	return audit.Append(tx, e)
}

func listShowCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "show [LIST]",
		Short:   "Show the settings of a list, or all lists",
		Example: "  sencoforum list show\n  sencoforum list show senco-forum --json",
		Args:    between(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.reach(cmd, func(_ context.Context, a *admin) error {
				if len(args) == 0 {
					return a.showLists()
				}
				var v listView
				err := a.db.View(func(tx *store.Tx) error {
					l, err := a.list(tx, args[0])
					if err != nil {
						return err
					}
					v, err = viewList(tx, l)
					return err
				})
				if err != nil {
					return err
				}
				return a.show(v, v.tell)
			})
		},
	}
}

func (a *admin) showLists() error {
	all := []listView{}
	err := a.db.View(func(tx *store.Tx) error {
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			v, err := viewList(tx, l)
			if err != nil {
				return err
			}
			all = append(all, v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.show(all, func(t *text) {
		if len(all) == 0 {
			t.say("There is no list yet. Make one with: sencoforum list create ADDRESS --title TITLE")
		}
		var rows [][]string
		for _, v := range all {
			rows = append(rows, []string{v.Name, v.Address.String(), v.Title, strconv.Itoa(v.Members)})
		}
		t.rows([]string{"NAME", "ADDRESS", "TITLE", "MEMBERS"}, rows)
	})
}

// shortSetting is how long a key with what it takes may be to share a line with its neighbour, in bytes.
const shortSetting = 40

// whatIsSet lists keys with what they take for a help of one screen: those that take the same stand together, and short ones
// two in a line.
func whatIsSet(keys, values []string) (lines string) {
	alone := "" // a short one that has its line for itself so far
	for i, v := range values {
		if slices.Index(values, v) < i {
			continue // named with the first that takes the same
		}
		var alike []string
		for j, o := range values {
			if o == v {
				alike = append(alike, keys[j])
			}
		}
		entry := strings.Join(alike, ", ") + ": " + v
		switch {
		case alone != "" && len(entry) <= shortSetting:
			lines += ";  " + entry
			alone = ""
			continue
		case len(entry) <= shortSetting:
			alone = entry
		default:
			alone = ""
		}
		lines += "\n  " + entry
	}
	return lines
}

func listSetCommand(o *rootOptions) *cobra.Command {
	long := "Change one setting of a list, from the next message on.\n"
	var keys, values []string
	for _, s := range listSettings() {
		keys, values = append(keys, s.key), append(values, s.values)
	}
	long += whatIsSet(keys, values)
	return &cobra.Command{
		Use:     "set LIST KEY VALUE",
		Short:   "Change one setting of a list",
		Long:    long,
		Example: "  sencoforum list set senco-forum send_delay 10m",
		Args:    exactly(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := findSetting(args[1])
			if err != nil {
				return err
			}
			return o.reach(cmd, func(_ context.Context, a *admin) error { return a.setList(args[0], s, args[2]) })
		},
	}
}

func (a *admin) setList(name string, s listSetting, value string) error {
	var before, after list.List
	panel := (*moderate.Panel)(nil)
	if s.key == keyEmergency {
		var err error
		if panel, err = a.panelOf(); err != nil {
			return err
		}
	}
	err := a.db.Update(func(tx *store.Tx) (err error) {
		if before, err = a.list(tx, name); err != nil {
			return err
		}
		after = before
		if err := s.change(&after, value); err != nil || after == before {
			return err
		}
		if panel != nil {
			_, err := panel.Emergency(tx, a.madeBy(), after.ID, after.Emergency)
			return err
		}
		if err := list.Save(tx, after); err != nil {
			return err
		}
		detail := s.key
		if !s.secret {
			detail += " " + s.show(after)
		}
		return a.record(tx, audit.Entry{Action: "list set", List: uint32(after.ID), Detail: detail})
	})
	if err != nil {
		return err
	}
	change := map[string]string{"list": after.Name, "key": s.key, "from": s.show(before), "to": s.show(after)}
	return a.show(change, func(t *text) {
		if after == before {
			t.say("%s: %s is %s already.", after.Name, s.key, s.show(after))
			return
		}
		t.say("%s: %s is now %s; it was %s.", after.Name, s.key, s.show(after), s.show(before))
	})
}
