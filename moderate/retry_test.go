package moderate

import (
	"errors"
	"testing"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
)

// retry sets the letter aside and tries it again with a forwarder.
func retry(t *testing.T, db *store.DB, f *Forwarder) error {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) error {
		return intake.Move(tx, 1, intake.Status{State: intake.Shunted, Reason: "nobody to pass it on to"})
	})
	return db.Update(func(tx *store.Tx) error { return f.Retry(tx, 1) })
}

func stands(t *testing.T, db *store.DB) (s intake.State, rows uint64) {
	t.Helper()
	testdb.View(t, db, func(tx *store.Tx) error {
		status, err := intake.StatusOf(tx, 1)
		if err != nil {
			return err
		}
		s = status.State
		rows, err = queue.Depth(tx)
		return err
	})
	return s, rows
}

func TestALetterThatWasSetAsideIsPassedOn(t *testing.T) {
	db, f := desk(t, list.KindOwner)
	if err := retry(t, db, f); err != nil {
		t.Fatal(err)
	}
	if s, rows := stands(t, db); s != intake.Handled || rows != 1 {
		t.Errorf("the letter is %s, %d rows", s, rows)
	}
	err := db.Update(func(tx *store.Tx) error { return f.Retry(tx, 1) })
	if !errors.Is(err, ErrNotForPeople) {
		t.Errorf("passed on twice: %v", err)
	}
}

func TestALetterForNobodyStaysSetAside(t *testing.T) {
	db, f := desk(t, list.KindOwner)
	testdb.Update(t, db, func(tx *store.Tx) error { return list.Leave(tx, 1, 1) })
	f.operator = message.Address{}
	if err := retry(t, db, f); !errors.Is(err, ErrNobody) {
		t.Errorf("error %v", err)
	}
	if s, rows := stands(t, db); s != intake.Shunted || rows != 0 {
		t.Errorf("the letter is %s, %d rows", s, rows)
	}
}

func TestAPostIsNotForPeople(t *testing.T) {
	db, f := desk(t, list.KindPost)
	if err := retry(t, db, f); !errors.Is(err, ErrNotForPeople) {
		t.Errorf("error %v", err)
	}
}
