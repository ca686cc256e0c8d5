package membership

import (
	"errors"

	"sencoforum/list"
	"sencoforum/store"
)

// roster finds the members who agreed to stand in the list of members. It says what Details.Shown says.
var roster = store.NewTable("membership.shown", store.PairKey(store.Uint32Key[list.ID](), store.Uint32Key[list.PersonID]()), store.Empty())

// shownMade is 1 once the table was made of details that are older than it.
const shownMade = store.Counter("membership.shown")

// noteShown keeps the table in step with details.
func noteShown(tx *store.Tx, k memberKey, is bool) error {
	if is {
		return roster.Put(tx, k, struct{}{})
	}
	return roster.Delete(tx, k)
}

// IndexShown makes the table of who is shown where it is missing, and reports how many there are.
func IndexShown(tx *store.Tx) (n int, err error) {
	made, err := shownMade.Value(tx)
	if err != nil || made > 0 {
		return 0, err
	}
	for row, err := range details.All(tx) {
		if err != nil {
			return n, err
		}
		if !row.Value.Shown {
			continue
		}
		if err := roster.Put(tx, row.Key, struct{}{}); err != nil {
			return n, err
		}
		n++
	}
	_, err = shownMade.Add(tx, 1)
	return n, err
}

// Show lets other members of a list see a member in its list of members, or ends that, and records it where it was otherwise.
func Show(tx *store.Tx, by By, m Member, is bool) error {
	was, err := DetailsOf(tx, m.Membership.List, m.Person.ID)
	if err != nil || was.Shown == is {
		return err
	}
	if err := changeDetails(tx, m.Membership, func(d *Details) { d.Shown = is }); err != nil {
		return err
	}
	return by.record(tx, "member set", m, string(map[bool]Word{true: WordShow, false: WordHide}[is]))
}

// A Shown is a member as other members of the list may see them: never an address.
type Shown struct {
	Person list.PersonID
	Name   string
	Role   list.Role
}

// ReadMember returns a member of a list who agreed to be seen, for a reader of it. The error is list.ErrNoMember, whatever the
// reason.
func ReadMember(tx *store.Tx, r list.Reader, l list.ID, p list.PersonID) (Shown, error) {
	if !r.Reads(l) {
		return Shown{}, list.ErrNoMember
	}
	is, err := roster.Has(tx, memberKey{A: l, B: p})
	if err != nil {
		return Shown{}, err
	}
	if !is {
		return Shown{}, list.ErrNoMember
	}
	m, err := list.Member(tx, l, p)
	if err != nil {
		return Shown{}, err
	}
	who, err := list.GetPerson(tx, p)
	s := Shown{Person: p, Name: list.CleanName(who.Name), Role: m.Role}
	if err == nil && s.Name == "" { // nothing to be known by
		err = list.ErrNoMember
	}
	return s, err
}

// ReadMembers returns the members of a list who agreed to be seen, from a number on, at most so many, and where to go on; 0 for
// nowhere.
func ReadMembers(tx *store.Tx, r list.Reader, l list.ID, from list.PersonID, most int) (all []Shown, next list.PersonID, err error) {
	if !r.Reads(l) {
		return nil, 0, nil
	}
	for row, err := range store.PrefixFrom(roster, tx, l, from) {
		if err != nil {
			return nil, 0, err
		}
		s, err := ReadMember(tx, r, l, row.Key.B)
		if errors.Is(err, list.ErrNoMember) || errors.Is(err, list.ErrNoPerson) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		if len(all) == most {
			return all, s.Person, nil
		}
		all = append(all, s)
	}
	return all, 0, nil
}
