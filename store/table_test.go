package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRowsComeBackTyped(t *testing.T) {
	db := openTest(t)
	raw := NewTable("raw", StringKey[string](), Bytes())
	flags := NewTable("flags", Uint32Key[uint32](), Empty())
	update(t, db, func(tx *Tx) error {
		return errors.Join(numbers.Put(tx, 7, map[string]int{"seven": 7}), raw.Put(tx, "r", []byte{0, 1}), flags.Put(tx, 3, struct{}{}))
	})
	view(t, db, func(tx *Tx) error {
		n, okN, errN := numbers.Get(tx, 7)
		r, okR, errR := raw.Get(tx, "r")
		_, okF, errF := flags.Get(tx, 3)
		if n["seven"] != 7 || string(r) != "\x00\x01" || !okN || !okR || !okF {
			t.Errorf("rows %v %q, found %v %v %v", n, r, okN, okR, okF)
		}
		_, missing, err := flags.Get(tx, 4)
		if missing || flags.Name() != "flags" {
			t.Errorf("found a row that was not put, in %s", flags.Name())
		}
		return errors.Join(errN, errR, errF, err)
	})
}

func TestPrefixGivesOneGroup(t *testing.T) {
	db := openTest(t)
	update(t, db, func(tx *Tx) error {
		for _, a := range []string{"a", "a\x00", "ab", "b"} {
			for b := range uint32(3) {
				if err := pairs.Put(tx, Pair[string, uint32]{a, b}, fmt.Sprint(a, b)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	keys := func(rows func(func(Row[Pair[string, uint32], string], error) bool)) (found []string) {
		for _, r := range collect(t, rows) {
			found = append(found, fmt.Sprintf("%s/%d", r.Key.A, r.Key.B))
		}
		return found
	}
	view(t, db, func(tx *Tx) error {
		for _, c := range []struct {
			name string
			got  []string
			want []string
		}{
			{"a", keys(Prefix(pairs, tx, "a")), []string{"a/0", "a/1", "a/2"}},
			{"ab from 1", keys(PrefixFrom(pairs, tx, "ab", 1)), []string{"ab/1", "ab/2"}},
			{"b from 9", keys(PrefixFrom(pairs, tx, "b", 9)), nil},
			{"c", keys(Prefix(pairs, tx, "c")), nil},
		} {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("prefix %s (-want +got):\n%s", c.name, diff)
			}
		}
		return nil
	})
}

func TestRowsMayChangeWhileIterating(t *testing.T) {
	for _, c := range []struct {
		name  string
		back  bool
		order string
	}{{"ascending", false, "a b c e g"}, {"descending", true, "g e c b a"}} {
		t.Run(c.name, func(t *testing.T) {
			db := openTest(t)
			putWords(t, db, "a", "c", "d", "e", "g")
			update(t, db, func(tx *Tx) error { return errors.Join(words.Delete(tx, "d"), writeWords(tx, "b")) })
			var seen []string
			update(t, db, func(tx *Tx) error {
				rows := words.All(tx)
				if c.back {
					rows = words.Back(tx)
				}
				for r, err := range rows {
					if err != nil {
						return err
					}
					seen = append(seen, r.Key)
					if err := words.Delete(tx, r.Key); err != nil {
						return err
					}
				}
				return writeWords(tx, "z")
			})
			if got := strings.Join(seen, " "); got != c.order {
				t.Errorf("saw %s, want %s", got, c.order)
			}
			wantWords(t, db, "z")
		})
	}
}

func TestRowsPutAheadAreSeen(t *testing.T) {
	db := openTest(t)
	putWords(t, db, "a", "m")
	var seen []string
	update(t, db, func(tx *Tx) error {
		for r, err := range words.All(tx) {
			if err != nil {
				return err
			}
			if seen = append(seen, r.Key); r.Key == "m" {
				if err := writeWords(tx, "b", "n"); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if got := strings.Join(seen, " "); got != "a m n" {
		t.Errorf("saw %s, want a m n: b lies behind", got)
	}
}

func TestPutRefusesWhatCannotBeStored(t *testing.T) {
	db := openTest(t)
	var failing = NewTable("failing", StringKey[string](), JSON[func()]())
	update(t, db, func(tx *Tx) error {
		for name, err := range map[string]error{
			"an empty key":    words.Put(tx, "", "x"),
			"a long key":      words.Put(tx, strings.Repeat("k", MaxKey+1), "x"),
			"a large value":   words.Put(tx, "k", strings.Repeat("v", MaxValue)),
			"a codec's error": failing.Put(tx, "k", func() {}),
		} {
			if err == nil || !strings.HasPrefix(err.Error(), "put into ") {
				t.Errorf("%s: %v, want an error", name, err)
			}
		}
		ok, err := words.Has(tx, strings.Repeat("k", MaxKey+1))
		if ok {
			t.Error("found a key that cannot be")
		}
		return errors.Join(err, words.Delete(tx, ""))
	})
	wantWords(t, db, "")
}

func TestAViewTakesNoWrites(t *testing.T) {
	db := openTest(t)
	view(t, db, func(tx *Tx) error {
		_, err := Counter("n").Next(tx)
		for _, err := range []error{words.Put(tx, "a", ""), words.Delete(tx, "a"), err, Cursor("c").Set(tx, Position{})} {
			if !errors.Is(err, ErrReadOnly) {
				t.Errorf("write in a view: %v, want ErrReadOnly", err)
			}
		}
		return nil
	})
}

func TestADamagedRowIsNamedAndTheRestIsReadable(t *testing.T) {
	db := openTest(t)
	putWords(t, db, "a", "b", "c")
	for name, spoil := range map[string]func(record []byte) []byte{
		"a flipped bit":             func(r []byte) []byte { r[len(r)-1] ^= 1; return r },
		"a flipped bit of the sum":  func(r []byte) []byte { r[5] ^= 1; return r },
		"another version":           func(r []byte) []byte { r[0] = 9; return r },
		"a cut record":              func(r []byte) []byte { return r[:7] },
		"the record of another row": func(r []byte) []byte { return sealed("words", "a", "the word a") },
		"that of another table":     func(r []byte) []byte { return sealed("wards", "b", "the word b") },
	} {
		t.Run(name, func(t *testing.T) {
			if err := db.engine.Update(func(e EngineTx) error {
				return e.Put("words", []byte("b"), spoil(sealed("words", "b", "the word b")))
			}); err != nil {
				t.Fatal(err)
			}
			view(t, db, func(tx *Tx) error {
				if _, _, err := words.Get(tx, "b"); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "words/62 ") {
					t.Errorf("get: %v, want ErrDamaged with table and key", err)
				}
				var seen []string
				for r, err := range words.All(tx) {
					seen = append(seen, fmt.Sprint(r.Key, errors.Is(err, ErrDamaged)))
				}
				if got := strings.Join(seen, " "); got != "afalse true cfalse" {
					t.Errorf("saw %s, want the second one damaged", got)
				}
				return nil
			})
			if problems := problemsOf(t, db); len(problems) != 1 || !strings.Contains(problems[0], "words/62") {
				t.Errorf("check finds %q, want the row", problems)
			}
		})
	}
	putWords(t, db, "b") // whole again
}

// sealed returns the record of a row.
func sealed(table, key, value string) []byte {
	var s hasher
	record := append(newRecord(), value...)
	s.seal(table, []byte(key), record)
	return record
}

func problemsOf(t testing.TB, db *DB) (problems []string) {
	t.Helper()
	if err := db.Check(func(p string) { problems = append(problems, p) }); err != nil {
		t.Fatal(err)
	}
	return problems
}

func TestAValueThatItsCodecCannotReadIsDamage(t *testing.T) {
	db := openTest(t)
	update(t, db, func(tx *Tx) error { return NewTable("numbers", Uint32Key[uint32](), Text()).Put(tx, 1, "no JSON") })
	update(t, db, func(tx *Tx) error { return NewTable("words", Uint32Key[uint32](), Text()).Put(tx, 1, "x") })
	long := NewTable("words", Uint64Key[uint64](), Text())
	view(t, db, func(tx *Tx) error {
		_, _, err := numbers.Get(tx, 1)
		for _, rowErr := range long.All(tx) {
			err = errors.Join(err, rowErr)
		}
		for _, want := range []string{"record numbers/00000001: ", "record words/00000001: parse key"} {
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want ErrDamaged with %q", err, want)
			}
		}
		return nil
	})
}

func TestCountersAndCursors(t *testing.T) {
	db := openTest(t)
	c, place := Counter("posts"), Cursor("fanout")
	update(t, db, func(tx *Tx) error {
		for _, step := range []struct {
			delta int64
			want  uint64
			ok    bool
		}{{1, 1, true}, {9, 10, true}, {-11, 0, false}, {-10, 0, true}, {0, 0, true}} {
			if got, err := c.Add(tx, step.delta); got != step.want || (err == nil) != step.ok {
				t.Errorf("add %d: %d %v, want %d", step.delta, got, err, step.want)
			}
		}
		got, err := c.Next(tx)
		before, errBefore := place.Get(tx)
		if got != 1 || before != (Position{}) {
			t.Errorf("next %d, place %v, want 1 and the zero place", got, before)
		}
		return errors.Join(err, errBefore, place.Set(tx, Position{Seq: 1 << 40, Within: 3}))
	})
	view(t, db, func(tx *Tx) error {
		n, err := c.Value(tx)
		p, errPlace := place.Get(tx)
		if n != 1 || p != (Position{Seq: 1 << 40, Within: 3}) {
			t.Errorf("counter %d, place %v", n, p)
		}
		return errors.Join(err, errPlace)
	})
}

func TestACounterDoesNotOverflow(t *testing.T) {
	db := openTest(t)
	update(t, db, func(tx *Tx) error {
		if err := counters.Put(tx, "n", 1<<64-1); err != nil {
			return err
		}
		if n, err := Counter("n").Next(tx); err == nil {
			t.Errorf("next after the largest number is %d, want an error", n)
		}
		return nil
	})
}
