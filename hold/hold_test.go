package hold

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// put stores an item of a list; author 0 is a stranger.
func put(t testing.TB, db *store.DB, l list.ID, author list.PersonID, key string) (it Item) {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		it, err = Put(tx, Item{List: l, Author: author, Reason: Unverified, Key: intake.Key(key), Since: noon, Until: noon.Add(7 * 24 * time.Hour)})
		return err
	})
	return it
}

func TestATokenAnswersForOneItemOnce(t *testing.T) {
	db := testdb.Open(t)
	it := put(t, db, 1, 7, "a")
	other := put(t, db, 1, 8, "b")
	var tok string
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		tok, err = Allow(tx, it, 7, noon.Add(time.Hour))
		return err
	})
	look := func(s string, now time.Time) (g Grant, got Item, err error) {
		testdb.View(t, db, func(tx *store.Tx) error { g, got, err = Look(tx, s, now); return nil })
		return g, got, err
	}
	g, got, err := look(tok, noon)
	if err != nil || g.Person != 7 || got.Number != it.Number {
		t.Fatalf("the token stands for %+v, %+v, %v", g, got, err)
	}
	for name, c := range map[string]struct {
		tok string
		now time.Time
	}{
		"an old one":       {tok, noon.Add(time.Hour)},
		"an invented one":  {"snc1_00000000000000000000000000000000", noon},
		"what is no token": {"yes", noon},
	} {
		if _, _, err := look(c.tok, c.now); !errors.Is(err, ErrSpent) {
			t.Errorf("%s: %v", name, err)
		}
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Remove(tx, it) })
	if _, _, err := look(tok, noon); !errors.Is(err, ErrSpent) {
		t.Errorf("after the decision: %v", err)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		if _, err := Get(tx, it.Number); !errors.Is(err, ErrNoItem) {
			t.Errorf("the item is still there: %v", err)
		}
		if _, ok, err := Known(tx, "a"); ok || err != nil {
			t.Errorf("its key is still there: %v", err)
		}
		_, err := Get(tx, other.Number)
		n, cerr := Count(tx, 1)
		if n != 1 {
			t.Errorf("%d items are left, want 1", n)
		}
		return errors.Join(err, cerr)
	})
}

func TestNobodyIsAskedTooOften(t *testing.T) {
	db := testdb.Open(t)
	var got []bool
	for i := range 9 {
		now := noon.Add(time.Duration(i/5) * 24 * time.Hour)
		testdb.Update(t, db, func(tx *store.Tx) error {
			ok, err := MayAsk(tx, 7, now, 3)
			got = append(got, ok)
			return err
		})
	}
	if want := "[true true true false false true true true false]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		n := 0
		for range asked.All(tx) {
			n++
		}
		if n != 1 {
			t.Errorf("%d days are kept, want today alone", n)
		}
		return nil
	})
}

func TestTheOldestStrangerGoesFirst(t *testing.T) {
	db := testdb.Open(t)
	member := put(t, db, 1, 7, "member")
	first := put(t, db, 1, 0, "first")
	testdb.Update(t, db, func(tx *store.Tx) error {
		for i := range MaxItems - 2 {
			if _, err := Put(tx, Item{List: 1, Key: intake.Key(fmt.Sprint(i)), Until: noon}); err != nil {
				return err
			}
		}
		return nil
	})
	surplus := func() (it Item, found bool) {
		testdb.Update(t, db, func(tx *store.Tx) (err error) { it, found, err = Surplus(tx, 1); return err })
		return it, found
	}
	if it, found := surplus(); found {
		t.Errorf("%d items are too many: %+v", MaxItems, it)
	}
	put(t, db, 1, 0, "one more")
	put(t, db, 2, 0, "of another list")
	if it, found := surplus(); !found || it.Number != first.Number {
		t.Errorf("%+v goes, want the stranger's oldest, %d", it, first.Number)
	}
	if _, found := surplus(); found {
		t.Error("and another one")
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		n, err := Dropped(tx, 1)
		if n != 1 {
			t.Errorf("%d are counted as given up", n)
		}
		_, gerr := Get(tx, member.Number)
		return errors.Join(err, gerr)
	})
}

