package membership

import (
	"errors"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// forgetAsked takes away requests, tokens and changes of address that name a person or one of their addresses, and the
// details of their memberships. That somebody never wants to be asked stays: it is a hash, and their wish.
func forgetAsked(tx *store.Tx, p list.PersonID) error {
	person, err := list.GetPerson(tx, p)
	if errors.Is(err, list.ErrNoPerson) {
		err = nil
	}
	if err != nil {
		return err
	}
	theirs := map[string]bool{}
	for _, a := range append(person.Addresses(), person.Backup) {
		if !a.IsZero() {
			theirs[a.Key()] = true
		}
	}
	about := func(who list.PersonID, all ...message.Address) bool {
		for _, a := range all {
			if theirs[a.Key()] {
				return true
			}
		}
		return who == p
	}
	for row, err := range requests.All(tx) {
		if err != nil {
			return err
		}
		if r := row.Value; about(r.Person, r.Address, r.New) {
			if err := forgetRequest(tx, row.Key, r); err != nil {
				return err
			}
		}
	}
	for row, err := range confirmExpiry.All(tx) {
		if err != nil {
			return err
		}
		c, _, err := confirms.Get(tx, row.Key.B)
		if err != nil {
			return err
		}
		if about(c.Person, c.Address, c.New) {
			if err := errors.Join(confirms.Delete(tx, row.Key.B), confirmExpiry.Delete(tx, row.Key)); err != nil {
				return err
			}
		}
	}
	for row, err := range moves.All(tx) {
		if err != nil {
			return err
		}
		if about(row.Value.Person, row.Value.Old, row.Value.New) {
			if err := moves.Delete(tx, row.Key); err != nil {
				return err
			}
		}
	}
	for row, err := range details.All(tx) {
		if err != nil {
			return err
		}
		if row.Key.B == p {
			if err := details.Delete(tx, row.Key); err != nil {
				return err
			}
		}
	}
	return nil
}
