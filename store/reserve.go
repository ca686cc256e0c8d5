package store

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"sencoforum/internal/failpoint"
)

// reserve is a file that only takes up room. When the disk is full it is given up, so that the commits
// which make room again can be written. A nil reserve is none.
type reserve struct {
	path string
	size int64
	log  *slog.Logger

	pause time.Duration // between looks for room
	tried time.Time     // used by the committer only
	held  bool          // set by the committer, or by making before the committer reads it again
	busy  sync.Mutex    // held while the file is made
}

// newReserve makes the file, or keeps the one that is there. Without room it goes on without.
func newReserve(path string, size int64, log *slog.Logger) *reserve {
	r := &reserve{path: path, size: size, log: log, pause: time.Minute}
	if size <= 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			log.Warn("store: an old reserve file cannot be removed", "err", err)
		}
		return nil
	}
	if err := r.make(); err != nil {
		log.Warn("store: no reserve for the day the disk is full", "err", err)
	}
	return r
}

// make writes the file in full. What is left of a failure is removed.
func (r *reserve) make() (err error) {
	f, err := os.OpenFile(r.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("make reserve: %w", err)
	}
	if err = fill(f, r.size); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("make reserve: %w", err), os.Remove(r.path))
	}
	r.held = true
	return nil
}

// fill gives a file exactly size bytes of real room.
func fill(f *os.File, size int64) error {
	if err := f.Truncate(size); err != nil {
		return err
	}
	err := unix.Fallocate(int(f.Fd()), 0, 0, size)
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS) {
		return writeZeros(f, size)
	}
	return err
}

func writeZeros(f *os.File, size int64) error {
	zeros := make([]byte, 1<<20)
	for at := int64(0); at < size; at += int64(len(zeros)) {
		if _, err := f.WriteAt(zeros[:min(int64(len(zeros)), size-at)], at); err != nil {
			return err
		}
	}
	return nil
}

// release gives the room up, and reports whether there was any.
func (r *reserve) release() bool {
	if r == nil {
		return false
	}
	r.busy.Lock()
	defer r.busy.Unlock()
	if !r.held {
		return false
	}
	r.held = false
	if err := os.Remove(r.path); err != nil {
		r.log.Error("store: the reserve cannot be given up", "err", err)
		return false
	}
	if failpoint.Hit(failpoint.StoreReserve) != nil {
		return false
	}
	r.log.Warn("store: the disk is full; the reserve is given up", "bytes", r.size)
	return true
}

// restore makes the file again, in the background, once there is twice the room it needs.
func (r *reserve) restore(free func() (uint64, error)) {
	if r == nil || !r.busy.TryLock() {
		return
	}
	if r.held || time.Since(r.tried) < r.pause {
		r.busy.Unlock()
		return
	}
	r.tried = time.Now()
	if n, err := free(); err != nil || n < 2*uint64(r.size) {
		r.busy.Unlock()
		return
	}
	go func() {
		defer r.busy.Unlock()
		if err := r.make(); err != nil {
			r.log.Warn("store: the reserve cannot be made again", "err", err)
			return
		}
		r.log.Info("store: the reserve is made again", "bytes", r.size)
	}()
}

// wait waits until nothing is being made.
func (r *reserve) wait() {
	if r != nil {
		r.busy.Lock()
		defer r.busy.Unlock()
	}
}
