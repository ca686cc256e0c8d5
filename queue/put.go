package queue

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"sencoforum/store"
)

// ErrSealed is returned by Put for a row of a batch that was sealed before.
var ErrSealed = errors.New("the batch is sealed")

// Counts says how many rows of a batch had which outcome.
type Counts struct {
	Delivered, Failed, Dropped, Expired int

	Open   int  // rows that have no outcome yet
	Sealed bool // no more rows will come, but by Again
	Again  int  `json:",omitempty"` // rows that were put by Again
}

// add counts one outcome and takes its row off the open ones.
func (t *Counts) add(o Outcome) {
	switch o {
	case Delivered:
		t.Delivered++
	case Failed:
		t.Failed++
	case Dropped:
		t.Dropped++
	case Expired:
		t.Expired++
	}
	t.Open--
}

// Put adds rows to the queue and counts them open in their batches. It gives each its ID, in the slice it was handed;
// Attempts, LastReply and Shunted are ignored. Write large batches in chunks of some hundreds. The error is ErrSealed
// for a row of a sealed batch.
func Put(tx *store.Tx, put ...Row) error {
	if len(put) == 0 {
		return nil
	}
	if err := enter(tx, put); err != nil {
		return err
	}
	added := map[uint64]int{}
	for _, r := range put {
		added[r.Batch]++
	}
	delete(added, 0)
	for _, batch := range slices.Sorted(maps.Keys(added)) {
		if err := open(tx, batch, added[batch]); err != nil {
			return err
		}
	}
	return nil
}

// enter numbers rows, stores them, and counts them as waiting.
func enter(tx *store.Tx, put []Row) error {
	last, err := lastRow.Add(tx, int64(len(put)))
	if err != nil {
		return fmt.Errorf("number queue rows: %w", err)
	}
	for i := range put {
		r := &put[i]
		r.ID = RowID(last) - RowID(len(put)-1-i)
		if err := r.check(); err != nil {
			return fmt.Errorf("put queue row of kind %q: %w", r.Kind, err)
		}
		if err := rows.Put(tx, r.ID, *r); err != nil {
			return fmt.Errorf("put queue row: %w", err)
		}
	}
	if _, err := depth.Add(tx, int64(len(put))); err != nil {
		return fmt.Errorf("count queue rows: %w", err)
	}
	return nil
}

// open counts n more rows open in a batch.
func open(tx *store.Tx, batch uint64, n int) error {
	t, _, err := batches.Get(tx, batch)
	if err != nil {
		return fmt.Errorf("read batch %d: %w", batch, err)
	}
	if t.Sealed {
		return fmt.Errorf("put rows of batch %d: %w", batch, ErrSealed)
	}
	t.Open += n
	if err := batches.Put(tx, batch, t); err != nil {
		return fmt.Errorf("write batch %d: %w", batch, err)
	}
	return nil
}

// Seal says that no more rows of a batch will come. done is true when none of its rows is open: then the batch is
// finished now and Config.Finished will not be called for it. Sealing again changes nothing.
func Seal(tx *store.Tx, batch uint64) (done bool, err error) {
	t, _, err := batches.Get(tx, batch)
	if err != nil {
		return false, fmt.Errorf("seal batch %d: %w", batch, err)
	}
	if !t.Sealed {
		t.Sealed = true
		if err := batches.Put(tx, batch, t); err != nil {
			return false, fmt.Errorf("seal batch %d: %w", batch, err)
		}
	}
	return t.Open == 0, nil
}
