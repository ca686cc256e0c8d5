package hold

import (
	"errors"
	"slices"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

func TestWhatSomebodySearchedForIsKnownUntilItIsOld(t *testing.T) {
	db := testdb.Open(t)
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	const jane, tom = list.PersonID(7), list.PersonID(8)
	var first, second string
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		if first, err = AllowSearch(tx, jane, Searched{List: 1, Words: "hyperlexia", Shown: []uint32{48213}}, now.Add(time.Hour)); err != nil {
			return err
		}
		second, err = AllowSearch(tx, jane, Searched{List: 1, Words: "statement", Next: "a.b", Shown: make([]uint32, 2*shownMost)}, now.Add(time.Hour))
		return err
	})
	testdb.Update(t, db, func(tx *store.Tx) error {
		g, err := LookSearch(tx, first, now)
		if err != nil || g.Person != jane || g.Search.Words != "hyperlexia" || !slices.Equal(g.Search.Shown, []uint32{48213}) {
			t.Errorf("the first search is %+v, %v", g, err)
		}
		if _, err := LookSearch(tx, second, now.Add(time.Hour)); !errors.Is(err, ErrSpent) {
			t.Errorf("an old search: %v, want %v", err, ErrSpent)
		}
		if g, err := LastSearch(tx, 1, jane, now); err != nil || g.Search.Words != "statement" || len(g.Search.Shown) != shownMost || g.Search.Next != "" {
			t.Errorf("the latest is %+v, %v", g.Search, err)
		}
		if _, err := LastSearch(tx, 2, jane, now); !errors.Is(err, ErrSpent) {
			t.Errorf("on another list: %v, want %v", err, ErrSpent)
		}
		if _, err := LastSearch(tx, 1, tom, now); !errors.Is(err, ErrSpent) {
			t.Errorf("of somebody else: %v, want %v", err, ErrSpent)
		}
		if _, _, err := Look(tx, first, now); !errors.Is(err, ErrSpent) {
			t.Errorf("as an answer about what waits: %v, want %v", err, ErrSpent)
		}
		if err := Forget(tx, jane); err != nil {
			return err
		}
		if _, err := LastSearch(tx, 1, jane, now); !errors.Is(err, ErrSpent) {
			t.Errorf("of somebody who was forgotten: %v, want %v", err, ErrSpent)
		}
		_, err = LookSearch(tx, first, now)
		if !errors.Is(err, ErrSpent) {
			t.Errorf("by the token of somebody who was forgotten: %v, want %v", err, ErrSpent)
		}
		return nil
	})
}
