// Package storetest says what an engine of the store must do, as a suite of tests that runs against
// every engine, and gives other packages' tests a real store and a disk that fails.
package storetest

import (
	"path/filepath"
	"testing"

	"sencoforum/store"
)

// Open returns a new store in a temporary directory. When the test ends the store is checked and closed.
func Open(t testing.TB) *store.DB {
	t.Helper()
	return OpenFile(t, filepath.Join(t.TempDir(), "store.db"), store.DefaultOptions())
}

// OpenFile returns the store at path, which is checked and closed when the test ends unless
// the test has closed it. The reserve of the options is not made.
func OpenFile(t testing.TB, path string, o store.Options) *store.DB {
	t.Helper()
	o.Reserve = 0
	db, err := store.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeChecked(t, db) })
	return db
}

// OpenFaulty returns a new store over a disk that fails when the test says so, and the disk.
func OpenFaulty(t testing.TB) (*store.DB, *Faulty) {
	t.Helper()
	engine, err := store.Bolt(filepath.Join(t.TempDir(), "store.db"), store.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	faulty := NewFaulty(engine)
	db, err := store.New(faulty, store.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeChecked(t, db) })
	return db, faulty
}

func closeChecked(t testing.TB, db *store.DB) {
	t.Helper()
	problem := func(p string) { t.Errorf("check store: %s", p) }
	if err := db.View(func(*store.Tx) error { return nil }); err != nil {
		return // the test has closed it
	}
	if err := db.Check(problem); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
