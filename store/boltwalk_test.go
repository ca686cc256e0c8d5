package store

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// smallPages returns a bbolt file with pages of 1 KiB, which keeps a fuzzer's inputs short.
func smallPages(t testing.TB, rows int) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "small")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: 1024})
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte("words"))
			if err != nil {
				return err
			}
			c, err := tx.CreateBucketIfNotExists([]byte(fmt.Sprintf("table %d", i%20)))
			if err != nil {
				return err
			}
			key := []byte(fmt.Sprintf("%04d", i))
			return errors.Join(b.Put(key, make([]byte, 100)), c.Put(key, nil))
		}); err != nil {
			t.Fatal(err)
		}
	}
	var copied bytes.Buffer
	err = db.View(func(tx *bbolt.Tx) error { _, err := tx.WriteTo(&copied); return err })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return copied.Bytes()
}

// resum corrects the checksums of the two meta pages, so that a fuzzer gets past them.
func resum(b []byte) {
	for at := 0; at+pageHead+metaSize <= len(b) && at <= 1024; at += 1024 {
		h := fnv.New64a()
		h.Write(b[at+pageHead : at+pageHead+metaSize-8])
		native.PutUint64(b[at+pageHead+metaSize-8:], h.Sum64())
	}
}

func walkAll(b []byte, deep bool) (problems []string) {
	if _, err := walkFile(bytes.NewReader(b), int64(len(b)), deep, func(p string) { problems = append(problems, p) }); err != nil {
		problems = append(problems, err.Error())
	}
	return problems
}

func TestTheWalkKnowsWhatBboltWrites(t *testing.T) {
	for _, rows := range []int{0, 1, 30, 250} {
		b := smallPages(t, rows)
		for _, deep := range []bool{false, true} {
			if problems := walkAll(b, deep); len(problems) > 0 {
				t.Errorf("%d rows, deep %v: %q", rows, deep, problems)
			}
		}
	}
}

// A branch that leads back to itself would send bbolt round until the stack is full.
func TestCirclesAreFoundBeforeTheFileIsMapped(t *testing.T) {
	b := smallPages(t, 250)
	m, _, err := readMeta(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	circles := 0
	for id := uint64(2); id < m.high; id++ {
		p := b[id*1024:]
		if native.Uint16(p[8:]) != flagBranch {
			continue
		}
		damaged := bytes.Clone(b)
		for i := range int(native.Uint16(p[10:])) {
			native.PutUint64(damaged[int(id)*1024+pageHead+16*i+8:], id)
			if problems := walkAll(damaged, false); len(problems) == 0 && len(walkAll(b, false)) == 0 && reachable(b, m, id) {
				t.Errorf("page %d leads to itself at element %d, and nobody noticed", id, i)
			}
			circles++
		}
	}
	if circles == 0 {
		t.Error("the sample has no branch page")
	}
}

// reachable reports whether a page is in use: damage of a free page is none.
func reachable(b []byte, m boltMeta, id uint64) bool {
	w := newWalker(&failing{r: bytes.NewReader(b)}, m, true, func(string) {})
	w.freelist()
	w.tree(m.root, true)
	return w.used.has(id)
}

// FuzzWalk holds the walk to its promise: it never panics, and what it passes bbolt can open and read to the end.
func FuzzWalk(f *testing.F) {
	for _, rows := range []int{0, 1, 12} {
		f.Add(smallPages(f, rows))
	}
	f.Add([]byte("no store at all"))
	f.Fuzz(func(t *testing.T, b []byte) {
		b = bytes.Clone(b)
		resum(b)
		shallow := walkAll(b, false)
		if deep := walkAll(b, true); len(deep) > 0 {
			return
		}
		if len(shallow) > 0 {
			t.Errorf("only the shallow walk finds %q", shallow)
		}
		path := filepath.Join(t.TempDir(), "fuzzed")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		readAll(t, path)
	})
}

func readAll(t *testing.T, path string) {
	t.Helper()
	e, err := Bolt(path, Options{})
	if err != nil {
		t.Fatalf("the walk passed, and open says: %v", err)
	}
	defer e.Close()
	err = checkEngine(e, func(p string) {
		if strings.Contains(p, "panic") || strings.Contains(p, "assertion") || strings.Contains(p, "fault") {
			t.Errorf("the walk passed, and then: %s", p)
		}
	})
	if err != nil {
		t.Errorf("the walk passed, and check says: %v", err)
	}
}
