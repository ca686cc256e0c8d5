// Package store keeps everything that the server must not lose, in one file.
//
// It is an ordered key-value store: typed tables (Table), named counters (Counter) and the places
// of followers (Cursor), read in a View and changed in an Update. Other packages own the tables; this
// one owns "counters", "cursors" and "store" (key "schema" → the number of the schema, JSON).
//
// Any number of goroutines may call a DB. Updates run one at a time, each over the writes of
// those before it, and all that wait together share one commit of the engine; an error
// drops only the writes of its own function. A View sees one moment. Neither may be nested in an Update.
//
// Update returns after the commit is durable. A crash leaves the store as it was after some
// commit that had begun, never less than the last Update that returned nil; an Update that
// had not returned may be there or not, as a whole. Each record carries a checksum that is
// verified whenever it is read. Files beside the store: NAME.reserve holds room for the day the disk is full,
// NAME.schema-N.backup is the store as it was before schema N was migrated, and NAME.new or NAME.partial is
// left by a crash while a file was made and may be deleted.
package store

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"sencoforum/internal/seldom"
)

// Options are the settings of a store. The zero value works: no reserve, nothing compressed, schema 0.
type Options struct {
	Schema     int         // the number of the schema that the program knows
	Migrations []Migration // how to come to it, ascending, one for each step
	Snapshots  string      // directory for the backup before a migration; empty: beside the store

	Lock     time.Duration // how long to wait for another process to let go of the file; default 2 s
	MaxSize  int64         // bytes that the file may grow to; default 256 GiB
	Reserve  int64         // bytes kept on disk for the day it is full; 0: none
	Compress bool          // whether blobs are stored compressed

	Log *slog.Logger // what an operator should know; nil: nothing is said
}

// DefaultOptions returns the options of a server: 64 MiB of reserve, blobs compressed.
func DefaultOptions() Options {
	return Options{Lock: 2 * time.Second, MaxSize: 256 << 30, Reserve: 64 << 20, Compress: true}
}

// DB is an open store.
type DB struct {
	engine  Engine
	options Options
	log     *slog.Logger
	reserve *reserve
	bells   bells
	metrics *metrics
	full    *seldom.Line // commits without room

	queue  queue         // Updates that wait
	ended  chan struct{} // closed when the committer has returned
	failed chan struct{} // closed after an I/O error
	down   sync.Once
	close  sync.Once
	closed error // what Close returns

	commits, transactions, written atomic.Uint64
}

// Stats counts since Open.
type Stats struct {
	Commits      uint64 // commits of the engine
	Transactions uint64 // Updates that returned nil after writing something
	Written      uint64 // bytes of keys and values put
	Size         int64  // bytes of the store now, free space inside it included
}

// Open opens the store at path and migrates it to the schema of the options; it makes a new one, atomically,
// when there is no file. The error may wrap ErrInUse, ErrNewer, ErrDamaged, ErrDisk or ErrFull and says what to do next.
func Open(path string, o Options) (*DB, error) {
	engine, err := Bolt(path, o)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	db := newDB(engine, o)
	if err := db.migrate(path); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), engine.Close())
	}
	db.reserve = newReserve(path+".reserve", o.Reserve, db.log)
	go db.commitAll()
	return db, nil
}

// New returns a store over another engine, which it closes in the end. The engine's schema must be
// that of the options, or the engine empty: there is no place for the backup before a migration.
func New(engine Engine, o Options) (*DB, error) {
	db := newDB(engine, o)
	if err := db.migrate(""); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	go db.commitAll()
	return db, nil
}

func newDB(engine Engine, o Options) *DB {
	db := &DB{engine: engine, options: o, log: o.Log, metrics: newMetrics(), ended: make(chan struct{}), failed: make(chan struct{}),
		full: seldom.NewLine("store: no room for a commit, nothing was written", slog.LevelWarn, seldom.Minute)}
	db.queue.wake = make(chan struct{}, 1)
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	return db
}

// View runs fn over a snapshot. Keep it short: while it runs, the space of what is deleted cannot be
// used again. It works after a failed commit, too.
func (db *DB) View(fn func(tx *Tx) error) error {
	err := db.engine.View(func(e EngineTx) error {
		tx := &Tx{engine: e, plain: !db.options.Compress}
		defer func() { tx.ended = true }()
		return fn(tx)
	})
	if errors.Is(err, errFault) {
		db.breakDown(err)
	}
	return err
}

// Failed returns a channel that is closed after an I/O error, in a commit or while reading, but
// for a full disk. The store then refuses every Update, and the process must end with an error:
// the next start finds out what was written.
func (db *DB) Failed() <-chan struct{} { return db.failed }

// Err returns the error that closed Failed, or nil.
func (db *DB) Err() error { return db.queue.failure() }

// Free returns the free bytes of the file system, as far as this process may use them.
func (db *DB) Free() (uint64, error) { return db.engine.Free() }

// Stats returns the counts so far.
func (db *DB) Stats() Stats {
	size, _ := db.engine.Size() // 0 once the store is closed
	return Stats{
		Commits:      db.commits.Load(),
		Transactions: db.transactions.Load(),
		Written:      db.written.Load(),
		Size:         size,
	}
}

// Backup writes a copy of one moment to a new file at path, while work goes on. The copy is made under
// another name, flushed to disk, opened and checked record by record, and only then gets its name. An existing
// file is never replaced; without room the error wraps ErrFull and says what to do.
func (db *DB) Backup(path string) error {
	if err := db.engine.Backup(filepath.Clean(path), verifyCopy); err != nil {
		return fmt.Errorf("back up store to %s: %w", path, err)
	}
	return nil
}

// Close lets the Updates that wait finish, waits for the Views, and closes the store. Calling it again returns the same.
func (db *DB) Close() error {
	db.close.Do(func() {
		db.queue.refuse(ErrClosed)
		<-db.ended
		db.reserve.wait()
		if err := db.engine.Close(); err != nil {
			db.closed = fmt.Errorf("close store: %w", err)
		}
	})
	return db.closed
}
