package store

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// backupRoom is what must stay free beside a backup.
const backupRoom = 16 << 20

func (e *bolt) Backup(path string, verify func(Engine) error) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w; remove it or choose another name", path, fs.ErrExist)
	}
	if err := e.roomFor(path); err != nil {
		return err
	}
	if err := e.backUp(path, verify); err != nil {
		return backupFailed(err, filepath.Dir(path))
	}
	return nil
}

// backupFailed says what an operator can do about a backup that found no room.
func backupFailed(err error, dir string) error {
	switch {
	case causedBy(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w; the quota of this user is used up in %s: raise it, make room there, or choose another disk", ErrFull, err, dir)
	case causedBy(err, syscall.EFBIG):
		return fmt.Errorf("%w: %w; a limit on the size of files is in the way: lift it (ulimit -f), or choose another file system", ErrFull, err)
	case isFull(err):
		return fmt.Errorf("%w: %w; make room in %s (df and df -i say whether bytes or files are missing), or choose another disk", ErrFull, err, dir)
	}
	return err
}

// backUp writes and verifies the copy, and removes it after an error.
func (e *bolt) backUp(path string, verify func(Engine) error) error {
	f, err := openLocked(path+".partial", os.O_RDWR|os.O_CREATE, DefaultOptions().Lock)
	if err != nil {
		return err
	}
	copied, err := e.copyTo(f)
	if err == nil {
		if err = verify(copied); err == nil {
			err = renameNew(f.Name(), path)
		}
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	if copied != nil {
		err = errors.Join(err, copied.Close())
	}
	return err
}

// roomFor refuses a backup for which there is no room.
func (e *bolt) roomFor(path string) error {
	size, err := e.Size()
	if err != nil {
		return err
	}
	free, err := freeBytes(filepath.Dir(path))
	if err != nil {
		return err
	}
	if need := uint64(size) + backupRoom; free < need {
		return fmt.Errorf("%w: the copy needs %d MiB and %s has %d MiB free; make room there, or choose another disk",
			ErrFull, need>>20, filepath.Dir(path), free>>20)
	}
	return nil
}

// copyTo writes one moment of the store to a locked file, durably, and opens it. It closes the file on an error.
func (e *bolt) copyTo(f *os.File) (*bolt, error) {
	err := e.writeTo(f)
	if err == nil {
		err = checkBeforeMap(f, e.log)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return mapBolt(f, Options{Lock: DefaultOptions().Lock, MaxSize: 1 << 40, Log: e.log})
}

func (e *bolt) writeTo(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	tx, err := e.begin(false)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	_, err = tx.WriteTo(w)
	err = errors.Join(err, tx.Rollback()) // at once: it keeps pages from being used again
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	return err
}
