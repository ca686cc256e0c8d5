package search

import (
	"errors"
	"slices"

	"sencoforum/list"
	"sencoforum/store"
)

// A Reader says what somebody may read. Every search asks for one, and the zero Reader finds nothing. There is no other way to
// results, so no page or command decides about access by itself.
type Reader struct {
	lists []list.ID // ascending
}

// ReaderOf is a person: they read the lists of which they are a member, however they get its posts. Who somebody is, the
// caller must have proved.
func ReaderOf(tx *store.Tx, p list.PersonID) (Reader, error) {
	var r Reader
	for l, err := range list.All(tx) {
		if err != nil {
			return Reader{}, err
		}
		_, err := list.Member(tx, l.ID, p)
		if errors.Is(err, list.ErrNoMember) {
			continue
		}
		if err != nil {
			return Reader{}, err
		}
		r.lists = append(r.lists, l.ID)
	}
	slices.Sort(r.lists)
	return r, nil
}

// ReaderOfOperator is whoever has the command line of the server: they may read everything that members see.
func ReaderOfOperator(tx *store.Tx) (Reader, error) {
	var r Reader
	for l, err := range list.All(tx) {
		if err != nil {
			return Reader{}, err
		}
		r.lists = append(r.lists, l.ID)
	}
	slices.Sort(r.lists)
	return r, nil
}

// Within is the reader with one list alone, for pages and mails of that list.
func (r Reader) Within(l list.ID) Reader {
	if !r.MayRead(l) {
		return Reader{}
	}
	return Reader{lists: []list.ID{l}}
}

// MayRead reports whether the reader may read a list.
func (r Reader) MayRead(l list.ID) bool {
	_, ok := slices.BinarySearch(r.lists, l)
	return ok
}

// Reading is somebody who reads pages: they find posts of the lists that they may read.
func Reading(r list.Reader) Reader {
	lists := r.Lists()
	slices.Sort(lists)
	return Reader{lists: lists}
}
