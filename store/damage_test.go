package store

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// wordKey returns a long key, so that the sample needs branch pages.
func wordKey(n int) string { return fmt.Sprintf("%03d %s", n, strings.Repeat("k", 40)) }

// sample returns the bytes of a store with every kind of page, and its rows.
func sample(t testing.TB) ([]byte, map[string]string) {
	t.Helper()
	db := openTest(t)
	for i := range 30 { // several commits, so that there are free pages
		update(t, db, func(tx *Tx) error {
			for j := range 12 {
				if err := words.Put(tx, wordKey(i*12+j), strings.Repeat("v", 50)); err != nil {
					return err
				}
			}
			return errors.Join(numbers.Put(tx, uint32(i%3), map[string]int{"n": i}), words.Delete(tx, wordKey(i*7)))
		})
	}
	update(t, db, func(tx *Tx) error { return blobs.Put(tx, 1, plainBlob(noise(10000))) })
	copied := filepath.Join(t.TempDir(), "sample")
	if err := db.Backup(copied); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	rows, faults := inspect(t, b)
	if len(faults) > 0 || len(rows) < 300 {
		t.Fatalf("the sample has %d rows and the faults %v", len(rows), faults)
	}
	return b, rows
}

// inspect opens a store of these bytes, checks it, reads all rows and writes one, and returns the rows that
// could be read and the faults that were found on the way. Nothing may kill it.
func inspect(t testing.TB, b []byte) (rows map[string]string, faults []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "damaged")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := Open(path, Options{})
	if err != nil {
		return nil, []string{err.Error()}
	}
	defer db.Close()
	if err := db.Check(func(p string) { faults = append(faults, p) }); err != nil {
		t.Error(err)
	}
	rows = map[string]string{}
	note := func(table string, key, value any, err error) {
		if err != nil {
			faults = append(faults, err.Error())
			return
		}
		rows[fmt.Sprint(table, key)] = fmt.Sprint(value)
	}
	err = db.View(func(tx *Tx) error {
		for r, err := range words.All(tx) {
			note("words", r.Key, r.Value, err)
		}
		for r, err := range numbers.Back(tx) {
			note("numbers", r.Key, r.Value, err)
		}
		for n := range uint64(3) {
			if v, ok, err := blobs.Get(tx, n); ok || err != nil {
				note("blobs", n, v.stored, err)
			}
		}
		return nil
	})
	if err != nil {
		faults = append(faults, err.Error())
	}
	if len(faults)%4 == 1 { // a commit takes its time
		db.Update(func(tx *Tx) error { return writeWords(tx, "999") })
	}
	return rows, faults
}

// wantFound fails when damage has changed a row and nothing said so.
func wantFound(t *testing.T, what string, b []byte, rows map[string]string) (found bool) {
	t.Helper()
	got, faults := inspect(t, b)
	if len(faults) == 0 && !maps.Equal(got, rows) {
		t.Errorf("%s: %d rows where %d were, and nobody noticed", what, len(got), len(rows))
	}
	return len(faults) > 0
}

func TestFlippedBitsAreFound(t *testing.T) {
	b, rows := sample(t)
	random := rand.New(rand.NewPCG(1, 2))
	var bits []int
	for at := 0; at < len(b); at += os.Getpagesize() { // headers, and where the elements begin
		for range 6 {
			bits = append(bits, at*8+random.IntN(40*8))
		}
	}
	for range 200 {
		bits = append(bits, random.IntN(len(b)*8))
	}
	found := 0
	for _, bit := range bits {
		b[bit/8] ^= 1 << (bit % 8)
		if wantFound(t, fmt.Sprintf("bit %d of byte %d in page %d", bit%8, bit/8%os.Getpagesize(), bit/8/os.Getpagesize()), b, rows) {
			found++
		}
		b[bit/8] ^= 1 << (bit % 8)
	}
	t.Logf("%d flips, %d found; the others changed no row", len(bits), found)
	if found < len(bits)/3 {
		t.Errorf("%d of %d flips found: the sample is mostly free space, or the checks are off", found, len(bits))
	}
}

