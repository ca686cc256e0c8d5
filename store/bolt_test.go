package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	berrors "go.etcd.io/bbolt/errors"
)

func TestFullDisksAreRecognised(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want bool
	}{
		{"a write", &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, true},
		{"a quota", fmt.Errorf("write: %w", syscall.EDQUOT), true},
		{"a limit of the file's size", syscall.EFBIG, true},
		{"the store's own limit", berrors.ErrMaxSizeReached, true},
		{"what bbolt does not wrap", fmt.Errorf("file resize error: %s", &fs.PathError{Op: "truncate", Path: "x", Err: syscall.ENOSPC}), true},
		{"an I/O error", &fs.PathError{Op: "write", Path: "x", Err: syscall.EIO}, false},
		{"want of memory", fmt.Errorf("mmap allocate error: %s", syscall.ENOMEM), false},
	} {
		if got := isFull(c.err); got != c.want {
			t.Errorf("%s: full %v, want %v", c.name, got, c.want)
		}
	}
}

// On a file system that copies on write even the meta page may find no room, after
// readers have seen it.
func TestAFullDiskAfterTheMetaPageIsADoubt(t *testing.T) {
	e, err := openBolt(newStore(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	id := 0
	if err := e.Update(func(tx EngineTx) error {
		id = tx.(*boltTx).tx.ID()
		return tx.Put("t", []byte("k"), nil)
	}); err != nil {
		t.Fatal(err)
	}
	if err := e.failedCommit(id, syscall.ENOSPC); err == nil || errors.Is(err, ErrFull) {
		t.Errorf("a transaction that shows: %v, want an error that is not ErrFull", err)
	}
	if err := e.failedCommit(id+1, syscall.ENOSPC); !errors.Is(err, ErrFull) {
		t.Errorf("a transaction that does not show: %v, want ErrFull", err)
	}
	if err := e.failedCommit(id+1, syscall.EIO); !errors.Is(err, syscall.EIO) || errors.Is(err, ErrFull) {
		t.Errorf("an I/O error: %v, want it as it is", err)
	}
}

func newStore(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	openAt(t, path, Options{}).Close()
	return path
}

func TestRenameNeverReplaces(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	for name, rename := range map[string]func(from, to string) error{"in one step": renameNew, "in two steps": renameFree} {
		if err := errors.Join(os.WriteFile(from, []byte("new"), 0o600), os.WriteFile(to, []byte("old"), 0o600)); err != nil {
			t.Fatal(err)
		}
		if err := rename(from, to); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s, name taken: %v, want fs.ErrExist", name, err)
		}
		if err := os.Remove(to); err != nil {
			t.Fatal(err)
		}
		if err := rename(from, to); err != nil {
			t.Errorf("%s, name free: %v", name, err)
		}
		if b, err := os.ReadFile(to); string(b) != "new" || err != nil {
			t.Errorf("%s: the file holds %q, error %v", name, b, err)
		}
	}
}

func TestZerosFillAFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "zeros"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const size = 5<<20/2 + 7
	if err := writeZeros(f, size); err != nil {
		t.Fatal(err)
	}
	if info, err := f.Stat(); err != nil || info.Size() != size {
		t.Errorf("size %d, error %v, want %d", info.Size(), err, size)
	}
}

func TestManySnapshotsAndAWriterDoNotWaitForEachOther(t *testing.T) {
	db := openTest(t)
	putWords(t, db, "a")
	view(t, db, func(*Tx) error {
		for i := range uint64(20) { // far more than bbolt maps of a small file
			if err := db.Update(func(tx *Tx) error { return blobs.Put(tx, i, plainBlob(make([]byte, 100<<10))) }); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestALockOnAReplacedFileDoesNotCount(t *testing.T) {
	path := newStore(t)
	f, err := openLocked(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !isStill(f, path) {
		t.Error("the file is where it was, and isStill denies it")
	}
	if err := errors.Join(os.Rename(path, path+".old"), os.WriteFile(path, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if isStill(f, path) {
		t.Error("the file was replaced, and isStill does not see it")
	}
}

func TestNumberedRowsFillTheirPages(t *testing.T) {
	db := openTest(t)
	for i := range uint64(20) {
		update(t, db, func(tx *Tx) error {
			for j := range uint64(500) {
				if err := NewTable("rows", Uint64Key[uint64](), Bytes()).Put(tx, i*500+j, make([]byte, 100)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if s := db.Stats(); s.Size > int64(s.Written)*3/2 {
		t.Errorf("%d bytes of rows take %d in the file, want at most one and a half times as much", s.Written, s.Size)
	}
}

// bbolt v1.5.0 looks for ever for the last row of a table of several pages when
// the same transaction has deleted all its rows: Cursor.Last does not end. The queue
// does that whenever its last copies are settled in one commit with new ones.
func TestATableMayBeEmptiedAndFilledInOneTransaction(t *testing.T) {
	e, err := openBolt(newStore(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	key := func(n int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
	fill := func(tx EngineTx, from int) error {
		for n := from; n < from+200; n++ {
			if err := tx.Put("t", key(n), make([]byte, 100)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := e.Update(func(tx EngineTx) error { return fill(tx, 0) }); err != nil {
		t.Fatal(err)
	}
	if err := e.Update(func(tx EngineTx) error {
		for n := range 200 {
			if err := tx.Delete("t", key(n)); err != nil {
				return err
			}
		}
		return fill(tx, 200)
	}); err != nil {
		t.Fatal(err)
	}
}
