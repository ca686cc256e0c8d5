package rig

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"sencoforum/store"
)

// TestRigFullMapFaultsInAHole shows the danger that the next test looks for: the store's file is mapped into memory, it
// grows by holes, and to read a hole of a tmpfs that is full is a fault.
func TestRigFullMapFaultsInAHole(t *testing.T) {
	d := fullTmpfs(t, 1<<20, 0)
	f, err := os.Create(filepath.Join(d.dir, "sparse"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page := os.Getpagesize()
	if err := f.Truncate(int64(2 * page)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("written"), 0); err != nil {
		t.Fatal(err)
	}
	d.leave(t, 0)
	m, err := unix.Mmap(int(f.Fd()), 0, 2*page, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(m)
	if fullFaults(func() { _ = strings.Clone(string(m[:7])) }) {
		t.Error("a page that was written faults")
	}
	if !fullFaults(func() { _ = strings.Clone(string(m[page : page+7])) }) {
		t.Error("a hole does not fault on a full disk: the next test looks for nothing")
	}
	if n, err := f.ReadAt(make([]byte, 7), int64(page)); n != 7 || err != nil {
		t.Errorf("a plain read of the hole: %d bytes, %v", n, err)
	}
}

// fullFaults runs a function and reports whether it touched memory that cannot be brought in.
func fullFaults(fn func()) (fault bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		_, fault = recover().(interface{ Addr() uintptr })
	}()
	fn()
	return false
}

// TestRigFullStore writes to a store of its own while the room changes at random, and compares it with what its answers
// promise: after "no room" nothing is different, after nil all is there, and no page in use is a hole.
func TestRigFullStore(t *testing.T) {
	d := fullTmpfs(t, 64<<20, 0)
	m := fullModel{path: filepath.Join(d.dir, "forum.db"), dice: dice(t)}
	defer func() { m.db.Close() }()
	holes, rounds := 0, 40*size(t).fullSteps
	for i := range rounds {
		if i%160 == 0 {
			d.clear(t)
			m.renew(t)
		}
		d.leave(t, int64(max(0, m.dice.IntN(40)-24))<<12)
		m.update(t)
		page, inUse := fullHoles(t, m.path)
		if inUse {
			t.Fatalf("round %d: page %d of the file is in use and a hole", i, page)
		}
		if page > 0 {
			holes++
		}
		if i%40 == 39 {
			m.compare(t)
		}
		if i%50 == 49 {
			m.open(t) // while there is no room
		}
	}
	d.clear(t)
	m.compare(t)
	if err := m.db.Check(func(problem string) { t.Error(problem) }); err != nil {
		t.Error(err)
	}
	if m.full == 0 || m.full == rounds || holes == 0 {
		t.Errorf("%d of %d updates found no room, and %d times the file had a hole: the run proves nothing", m.full, rounds, holes)
	}
	t.Logf("%d updates, %d without room, %d rows in the end, %d times the file had a hole, never in a page in use",
		rounds, m.full, len(m.rows), holes)
}

// A fullModel is a store and what should be in it.
type fullModel struct {
	path string
	dice *rand.Rand
	db   *store.DB
	rows map[string]string
	full int // updates that found no room
}

var fullTable = store.NewTable("full.rows", store.StringKey[string](), store.Text())

// open opens the store, anew where it is open.
func (m *fullModel) open(t *testing.T) {
	t.Helper()
	var err error
	if m.db != nil {
		err = m.db.Close()
	}
	if err == nil {
		m.db, err = store.Open(m.path, store.Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// renew opens an empty store.
func (m *fullModel) renew(t *testing.T) {
	t.Helper()
	if m.db != nil {
		m.compare(t)
		if err := errors.Join(m.db.Close(), os.Remove(m.path)); err != nil {
			t.Fatal(err)
		}
	}
	m.db, m.rows = nil, map[string]string{}
	m.open(t)
}

// update changes a few rows, small and large ones, in one transaction.
func (m *fullModel) update(t *testing.T) {
	t.Helper()
	after := maps.Clone(m.rows)
	gone := map[string]bool{}
	for range 1 + m.dice.IntN(6) {
		key := fmt.Sprint(m.dice.IntN(200))
		if delete(after, key); m.dice.IntN(3) == 0 {
			gone[key] = true
			continue
		}
		delete(gone, key)
		n := 20 << m.dice.IntN(12)
		after[key] = strings.Repeat(key+" ", n)[:n]
	}
	err := m.db.Update(func(tx *store.Tx) error {
		for key := range gone {
			if err := fullTable.Delete(tx, key); err != nil {
				return err
			}
		}
		for key, value := range after {
			if m.rows[key] == value {
				continue
			}
			if err := fullTable.Put(tx, key, value); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case err == nil:
		m.rows = after
	case errors.Is(err, store.ErrFull):
		m.full++
	default:
		t.Fatal(err)
	}
}

// compare reads all rows.
func (m *fullModel) compare(t *testing.T) {
	t.Helper()
	got := map[string]string{}
	if err := m.db.View(func(tx *store.Tx) error {
		for row, err := range fullTable.All(tx) {
			if err != nil {
				return err
			}
			got[row.Key] = row.Value
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(got, m.rows) {
		t.Fatalf("rows %v, want %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(m.rows)))
	}
}
