package storetest

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sencoforum/store"
)

// model is what an engine must hold: for each table its rows.
type model map[string]map[string]string

func (m model) clone() model {
	c := make(model)
	for table, rows := range m {
		c[table] = maps.Clone(rows)
	}
	return c
}

func (m model) put(table, key, value string) {
	if m[table] == nil {
		m[table] = make(map[string]string)
	}
	m[table][key] = value
}

type modelRow struct{ Key, Value string }

// scan returns the rows that a scan must give.
func (m model) scan(table string, from []byte, reverse bool) []modelRow {
	rows := []modelRow{}
	for _, k := range slices.Sorted(maps.Keys(m[table])) {
		order := bytes.Compare([]byte(k), from)
		if from == nil || reverse && order <= 0 || !reverse && order >= 0 {
			rows = append(rows, modelRow{k, m[table][k]})
		}
	}
	if reverse {
		slices.Reverse(rows)
	}
	return rows
}

var (
	someTable = rapid.SampledFrom([]string{"a", "b"})
	someKey   = rapid.OneOf(rapid.StringMatching(`[a-c]{1,3}`), rapid.StringN(1, 8, 20))
	someValue = rapid.OneOf(rapid.StringN(0, 10, 40), rapid.Map(rapid.IntRange(0, 9000), func(n int) string {
		return string(bytes.Repeat([]byte{'v'}, n))
	}))
)

func testModel(t *testing.T, open Opener) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "model")
		if err != nil {
			t.Fatal(err)
		}
		engine := open(t, dir)
		defer func() { engine.Close() }()
		committed := model{}
		for range rapid.IntRange(1, 12).Draw(rt, "transactions") {
			switch rapid.IntRange(0, 5).Draw(rt, "transaction") {
			case 0:
				if err := engine.Close(); err != nil {
					rt.Fatal(err)
				}
				engine = open(t, dir)
			case 1, 2:
				if err := engine.View(func(tx store.EngineTx) error { return compareScan(rt, tx, committed) }); err != nil {
					rt.Fatal(err)
				}
			default:
				committed = modelUpdate(rt, engine, committed)
			}
		}
		if err := engine.Check(func(p string) { rt.Error(p) }); err != nil {
			rt.Fatal(err)
		}
	})
}

// modelUpdate does random work in one transaction and returns what must be there after it.
func modelUpdate(rt *rapid.T, engine store.Engine, committed model) model {
	next := committed.clone()
	dropped := errors.New("dropped")
	drop := rapid.IntRange(0, 4).Draw(rt, "drop") == 0
	err := engine.Update(func(tx store.EngineTx) error {
		for range rapid.IntRange(0, 12).Draw(rt, "steps") {
			if err := modelStep(rt, tx, next); err != nil {
				return err
			}
		}
		if drop {
			return dropped
		}
		return nil
	})
	if drop && errors.Is(err, dropped) {
		return committed
	}
	if err != nil {
		rt.Fatal(err)
	}
	return next
}

func modelStep(rt *rapid.T, tx store.EngineTx, m model) error {
	table, key := someTable.Draw(rt, "table"), someKey.Draw(rt, "key")
	switch rapid.IntRange(0, 6).Draw(rt, "step") {
	case 0:
		delete(m[table], key)
		return tx.Delete(table, []byte(key))
	case 1:
		return compareScan(rt, tx, m)
	case 2:
		v, ok, err := tx.Get(table, []byte(key))
		if want, there := m[table][key]; ok != there || string(v) != want {
			rt.Fatalf("get %s %q: %q %v, want %q %v", table, key, v, ok, want, there)
		}
		return err
	}
	value := someValue.Draw(rt, "value")
	m.put(table, key, value)
	return tx.Put(table, []byte(key), []byte(value))
}

func compareScan(rt *rapid.T, tx store.EngineTx, m model) error {
	table, reverse := someTable.Draw(rt, "table"), rapid.Bool().Draw(rt, "reverse")
	var from []byte
	if rapid.Bool().Draw(rt, "from a key") {
		from = []byte(someKey.Draw(rt, "from"))
	}
	got := []modelRow{}
	s := tx.Scan(table, from, reverse)
	for s.Next() {
		v, err := s.Value()
		if err != nil {
			return err
		}
		got = append(got, modelRow{string(s.Key()), string(v)})
	}
	if diff := cmp.Diff(m.scan(table, from, reverse), got); diff != "" {
		rt.Fatalf("scan %s from %q, reverse %v (-want +got):\n%s", table, from, reverse, diff)
	}
	return s.Err()
}
