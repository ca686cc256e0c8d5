package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"go.etcd.io/bbolt"

	"sencoforum/internal/failpoint"
)

// compactBatch is how many bytes bbolt copies in one transaction of the new file.
const compactBatch = 16 << 20

// Compact copies every row into FILE.new, flushes and checks that, and renames it over the old file. A crash before the
// renaming leaves the old file as it was, and the next compaction writes over what is left of the new one.
func (e *bolt) Compact() error {
	e.whole.Lock()
	defer e.whole.Unlock()
	if err := e.roomToCompact(); err != nil {
		return err
	}
	f, err := openLocked(e.path+".new", os.O_RDWR|os.O_CREATE, e.options.Lock)
	if err != nil {
		return err
	}
	fresh, err := mapNew(f, e.options)
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err = e.copyInto(fresh); err == nil {
		err = failpoint.Hit(failpoint.StoreSynced)
	}
	if err == nil {
		err = os.Rename(fresh.path, e.path)
	}
	if err != nil {
		err = errors.Join(err, fresh.Close(), os.Remove(f.Name()))
		if isFull(err) {
			err = fmt.Errorf("%w: %w", ErrFull, err)
		}
		return err
	}
	err = failpoint.Hit(failpoint.StoreReplaced)
	if err == nil {
		err = syncDir(filepath.Dir(e.path))
	}
	e.replace(fresh)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMaybe, err)
	}
	return nil
}

// roomToCompact refuses a compaction for which there is no room: the new file is at most as large as the old.
func (e *bolt) roomToCompact() error {
	size, err := e.Size()
	if err != nil {
		return err
	}
	free, err := e.Free()
	if err != nil {
		return err
	}
	if need := compactRoom(size); free < need {
		return fmt.Errorf("%w: it needs %d MiB beside the store (1.2 times its %d MiB) and %d MiB are free in %s; make room there",
			ErrFull, need>>20+1, size>>20, free>>20, filepath.Dir(e.path))
	}
	return nil
}

// compactRoom is what must be free before a store of that size is compacted, in bytes.
func compactRoom(size int64) uint64 { return uint64(size) + uint64(size)/5 }

// copyInto copies every row, durably, and checks the copy record by record.
func (e *bolt) copyInto(fresh *bolt) (err error) {
	defer guard(&err, debug.SetPanicOnFault(true))
	fresh.db.NoSync = true // nothing of it counts before it is flushed as a whole
	if err := bbolt.Compact(fresh.db, e.db, compactBatch); err != nil {
		return boltError(err)
	}
	fresh.db.NoSync = false
	if err := failpoint.Hit(failpoint.StoreCopied); err != nil {
		return err
	}
	if err := fresh.file.Sync(); err != nil {
		return fmt.Errorf("flush %s: %w", fresh.path, err)
	}
	return verifyCopy(fresh)
}

// replace goes on with the new file and closes the old one when the last View of it has ended.
func (e *bolt) replace(fresh *bolt) {
	e.gate.Lock()
	old := e.db
	e.db, e.file = fresh.db, fresh.file
	e.gate.Unlock()
	if err := old.Close(); err != nil {
		e.log.Warn("store: the file from before the compaction cannot be closed", "err", err)
	}
}
