package membership

import (
	"errors"
	"fmt"
	"strings"

	"sencoforum/internal/failpoint"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// Import does what steps of a plan say, in one transaction: hand it some hundreds at once. Each line is decided again
// on what is stored now, so a step that was done meanwhile does nothing. The error names the line that cannot be done
// any more.
func Import(tx *store.Tx, by By, l list.ID, steps []Step) error {
	for _, s := range steps {
		if s.Action != Added && s.Action != Changed {
			continue
		}
		var trouble error
		now, after := decide(s.says, func(a message.Address) (Member, bool) {
			m, ok, err := lookUp(tx, l, a)
			trouble = errors.Join(trouble, err)
			return m, ok
		}, by.Now)
		err := trouble
		switch {
		case err != nil:
		case now.Action == Faulty:
			err = errors.New(now.Fault)
		case now.Action == Added:
			err = addWhole(tx, by, l, after, now.Remarks)
		case now.Action == Changed:
			err = Save(tx, by, after)
		}
		if err != nil {
			return fmt.Errorf("import line %d: %w", s.Line, err)
		}
		if err := failpoint.Hit(failpoint.MembershipImport); err != nil {
			return err
		}
	}
	return nil
}

// addWhole adds a member with all that a file says of the person. The audit log gets the remarks.
func addWhole(tx *store.Tx, by By, l list.ID, m Member, remarks []string) error {
	var err error
	if m.Person.ID == 0 {
		m.Person, err = list.AddPerson(tx, m.Person)
	} else {
		err = list.SavePerson(tx, m.Person)
	}
	if err != nil {
		return err
	}
	_, err = enter(tx, by, l, m, strings.Join(remarks, "; "))
	return err
}

// lookUp finds a person by an address, with the membership of one list where there is one.
func lookUp(tx *store.Tx, l list.ID, a message.Address) (Member, bool, error) {
	p, err := list.FindPerson(tx, a)
	if errors.Is(err, list.ErrNoPerson) {
		return Member{}, false, nil
	}
	if err != nil {
		return Member{}, false, err
	}
	m, err := list.Member(tx, l, p.ID)
	if errors.Is(err, list.ErrNoMember) {
		err = nil
	}
	return Member{Person: p, Membership: m}, true, err
}

// Everybody returns how to find each person whom the server knows, as they are at this moment, for NewPlan.
func Everybody(tx *store.Tx, l list.ID) (Known, error) {
	on := map[list.PersonID]list.Membership{}
	for m, err := range list.Members(tx, l, 0) {
		if err != nil {
			return nil, err
		}
		on[m.Person] = m
	}
	all := map[string]Member{}
	for p, err := range list.People(tx) {
		if err != nil {
			return nil, err
		}
		for _, a := range p.Addresses() {
			all[a.Key()] = Member{Person: p, Membership: on[p.ID]}
		}
	}
	return func(a message.Address) (Member, bool) {
		m, ok := all[a.Key()]
		return m, ok
	}, nil
}
