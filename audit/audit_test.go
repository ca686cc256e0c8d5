package audit

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// open returns a store with n entries, the i-th of which is about person i.
func open(t *testing.T, n int) *store.DB {
	t.Helper()
	db := testdb.Open(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		for i := range n {
			e := Entry{At: noon.Add(time.Duration(i) * time.Minute), Actor: "operator uid 0", Action: "member add", Person: uint32(i + 1)}
			if err := Append(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	return db
}

func all(t *testing.T, db *store.DB) (found []Entry, faults []Fault) {
	t.Helper()
	testdb.View(t, db, func(tx *store.Tx) error {
		for e, err := range All(tx) {
			if err != nil {
				return err
			}
			found = append(found, e)
		}
		var err error
		faults, err = Verify(tx)
		return err
	})
	return found, faults
}

func TestAppendedEntriesComeBackInOrder(t *testing.T) {
	db := open(t, 0)
	london := time.FixedZone("BST", 3600)
	testdb.Update(t, db, func(tx *store.Tx) error {
		return Append(tx, Entry{At: noon, Actor: "operator uid 0", Action: "list create", List: 3})
	})
	testdb.Update(t, db, func(tx *store.Tx) error {
		return Append(tx, Entry{
			Number: 99, At: noon.In(london).Add(90 * time.Millisecond), Actor: "member 17", Action: "held approve",
			List: 3, Person: 12, Items: []uint64{48213, 1 << 63}, Detail: "reply_to author",
		})
	})
	got, faults := all(t, db)
	want := []Entry{
		{Number: 1, At: noon, Actor: "operator uid 0", Action: "list create", List: 3},
		{Number: 2, At: noon, Actor: "member 17", Action: "held approve", List: 3, Person: 12, Items: []uint64{48213, 1 << 63}, Detail: "reply_to author"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(faults) > 0 {
		t.Errorf("faults in an honest record: %v", faults)
	}
}

func TestAnEmptyRecordIsWhole(t *testing.T) {
	if _, faults := all(t, open(t, 0)); len(faults) > 0 {
		t.Errorf("got %v", faults)
	}
}

func TestTheHeadMovesWithEachEntry(t *testing.T) {
	db := open(t, 0)
	seen := make(map[Head]bool)
	for range 5 {
		testdb.Update(t, db, func(tx *store.Tx) error {
			return Append(tx, Entry{At: noon, Actor: "server", Action: "purge"})
		})
		testdb.View(t, db, func(tx *store.Tx) error {
			head, err := Last(tx)
			if len(head.Hash) != 64 || head.Number != uint64(len(seen)+1) || seen[head] {
				t.Errorf("head %+v after %d entries", head, len(seen)+1)
			}
			seen[head] = true
			return err
		})
	}
}

func TestAppendRefusesWhatIsPrivate(t *testing.T) {
	good := Entry{At: noon, Actor: "operator uid 0", Action: "member add", Person: 4}
	with := func(fn func(e *Entry)) Entry {
		e := good
		fn(&e)
		return e
	}
	db := open(t, 0)
	for _, c := range []struct {
		name  string
		entry Entry
		want  error
	}{
		{"plain words", with(func(e *Entry) { e.Detail = "mode digest, was each; 3 of 10" }), nil},
		{"a time of day is no address", with(func(e *Entry) { e.Detail = "until 07:00" }), nil},
		{"a mail address", with(func(e *Entry) { e.Detail = "was jane@school.example" }), ErrPrivate},
		{"a mail address as actor", with(func(e *Entry) { e.Actor = "jane@school.example" }), ErrPrivate},
		{"an IPv4 address", with(func(e *Entry) { e.Detail = "from 192.0.2.1" }), ErrPrivate},
		{"an IPv4 address with port", with(func(e *Entry) { e.Detail = "from 192.0.2.1:25" }), ErrPrivate},
		{"a network", with(func(e *Entry) { e.Detail = "from 192.0.2.0/24" }), ErrPrivate},
		{"an IPv6 address in brackets", with(func(e *Entry) { e.Action = "sign in [2001:db8::1]" }), ErrPrivate},
		{"a line of a message", with(func(e *Entry) { e.Detail = "Dear all\n" }), ErrPrivate},
		{"other letters than ASCII", with(func(e *Entry) { e.Detail = "Zoë" }), ErrPrivate},
		{"a long text", with(func(e *Entry) { e.Detail = string(make([]byte, detailMax+1)) }), ErrPrivate},
	} {
		err := db.Update(func(tx *store.Tx) error { return Append(tx, c.entry) })
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
	for _, e := range []Entry{{}, {Actor: "server", Action: "purge"}, {At: noon, Action: "purge"}, {At: noon, Actor: "server"}} {
		if err := db.Update(func(tx *store.Tx) error { return Append(tx, e) }); err == nil {
			t.Errorf("%+v was appended", e)
		}
	}
	if found, _ := all(t, db); len(found) != 2 {
		t.Errorf("%d entries, want the 2 good ones", len(found))
	}
}

func TestAppendNeverWritesOverAnEntry(t *testing.T) {
	db := open(t, 3)
	testdb.Update(t, db, func(tx *store.Tx) error { return heads.Delete(tx, headKey) })
	err := db.Update(func(tx *store.Tx) error {
		return Append(tx, Entry{At: noon, Actor: "server", Action: "purge"})
	})
	if !errors.Is(err, store.ErrDamaged) {
		t.Errorf("got %v, want %v", err, store.ErrDamaged)
	}
}

func FuzzRecord(f *testing.F) {
	f.Add(make([]byte, 64))
	f.Add([]byte("short"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseRecord(b)
		if err != nil {
			return
		}
		if again, err := appendRecord(nil, r); err != nil || string(again) != string(b) {
			t.Errorf("%x is written as %x, %v", b, again, err)
		}
	})
}
