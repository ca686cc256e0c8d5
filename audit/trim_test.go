package audit

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// later is when the entries of open, one a minute, are looked at.
var later = noon.AddDate(6, 0, 0)

func trim(t *testing.T, db *store.DB, before time.Time, n int) (gone int, more bool) {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		gone, more, err = Trim(tx, "server", before, later, n)
		return err
	})
	return gone, more
}

func TestARecordIsShortenedAndStaysWhole(t *testing.T) {
	db := open(t, 30)
	due := func(before time.Time) (n int) {
		testdb.View(t, db, func(tx *store.Tx) (err error) { n, err = Due(tx, before); return err })
		return n
	}
	if gone, more := trim(t, db, noon.Add(-time.Second), 100); gone != 0 || more || due(noon.Add(-time.Second)) != 0 {
		t.Errorf("a second before the first is old enough: %d went, %t", gone, more)
	}
	at := noon.Add(9 * time.Minute) // the tenth
	if n := due(at.Add(-time.Second)); n != 9 {
		t.Errorf("%d are due a second before the tenth is", n)
	}
	if n := due(at); n != 10 {
		t.Errorf("%d are due when the tenth is", n)
	}
	if gone, more := trim(t, db, at, 4); gone != 4 || !more {
		t.Errorf("of a part: %d went, more %t", gone, more)
	}
	if gone, more := trim(t, db, at, 100); gone != 6 || more {
		t.Errorf("of the rest: %d went, more %t", gone, more)
	}
	found, faults := all(t, db)
	if len(faults) > 0 || len(found) != 22 || found[0].Number != 11 || found[21].Action != trimAction || !slices.Equal(found[21].Items, []uint64{10}) {
		t.Errorf("left with faults %v: %+v", faults, found)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Append(tx, Entry{At: later, Actor: "server", Action: "purge"}) })
	if gone, _ := trim(t, db, later, 100); gone != 23 { // all there is, with the trims before
		t.Errorf("of all: %d went", gone)
	}
	if found, faults := all(t, db); len(faults) > 0 || len(found) != 1 || found[0].Number != 34 {
		t.Errorf("left with faults %v: %+v", faults, found)
	}
}

func TestAYoungerEntryEndsWhatIsOldEnough(t *testing.T) {
	db := open(t, 3)
	testdb.Update(t, db, func(tx *store.Tx) error {
		return errors.Join(Append(tx, Entry{At: later, Actor: "server", Action: "purge"}), Append(tx, Entry{At: noon, Actor: "server", Action: "purge"}))
	})
	if gone, more := trim(t, db, noon.Add(time.Hour), 100); gone != 3 || more {
		t.Errorf("%d went, more %t; want those before the younger one", gone, more)
	}
	if _, faults := all(t, db); len(faults) > 0 {
		t.Error(faults)
	}
}

// Whatever is done to a shortened record is found at its place.
func TestChangesToAShortenedRecordAreFound(t *testing.T) {
	begin := func(tx *store.Tx, n uint64) error {
		rec, ok, err := entries.Get(tx, n)
		if err != nil || !ok {
			return errors.Join(err, errors.New("no entry"))
		}
		return heads.Put(tx, beginKey, Head{Number: n, Hash: hex.EncodeToString(rec.sum[:])})
	}
	for _, c := range []struct {
		name  string
		place uint64
		do    func(tx *store.Tx) error
	}{
		{"more cut off, and the beginning moved", 13, func(tx *store.Tx) error {
			return errors.Join(begin(tx, 12), entries.Delete(tx, 11), entries.Delete(tx, 12))
		}},
		{"more cut off", 11, func(tx *store.Tx) error { return errors.Join(entries.Delete(tx, 11), entries.Delete(tx, 12)) }},
		{"the beginning forgotten", 1, func(tx *store.Tx) error { return heads.Delete(tx, beginKey) }},
		{"another hash before the beginning", 11, func(tx *store.Tx) error {
			return heads.Put(tx, beginKey, Head{Number: 10, Hash: strings.Repeat("ab", 32)})
		}},
		{"the first that is left", 11, func(tx *store.Tx) error { return edit(tx, 11, func(rec *record) { rec.entry = forged(rec.entry) }) }},
		{"an entry put in before the beginning", 10, func(tx *store.Tx) error { return move(tx, 11, 10) }},
		{"the entry about it", 31, func(tx *store.Tx) error {
			return edit(tx, 31, func(rec *record) { rec.entry = []byte(strings.Replace(string(rec.entry), "[10]", "[9]", 1)) })
		}},
		{"all up to the head", 32, func(tx *store.Tx) error {
			for n := uint64(11); n < 31; n++ {
				if err := entries.Delete(tx, n); err != nil {
					return err
				}
			}
			return errors.Join(begin(tx, 31), entries.Delete(tx, 31))
		}},
	} {
		db := open(t, 30)
		trim(t, db, noon.Add(9*time.Minute), 100)
		testdb.Update(t, db, c.do)
		if _, faults := all(t, db); !slices.ContainsFunc(faults, func(f Fault) bool { return f.Number == c.place }) {
			t.Errorf("%s: %v, want a fault at %d", c.name, faults, c.place)
		}
	}
}

func TestWhatWasChangedIsEvidenceAndStays(t *testing.T) {
	for name, spoil := range map[string]func(tx *store.Tx) error{
		"an entry": func(tx *store.Tx) error { return edit(tx, 5, func(rec *record) { rec.entry = forged(rec.entry) }) },
		"one with its hash made anew": func(tx *store.Tx) error {
			return edit(tx, 5, func(rec *record) { rec.entry = forged(rec.entry); rec.sum = hash(5, *rec) })
		},
		"one that is missing": func(tx *store.Tx) error { return entries.Delete(tx, 5) },
	} {
		db := open(t, 30)
		testdb.Update(t, db, spoil)
		before, faults := all(t, db)
		err := db.Update(func(tx *store.Tx) error {
			_, _, err := Trim(tx, "server", later, later, 100)
			return err
		})
		if !errors.Is(err, ErrBroken) || len(faults) == 0 {
			t.Errorf("%s: %v, faults %v", name, err, faults)
		}
		if after, _ := all(t, db); len(after) != len(before) {
			t.Errorf("%s: %d of %d entries are left", name, len(after), len(before))
		}
	}
}

// forged is an entry with another act.
func forged(entry []byte) []byte {
	return []byte(strings.Replace(string(entry), "member add", "member set", 1))
}
