package store

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
	"golang.org/x/sys/unix"
)

// bolt is the engine that ships: bbolt, a B+tree in one file that is mapped into memory. A
// table is a top-level bucket. Damage shows in bbolt as a panic, or as a fault where the
// file does not reach; guard makes errors of both.
type bolt struct {
	db   *bbolt.DB
	file *os.File // bbolt's own, for plain reads
	path string
	log  *slog.Logger

	options Options
	whole   sync.Mutex // held by who looks at the whole file, or replaces it

	gate  sync.Mutex // held while a transaction begins; guards db, file and stuck
	stuck bool       // a transaction could not begin, and bbolt holds its locks for ever
}

type boltTx struct {
	tx      *bbolt.Tx
	buckets map[string]*bbolt.Bucket // those looked up; nil: there is none
	filling map[string]*bbolt.Bucket // those put into
}

// guard turns a panic of bbolt, and a fault in its map of the file, into an error.
// Use: defer guard(&err, debug.SetPanicOnFault(true)).
func guard(err *error, old bool) {
	debug.SetPanicOnFault(old)
	r := recover()
	switch _, fault := r.(interface{ Addr() uintptr }); {
	case fault: // the system could not bring the page in: the file was cut off, or the disk does not read
		*err = fmt.Errorf("%w: %w: %v; look at the disk first (dmesg), then restore the newest backup that passes its check", ErrDamaged, errFault, r)
	case r != nil:
		*err = fmt.Errorf("%w: %v; restore the newest backup that passes its check", ErrDamaged, r)
	}
}

// errFault says that the file could not be read where it is mapped. It is an I/O error, and no fault of one record.
var errFault = errors.New("part of the file cannot be read")

func (e *bolt) View(fn func(EngineTx) error) error {
	tx, err := e.begin(false)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return fn(&boltTx{tx: tx})
}

func (e *bolt) Update(fn func(EngineTx) error) error {
	tx, err := e.begin(true)
	if err != nil {
		return err
	}
	defer rollback(tx)
	if err := fn(&boltTx{tx: tx}); err != nil {
		return err
	}
	id := tx.ID()
	if err := commit(tx); err != nil {
		return e.failedCommit(id, err)
	}
	return nil
}

func (e *bolt) begin(write bool) (tx *bbolt.Tx, err error) {
	e.gate.Lock()
	defer e.gate.Unlock()
	if e.stuck {
		return nil, fmt.Errorf("%w: %w; restore the newest backup that passes its check", ErrDamaged, errFault)
	}
	defer func() { e.stuck = errors.Is(err, ErrDamaged) }()
	defer guard(&err, debug.SetPanicOnFault(true))
	if tx, err = e.db.Begin(write); err != nil {
		return nil, boltError(err)
	}
	return tx, nil
}

func commit(tx *bbolt.Tx) (err error) {
	defer guard(&err, debug.SetPanicOnFault(true))
	return tx.Commit()
}

// rollback ends a transaction that has not been committed, and does nothing to one that has.
func rollback(tx *bbolt.Tx) (err error) {
	defer guard(&err, debug.SetPanicOnFault(true))
	return tx.Rollback()
}

// failedCommit finds out whether a full disk left anything behind. It may strike as late as the
// meta page (on file systems that copy on write); then readers see the transaction already.
func (e *bolt) failedCommit(id int, cause error) error {
	if !isFull(cause) {
		return cause
	}
	tx, err := e.begin(false)
	if err != nil {
		return errors.Join(cause, err)
	}
	defer tx.Rollback()
	if tx.ID() >= id {
		return fmt.Errorf("the meta page was written, then: %v", cause)
	}
	return fmt.Errorf("%w: %w", ErrFull, cause)
}

// isFull recognises the want of room: on the disk, or for the file.
func isFull(err error) bool {
	return wantsDisk(err) || errors.Is(err, berrors.ErrMaxSizeReached) || causedBy(err, syscall.EFBIG)
}

// wantsDisk recognises the want of room that others on the disk could give. A file that may grow no more has no use for it.
func wantsDisk(err error) bool { return causedBy(err, syscall.ENOSPC, syscall.EDQUOT) }

// causedBy recognises causes. bbolt does not wrap all of them.
func causedBy(err error, causes ...syscall.Errno) bool {
	for _, n := range causes {
		if errors.Is(err, n) || strings.Contains(err.Error(), ": "+n.Error()) {
			return true
		}
	}
	return false
}

func boltError(err error) error {
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}

func (e *bolt) Size() (size int64, err error) {
	tx, err := e.begin(false)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	return tx.Size(), nil
}

func (e *bolt) Free() (uint64, error) { return freeBytes(filepath.Dir(e.path)) }

// freeBytes returns what this process may still write to a file system.
func freeBytes(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("ask for free space of %s: %w", dir, err)
	}
	return s.Bavail * uint64(s.Bsize), nil
}

func (e *bolt) Close() error {
	e.gate.Lock()
	defer e.gate.Unlock()
	if e.stuck {
		return e.file.Close() // bbolt would wait for the locks that it lost
	}
	return e.db.Close()
}

