package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The tables of the tests in this package.
var (
	words   = NewTable("words", StringKey[string](), Text())
	numbers = NewTable("numbers", Uint32Key[uint32](), JSON[map[string]int]())
	pairs   = NewTable("pairs", PairKey(StringKey[string](), Uint32Key[uint32]()), Text())
	blobs   = NewTable("blobs", Uint64Key[uint64](), Blobs())
)

// openTest returns a new store without a reserve, which is checked and closed when the test ends.
func openTest(t testing.TB) *DB {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "store.db"), Options{Compress: true})
}

func openAt(t testing.TB, path string, o Options) *DB {
	t.Helper()
	db, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Check(func(p string) { t.Errorf("check: %s", p) }); err != nil && !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func update(t testing.TB, db *DB, fn func(tx *Tx) error) {
	t.Helper()
	if err := db.Update(fn); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, db *DB, fn func(tx *Tx) error) {
	t.Helper()
	if err := db.View(fn); err != nil {
		t.Fatal(err)
	}
}

// putWords commits each word under its own name.
func putWords(t testing.TB, db *DB, keys ...string) {
	t.Helper()
	update(t, db, func(tx *Tx) error { return writeWords(tx, keys...) })
}

func writeWords(tx *Tx, keys ...string) error {
	for _, k := range keys {
		if err := words.Put(tx, k, "the word "+k); err != nil {
			return err
		}
	}
	return nil
}

// wordKeys returns the keys of all words, separated by spaces.
func wordKeys(t testing.TB, db *DB) string {
	t.Helper()
	var keys []string
	view(t, db, func(tx *Tx) error {
		for r, err := range words.All(tx) {
			if err != nil {
				return err
			}
			keys = append(keys, r.Key)
		}
		return nil
	})
	return strings.Join(keys, " ")
}

func wantWords(t testing.TB, db *DB, want string) {
	t.Helper()
	if got := wordKeys(t, db); got != want {
		t.Errorf("words %q, want %q", got, want)
	}
}

func TestOpenMakesOnePrivateFile(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, filepath.Join(dir, "store.db"), Options{})
	putWords(t, db, "a")
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Fatalf("directory holds %v, error %v, want the store alone", left, err)
	}
	if info, _ := left[0].Info(); left[0].Name() != "store.db" || info.Mode() != 0o600 {
		t.Errorf("file %s has mode %v, want store.db with 0600", left[0].Name(), info.Mode())
	}
}

func TestOpenTakesTheFileFromOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	openAt(t, path, Options{}).Close()
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	openAt(t, path, Options{})
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, error %v, want 0600", info.Mode(), err)
	}
}

func TestOpenStartsAnewAfterACrashWhileMaking(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	if err := os.WriteFile(path+".new", []byte("half a store"), 0o600); err != nil {
		t.Fatal(err)
	}
	putWords(t, openAt(t, path, Options{}), "a")
	if _, err := os.Stat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the half-made file: %v, want it gone", err)
	}
}

func TestOpenRefusesASecondOpener(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db := openAt(t, path, Options{})
	_, err := Open(path, Options{Lock: time.Millisecond})
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), path) {
		t.Errorf("open twice: %v, want ErrInUse with the path", err)
	}
	opened := make(chan error)
	go func() {
		second, err := Open(path, Options{Lock: time.Minute})
		opened <- err
		if err == nil {
			second.Close()
		}
	}()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Errorf("open after the first has closed: %v", err)
	}
}

func TestOpenSaysWhatFails(t *testing.T) {
	dir := t.TempDir()
	for name, path := range map[string]string{
		"a directory":         dir,
		"a missing directory": filepath.Join(dir, "none", "store.db"),
	} {
		if _, err := Open(path, Options{}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("open %s: %v, want an error with the path", name, err)
		}
	}
}

func TestCloseEndsEverything(t *testing.T) {
	db := openTest(t)
	putWords(t, db, "a")
	if err := errors.Join(db.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"Update": db.Update(func(*Tx) error { return nil }),
		"View":   db.View(func(*Tx) error { return nil }),
		"Check":  db.Check(func(string) {}),
		"Backup": db.Backup(filepath.Join(t.TempDir(), "copy")),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s after Close: %v, want ErrClosed", name, err)
		}
	}
	if db.Err() != nil {
		t.Errorf("Err after Close: %v, want nil", db.Err())
	}
}

func TestCloseLetsWaitingUpdatesFinish(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db := openAt(t, path, Options{})
	hold := newHold(t, db)
	results := make(chan error)
	for i := range 5 {
		go func() {
			results <- db.Update(func(tx *Tx) error { return writeWords(tx, fmt.Sprint(i)) })
		}()
	}
	hold.untilWaiting(5)
	closed := make(chan error)
	go func() { closed <- db.Close() }()
	hold.untilRefused()
	hold.release()
	for range 5 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	wantWords(t, openAt(t, path, Options{}), "0 1 2 3 4")
}

func TestTransactionEndsWithItsFunction(t *testing.T) {
	db := openTest(t)
	for name, run := range map[string]func(func(*Tx) error) error{"update": db.Update, "view": db.View} {
		var kept *Tx
		if err := run(func(tx *Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		_, _, getErr := words.Get(kept, "a")
		var scanErr error
		for _, err := range words.All(kept) {
			scanErr = err
		}
		for what, err := range map[string]error{"put": words.Put(kept, "a", ""), "get": getErr, "scan": scanErr} {
			if !errors.Is(err, ErrClosed) {
				t.Errorf("%s after the end of the %s: %v, want ErrClosed", what, name, err)
			}
		}
	}
}

func TestStatsCount(t *testing.T) {
	db := openTest(t)
	before := db.Stats()
	putWords(t, db, "a", "b")
	update(t, db, func(tx *Tx) error { _, err := words.Has(tx, "a"); return err })
	after := db.Stats()
	if after.Commits != before.Commits+1 || after.Transactions != before.Transactions+1 {
		t.Errorf("stats %+v after %+v, want one commit and one transaction more", after, before)
	}
	want := uint64(2 * (1 + recordHead + len("the word a")))
	if got := after.Written - before.Written; got != want || after.Size <= 0 {
		t.Errorf("written %d, size %d, want %d and more than none", got, after.Size, want)
	}
	if free, err := db.Free(); free == 0 || err != nil {
		t.Errorf("free %d, error %v", free, err)
	}
}
