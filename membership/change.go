package membership

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/store"
)

// By says who changes something and when, for the audit log.
type By struct {
	Actor string // as audit.Entry has it; empty in Leave and Return for the member
	Now   time.Time
	How   string // by what means a member left or came back, such as ByLink; empty where there is only one

	Said   string // the line by which a member left, where there was one
	ToList bool   // it was all of a mail to the list
}

// Add puts a member on a list. Somebody the server knows already, by any address, keeps number and address and takes
// the name that is given, if any; whether they wrote never does not matter any more. Posts that were published before do not come any more. The error is
// list.ErrAlreadyMember, wrapped, when the person is on the list.
func Add(tx *store.Tx, by By, l list.ID, m Member) (Member, error) {
	p, err := list.FindPerson(tx, m.Person.Address)
	switch {
	case errors.Is(err, list.ErrNoPerson):
		m.Person.Created = by.Now
		p, err = list.AddPerson(tx, m.Person)
	case err == nil && m.Person.Name != "" && m.Person.Name != p.Name:
		p.Name = m.Person.Name
		err = list.SavePerson(tx, p)
	}
	if err != nil {
		return m, err
	}
	m.Person = p
	if err := allow(tx, l, p.Address); err != nil {
		return m, err
	}
	return enter(tx, by, l, m, "")
}

// enter stores the membership of a person who is stored already; detail is for the audit log.
func enter(tx *store.Tx, by By, l list.ID, m Member, detail string) (Member, error) {
	last, err := archive.LastSeq(tx)
	if err != nil {
		return m, err
	}
	m.Membership.List, m.Membership.Person, m.Membership.JoinedSeq = l, m.Person.ID, uint64(last)
	if m.Membership.Joined.IsZero() {
		m.Membership.Joined = by.Now
	}
	if err := list.Join(tx, m.Membership); err != nil {
		return m, fmt.Errorf("%s: %w", m.Person.Address, err)
	}
	if err := forgetDetails(tx, l, m.Person.ID); err != nil { // of an earlier membership
		return m, err
	}
	if err := notePause(tx, by.Now, m.Membership); err != nil {
		return m, err
	}
	return m, by.record(tx, "member add", m, detail)
}

// Save stores a member who was changed by Set.
func Save(tx *store.Tx, by By, m Member) error {
	p, err := list.GetPerson(tx, m.Person.ID)
	if err != nil {
		return err
	}
	old, err := list.Member(tx, m.Membership.List, p.ID)
	if err != nil {
		return err
	}
	before := Member{Person: p, Membership: old}
	changes := differences(before, m)
	if len(changes) == 0 {
		return nil
	}
	if personal(changes) {
		if err := list.SavePerson(tx, m.Person); err != nil {
			return err
		}
	}
	if m.Membership != old {
		if err := list.SaveMember(tx, m.Membership); err != nil {
			return err
		}
	}
	if err := notePause(tx, by.Now, m.Membership); err != nil {
		return err
	}
	return by.record(tx, "member set", m, words(changes))
}

// personal reports whether a change is about the person, and so about all lists that the person is on.
func personal(changes []Change) bool {
	fields := Fields()
	return slices.ContainsFunc(changes, func(c Change) bool {
		return slices.ContainsFunc(fields, func(f Field) bool { return f.Key == c.Key && f.personal })
	})
}

// words names changes for the audit log, which must hold no name and no address.
func words(changes []Change) string {
	var all []string
	for _, c := range changes {
		switch c.Key {
		case keyAddress, keyName, keyLinked, keyBackup:
			all = append(all, c.Key)
		default:
			all = append(all, c.Key+" "+cmp.Or(c.To, "off"))
		}
	}
	return strings.Join(all, ", ")
}

// SetRole gives a member a role. It returns list.ErrNoMember when the membership has ended meanwhile.
func SetRole(tx *store.Tx, by By, m Member, r list.Role) (Member, error) {
	m.Membership.Role = r
	if err := list.SaveMember(tx, m.Membership); err != nil {
		return m, err
	}
	return m, by.record(tx, "moderator set", m, "role "+string(r))
}

// Remove ends a membership. The person stays known, because posts and the audit log name the number; copies that wait
// are not sent, and no token of an earlier leaving brings the person back.
func Remove(tx *store.Tx, by By, m Member) error {
	if err := list.Leave(tx, m.Membership.List, m.Person.ID); err != nil {
		return err
	}
	if err := revokeReturn(tx, m.Membership.List, m.Person.ID); err != nil {
		return err
	}
	if err := forgetDetails(tx, m.Membership.List, m.Person.ID); err != nil {
		return err
	}
	return by.record(tx, "member remove", m, "")
}

// LastModerator reports whether a member is the only one who moderates the list, so that mail to its owners would
// reach none of its people without them.
func LastModerator(tx *store.Tx, m Member) (bool, error) {
	if !m.Membership.Role.Moderates() {
		return false, nil
	}
	all, err := list.Moderators(tx, m.Membership.List)
	return len(all) == 1, err
}

// themselves is by with the person as the actor where nobody is named.
func (by By) themselves(p list.PersonID) By {
	by.Actor = cmp.Or(by.Actor, fmt.Sprintf("member %d", p))
	return by
}

func (by By) record(tx *store.Tx, action string, m Member, detail string) error {
	return audit.Append(tx, audit.Entry{
		At: by.Now, Actor: by.Actor, Action: action,
		List: uint32(m.Membership.List), Person: uint32(m.Person.ID), Detail: detail,
	})
}
