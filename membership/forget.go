package membership

import (
	"errors"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// about reports whether a row names a person who is to be forgotten, or one of their addresses.
type about func(who list.PersonID, all ...message.Address) bool

// forgetAsked takes away requests, tokens and changes of address that name a person or one of their addresses, and the
// details of their memberships. That somebody never wants to be asked stays: it is a hash, and their wish.
func forgetAsked(tx *store.Tx, p list.PersonID) error {
	person, err := list.GetPerson(tx, p)
	if err != nil && !errors.Is(err, list.ErrNoPerson) {
		return err
	}
	theirs := map[string]bool{}
	for _, a := range append(person.Addresses(), person.Backup) {
		if !a.IsZero() {
			theirs[a.Key()] = true
		}
	}
	is := func(who list.PersonID, all ...message.Address) bool {
		for _, a := range all {
			if theirs[a.Key()] {
				return true
			}
		}
		return who == p
	}
	return errors.Join(forgetRequests(tx, is), forgetConfirms(tx, is), forgetMoves(tx, is), forgetAllDetails(tx, is))
}

func forgetRequests(tx *store.Tx, is about) error {
	for row, err := range requests.All(tx) {
		if err != nil {
			return err
		}
		if r := row.Value; is(r.Person, r.Address, r.New) {
			if err := forgetRequest(tx, row.Key, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func forgetConfirms(tx *store.Tx, is about) error {
	for row, err := range confirmExpiry.All(tx) {
		if err != nil {
			return err
		}
		c, _, err := confirms.Get(tx, row.Key.B)
		if err != nil {
			return err
		}
		if is(c.Person, c.Address, c.New) {
			if err := errors.Join(confirms.Delete(tx, row.Key.B), confirmExpiry.Delete(tx, row.Key)); err != nil {
				return err
			}
		}
	}
	return nil
}

func forgetMoves(tx *store.Tx, is about) error {
	for row, err := range moves.All(tx) {
		if err != nil {
			return err
		}
		if is(row.Value.Person, row.Value.Old, row.Value.New) {
			if err := moves.Delete(tx, row.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

func forgetAllDetails(tx *store.Tx, is about) error {
	for row, err := range details.All(tx) {
		if err != nil {
			return err
		}
		if is(row.Key.B) {
			if err := forgetDetails(tx, row.Key.A, row.Key.B); err != nil {
				return err
			}
		}
	}
	return nil
}
