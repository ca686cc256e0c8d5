package storetest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"sencoforum/store"
)

func testError(t *testing.T, open Opener) {
	e := start(t, open, t.TempDir())
	put(t, e, "t", "kept")
	mine := errors.New("mine")
	err := e.Update(func(tx store.EngineTx) error {
		return errors.Join(tx.Put("t", []byte("dropped"), nil), tx.Put("u", []byte("dropped"), nil),
			tx.Delete("t", []byte("kept")), mine)
	})
	if !errors.Is(err, mine) {
		t.Errorf("error %v, want mine", err)
	}
	if err := e.View(func(store.EngineTx) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("error of a view %v, want mine", err)
	}
	wantKeys(t, e, "t", "kept")
	wantKeys(t, e, "u")
}

func testPanic(t *testing.T, open Opener) {
	e := start(t, open, t.TempDir())
	for _, run := range []func(func(store.EngineTx) error) error{e.Update, e.View} {
		func() {
			defer func() {
				if r := recover(); r != "boom" {
					t.Errorf("recovered %v, want the function's own panic", r)
				}
			}()
			run(func(tx store.EngineTx) error {
				tx.Put("t", []byte("dropped"), nil)
				panic("boom")
			})
		}()
	}
	put(t, e, "t", "after")
	wantKeys(t, e, "t", "after")
}

func testOwnWrites(t *testing.T, open Opener) {
	e := start(t, open, t.TempDir())
	put(t, e, "t", "a", "b")
	update(t, e, func(tx store.EngineTx) error {
		if err := errors.Join(tx.Put("t", []byte("c"), []byte("value of c")), tx.Delete("t", []byte("a"))); err != nil {
			return err
		}
		if got := fmt.Sprint(keys(t, tx, "t", nil, false)); got != "[b c]" {
			t.Errorf("own scan finds %s, want [b c]", got)
		}
		_, a, errA := tx.Get("t", []byte("a"))
		_, c, errC := tx.Get("t", []byte("c"))
		if a || !c {
			t.Errorf("own reads find a %v, c %v, want the deletion and the row", a, c)
		}
		return errors.Join(errA, errC)
	})
}

func testSnapshot(t *testing.T, open Opener) {
	e := start(t, open, t.TempDir())
	put(t, e, "t", "a")
	view(t, e, func(tx store.EngineTx) error {
		done := make(chan bool)
		go func() {
			defer close(done)
			put(t, e, "t", "b")
		}()
		<-done
		if got := fmt.Sprint(keys(t, tx, "t", nil, false)); got != "[a]" {
			t.Errorf("the snapshot has moved: %s, want [a]", got)
		}
		return nil
	})
	wantKeys(t, e, "t", "a", "b")
}

func testReadOnly(t *testing.T, open Opener) {
	e := start(t, open, t.TempDir())
	put(t, e, "t", "a")
	view(t, e, func(tx store.EngineTx) error {
		for _, err := range []error{tx.Put("t", []byte("b"), nil), tx.Put("u", []byte("b"), nil), tx.Delete("t", []byte("a"))} {
			if !errors.Is(err, store.ErrReadOnly) {
				t.Errorf("write in a view: %v, want ErrReadOnly", err)
			}
		}
		return nil
	})
	wantKeys(t, e, "t", "a")
}

func testCopies(t *testing.T, open Opener) {
	e := start(t, open, t.TempDir())
	put(t, e, "t", "a")
	var kept []byte
	view(t, e, func(tx store.EngineTx) error {
		first, _, _ := tx.Get("t", []byte("a"))
		first[0] = 'X' // a page of a map would kill the process here
		s := tx.Scan("t", nil, false)
		s.Next()
		second, _ := s.Value()
		second[0] = 'Y'
		s.Key()[0] = 'Z'
		kept, _, _ = tx.Get("t", []byte("a"))
		return nil
	})
	update(t, e, func(tx store.EngineTx) error {
		key := []byte("b")
		err := tx.Put("t", key, []byte("value of b"))
		key[0] = 'x'
		return err
	})
	wantKeys(t, e, "t", "a", "b")
	if string(kept) != "value of a" {
		t.Errorf("value %q after the transaction, want value of a", kept)
	}
}

func testSerial(t *testing.T, open Opener) {
	e := start(t, open, t.TempDir())
	const goroutines, rounds = 4, 10
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for range rounds {
				if err := e.Update(addOne); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	view(t, e, func(tx store.EngineTx) error {
		v, _, err := tx.Get("t", []byte("n"))
		if string(v) != strconv.Itoa(goroutines*rounds) {
			t.Errorf("counted %s, want %d", v, goroutines*rounds)
		}
		return err
	})
}

func addOne(tx store.EngineTx) error {
	v, _, err := tx.Get("t", []byte("n"))
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(string(v)) // 0 the first time
	return tx.Put("t", []byte("n"), strconv.AppendInt(nil, int64(n)+1, 10))
}

func testReopen(t *testing.T, open Opener) {
	dir := t.TempDir()
	e := open(t, dir)
	put(t, e, "t", "a", "b")
	stop(t, e)
	e = start(t, open, dir)
	wantKeys(t, e, "t", "a", "b")
	if size, err := e.Size(); size <= 0 || err != nil {
		t.Errorf("size %d, error %v", size, err)
	}
	if free, err := e.Free(); free == 0 || err != nil {
		t.Errorf("free %d, error %v", free, err)
	}
}

func testClosed(t *testing.T, open Opener) {
	e := open(t, t.TempDir())
	if err := errors.Join(e.Close(), e.Close()); err != nil {
		t.Errorf("close twice: %v", err)
	}
	nothing := func(store.EngineTx) error { return nil }
	_, sizeErr := e.Size()
	for name, err := range map[string]error{
		"view": e.View(nothing), "update": e.Update(nothing), "size": sizeErr,
		"check": e.Check(func(string) {}), "backup": e.Backup(filepath.Join(t.TempDir(), "copy"), nil),
	} {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s: %v, want ErrClosed", name, err)
		}
	}
}

func testBackup(t *testing.T, open Opener) {
	e := start(t, open, t.TempDir())
	put(t, e, "t", "a")
	stop := make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				e.Update(addOne)
			}
		}
	})
	path := filepath.Join(t.TempDir(), "copy")
	err := e.Backup(path, func(copied store.Engine) error {
		if err := copied.Check(func(p string) { t.Error(p) }); err != nil {
			return err
		}
		return copied.View(func(tx store.EngineTx) error {
			if v, ok, err := tx.Get("t", []byte("a")); string(v) != "value of a" || !ok || err != nil {
				t.Errorf("row in the copy: %q %v %v", v, ok, err)
			}
			return nil
		})
	})
	close(stop)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy's file: %v, error %v, want mode 0600", info, err)
	}
	if err := e.Backup(path, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("backup over a file: %v, want fs.ErrExist", err)
	}
}

func testBackupRefused(t *testing.T, open Opener) {
	e := start(t, open, t.TempDir())
	put(t, e, "t", "a")
	dir := t.TempDir()
	mine := errors.New("not good enough")
	if err := e.Backup(filepath.Join(dir, "copy"), func(store.Engine) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("error %v, want that of verify", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
