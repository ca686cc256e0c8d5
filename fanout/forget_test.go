package fanout

import (
	"testing"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// setAsidePost publishes a post that cannot be expanded.
func setAsidePost(t *testing.T, db *store.DB) archive.Post {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) error { // a membership without a person
		return list.Join(tx, list.Membership{List: 1, Person: 99, Role: list.RoleMember, Mode: list.ModeEvery})
	})
	p := post(t, db, "<bad@x>")
	expandAll(t, db)
	if got := state(t, db, p.Intake); got != intake.Shunted {
		t.Fatalf("the message is %s", got)
	}
	return p
}

func TestAForgottenChangeIsOffTheListForGood(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, 3)
	p := setAsidePost(t, db)
	testdb.Update(t, db, func(tx *store.Tx) error { return Forget(tx, p.Seq, noon) })
	testdb.View(t, db, func(tx *store.Tx) error {
		for s := range SkippedChanges(tx) {
			t.Errorf("still on the list: %+v", s)
		}
		return nil
	})
	if got := state(t, db, p.Intake); got != intake.Discarded {
		t.Errorf("the message is %s", got)
	}
	if len(rows(t, db, p.Number)) != 0 {
		t.Error("copies were made")
	}
	if err := db.Update(func(tx *store.Tx) error { return Forget(tx, p.Seq, noon) }); err == nil {
		t.Error("forgotten twice")
	}
	if faults := accounts(t, db); len(faults) > 0 {
		t.Errorf("the books disagree: %q", faults)
	}
}