func TestSwappedPagesAreFound(t *testing.T) {
	b, rows := sample(t)
	size := os.Getpagesize()
	pages := len(b) / size
	random := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		x, y := 2+random.IntN(pages-2), 2+random.IntN(pages-2)
		for _, keepID := range []bool{false, true} {
			damaged := slices.Clone(b)
			copy(damaged[x*size:], b[y*size:(y+1)*size])
			copy(damaged[y*size:], b[x*size:(x+1)*size])
			if keepID {
				copy(damaged[x*size:], b[x*size:x*size+8])
				copy(damaged[y*size:], b[y*size:y*size+8])
			}
			wantFound(t, fmt.Sprintf("pages %d and %d swapped, ids kept %v", x, y, keepID), damaged, rows)
		}
	}
}

func TestACutFileIsRefusedBeforeItIsMapped(t *testing.T) {
	b, _ := sample(t)
	path := filepath.Join(t.TempDir(), "cut")
	for size := 0; size < len(b); size += 512 + len(b)/300 {
		if err := os.WriteFile(path, b[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := Open(path, Options{})
		if err == nil {
			db.Close()
		}
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "restore the newest backup") || !strings.Contains(err.Error(), path) {
			t.Fatalf("%d of %d bytes: %v, want ErrDamaged, the path and what to do", size, len(b), err)
		}
	}
}

func TestWhatIsNoStoreIsRefused(t *testing.T) {
	b, _ := sample(t)
	size := os.Getpagesize()
	noMetas := slices.Clone(b)
	clear(noMetas[:2*size])
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"an empty file", nil, "is empty"},
		{"the stub that a full disk leaves", b[:8192], "cut off"},
		{"a text", []byte(strings.Repeat("From: somebody\n", 1000)), "neither of its two first pages"},
		{"a short text", []byte("hello"), "neither of its two first pages"},
		{"zeros", make([]byte, len(b)), "neither of its two first pages"},
		{"a store without its first pages", noMetas, "neither of its two first pages"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			if err := os.WriteFile(path, c.b, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(path, Options{})
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("open: %v, want ErrDamaged with %q", err, c.want)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != string(c.b) {
				t.Errorf("the file was changed, error %v", err)
			}
		})
	}
}

// A meta page torn by a power cut is no damage: the other one holds the commit before.
func TestATornMetaPageIsReported(t *testing.T) {
	b, rows := sample(t)
	for page := range 2 {
		damaged := slices.Clone(b)
		damaged[page*os.Getpagesize()+pageHead+20] ^= 1
		got, faults := inspect(t, damaged)
		if !maps.Equal(got, rows) || len(faults) != 1 || !strings.Contains(faults[0], "meta pages") {
			t.Errorf("meta page %d torn: %d rows of %d, faults %v; want all, and it said", page, len(got), len(rows), faults)
		}
	}
}

func TestAFileThatIsCutWhileOpenKillsNobody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(func(tx *Tx) error {
		for i := range uint64(50) {
			if err := blobs.Put(tx, i, plainBlob(noise(9000))); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(2*os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	_, _, getErr := func() (b Blob, ok bool, err error) {
		err = db.View(func(tx *Tx) error { b, ok, err = blobs.Get(tx, 7); return err })
		return b, ok, err
	}()
	scanErr := db.View(func(tx *Tx) error {
		for _, err := range blobs.All(tx) {
			if err != nil {
				return err
			}
		}
		return nil
	})
	updateErr := db.Update(func(tx *Tx) error { return blobs.Put(tx, 7, Blob{}) })
	for name, err := range map[string]error{"get": getErr, "scan": scanErr, "update": updateErr} {
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
		}
	}
	if problems := problemsOf(t, db); len(problems) == 0 {
		t.Error("check finds nothing")
	}
	if err := db.Backup(path + ".copy"); err == nil {
		t.Error("a backup was made")
	} else if _, statErr := os.Stat(path + ".copy"); !errors.Is(statErr, fs.ErrNotExist) {
		t.Error("a copy was left")
	}
}

func TestAFileWithoutItsHeadStopsNobodyFromEnding(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		for range 2 { // the second time finds what the first one left behind
			if err := db.View(func(*Tx) error { return nil }); !errors.Is(err, ErrDamaged) {
				t.Errorf("view: %v, want ErrDamaged", err)
			}
		}
		if err := db.Update(func(tx *Tx) error { return nil }); err == nil {
			t.Error("an update of nothing")
		}
		ended <- db.Close()
	}()
	select {
	case err := <-ended:
		if err != nil || db.Err() == nil {
			t.Errorf("closed with %v, failed with %v", err, db.Err())
		}
	case <-time.After(time.Minute):
		t.Fatal("the store does not close")
	}
}
