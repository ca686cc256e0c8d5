package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/store"
)

// Opener opens the engine that keeps its data in dir, new or again.
type Opener func(t testing.TB, dir string) store.Engine

// Run holds an engine to the contract of store.Engine.
func Run(t *testing.T, open Opener) {
	cases := []struct {
		name string
		run  func(t *testing.T, open Opener)
	}{
		{"what is put is there, and a missing table is empty", testPut},
		{"keys and values have bounds", testBounds},
		{"scans go both ways from any place", testScan},
		{"an error drops the writes and is returned", testError},
		{"a panic drops the writes and the engine goes on", testPanic},
		{"a transaction sees its own writes", testOwnWrites},
		{"a snapshot does not move", testSnapshot},
		{"a snapshot takes no writes", testReadOnly},
		{"what is returned belongs to the caller", testCopies},
		{"updates run one after another", testSerial},
		{"a commit is there after opening again", testReopen},
		{"a closed engine says so", testClosed},
		{"a backup holds one moment while work goes on", testBackup},
		{"a backup that fails leaves nothing", testBackupRefused},
		{"random work matches a sorted map", testModel},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t, open) })
	}
}

// start opens an engine that is checked and closed when the test ends.
func start(t testing.TB, open Opener, dir string) store.Engine {
	t.Helper()
	e := open(t, dir)
	t.Cleanup(func() { stop(t, e) })
	return e
}

