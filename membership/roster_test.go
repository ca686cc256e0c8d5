package membership

import (
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// Who agreed before there was a table of them is found as well, and once only.
func TestWhoAgreedLongAgoIsFoundInTheRoster(t *testing.T) {
	w := newTown(t)
	tom, jo := w.add("tom@school.example", list.RoleMember), w.add("jo@school.example", list.RoleMember)
	testdb.Update(t, w.db, func(tx *store.Tx) error {
		if err := Show(tx, by, tom, true); err != nil {
			return err
		}
		if err := roster.Delete(tx, memberKey{A: w.forum.ID, B: tom.Person.ID}); err != nil { // as it was then
			return err
		}
		for _, want := range []int{1, 0} {
			if n, err := IndexShown(tx); err != nil || n != want {
				t.Errorf("found %d, want %d, %v", n, want, err)
			}
		}
		for p, want := range map[list.PersonID]bool{tom.Person.ID: true, jo.Person.ID: false} {
			if is, err := roster.Has(tx, memberKey{A: w.forum.ID, B: p}); err != nil || is != want {
				t.Errorf("person %d: %v, %v", p, is, err)
			}
		}
		return nil
	})
	testdb.Update(t, w.db, func(tx *store.Tx) error {
		if err := Remove(tx, by, tom); err != nil {
			return err
		}
		is, err := roster.Has(tx, memberKey{A: w.forum.ID, B: tom.Person.ID})
		if is {
			t.Error("somebody who left is still listed")
		}
		return err
	})
}
