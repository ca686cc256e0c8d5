package store

import (
	"errors"
	"fmt"
)

// Compacted is what a compaction did: bytes of the store before and after it.
type Compacted struct {
	Before, After int64
}

// Compact writes the store anew, so that the file holds nothing of what was deleted: not in free pages, and not behind the
// rows that are left. Updates wait meanwhile, Views go on with what they see. The new file takes the place of the old in one
// step; a crash at any moment leaves one of the two, whole. Without room (1.2 times the size) the error wraps ErrFull, says
// how much is missing, and nothing was done.
func (db *DB) Compact() (Compacted, error) {
	if err := db.queue.seize(); err != nil {
		return Compacted{}, fmt.Errorf("compact store: %w", err)
	}
	defer db.queue.free()
	var c Compacted
	var err error
	if c.Before, err = db.engine.Size(); err != nil {
		return c, fmt.Errorf("compact store: %w", err)
	}
	if err := db.engine.Compact(); err != nil {
		if errors.Is(err, ErrMaybe) || errors.Is(err, errFault) {
			db.breakDown(err)
		}
		return c, fmt.Errorf("compact store: %w", err)
	}
	c.After, err = db.engine.Size()
	return c, err
}
