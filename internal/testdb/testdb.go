// Package testdb gives tests a real store that checks itself when the test
// ends. There is no fake of the store: a durable commit costs about two
// milliseconds.
package testdb

import (
	"path/filepath"
	"testing"

	"sencoforum/message"
	"sencoforum/store"
)

// Open returns a new store in the test's own directory.
func Open(t testing.TB) *store.DB {
	t.Helper()
	o := store.DefaultOptions()
	o.Reserve = 0
	db, err := store.Open(filepath.Join(t.TempDir(), "test.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Check(func(problem string) { t.Error(problem) }); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Update runs fn in a transaction and ends the test when it is not committed.
func Update(t testing.TB, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Update(fn); err != nil {
		t.Fatal(err)
	}
}

// View runs fn on a snapshot and ends the test on an error.
func View(t testing.TB, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.View(fn); err != nil {
		t.Fatal(err)
	}
}

// Address reads an address that the test knows to be sound.
func Address(t testing.TB, s string) message.Address {
	t.Helper()
	a, err := message.ParseAddress(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