func stop(t testing.TB, e store.Engine) {
	t.Helper()
	if err := e.Check(func(p string) { t.Errorf("check: %s", p) }); err != nil && !errors.Is(err, store.ErrClosed) {
		t.Error(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// put commits rows, "key" or "key=value", to a table.
func put(t testing.TB, e store.Engine, table string, keys ...string) {
	t.Helper()
	update(t, e, func(tx store.EngineTx) error {
		for _, k := range keys {
			if err := tx.Put(table, []byte(k), []byte("value of "+k)); err != nil {
				return err
			}
		}
		return nil
	})
}

func update(t testing.TB, e store.Engine, fn func(store.EngineTx) error) {
	t.Helper()
	if err := e.Update(fn); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, e store.Engine, fn func(store.EngineTx) error) {
	t.Helper()
	if err := e.View(fn); err != nil {
		t.Fatal(err)
	}
}

// keys returns the keys that a scan finds, and fails the test when a value does not fit.
func keys(t testing.TB, tx store.EngineTx, table string, from []byte, reverse bool) []string {
	t.Helper()
	found := []string{}
	s := tx.Scan(table, from, reverse)
	for s.Next() {
		k := string(s.Key())
		found = append(found, k)
		if v, err := s.Value(); err != nil || string(v) != "value of "+k {
			t.Errorf("row %s has value %q, error %v", k, v, err)
		}
	}
	if s.Err() != nil {
		t.Error(s.Err())
	}
	return found
}

// wantKeys compares all keys of a table as a new transaction sees them.
func wantKeys(t testing.TB, e store.Engine, table string, want ...string) {
	t.Helper()
	view(t, e, func(tx store.EngineTx) error {
		if diff := cmp.Diff(append([]string{}, want...), keys(t, tx, table, nil, false)); diff != "" {
			t.Errorf("keys of %s (-want +got):\n%s", table, diff)
		}
		return nil
	})
}

func testPut(t *testing.T, open Opener) {
	e := start(t, open, t.TempDir())
	put(t, e, "b", "1", "2", "3")
	put(t, e, "a", "2")
	update(t, e, func(tx store.EngineTx) error {
		return errors.Join(tx.Delete("b", []byte("2")), tx.Delete("b", []byte("9")), tx.Delete("none", []byte("1")),
			tx.Put("b", []byte("3"), nil))
	})
	view(t, e, func(tx store.EngineTx) error {
		got := []string{}
		for _, k := range []string{"b 1", "b 2", "b 3", "a 2", "none 2"} {
			v, ok, err := tx.Get(k[:len(k)-2], []byte(k[len(k)-1:]))
			got = append(got, fmt.Sprintf("%s: %q %v %v", k, v, ok, err))
		}
		want := []string{
			`b 1: "value of 1" true <nil>`, `b 2: "" false <nil>`, `b 3: "" true <nil>`,
			`a 2: "value of 2" true <nil>`, `none 2: "" false <nil>`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
		tables, err := tx.Tables()
		if !slices.Equal(tables, []string{"a", "b"}) || err != nil {
			t.Errorf("tables %q, error %v, want a and b", tables, err)
		}
		return nil
	})
	wantKeys(t, e, "none")
}

func testBounds(t *testing.T, open Opener) {
	e := start(t, open, t.TempDir())
	long, large := make([]byte, store.MaxKey), make([]byte, store.MaxValue)
	update(t, e, func(tx store.EngineTx) error {
		return errors.Join(tx.Put("t", long, []byte("long")), tx.Put("t", []byte("large"), large))
	})
	put(t, e, "t", "small")
	update(t, e, func(tx store.EngineTx) error {
		for name, err := range map[string]error{
			"empty key":       tx.Put("t", nil, nil),
			"key too long":    tx.Put("t", append(long, 0), nil),
			"value too large": tx.Put("t", []byte("k"), append(large, 0)),
		} {
			if err == nil {
				t.Errorf("%s was taken", name)
			}
		}
		return nil
	})
	view(t, e, func(tx store.EngineTx) error {
		v, ok, err := tx.Get("t", long)
		if string(v) != "long" || !ok || err != nil {
			t.Errorf("row of the longest key: %q %v %v", v, ok, err)
		}
		if v, ok, err = tx.Get("t", []byte("large")); len(v) != store.MaxValue || !ok || err != nil {
			t.Errorf("largest value: %d bytes %v %v", len(v), ok, err)
		}
		for _, k := range [][]byte{nil, append(long, 0)} {
			if _, ok, err := tx.Get("t", k); ok || err != nil {
				t.Errorf("key of %d bytes: found %v, error %v, want neither", len(k), ok, err)
			}
		}
		return nil
	})
}

func testScan(t *testing.T, open Opener) {
	e := start(t, open, t.TempDir())
	put(t, e, "t", "b", "d", "f", "\x00", "\xff\xff")
	put(t, e, "u", "a", "z")
	cases := []struct {
		from    string // "-" for nil
		forward []string
		back    []string
	}{
		{"-", []string{"\x00", "b", "d", "f", "\xff\xff"}, []string{"\xff\xff", "f", "d", "b", "\x00"}},
		{"", []string{"\x00", "b", "d", "f", "\xff\xff"}, []string{}},
		{"a", []string{"b", "d", "f", "\xff\xff"}, []string{"\x00"}},
		{"d", []string{"d", "f", "\xff\xff"}, []string{"d", "b", "\x00"}},
		{"e", []string{"f", "\xff\xff"}, []string{"d", "b", "\x00"}},
		{"\xff\xff", []string{"\xff\xff"}, []string{"\xff\xff", "f", "d", "b", "\x00"}},
		{"\xff\xff\xff", []string{}, []string{"\xff\xff", "f", "d", "b", "\x00"}},
	}
	view(t, e, func(tx store.EngineTx) error {
		for _, c := range cases {
			from := []byte(c.from)
			if c.from == "-" {
				from = nil
			}
			if diff := cmp.Diff(c.forward, keys(t, tx, "t", from, false)); diff != "" {
				t.Errorf("forward from %q (-want +got):\n%s", c.from, diff)
			}
			if diff := cmp.Diff(c.back, keys(t, tx, "t", from, true)); diff != "" {
				t.Errorf("back from %q (-want +got):\n%s", c.from, diff)
			}
		}
		return nil
	})
}
