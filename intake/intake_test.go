package intake

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/testdb"
	"sencoforum/message"
	"sencoforum/store"
)

func fresh(s State) New {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	return New{
		Record: Record{Origin: FromMail, Kind: "post", List: 1, MessageID: "<a@b>", Envelope: message.Envelope{Received: now}},
		Raw:    store.NewBlob([]byte("Subject: hello\r\n\r\nworld\r\n")), State: s, Key: "key",
	}
}

func put(t *testing.T, db *store.DB, n New) ID {
	t.Helper()
	var id ID
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		id, err = Put(tx, n)
		return err
	})
	return id
}

func audit(t *testing.T, db *store.DB) Report {
	t.Helper()
	var r Report
	testdb.View(t, db, func(tx *store.Tx) (err error) {
		r, err = Audit(tx)
		return err
	})
	return r
}

func TestAMessageIsKeptAsItCame(t *testing.T) {
	db := testdb.Open(t)
	id := put(t, db, fresh(Waiting))
	testdb.View(t, db, func(tx *store.Tx) error {
		raw, err := Raw(tx, id)
		if string(raw) != "Subject: hello\r\n\r\nworld\r\n" {
			t.Errorf("raw is %q", raw)
		}
		if known, ok, _ := Known(tx, "key"); !ok || known != id {
			t.Errorf("its key stands for %d, %t", known, ok)
		}
		s, _ := StatusOf(tx, id)
		if s.State != Waiting {
			t.Errorf("it is %s", s.State)
		}
		return err
	})
}

func TestEveryStepOfALifeIsCounted(t *testing.T) {
	db := testdb.Open(t)
	id := put(t, db, fresh(Waiting))
	other := fresh(Duplicate)
	other.Raw, other.Key = store.Blob{}, ""
	put(t, db, other)
	for _, s := range []State{Expanding, Expanded, Expanded, Done} {
		testdb.Update(t, db, func(tx *store.Tx) error { return Move(tx, id, Status{State: s}) })
	}
	want := Report{Accepted: 2, Live: map[State]uint64{Done: 1, Duplicate: 1}, Purged: map[State]uint64{}}
	if diff := cmp.Diff(want, audit(t, db)); diff != "" {
		t.Errorf("before the purge (-want +got):\n%s", diff)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Purge(tx, id, "key") })
	want = Report{Accepted: 2, Live: map[State]uint64{Duplicate: 1}, Purged: map[State]uint64{Done: 1}}
	if diff := cmp.Diff(want, audit(t, db)); diff != "" {
		t.Errorf("after the purge (-want +got):\n%s", diff)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		if _, err := Raw(tx, id); !errors.Is(err, ErrNoMessage) {
			t.Errorf("the raw bytes of a purged message: %v", err)
		}
		_, ok, err := Known(tx, "key")
		if ok {
			t.Error("the key of a purged message is still known")
		}
		return err
	})
}

func TestAnAuditFindsWhatWasLost(t *testing.T) {
	spoil := map[string]func(tx *store.Tx) error{
		"a state row that vanished": func(tx *store.Tx) error { return states.Delete(tx, 1) },
		"a state changed by hand":   func(tx *store.Tx) error { return states.Put(tx, 1, Status{State: Done}) },
		"a 250 without a row":       func(tx *store.Tx) error { _, err := accepted.Next(tx); return err },
		"a purge counted twice":     func(tx *store.Tx) error { _, err := purged(Done).Next(tx); return err },
	}
	for name, fn := range spoil {
		t.Run(name, func(t *testing.T) {
			db := testdb.Open(t)
			put(t, db, fresh(Waiting))
			if r := audit(t, db); len(r.Faults) > 0 {
				t.Fatalf("a sound store has faults: %v", r.Faults)
			}
			testdb.Update(t, db, fn)
			if r := audit(t, db); len(r.Faults) == 0 {
				t.Error("the audit found nothing")
			}
		})
	}
}

func TestIllegalStepsAreRefused(t *testing.T) {
	for _, c := range []struct {
		from, to State
		ok       bool
	}{
		{Waiting, Expanding, true}, {Waiting, Held, true}, {Waiting, Withdrawn, true}, {Waiting, Done, false},
		{Waiting, Expanded, false}, {Expanding, Waiting, false}, {Expanding, Expanded, true}, {Expanded, Done, true},
		{Done, Waiting, false}, {Done, Erased, true}, {Duplicate, Shunted, false}, {Expanding, Shunted, true},
		{Shunted, Expanded, true}, {Shunted, Rejected, false}, {Erased, Shunted, false}, {Erased, Erased, true},
		{Accepted, Expanding, false}, {Held, Waiting, true}, {Rejected, Waiting, false},
	} {
		if got := Legal(c.from, c.to); got != c.ok {
			t.Errorf("%s to %s: %t", c.from, c.to, got)
		}
	}
	db := testdb.Open(t)
	id := put(t, db, fresh(Waiting))
	err := db.Update(func(tx *store.Tx) error { return Move(tx, id, Status{State: Done}) })
	if !errors.Is(err, ErrIllegal) {
		t.Errorf("move from waiting to done: %v", err)
	}
	if err := db.Update(func(tx *store.Tx) error { _, err := Put(tx, fresh(Expanded)); return err }); !errors.Is(err, ErrIllegal) {
		t.Errorf("put as expanded: %v", err)
	}
}

func TestDuplicateKeys(t *testing.T) {
	from := testdb.Address(t, "Priya@school.example")
	same := DuplicateKey(1, from, "<a@b>", []byte("text"))
	if DuplicateKey(1, testdb.Address(t, "priya@SCHOOL.example"), "<a@b>", []byte("text")) != same {
		t.Error("another spelling of the author's address is another message")
	}
	for name, other := range map[string]Key{
		"list":       DuplicateKey(2, from, "<a@b>", []byte("text")),
		"author":     DuplicateKey(1, testdb.Address(t, "tom@school.example"), "<a@b>", []byte("text")),
		"Message-ID": DuplicateKey(1, from, "<a@c>", []byte("text")),
		"content":    DuplicateKey(1, from, "<a@b>", []byte("texts")),
	} {
		if other == same {
			t.Errorf("another %s is the same message", name)
		}
	}
}

// What is stripped has no bytes any more, and is accounted for and known as before.
func TestAStrippedMessageIsStillKnown(t *testing.T) {
	db := testdb.Open(t)
	id := put(t, db, fresh(Handled))
	for range 2 {
		testdb.Update(t, db, func(tx *store.Tx) error { return Strip(tx, id) })
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		if raw, err := Raw(tx, id); !errors.Is(err, ErrNoMessage) {
			t.Errorf("the bytes are %q, %v", raw, err)
		}
		if _, err := Get(tx, id); err != nil {
			t.Error(err)
		}
		known, ok, err := Known(tx, "key")
		if !ok || known != id {
			t.Errorf("its key stands for %d, %t", known, ok)
		}
		return err
	})
	if r := audit(t, db); len(r.Faults) > 0 || r.Live[Handled] != 1 {
		t.Errorf("audit: %+v", r)
	}
}