func TestWhatNobodyAnswersExpires(t *testing.T) {
	db := testdb.Open(t)
	it := put(t, db, 1, 7, "a")
	late := put(t, db, 1, 7, "b")
	testdb.Update(t, db, func(tx *store.Tx) error {
		it.Until = noon.Add(time.Hour)
		return errors.Join(Remove(tx, Item{Number: it.Number, List: 1, Author: 7, Key: "a", Until: late.Until}), func() error { var err error; it, err = Put(tx, it); return err }())
	})
	expired := func(now time.Time) (gone []Item) {
		testdb.Update(t, db, func(tx *store.Tx) (err error) { gone, err = Expired(tx, now, 10); return err })
		return gone
	}
	if gone := expired(noon.Add(time.Hour - 1)); len(gone) != 0 {
		t.Errorf("too early: %+v", gone)
	}
	if gone := expired(noon.Add(time.Hour)); len(gone) != 1 || gone[0].Number != it.Number {
		t.Errorf("gone: %+v", gone)
	}
	if gone := expired(late.Until); len(gone) != 1 || gone[0].Number != late.Number {
		t.Errorf("gone in the end: %+v", gone)
	}
}

func TestNobodyIsMailedTwiceADay(t *testing.T) {
	db := testdb.Open(t)
	may := func(address string, now time.Time) (ok bool) {
		testdb.Update(t, db, func(tx *store.Tx) (err error) { ok, err = MayMail(tx, testdb.Address(t, address), now); return err })
		return ok
	}
	day := 24 * time.Hour
	for _, c := range []struct {
		address string
		after   time.Duration
		want    bool
	}{
		{"jane@home.example", 0, true}, {"jane@home.example", time.Hour, false}, {"JANE@home.EXAMPLE", time.Hour, false},
		{"tom@home.example", time.Hour, true}, {"jane@home.example", day, true}, {"jane@home.example", day + time.Hour, false},
	} {
		if got := may(c.address, noon.Add(c.after)); got != c.want {
			t.Errorf("%s after %s: %v, want %v", c.address, c.after, got, c.want)
		}
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		n := 0
		for row := range mailed.All(tx) {
			n++
			if len(row.Key.B) != 16 {
				t.Errorf("stored as %q", row.Key.B)
			}
		}
		if n != 1 {
			t.Errorf("%d rows are kept, want that of today alone", n)
		}
		return nil
	})
}

func TestWhatWaitsOfAStranger(t *testing.T) {
	db := testdb.Open(t)
	jane, tom := testdb.Address(t, "jane@home.example"), testdb.Address(t, "tom@home.example")
	var want []Number
	testdb.Update(t, db, func(tx *store.Tx) error {
		for i, it := range []Item{
			{List: 1, Reason: Stranger, From: jane}, {List: 1, Reason: Unverified, From: jane}, {List: 1, Reason: Stranger, From: tom},
			{List: 2, Reason: Stranger, From: jane}, {List: 1, Reason: Unverified, From: jane, Author: 7}, {List: 1, Reason: Stranger, From: jane},
		} {
			it.Key, it.Until = intake.Key(fmt.Sprint(i)), noon
			it, err := Put(tx, it)
			if err != nil {
				return err
			}
			if i == 0 || i == 5 {
				want = append(want, it.Number)
			}
		}
		return nil
	})
	testdb.Update(t, db, func(tx *store.Tx) error {
		for most := range 4 {
			all, err := OfStranger(tx, 1, testdb.Address(t, "Jane@Home.example"), most)
			if err != nil {
				return err
			}
			var got []Number
			for _, it := range all {
				got = append(got, it.Number)
			}
			if fmt.Sprint(got) != fmt.Sprint(want[:min(most, 2)]) {
				t.Errorf("at most %d: %v of %v", most, got, want)
			}
		}
		return nil
	})
}

func TestNamedAddressesComeInTheirOrder(t *testing.T) {
	db := testdb.Open(t)
	a, b, c := testdb.Address(t, "a@x.example"), testdb.Address(t, "\"b c\"@x.example"), testdb.Address(t, "c@x.example")
	first, second := put(t, db, 1, 0, "first"), put(t, db, 1, 0, "second")
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := Name(tx, second.Number, []message.Address{c})
		it, err2 := Name(tx, first.Number, []message.Address{a})
		it, err3 := Name(tx, it.Number, []message.Address{b})
		if it.Named != 2 {
			t.Errorf("the item is %+v", it)
		}
		if _, err := Name(tx, 99, []message.Address{a}); !errors.Is(err, ErrNoItem) {
			t.Errorf("an item that is gone: %v", err)
		}
		return errors.Join(err, err2, err3)
	})
	next := func() (n Naming, ok bool) {
		testdb.Update(t, db, func(tx *store.Tx) (err error) {
			if n, ok, err = FirstNamed(tx); err == nil && ok {
				err = Unname(tx, n)
			}
			return err
		})
		return n, ok
	}
	if n, ok := next(); !ok || n != (Naming{first.Number, 1, a}) {
		t.Errorf("first %+v", n)
	}
	if n, ok := next(); !ok || n != (Naming{first.Number, 2, b}) {
		t.Errorf("then %+v", n)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Remove(tx, second) })
	if n, ok := next(); ok {
		t.Errorf("of an item that is gone: %+v", n)
	}
}
