package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/store"
)

func auditVerifyCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "verify [CHECK]",
		Short: "Verify the record of who did what, and a check number that somebody wrote down",
		Long: "Verify that nobody changed the record of who did what, and print its check number: the first digits of\n" +
			"its head, to be written down outside this machine. With a check number of an earlier day it says which\n" +
			"entry was the last one then; when the record is whole, nothing up to that entry was changed since. The\n" +
			"exit code is 3 when the record was changed, or no entry has that check number.",
		Example: "  sencoforum audit verify\n  sencoforum audit verify \"9f2c 71ab 03de 8845\"",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.reach(cmd, func(_ context.Context, a *admin) error { return a.verifyAudit(strings.Join(args, " ")) })
		},
	}
}

// verified is what verifying the record found.
type verified struct {
	Entries uint64     `json:"entries"`
	Head    string     `json:"head"`
	Check   string     `json:"check"`
	Entry   *entryView `json:"entry,omitempty"` // that had the check number
	Faults  []string   `json:"faults"`
}

func (a *admin) verifyAudit(check string) error {
	v := verified{Faults: []string{}}
	err := a.db.View(func(tx *store.Tx) error {
		var r auditReport
		if err := r.log(tx, auditFlags{}); err != nil {
			return err
		}
		v.Entries, v.Head, v.Check = r.Log.Entries, r.Log.Head, audit.Head{Hash: r.Log.Head}.Check()
		v.Faults = append(v.Faults, r.Faults...)
		if check == "" {
			return nil
		}
		e, err := audit.Checked(tx, check)
		switch {
		case errors.Is(err, audit.ErrNotInRecord):
			v.Faults = append(v.Faults, err.Error()+": entries before it were changed, or it is of another server")
			return nil
		case errors.Is(err, audit.ErrNoCheck):
			return usage("%w", err)
		case err != nil:
			return err
		}
		found := viewEntry(e)
		v.Entry = &found
		return nil
	})
	if err != nil {
		return err
	}
	err = a.show(v, func(t *text) {
		if v.Entry != nil {
			t.say("That is the check number of entry %d, %s.", v.Entry.Number, moment(v.Entry.At))
		}
		t.say("The record has %s; its check number is %s.", entries(v.Entries), orDash(v.Check))
		for _, fault := range v.Faults {
			t.say("FAULT: %s", fault)
		}
		if len(v.Faults) == 0 {
			t.say("No faults.")
		}
	})
	if err == nil && len(v.Faults) > 0 {
		return &exit{code: exitChecks, err: errSaid}
	}
	return err
}

// entriesWanted chooses entries of the record.
type entriesWanted struct {
	list, person string
	post         uint64
	most         int
}

func auditShowCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "show",
		Short: "Show entries of the record of who did what: about a list, a person or a post",
		Long: "Show entries of the record of who did what. They name people, lists and posts by their numbers.\n" +
			"A person is given by number or by address, and is found as whoever did something and as whom it was done to.",
		Example: "  sencoforum audit show --post 48213\n  sencoforum audit show --list senco-forum --person asha@school.example",
		Args:    exactly(0),
	}
	var w entriesWanted
	c.Flags().StringVar(&w.list, "list", "", "only about this `LIST`, by name or address")
	c.Flags().StringVar(&w.person, "person", "", "only by or about this `PERSON`, by number or address")
	c.Flags().Uint64Var(&w.post, "post", 0, "only about the post, or other item, with this number")
	c.Flags().IntVar(&w.most, "limit", 50, "the latest so many; 0 for all")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.showAudit(w) })
	}
	return c
}

func (a *admin) showAudit(w entriesWanted) error {
	found := []entryView{}
	err := a.db.View(func(tx *store.Tx) error {
		wants, err := a.wanted(tx, w)
		if err != nil {
			return err
		}
		for e, err := range audit.All(tx) {
			if err != nil {
				return err
			}
			if wants(e) {
				found = append(found, viewEntry(e))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if w.most > 0 && len(found) > w.most {
		found = found[len(found)-w.most:]
	}
	return a.show(found, func(t *text) {
		if len(found) == 0 {
			t.say("The record has no such entry.")
			return
		}
		auditReport{Entries: found}.tellEntries(t)
	})
}

// wanted is the question that a choice of entries asks of each.
func (a *admin) wanted(tx *store.Tx, w entriesWanted) (func(e audit.Entry) bool, error) {
	var l list.ID
	if w.list != "" {
		found, err := a.list(tx, w.list)
		if err != nil {
			return nil, err
		}
		l = found.ID
	}
	person, err := personWanted(tx, w.person)
	if err != nil {
		return nil, err
	}
	actor := "member " + strconv.FormatUint(uint64(person), 10)
	return func(e audit.Entry) bool {
		return (l == 0 || e.List == uint32(l)) &&
			(person == 0 || e.Person == uint32(person) || e.Actor == actor) &&
			(w.post == 0 || slices.Contains(e.Items, w.post))
	}, nil
}

// personWanted is the person with a number or an address; 0 for neither.
func personWanted(tx *store.Tx, s string) (list.PersonID, error) {
	if s == "" {
		return 0, nil
	}
	if n, err := strconv.ParseUint(s, 10, 32); err == nil && n > 0 {
		return list.PersonID(n), nil
	}
	address, err := parseAddress(s)
	if err != nil {
		return 0, err
	}
	p, err := list.FindPerson(tx, address)
	if errors.Is(err, list.ErrNoPerson) {
		return 0, usage("nobody here has the address %s", address)
	}
	return p.ID, err
}

// viewEntry is an entry as JSON.
func viewEntry(e audit.Entry) entryView {
	return entryView{e.Number, e.At, e.Actor, e.Action, e.List, e.Person, e.Items, e.Detail}
}
