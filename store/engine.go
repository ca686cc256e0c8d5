package store

// Bounds that every engine keeps. A key outside them cannot be put, and is never found.
const (
	MaxKey   = 2048     // bytes of a key; the least is 1
	MaxValue = 64 << 20 // bytes of a stored value
)

// Engine is what the store needs of a database: named tables of rows in the byte order of
// their keys, one writer at a time, any number of readers who each see one moment. Package storetest
// defines it in full and runs against every engine. An Engine may be used by several goroutines.
type Engine interface {
	// View runs fn over a snapshot: no later commit shows in it.
	View(fn func(EngineTx) error) error

	// Update runs fn once, alone, and commits durably if it returns nil. An error of fn
	// drops its writes and is returned as it is. An error that wraps ErrFull says that
	// there was no room, that nothing was written and that the engine goes on. Any other
	// error after fn returned nil leaves open whether the writes are there.
	Update(fn func(EngineTx) error) error

	// Backup writes one moment of the store to a new file, durably, while work goes on.
	// The copy stands under another name until verify has passed it.
	Backup(path string, verify func(Engine) error) error

	// Check calls problem for each fault of the engine's own structure. The error says
	// that the check itself could not be done.
	Check(problem func(string)) error

	// Size returns the bytes in use, free space inside the file included.
	Size() (int64, error)

	// Free returns the bytes that can still be written where the engine keeps its file.
	Free() (uint64, error)

	// Compact writes all rows into a new file and puts it in the place of the old one, durably, so that nothing of what was
	// deleted is left. Nobody may call Update meanwhile; Views go on. An error that wraps ErrMaybe says that the new
	// file is in use and may not survive a power cut; after any other the old file is in use as it was.
	Compact() error

	// Close waits for running transactions and ends the engine. It may be called again.
	Close() error
}

// EngineTx is one transaction of an Engine, for one goroutine, until its function returns.
// Everything it returns is a copy that the caller owns, but for Scan.Key.
type EngineTx interface {
	// Tables returns the names of the tables that have been put into, in order.
	Tables() ([]string, error)

	// Get returns a value, and whether the key is there. A missing table is an empty one.
	Get(table string, key []byte) (value []byte, ok bool, err error)

	// Put sets a value, and makes the table if need be. It keeps value until the commit,
	// and key no longer than the call. In a View it returns ErrReadOnly, as does Delete.
	Put(table string, key, value []byte) error

	// Delete removes a key; a missing one is no error.
	Delete(table string, key []byte) error

	// Scan begins before the first row at or after from (with reverse: at or before it);
	// nil stands for the first end (with reverse: the last). Nothing may be put or deleted
	// until the scan is dropped.
	Scan(table string, from []byte, reverse bool) Scan
}

// Scan steps over the rows of a table.
type Scan interface {
	// Next steps to a row, and reports whether there was one.
	Next() bool
	// Key returns the row's key, which is good until the next step.
	Key() []byte
	// Value returns a copy of the row's value.
	Value() ([]byte, error)
	// Err returns what ended the scan early.
	Err() error
}

// storable reports whether a key is within the bounds.
func storable(key []byte) bool { return len(key) > 0 && len(key) <= MaxKey }
