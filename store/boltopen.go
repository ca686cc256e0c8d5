package store

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"go.etcd.io/bbolt"
	"golang.org/x/sys/unix"
)

// Bolt opens the engine that ships, on one file, of which it holds an exclusive lock; a missing
// file is made, atomically. Only Lock, MaxSize and Log of the options matter. Before the file
// is mapped into memory it is checked by plain reads, because a fault in the map may end the process.
func Bolt(path string, o Options) (Engine, error) {
	if o.Lock == 0 {
		o.Lock = DefaultOptions().Lock
	}
	if o.MaxSize == 0 {
		o.MaxSize = DefaultOptions().MaxSize
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		e, err := createBolt(path, o)
		if err == nil {
			return e, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("make %s: %w", path, err)
		}
	}
	e, err := openBolt(path, o)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// openBolt opens an existing file.
func openBolt(path string, o Options) (*bolt, error) {
	f, err := openLocked(path, os.O_RDWR, o.Lock)
	if err != nil {
		return nil, err
	}
	err = keepPrivate(f, o.Log)
	if err == nil {
		err = checkBeforeMap(f, o.Log)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	e, err := mapBolt(f, o)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return e, nil
}

// keepPrivate takes the file from other users, who may have got it when a backup was copied back.
func keepPrivate(f *os.File, log *slog.Logger) error {
	info, err := f.Stat()
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	log.Warn("store: other users could read the file; now they cannot", "file", f.Name(), "mode", info.Mode().Perm())
	return f.Chmod(0o600)
}

// mapBolt hands a locked and checked file to bbolt, which owns it from then on.
func mapBolt(f *os.File, o Options) (e *bolt, err error) {
	defer func() {
		if err != nil {
			f.Close() // bbolt has done so unless it panicked
		}
	}()
	defer guard(&err, debug.SetPanicOnFault(true))
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	mapped := 0
	if strconv.IntSize == 64 {
		// Room to grow: a larger map can only be made while nobody reads.
		mapped = int(info.Size()) + 1<<30
	}
	db, err := bbolt.Open(f.Name(), 0o600, &bbolt.Options{
		Timeout:         o.Lock,
		MaxSize:         int(o.MaxSize),
		InitialMmapSize: mapped,
		OpenFile:        func(string, int, os.FileMode) (*os.File, error) { return f, nil },
	})
	if err != nil {
		return nil, err
	}
	return &bolt{db: db, file: f, path: f.Name(), log: o.Log, options: o}, nil
}

// openLocked opens a file and takes its lock, waiting for at most wait. The lock is of the kind
// that bbolt takes, on the same open file, so bbolt gets it at once.
func openLocked(path string, flag int, wait time.Duration) (*os.File, error) {
	for end := time.Now().Add(wait); ; {
		f, err := os.OpenFile(path, flag, 0o600)
		if err != nil {
			return nil, err
		}
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil && isStill(f, path) {
			return f, nil
		}
		f.Close()
		if err != nil && !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("%w: %s is held by another process; stop that one first, or let it do the work", ErrInUse, path)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// isStill reports whether path still leads to an open file: it may have been replaced before the lock was taken.
func isStill(f *os.File, path string) bool {
	a, err1 := f.Stat()
	b, err2 := os.Stat(path)
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

// createBolt makes a new store. Without room nothing of it is left, and the error says what to do.
func createBolt(path string, o Options) (*bolt, error) {
	e, err := makeBolt(path, o)
	if err != nil && isFull(err) {
		err = fmt.Errorf("%w: %w; make room (df and df -i say whether bytes or files are missing) and start again", ErrFull, err)
	}
	return e, err
}

// makeBolt makes a new file under another name, flushes and checks it, and then gives it its name.
func makeBolt(path string, o Options) (*bolt, error) {
	f, err := openLocked(path+".new", os.O_RDWR|os.O_CREATE, o.Lock)
	if err != nil {
		return nil, err
	}
	e, err := mapNew(f, o)
	if err == nil {
		if err = e.appear(path); err == nil {
			return e, nil
		}
	}
	os.Remove(f.Name()) // a crash may leave it, too
	if e != nil {
		err = errors.Join(err, e.Close())
	}
	return nil, err
}

// mapNew makes an empty store of a locked file, whatever was in it: a crash may have left something.
func mapNew(f *os.File, o Options) (*bolt, error) {
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return mapBolt(f, o)
}

// appear flushes and checks the file of an engine and renames it to path, which must be free.
func (e *bolt) appear(path string) error {
	if err := e.file.Sync(); err != nil {
		return fmt.Errorf("flush %s: %w", e.path, err)
	}
	if err := verifyCopy(e); err != nil {
		return err
	}
	if err := renameNew(e.path, path); err != nil {
		return err
	}
	e.path = path
	return nil
}

// renameNew gives a file its name, durably. It fails with fs.ErrExist when the name is taken.
func renameNew(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		err = renameFree(from, to) // this file system does not know the flag
	}
	if err != nil {
		return fmt.Errorf("rename %s to %s: %w", from, to, err)
	}
	return syncDir(filepath.Dir(to))
}

// renameFree renames in two steps. The lock on from keeps away others who would do the same.
func renameFree(from, to string) error {
	if _, err := os.Lstat(to); err == nil {
		return fs.ErrExist
	}
	return os.Rename(from, to)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("flush directory %s: %w", dir, err)
	}
	return nil
}
