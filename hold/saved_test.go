package hold

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func TestSearchesAreFollowedUpToABound(t *testing.T) {
	db := testdb.Open(t)
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	jane, other := SavedKey{A: 7, B: 1}, SavedKey{A: 7, B: 2}
	testdb.Update(t, db, func(tx *store.Tx) error {
		for i := range SavedMost {
			if err := SaveSearch(tx, jane, fmt.Sprint("word", i), now, "2026-11-27"); err != nil {
				return err
			}
		}
		if err := SaveSearch(tx, jane, "WORD3", now.Add(time.Hour), "2026-11-27"); err != nil {
			t.Errorf("one that is followed already: %v", err)
		}
		if err := SaveSearch(tx, jane, "one more", now, "2026-11-27"); !errors.Is(err, ErrSavedMost) {
			t.Errorf("one too many: %v, want %v", err, ErrSavedMost)
		}
		return SaveSearch(tx, other, "word0", now, "2026-11-27")
	})
	testdb.Update(t, db, func(tx *store.Tx) error {
		was, err := UnsaveSearch(tx, jane, "Word3")
		if s, err2 := SavedOf(tx, jane); err != nil || err2 != nil || !was || len(s.All) != SavedMost-1 || s.Looked != "2026-11-27" {
			t.Errorf("after one was ended: %t, %+v, %v", was, s, errors.Join(err, err2))
		}
		if was, err := UnsaveSearch(tx, jane, "never"); err != nil || was {
			t.Errorf("one that is not followed: %t, %v", was, err)
		}
		if err := Forget(tx, jane.A); err != nil {
			return err
		}
		for row, err := range AllSaved(tx) {
			t.Errorf("of somebody who was forgotten there is %+v, %v", row, err)
		}
		return nil
	})
}
