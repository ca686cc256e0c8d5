package audit

import (
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// entriesInChain is the length of the record that the mutations are tried on.
const entriesInChain = 30

// mutation spoils the record at entry n, which is from 1 to entriesInChain, and returns the place to be reported.
type mutation struct {
	name string
	do   func(tx *store.Tx, r *rand.Rand, n uint64) (place uint64, err error)
}

var mutations = []mutation{
	{"a bit of the words", func(tx *store.Tx, r *rand.Rand, n uint64) (uint64, error) {
		return n, edit(tx, n, func(rec *record) { rec.entry[r.IntN(len(rec.entry))] ^= 1 << r.IntN(8) })
	}},
	{"a bit of the link", func(tx *store.Tx, r *rand.Rand, n uint64) (uint64, error) {
		return n, edit(tx, n, func(rec *record) { rec.prev[r.IntN(32)] ^= 1 << r.IntN(8) })
	}},
	{"a bit of the hash", func(tx *store.Tx, r *rand.Rand, n uint64) (uint64, error) {
		return n, edit(tx, n, func(rec *record) { rec.sum[r.IntN(32)] ^= 1 << r.IntN(8) })
	}},
	{"another person, with the hash made anew", func(tx *store.Tx, r *rand.Rand, n uint64) (uint64, error) {
		return n, edit(tx, n, func(rec *record) {
			rec.entry = []byte(strings.Replace(string(rec.entry), `"person":`, `"person":7`, 1))
			rec.sum = hash(n, *rec)
		})
	}},
	{"an entry taken out", func(tx *store.Tx, _ *rand.Rand, n uint64) (uint64, error) {
		return n, entries.Delete(tx, n)
	}},
	{"an entry taken out and the later ones moved down", func(tx *store.Tx, _ *rand.Rand, n uint64) (uint64, error) {
		for i := n; i < entriesInChain; i++ {
			if err := move(tx, i+1, i); err != nil {
				return 0, err
			}
		}
		return n, entries.Delete(tx, entriesInChain)
	}},
	{"an entry put in and the later ones moved up", func(tx *store.Tx, _ *rand.Rand, n uint64) (uint64, error) {
		for i := uint64(entriesInChain); i >= n; i-- {
			if err := move(tx, i, i+1); err != nil {
				return 0, err
			}
		}
		head, err := Last(tx)
		if err != nil {
			return 0, err
		}
		head.Number++
		// A forged entry with a right hash of its own; the entry after it shows that nothing was bound to it.
		if err := edit(tx, n, func(rec *record) { rec.sum = hash(n, *rec) }); err != nil {
			return 0, err
		}
		return n + 1, heads.Put(tx, headKey, head)
	}},
	{"an entry put in behind the head", func(tx *store.Tx, r *rand.Rand, n uint64) (uint64, error) {
		place := entriesInChain + 1 + r.Uint64N(3)
		return place, move(tx, n, place)
	}},
	{"an entry put in before the first", func(tx *store.Tx, _ *rand.Rand, n uint64) (uint64, error) {
		return 0, move(tx, n, 0)
	}},
	{"two entries changed places", func(tx *store.Tx, r *rand.Rand, n uint64) (uint64, error) {
		other := (n+r.Uint64N(entriesInChain-1))%entriesInChain + 1
		a, _, err := entries.Get(tx, n)
		if err != nil {
			return 0, err
		}
		return min(n, other), errors.Join(move(tx, other, n), entries.Put(tx, other, a))
	}},
	{"the head's hash", func(tx *store.Tx, r *rand.Rand, _ uint64) (uint64, error) {
		head, err := Last(tx)
		if err != nil {
			return 0, err
		}
		sum, err := head.sum()
		sum[r.IntN(len(sum))] ^= 1 << r.IntN(8)
		head.Hash = hex.EncodeToString(sum[:])
		return entriesInChain, errors.Join(err, heads.Put(tx, headKey, head))
	}},
	{"the head put back", func(tx *store.Tx, _ *rand.Rand, n uint64) (uint64, error) {
		head, err := Last(tx)
		if err != nil {
			return 0, err
		}
		head.Number = n - 1
		place := max(n-1, 1) // an empty record has no last entry to name
		return place, heads.Put(tx, headKey, head)
	}},
	{"the head put forward", func(tx *store.Tx, _ *rand.Rand, n uint64) (uint64, error) {
		head, err := Last(tx)
		if err != nil {
			return 0, err
		}
		head.Number += n
		return entriesInChain + 1, heads.Put(tx, headKey, head)
	}},
}

func edit(tx *store.Tx, n uint64, fn func(rec *record)) error {
	rec, ok, err := entries.Get(tx, n)
	if err != nil || !ok {
		return errors.Join(err, errors.New("no entry to edit"))
	}
	rec.entry = slices.Clone(rec.entry)
	fn(&rec)
	return entries.Put(tx, n, rec)
}

func move(tx *store.Tx, from, to uint64) error {
	rec, ok, err := entries.Get(tx, from)
	if err != nil || !ok {
		return errors.Join(err, errors.New("no entry to move"))
	}
	return entries.Put(tx, to, rec)
}

func TestAThousandMutationsAreFoundAtTheirPlace(t *testing.T) {
	db := open(t, entriesInChain)
	r := rand.New(rand.NewPCG(2026, 11))
	rollBack := errors.New("roll back")
	for i := range 1000 {
		m := mutations[i%len(mutations)]
		n := 1 + r.Uint64N(entriesInChain)
		err := db.Update(func(tx *store.Tx) error {
			place, err := m.do(tx, r, n)
			if err != nil {
				return err
			}
			faults, err := Verify(tx)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(faults, func(f Fault) bool { return f.Number == place }) {
				t.Errorf("%s at %d: want a fault at %d, got %v", m.name, n, place, faults)
			}
			return rollBack
		})
		if !errors.Is(err, rollBack) {
			t.Fatalf("%s at %d: %v", m.name, n, err)
		}
	}
	if found, faults := all(t, db); len(found) != entriesInChain || len(faults) > 0 {
		t.Errorf("%d entries are left with faults %v", len(found), faults)
	}
}

func TestOneChangeGivesOneFault(t *testing.T) {
	for _, m := range mutations[:5] {
		for _, n := range []uint64{1, 15, entriesInChain} {
			db := open(t, entriesInChain)
			testdb.Update(t, db, func(tx *store.Tx) error {
				_, err := m.do(tx, rand.New(rand.NewPCG(1, n)), n)
				return err
			})
			var faults []Fault
			err := db.View(func(tx *store.Tx) (err error) {
				faults, err = Verify(tx)
				return err
			})
			if err != nil || len(faults) != 1 || faults[0].Number != n {
				t.Errorf("%s at %d: got %v, %v", m.name, n, faults, err)
			}
		}
	}
}

func TestFaultsAreSentences(t *testing.T) {
	db := open(t, 6)
	testdb.Update(t, db, func(tx *store.Tx) error {
		return errors.Join(entries.Delete(tx, 2), entries.Delete(tx, 3),
			edit(tx, 5, func(rec *record) { rec.entry[3]++ }))
	})
	var got []string
	err := db.View(func(tx *store.Tx) error {
		faults, err := Verify(tx)
		for _, f := range faults {
			got = append(got, f.String())
		}
		return err
	})
	want := []string{"audit entry 2 is missing, with all to 3", "audit entry 5 was changed"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}
