package storetest

import (
	"errors"
	"testing"

	"sencoforum/store"
)

func TestFaultyFailsWhenTold(t *testing.T) {
	db, disk := OpenFaulty(t)
	n := store.Counter("n")
	next := func(tx *store.Tx) error { _, err := n.Next(tx); return err }
	disk.FailBefore(store.ErrFull)
	if err := db.Update(next); !errors.Is(err, store.ErrFull) {
		t.Errorf("update on a full disk: %v, want ErrFull", err)
	}
	if err := db.Update(next); err != nil || disk.Taken() != 1 {
		t.Errorf("update after it: %v, taken %d, want success and 1", err, disk.Taken())
	}
	disk.FailAfter(errors.New("input/output error"))
	if err := db.Update(next); !errors.Is(err, store.ErrMaybe) {
		t.Errorf("update with a failing sync: %v, want ErrMaybe", err)
	}
	if err := db.View(func(tx *store.Tx) error {
		if v, err := n.Value(tx); v != 2 || err != nil {
			t.Errorf("counter %d, error %v, want 2: the last one was written after all", v, err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestOpenMakesAStore(t *testing.T) {
	db := Open(t)
	if err := db.Update(func(tx *store.Tx) error { return store.Cursor("c").Set(tx, store.Position{Seq: 1}) }); err != nil {
		t.Error(err)
	}
}
