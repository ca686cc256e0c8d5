package archive

import (
	"errors"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func TestEras(t *testing.T) {
	db := testdb.Open(t)
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	set := func(before, sentence string) (changed bool, err error) {
		err = db.Update(func(tx *store.Tx) error {
			_, changed, err = SetEra(tx, LegalEra{List: 1, Before: day(before), Sentence: sentence})
			return err
		})
		return changed, err
	}
	for _, c := range []struct {
		before, sentence string
		changed          bool
		err              error
	}{
		{"2015-01-01", "Code of practice", true, nil},
		{"2014-09-01", "Old law", true, nil},
		{"2014-09-01", "Old law", false, nil},
		{"2014-09-01", "Rules have changed", true, nil},
		{"1969-01-01", "Old law", false, ErrWords},
		{"2020-01-01", " ", false, ErrWords},
		{"2020-01-01", "two\nlines", false, ErrWords},
	} {
		if changed, err := set(c.before, c.sentence); changed != c.changed || !errors.Is(err, c.err) {
			t.Errorf("%s %q: %v, %v", c.before, c.sentence, changed, err)
		}
	}
	for written, want := range map[string]string{
		"1969-12-31": "Rules have changed", "2002-03-04": "Rules have changed", "2014-08-31": "Rules have changed",
		"2014-09-01": "Code of practice", "2014-12-31": "Code of practice", "2015-01-01": "", "2026-11-22": "",
	} {
		testdb.View(t, db, func(tx *store.Tx) error {
			if got, err := Era(tx, 1, day(written)); got != want || err != nil {
				t.Errorf("%s: %q, %v; want %q", written, got, err, want)
			}
			return nil
		})
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		if got, err := Era(tx, 1, time.Time{}); got != "" || err != nil {
			t.Errorf("no date: %q, %v", got, err)
		}
		if got, err := Era(tx, 2, day("2002-03-04")); got != "" || err != nil {
			t.Errorf("another list: %q, %v", got, err)
		}
		return nil
	})
	if err := db.Update(func(tx *store.Tx) error { return RemoveEra(tx, 1, day("2014-09-02")) }); !errors.Is(err, ErrNoEra) {
		t.Error(err)
	}
}
