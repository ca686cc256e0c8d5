package hold

import (
	"errors"
	"time"

	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// A Searched is what a member looked for by email and what they were shown, so that "get 1" and "more" mean something. It is kept
// with the token of the answer, and goes with it.
type Searched struct {
	List  list.ID  `json:"list"`
	Words string   `json:"words"`           // that were looked for, as they would be typed
	Next  string   `json:"next,omitempty"`  // where the next page begins; empty: there is none
	Shown []uint32 `json:"shown,omitempty"` // discussions, by their numbers in the answers

	Followed []string `json:"followed,omitempty"` // searches of which it told something new; Words is empty then
}

// shownMost bounds the discussions of one search that have a number.
const shownMost = 500

// searches has the latest search of a person on a list.
var searches = store.NewTable("hold.searches", store.PairKey(store.Uint32Key[list.PersonID](), store.Uint32Key[list.ID]()), store.JSON[token.Digest]())

type searchKey = store.Pair[list.PersonID, list.ID]

// AllowSearch keeps what somebody looked for and returns the token for their answers.
func AllowSearch(tx *store.Tx, p list.PersonID, s Searched, until time.Time) (string, error) {
	if len(s.Shown) > shownMost {
		s.Shown, s.Next = s.Shown[:shownMost], ""
	}
	t, err := grant(tx, Grant{Person: p, Until: until, Search: &s})
	if err != nil {
		return "", err
	}
	digest, err := token.Hash(t)
	if err != nil {
		return "", err
	}
	return t, searches.Put(tx, searchKey{A: p, B: s.List}, digest)
}

// LookSearch returns the search that a token stands for, or ErrSpent.
func LookSearch(tx *store.Tx, t string, now time.Time) (Grant, error) {
	g, err := find(tx, t)
	if err == nil && (g.Search == nil || !now.Before(g.Until)) {
		err = ErrSpent
	}
	return g, err
}

// LastSearch returns the latest search of a person on a list, or ErrSpent.
func LastSearch(tx *store.Tx, l list.ID, p list.PersonID, now time.Time) (Grant, error) {
	digest, ok, err := searches.Get(tx, searchKey{A: p, B: l})
	if err != nil || !ok {
		return Grant{}, errors.Join(err, spentUnless(ok))
	}
	g, ok, err := tokens.Get(tx, digest)
	if err == nil && (!ok || g.Search == nil || !now.Before(g.Until)) {
		err = ErrSpent
	}
	return g, err
}

func spentUnless(ok bool) error {
	if ok {
		return nil
	}
	return ErrSpent
}

// forgetSearches takes away which search of a person was the latest.
func forgetSearches(tx *store.Tx, p list.PersonID) error {
	for row, err := range store.Prefix(searches, tx, p) {
		if err != nil {
			return err
		}
		if err := searches.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	return nil
}
