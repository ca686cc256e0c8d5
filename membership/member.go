package membership

import (
	"errors"
	"fmt"
	"iter"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// A Member is a person together with one membership of theirs.
type Member struct {
	Person     list.Person
	Membership list.Membership
}

// Find returns the member of a list who has an address. The error is list.ErrNoPerson or list.ErrNoMember, wrapped.
func Find(tx *store.Tx, l list.ID, a message.Address) (Member, error) {
	p, err := list.FindPerson(tx, a)
	if err != nil {
		return Member{}, err
	}
	m, err := list.Member(tx, l, p.ID)
	if err != nil {
		return Member{}, fmt.Errorf("%s: %w", a, err)
	}
	return Member{Person: p, Membership: m}, nil
}

// Unknown reports whether an error of this package means that nobody on the list has that address.
func Unknown(err error) bool {
	return errors.Is(err, list.ErrNoPerson) || errors.Is(err, list.ErrNoMember)
}

// All yields the members of a list in order of person number.
func All(tx *store.Tx, l list.ID) iter.Seq2[Member, error] {
	return func(yield func(Member, error) bool) {
		for m, err := range list.Members(tx, l, 0) {
			var p list.Person
			if err == nil {
				p, err = list.GetPerson(tx, m.Person)
			}
			if !yield(Member{Person: p, Membership: m}, err) || err != nil {
				return
			}
		}
	}
}
