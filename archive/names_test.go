package archive

import (
	"errors"
	"math/rand/v2"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// age gives posts up to a number the rows that older programs wrote for their names.
func age(t *testing.T, db *store.DB, last Number) (aged int) {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) error {
		aged = 0
		for p, err := range All(tx, 0) {
			if err != nil {
				return err
			}
			k := nameKey{A: nameOf(p.List, p.MessageID), B: p.Number}
			if ok, err := nameRows.Has(tx, k); err != nil || !ok || p.Number > last {
				if err != nil {
					return err
				}
				continue
			}
			aged++
			if err := nameRows.Delete(tx, k); err != nil {
				return err
			}
			if err := oldNameRows.Put(tx, oldNameKey{A: nameText(p.List, p.MessageID), B: p.Number}, struct{}{}); err != nil {
				return err
			}
		}
		return nil
	})
	return aged
}

func count[K, V any](t *testing.T, db *store.DB, table store.Table[K, V]) (n int) {
	t.Helper()
	testdb.View(t, db, func(tx *store.Tx) error {
		for _, err := range table.All(tx) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n
}

func TestNamesOfAnOlderStoreFindTheirPosts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 29))
	mails := honest(r, 60)
	want := outline(t, build(t, mails...))
	half := len(mails) / 2
	db := build(t, mails[:half]...)
	if aged := age(t, db, Number(half)); aged < half/2 {
		t.Fatalf("%d of %d posts have rows of old", aged, half)
	}
	for _, m := range mails[half:] {
		testdb.Update(t, db, func(tx *store.Tx) error { _, err := importOne(tx, "[SENCO]", m.raw()); return err })
	}
	if got := outline(t, db); got != want {
		t.Errorf("half of the posts are of an older store:\n%s\nwant\n%s", got, want)
	}
	rows, old := count(t, db, nameRows), count(t, db, oldNameRows)
	rebuildNow(t, db)
	if got := outline(t, db); got != want || count(t, db, oldNameRows) != 0 || count(t, db, nameRows) != rows+old {
		t.Errorf("after a rebuild %d rows of old are left, and %d of %d are new:\n%s", count(t, db, oldNameRows), count(t, db, nameRows), rows+old, got)
	}
}

// nameRow is a row of one of the two tables of names.
type nameRow struct {
	n   Number
	old bool
}

func (r nameRow) put(tx *store.Tx, l list.ID, id string) error {
	if r.old {
		return oldNameRows.Put(tx, oldNameKey{A: nameText(l, id), B: r.n}, struct{}{})
	}
	return putName(tx, l, id, r.n)
}

// The first post of a Message-ID gets the answers, however the rows are spread over both tables.
func TestTheFirstOfTwoPostsOfOneNameIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		rows  []nameRow
		first Number
		all   int
	}{
		"none":                     {nil, 0, 0},
		"both old":                 {[]nameRow{{5, true}, {3, true}}, 3, 2},
		"both new":                 {[]nameRow{{5, false}, {3, false}}, 3, 2},
		"an old one and a newer":   {[]nameRow{{3, true}, {5, false}}, 3, 2},
		"the old one came later":   {[]nameRow{{5, true}, {3, false}}, 3, 2},
		"in both, as in a rebuild": {[]nameRow{{3, true}, {3, false}}, 3, 2},
	} {
		t.Run(name, func(t *testing.T) {
			db := testdb.Open(t)
			const l, id = list.ID(1), "<a@b>"
			testdb.Update(t, db, func(tx *store.Tx) error {
				var all error
				for _, old := range []bool{true, false} { // posts that have other names
					r := nameRow{1, old}
					all = errors.Join(all, r.put(tx, 2, id), r.put(tx, l, "<a@b>x"), r.put(tx, l, "<A@b>"))
				}
				for _, r := range c.rows {
					all = errors.Join(all, r.put(tx, l, id))
				}
				return all
			})
			testdb.View(t, db, func(tx *store.Tx) error {
				first, err := firstNamed(tx, l, id)
				if first != c.first || err != nil {
					t.Errorf("the first is %d, error %v, want %d", first, err, c.first)
				}
				if ok, err := Bears(tx, l, id); ok != (c.first != 0) || err != nil {
					t.Errorf("a post bears it: %t, error %v", ok, err)
				}
				all := 0
				for _, err := range named(tx, l, id) {
					if all++; err != nil {
						t.Error(err)
					}
				}
				if all != c.all {
					t.Errorf("%d rows, want %d", all, c.all)
				}
				return nil
			})
		})
	}
}