func (t *boltTx) bucket(table string) *bbolt.Bucket {
	b, ok := t.buckets[table]
	if !ok {
		if t.buckets == nil {
			t.buckets = make(map[string]*bbolt.Bucket)
		}
		b = t.tx.Bucket([]byte(table))
		t.buckets[table] = b
	}
	return b
}

func (t *boltTx) Tables() (names []string, err error) {
	defer guard(&err, debug.SetPanicOnFault(true))
	err = t.tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
		if b == nil {
			return fmt.Errorf("%w: row %x stands outside any table", ErrDamaged, name)
		}
		names = append(names, string(name))
		return nil
	})
	return names, err
}

func (t *boltTx) Get(table string, key []byte) (value []byte, ok bool, err error) {
	defer guard(&err, debug.SetPanicOnFault(true))
	b := t.bucket(table)
	if b == nil || !storable(key) {
		return nil, false, nil
	}
	v := b.Get(key)
	if v == nil {
		return nil, false, nil
	}
	value, err = copyValue(v, table, key)
	return value, err == nil, err
}

// copyValue copies a value out of the file. A damaged length must not take all memory.
func copyValue(v []byte, table string, key []byte) ([]byte, error) {
	if len(v) > MaxValue {
		return nil, damagedRecord(table, key, fmt.Sprintf("claims %d bytes", len(v)))
	}
	return bytes.Clone(v), nil
}

func (t *boltTx) Put(table string, key, value []byte) (err error) {
	defer guard(&err, debug.SetPanicOnFault(true))
	if !t.tx.Writable() {
		return ErrReadOnly
	}
	if !storable(key) || len(value) > MaxValue {
		return fmt.Errorf("put into %s: key of %d and value of %d bytes", table, len(key), len(value))
	}
	b, ok := t.filling[table]
	if !ok {
		if b, err = t.fill(table, key); err != nil {
			return err
		}
	}
	if value == nil {
		value = []byte{}
	}
	return b.Put(key, value)
}

// fill returns the bucket of a table that is put into, made if need be. When the first key goes behind
// all others, as numbered rows do, pages are filled up: half-full ones would never be filled later.
func (t *boltTx) fill(table string, key []byte) (*bbolt.Bucket, error) {
	b := t.bucket(table)
	if b == nil {
		var err error
		if b, err = t.tx.CreateBucket([]byte(table)); err != nil {
			return nil, fmt.Errorf("make table %s: %w", table, err)
		}
		t.buckets[table] = b
	}
	// Not Last: bbolt v1.5.0 does not return from it when this transaction has deleted all rows of several pages.
	if next, _ := b.Cursor().Seek(key); next == nil {
		b.FillPercent = 0.95
	}
	if t.filling == nil {
		t.filling = make(map[string]*bbolt.Bucket)
	}
	t.filling[table] = b
	return b, nil
}

func (t *boltTx) Delete(table string, key []byte) (err error) {
	defer guard(&err, debug.SetPanicOnFault(true))
	if !t.tx.Writable() {
		return ErrReadOnly
	}
	b := t.bucket(table)
	if b == nil || !storable(key) {
		return nil
	}
	return b.Delete(key)
}

func (t *boltTx) Scan(table string, from []byte, reverse bool) (rows Scan) {
	s := &boltScan{table: table, from: from, reverse: reverse}
	rows = s // what the caller gets after a recovered panic, too
	defer guard(&s.err, debug.SetPanicOnFault(true))
	if b := t.bucket(table); b != nil {
		s.cursor = b.Cursor()
	}
	return s
}

// boltScan walks a bucket. v points into the file and never leaves.
type boltScan struct {
	table   string
	cursor  *bbolt.Cursor // nil: there is nothing
	from    []byte
	reverse bool
	begun   bool
	key     []byte
	v       []byte
	err     error
}

func (s *boltScan) Next() bool {
	if s.cursor == nil || s.err != nil {
		return false
	}
	defer guard(&s.err, debug.SetPanicOnFault(true))
	k, v := s.step()
	if k == nil {
		s.cursor = nil
		return false
	}
	s.key, s.v = append(s.key[:0], k...), v
	return true
}

func (s *boltScan) step() (k, v []byte) {
	first := !s.begun
	s.begun = true
	switch {
	case !first && s.reverse:
		return s.cursor.Prev()
	case !first:
		return s.cursor.Next()
	case s.from == nil && s.reverse:
		return s.cursor.Last()
	case s.from == nil:
		return s.cursor.First()
	}
	k, v = s.cursor.Seek(s.from)
	if !s.reverse || bytes.Equal(k, s.from) && k != nil {
		return k, v
	}
	if k == nil {
		return s.cursor.Last()
	}
	return s.cursor.Prev()
}

func (s *boltScan) Key() []byte { return s.key }

func (s *boltScan) Value() (value []byte, err error) {
	defer guard(&err, debug.SetPanicOnFault(true))
	if s.v == nil {
		return nil, damagedRecord(s.table, s.key, "is no record but a nested bucket")
	}
	return copyValue(s.v, s.table, s.key)
}

func (s *boltScan) Err() error { return s.err }
