package store_test

import (
	"path/filepath"
	"testing"

	"sencoforum/store"
	"sencoforum/store/storetest"
)

func TestBoltKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(t testing.TB, dir string) store.Engine {
		t.Helper()
		e, err := store.Bolt(filepath.Join(dir, "store.db"), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return e
	})
}
