package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/moderate"
	"sencoforum/store"
	"sencoforum/token"
)

func TestNightsBeginAtThreeInLondon(t *testing.T) {
	for _, c := range []struct{ name, now, want string }{
		{"before three", "2026-11-22T02:59:59Z", "2026-11-22T03:00:00Z"},
		{"at three, the next one", "2026-11-22T03:00:00Z", "2026-11-23T03:00:00Z"},
		{"in summer", "2026-07-01T12:00:00Z", "2026-07-02T02:00:00Z"},
		{"the night in which clocks go forward", "2027-03-28T00:30:00Z", "2027-03-28T02:00:00Z"},
		{"the night in which clocks go back", "2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, c.now)
			if err != nil {
				t.Fatal(err)
			}
			if got := nextNight(now).UTC().Format(time.RFC3339); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestTheNightCompactsWhatAnActCouldNot does what is left after an erasure in a store that is too large for it at once.
func TestTheNightCompactsWhatAnActCouldNot(t *testing.T) {
	db := testdb.Open(t)
	residue := func() (n uint64) {
		t.Helper()
		if err := db.View(func(tx *store.Tx) (err error) { n, err = moderate.Residue.Value(tx); return err }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	testdb.Update(t, db, func(tx *store.Tx) error { _, err := moderate.Residue.Add(tx, 2); return err })
	words, err := compactNow(db, 1)
	if err != nil || !strings.Contains(words, "at 03:00") || residue() != 2 {
		t.Errorf("%q, %v, residue %d", words, err, residue())
	}
	dir := t.TempDir()
	keys, err := token.Open(dir + "/token.keys")
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEraser(db, keys, dir)
	if err != nil {
		t.Fatal(err)
	}
	n := nights{log: slog.New(slog.DiscardHandler), db: db, eraser: e, now: func() time.Time { return noon }}
	if err := n.work(); err != nil || residue() != 0 {
		t.Errorf("after the night: %v, residue %d", err, residue())
	}
}
