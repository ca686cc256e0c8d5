package store

import "errors"

// The errors that callers of this package test for. Each is returned wrapped, with what was being done.
var (
	// ErrFull says that there was no room for a commit. Nothing was written and the store goes on.
	ErrFull = errors.New("no room left")

	// ErrMaybe says that a commit failed in a way that leaves its fate open: the next start
	// decides whether it is there. The store takes no more writes.
	ErrMaybe = errors.New("the commit may or may not have been written")

	// ErrClosed says that the store, or the transaction, has ended. The function of an
	// Update that gets it was not run, or its writes were dropped.
	ErrClosed = errors.New("store is closed")

	// ErrReadOnly says that a write was tried inside a View.
	ErrReadOnly = errors.New("transaction is read-only")

	// ErrDamaged says that what was read is not what was written.
	ErrDamaged = errors.New("store is damaged")

	// ErrBusy says that an UpdateWithin had to wait too long, as while the store is compacted. Its function was not run.
	ErrBusy = errors.New("store is busy")

	// ErrDisk says that the disk did not give out what was written, which may be whole.
	ErrDisk = errors.New("the disk could not be read")

	// ErrInUse says that another process has the store open.
	ErrInUse = errors.New("store is in use")

	// ErrNewer says that the store was written by a newer version of the program.
	ErrNewer = errors.New("store is newer than this program")
)
