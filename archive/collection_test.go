package archive

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func TestEntriesHaveAnOrderAndADate(t *testing.T) {
	db := build(t, family()...)
	var c Collection
	put := func(e Entry) (out Entry, changed bool) {
		t.Helper()
		testdb.Update(t, db, func(tx *store.Tx) (err error) {
			out, changed, err = PutEntry(tx, c, e)
			return err
		})
		return out, changed
	}
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		if c, _, err = CreateCollection(tx, Collection{List: 1, Title: "Exam access", Intro: "two\nlines"}); err != nil {
			return err
		}
		_, err = Split(tx, 2, noon)
		return err
	})
	put(Entry{Thread: 1, Summary: "one", Review: noon})
	put(Entry{Thread: 3, Summary: "two", Review: noon.Add(time.Second)})
	put(Entry{Thread: 6, Summary: "three", Order: 1, Review: noon.Add(-time.Hour)})
	if _, changed := put(Entry{Thread: 6, Summary: "three", Review: noon.Add(-time.Hour)}); changed {
		t.Error("the same again is a change")
	}
	if e, changed := put(Entry{Thread: 5, Summary: "three", Order: 9}); !changed || e.Order != 3 {
		t.Errorf("changed %v: %+v", changed, e)
	}
	put(Entry{Thread: 5, Summary: "three", Order: 2, Review: noon.Add(-time.Hour)})
	testdb.View(t, db, func(tx *store.Tx) error {
		all, err := Entries(tx, c.ID)
		var got []string
		for _, e := range all {
			got = append(got, fmt.Sprint(e.Order, " ", e.Thread, " ", e.Summary))
		}
		if s := strings.Join(got, "; "); s != "1 1 one; 2 5 three; 3 2 two" {
			t.Error(s)
		}
		due, err2 := DueEntries(tx, 1, noon)
		if len(due) != 2 || due[0].Entry.Thread != 5 || due[1].Entry.Thread != 1 {
			t.Errorf("due: %+v", due)
		}
		return errors.Join(err, err2)
	})
}

func TestEntriesThatCannotBe(t *testing.T) {
	db := build(t, family()...)
	var c Collection
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		c, _, err = CreateCollection(tx, Collection{List: 1, Title: "Exam access"})
		return err
	})
	for want, err := range map[error]error{
		ErrWords: db.Update(func(tx *store.Tx) error {
			_, _, err := PutEntry(tx, c, Entry{Thread: 1, Summary: strings.Repeat("x", maxSummary+1)})
			return err
		}),
		ErrCollectionTaken: db.Update(func(tx *store.Tx) error {
			_, _, err := CreateCollection(tx, Collection{List: 1, Slug: c.Slug, Title: "Other"})
			return err
		}),
		ErrNoEntry: db.View(func(tx *store.Tx) error {
			_, err := EntryOf(tx, c, 1)
			return err
		}),
		ErrNoCollection: db.View(func(tx *store.Tx) error {
			_, err := FindCollection(tx, 2, c.Slug)
			return err
		}),
		ErrOtherList: db.Update(func(tx *store.Tx) error {
			other, _, err := CreateCollection(tx, Collection{List: 2, Title: "Other"})
			if err != nil {
				return err
			}
			_, _, err = PutEntry(tx, other, Entry{Thread: 1})
			return err
		}),
	} {
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

func TestACollectionHasABound(t *testing.T) {
	var mails []mail
	for i := range MaxEntries + 1 {
		mails = append(mails, mail{id: fmt.Sprint(i, "@x")})
	}
	db := build(t, mails...)
	err := db.Update(func(tx *store.Tx) error {
		c, _, err := CreateCollection(tx, Collection{List: 1, Title: "Exam access"})
		for n := Number(1); err == nil && n <= MaxEntries+1; n++ {
			_, _, err = PutEntry(tx, c, Entry{Thread: n})
			if n <= MaxEntries && err != nil {
				t.Errorf("entry %d: %v", n, err)
			}
		}
		return err
	})
	if !errors.Is(err, ErrManyEntries) {
		t.Error(err)
	}
}
