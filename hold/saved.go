package hold

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// A Saved is a search that a member follows: new discussions that match are told by email, once a day at most.
type Saved struct {
	Words string    `json:"words"` // as they would be typed
	Since time.Time `json:"since"` // discussions published up to then were looked at
}

// A SavedList is all that a member follows on a list.
type SavedList struct {
	All    []Saved `json:"all"`
	Looked string  `json:"looked"` // the last day on which it was looked at, in London
}

// SavedMost bounds the searches that one member follows on one list.
const SavedMost = 10

// ErrSavedMost says that a member follows as many searches as are possible.
var ErrSavedMost = errors.New("there are as many saved searches as a member may have")

// SavedKey says whose searches they are.
type SavedKey = store.Pair[list.PersonID, list.ID]

// saved is the row of each member who follows a search.
var saved = store.NewTable("hold.saved", store.PairKey(store.Uint32Key[list.PersonID](), store.Uint32Key[list.ID]()), store.JSON[SavedList]())

// SavedOf returns what a member follows on a list; nothing is the zero SavedList.
func SavedOf(tx *store.Tx, k SavedKey) (SavedList, error) {
	s, _, err := saved.Get(tx, k)
	return s, err
}

// PutSaved stores what a member follows; an empty list takes the row away.
func PutSaved(tx *store.Tx, k SavedKey, s SavedList) error {
	if len(s.All) == 0 {
		return saved.Delete(tx, k)
	}
	return saved.Put(tx, k, s)
}

// SaveSearch lets a member follow a search from now on. One that is followed already stays as it is.
func SaveSearch(tx *store.Tx, k SavedKey, words string, now time.Time, today string) error {
	s, err := SavedOf(tx, k)
	if err != nil || slices.ContainsFunc(s.All, sameWords(words)) {
		return err
	}
	if len(s.All) >= SavedMost {
		return ErrSavedMost
	}
	if len(s.All) == 0 {
		s.Looked = today
	}
	s.All = append(s.All, Saved{Words: words, Since: now})
	return PutSaved(tx, k, s)
}

// UnsaveSearch ends the following of a search, and reports whether it was followed.
func UnsaveSearch(tx *store.Tx, k SavedKey, words string) (bool, error) {
	s, err := SavedOf(tx, k)
	if err != nil {
		return false, err
	}
	n := len(s.All)
	s.All = slices.DeleteFunc(s.All, sameWords(words))
	return len(s.All) < n, PutSaved(tx, k, s)
}

func sameWords(words string) func(Saved) bool {
	return func(s Saved) bool { return strings.EqualFold(s.Words, words) }
}

// AllSaved yields whose searches are followed.
func AllSaved(tx *store.Tx) iter.Seq2[store.Row[SavedKey, SavedList], error] { return saved.All(tx) }

// forgetSaved takes away what a person follows on all lists.
func forgetSaved(tx *store.Tx, p list.PersonID) error {
	for row, err := range store.Prefix(saved, tx, p) {
		if err != nil {
			return err
		}
		if err := saved.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	return nil
}
