package store

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var (
	someKey    = rapid.StringMatching(`[a-d]{1,2}`)
	errDropAll = errors.New("drop everything")
)

// state is what a transaction must see.
type state map[string]string

// rows returns what a walk must give.
func (s state) rows(from *string, reverse bool) []Row[string, string] {
	rows := []Row[string, string]{}
	for _, k := range slices.Sorted(maps.Keys(s)) {
		if from == nil || reverse && k <= *from || !reverse && k >= *from {
			rows = append(rows, Row[string, string]{k, s[k]})
		}
	}
	if reverse {
		slices.Reverse(rows)
	}
	return rows
}

// write does random writes in a transaction and in a state.
func (s state) write(rt *rapid.T, tx *Tx) {
	for range rapid.IntRange(0, 15).Draw(rt, "writes") {
		key := someKey.Draw(rt, "key")
		var err error
		if rapid.IntRange(0, 2).Draw(rt, "delete") == 0 {
			delete(s, key)
			err = words.Delete(tx, key)
		} else {
			s[key] = someKey.Draw(rt, "value")
			err = words.Put(tx, key, s[key])
		}
		if err != nil {
			rt.Fatal(err)
		}
	}
}

// TestATransactionSeesAllLayersAsOneTable puts rows into the engine, an earlier member's overlay and its own.
func TestATransactionSeesAllLayersAsOneTable(t *testing.T) {
	engine, err := Bolt(filepath.Join(t.TempDir(), "store.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	rapid.Check(t, func(rt *rapid.T) {
		err := engine.Update(func(e EngineTx) error {
			s := state{}
			first := &Tx{engine: e, own: &overlay{}, group: &overlay{}}
			s.write(rt, first)
			if err := first.own.apply(e); err != nil {
				return err
			}
			group := &overlay{}
			for range rapid.IntRange(0, 2).Draw(rt, "members") {
				member := &Tx{engine: e, own: &overlay{}, group: group}
				s.write(rt, member)
				group.merge(member.own)
			}
			last := &Tx{engine: e, own: &overlay{}, group: group}
			s.write(rt, last)
			compare(rt, last, s)
			return errDropAll
		})
		if !errors.Is(err, errDropAll) {
			rt.Fatal(err)
		}
	})
}

// compare reads all there is in every way.
func compare(rt *rapid.T, tx *Tx, s state) {
	from := someKey.Draw(rt, "from")
	for _, c := range []struct {
		name string
		got  []Row[string, string]
		want []Row[string, string]
	}{
		{"All", collect(rt, words.All(tx)), s.rows(nil, false)},
		{"From " + from, collect(rt, words.From(tx, from)), s.rows(&from, false)},
		{"Back", collect(rt, words.Back(tx)), s.rows(nil, true)},
		{"BackFrom " + from, collect(rt, words.BackFrom(tx, from)), s.rows(&from, true)},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			rt.Fatalf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	value, ok, err := words.Get(tx, from)
	if want, there := s[from]; value != want || ok != there || err != nil {
		rt.Fatalf("Get %s: %q %v %v, want %q %v", from, value, ok, err, want, there)
	}
}

func collect[K, V any](t interface{ Fatal(...any) }, rows func(func(Row[K, V], error) bool)) []Row[K, V] {
	all := []Row[K, V]{}
	for r, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func TestOverlayCountsItsBytes(t *testing.T) {
	var o overlay
	o.put("t", &change{key: []byte("ab"), value: []byte("cde")})
	o.put("t", &change{key: []byte("a"), value: []byte("x")})
	o.put("t", &change{key: []byte("ab"), value: []byte("c")})
	o.put("u", &change{key: []byte("ab")})
	if o.size != 3+2+2 {
		t.Errorf("size %d, want 7", o.size)
	}
	if got := o.filled(); !slices.Equal(got, []string{"t"}) {
		t.Errorf("filled %v, want t alone: u has but a deletion", got)
	}
}
