package membership

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/store"
)

// A Search says which members of a list a page for moderators shows.
type Search struct {
	Words string // in name or address; empty: all
	State string // one of States, or empty for all
}

// States are the words for what members may be searched by.
var States = []string{"moderated", "new", "bouncing", "paused", "moderators"}

// fits reports whether a member is searched for.
func (s Search) fits(m Member, now time.Time) bool {
	switch s.State {
	case "moderated":
		return m.Membership.Moderated
	case "new":
		return m.Membership.Holds > 0
	case "bouncing":
		return m.Membership.Suspended
	case "paused":
		return m.Membership.Paused(now)
	case "moderators":
		return m.Membership.Role != list.RoleMember
	}
	return true
}

// has reports whether all words stand in the name or an address.
func (s Search) has(p list.Person) bool {
	text := strings.ToLower(p.Name)
	for _, a := range p.Addresses() {
		text += " " + strings.ToLower(a.String())
	}
	for w := range strings.FieldsSeq(strings.ToLower(s.Words)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// Look returns the members of a list that are searched for, in order of name, for a reader who moderates it. For anybody else there
// is nobody: list.ErrNoMember.
func Look(tx *store.Tx, r list.Reader, l list.ID, s Search, now time.Time) (all []Member, err error) {
	if !r.Moderates(l) {
		return nil, list.ErrNoMember
	}
	for m, err := range All(tx, l) {
		if err != nil {
			return nil, err
		}
		if s.fits(m, now) && s.has(m.Person) {
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b Member) int {
		return cmp.Or(cmp.Compare(strings.ToLower(cmp.Or(a.Person.Name, a.Person.Address.Key())), strings.ToLower(cmp.Or(b.Person.Name, b.Person.Address.Key()))), cmp.Compare(a.Person.ID, b.Person.ID))
	})
	return all, nil
}

// LookAt returns one member of a list for a reader who moderates it. The error is list.ErrNoMember for anybody else, too.
func LookAt(tx *store.Tx, r list.Reader, l list.ID, p list.PersonID) (m Member, err error) {
	if !r.Moderates(l) {
		return m, list.ErrNoMember
	}
	if m.Membership, err = list.Member(tx, l, p); err != nil {
		return m, err
	}
	m.Person, err = list.GetPerson(tx, p)
	return m, err
}

// Export writes the members of a list as a file for somebody who moderates it at this moment, and puts that into the record. The
// error is list.ErrNoMember for anybody else. proof says what shows that it is them.
func Export(tx *store.Tx, by By, p list.PersonID, l list.ID, proof string, w io.Writer) error {
	m, err := list.Member(tx, l, p)
	if err == nil && !m.Role.Moderates() || errors.Is(err, list.ErrNoMember) {
		return fmt.Errorf("export members: %w", list.ErrNoMember)
	}
	if err != nil {
		return err
	}
	n, err := list.Count(tx, l)
	if err != nil {
		return err
	}
	e := audit.Entry{At: by.Now, Actor: by.Actor, Action: "member export", List: uint32(l), Detail: fmt.Sprintf("%s; %d members", proof, n)}
	if err := audit.Append(tx, e); err != nil {
		return err
	}
	return WriteCSV(w, All(tx, l))
}
