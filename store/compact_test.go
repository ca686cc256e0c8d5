package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sencoforum/store"
	"sencoforum/store/storetest"
)

var planks = store.NewTable("planks", store.Uint64Key[uint64](), store.JSON[string]())

func fillPlanks(t *testing.T, db *store.DB, n int, word string) {
	t.Helper()
	err := db.Update(func(tx *store.Tx) error {
		for i := range n {
			if err := planks.Put(tx, uint64(i), fmt.Sprintf("%s %d %s", word, i, strings.Repeat("x", 500))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCompactLeavesNothingOfWhatWasDeleted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db := storetest.OpenFile(t, path, store.Options{})
	fillPlanks(t, db, 1000, "walnut")
	err := db.Update(func(tx *store.Tx) error {
		for i := range 900 {
			if err := planks.Delete(tx, uint64(i)); err != nil {
				return err
			}
		}
		return planks.Put(tx, 950, "oak")
	})
	if err != nil {
		t.Fatal(err)
	}
	if !holds(t, path, "walnut 10 ") || !holds(t, path, "walnut 950 ") {
		t.Fatal("what was deleted is gone before the compaction: the test shows nothing")
	}
	done, err := db.Compact()
	if err != nil || done.After >= done.Before {
		t.Fatalf("compacted %+v, %v", done, err)
	}
	if holds(t, path, "walnut 10 ") || holds(t, path, "walnut 950 ") {
		t.Error("the file still holds what was deleted")
	}
	want := func(db *store.DB) {
		t.Helper()
		n := 0
		if err := db.View(func(tx *store.Tx) error {
			for row, err := range planks.All(tx) {
				if n++; err != nil || row.Key != 950 && !strings.HasPrefix(row.Value, "walnut") || row.Key == 950 && row.Value != "oak" {
					return fmt.Errorf("row %d: %s, %w", row.Key, row.Value, err)
				}
			}
			return nil
		}); err != nil || n != 100 {
			t.Errorf("%d rows, %v", n, err)
		}
	}
	want(db)
	fillPlanks(t, db, 1, "birch")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Error("the new file has kept its working name")
	}
	again := storetest.OpenFile(t, path, store.Options{})
	if err := again.View(func(tx *store.Tx) error {
		v, _, err := planks.Get(tx, 0)
		if !strings.HasPrefix(v, "birch") {
			return fmt.Errorf("what was written after the compaction is %.20q, %w", v, err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func holds(t *testing.T, path, word string) bool {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(b, []byte(word))
}

func TestWorkGoesOnAroundCompactions(t *testing.T) {
	db := storetest.Open(t)
	count := store.Counter("planks")
	const writers, each = 8, 40
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				if err := db.Update(func(tx *store.Tx) error { _, err := count.Add(tx, 1); return err }); err != nil {
					t.Error(err)
				}
				if err := db.View(func(tx *store.Tx) error {
					_, err := count.Value(tx)
					return errors.Join(err, db.View(func(tx *store.Tx) error { _, err := count.Value(tx); return err }))
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 5 {
		if _, err := db.Compact(); err != nil {
			t.Error(err)
		}
	}
	all.Wait()
	if err := db.View(func(tx *store.Tx) error {
		n, err := count.Value(tx)
		if n != writers*each {
			t.Errorf("%d counted, want %d", n, writers*each)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

func TestAViewKeepsItsMomentOverACompaction(t *testing.T) {
	db := storetest.Open(t)
	fillPlanks(t, db, 10, "elm")
	inside, done := make(chan struct{}), make(chan error, 1)
	release := make(chan struct{})
	go func() {
		done <- db.View(func(tx *store.Tx) error {
			close(inside)
			<-release
			v, ok, err := planks.Get(tx, 3)
			if !ok || !strings.HasPrefix(v, "elm") {
				return fmt.Errorf("it sees %.10q, %w", v, err)
			}
			return nil
		})
	}()
	<-inside
	ended := make(chan error, 1)
	go func() { _, err := db.Compact(); ended <- err }()
	// An Update that is told to come again was not run; one that waits for the compaction is.
	for errors.Is(db.UpdateWithin(time.Millisecond, func(tx *store.Tx) error { return nil }), store.ErrBusy) == false {
		select {
		case err := <-ended:
			t.Fatalf("the compaction ended while a View of the old file was open: %v", err)
		default:
		}
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	fillPlanks(t, db, 10, "ash")
}

func TestWhatAnInterruptedCompactionLeftIsNoHindrance(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db := storetest.OpenFile(t, path, store.Options{})
	fillPlanks(t, db, 100, "pine")
	if err := os.WriteFile(path+".new", bytes.Repeat([]byte("half a copy"), 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = storetest.OpenFile(t, path, store.Options{})
	if _, err := db.Compact(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Error("something is left of it")
	}
}

func TestAClosedStoreIsNotCompacted(t *testing.T) {
	db := storetest.Open(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Compact(); !errors.Is(err, store.ErrClosed) {
		t.Errorf("%v, want ErrClosed", err)
	}
}
