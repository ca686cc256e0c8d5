package queue

import (
	"fmt"
	"iter"
	"time"

	"sencoforum/store"
)

// Filter chooses rows for List. The zero Filter chooses all.
type Filter struct {
	From    RowID  // from this number on
	Batch   uint64 // of this batch; 0 is any
	Domain  string // to this domain; empty is any
	Shunted bool   // only rows that could not be rendered
}

func (f *Filter) admits(r *stored) bool {
	return !r.dropped &&
		(f.Batch == 0 || f.Batch == r.Batch) &&
		(f.Domain == "" || f.Domain == r.Domain) &&
		(!f.Shunted || r.Shunted != "")
}

// List goes through the rows that f chooses, oldest first. Rows that an operator has dropped are left out.
func List(tx *store.Tx, f Filter) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for kv, err := range rows.From(tx, f.From) {
			var r stored
			if err == nil {
				kv.Value.ID = kv.Key
				r, _, err = join(tx, kv.Value)
			}
			if err != nil {
				err = fmt.Errorf("list queue: row %d: %w", kv.Key, err)
			} else if !f.admits(&r) {
				continue
			}
			if !yield(r.Row, err) {
				return
			}
		}
	}
}

// Find returns one row. ok is false when it is settled, dropped or was never there.
func Find(tx *store.Tx, id RowID) (r Row, ok bool, err error) {
	s, ok, err := fetch(tx, id)
	if err != nil {
		return Row{}, false, fmt.Errorf("find queue row %d: %w", id, err)
	}
	if !ok || s.dropped {
		return Row{}, false, nil
	}
	return s.Row, true, nil
}

// Depth returns the number of rows that want to go: all but the shunted. It reads one counter.
func Depth(tx *store.Tx) (uint64, error) {
	n, err := depth.Value(tx)
	if err != nil {
		return 0, fmt.Errorf("read queue depth: %w", err)
	}
	return n, nil
}

// Ever returns how many rows there have been. It reads one counter.
func Ever(tx *store.Tx) (uint64, error) {
	n, err := lastRow.Value(tx)
	if err != nil {
		return 0, fmt.Errorf("read number of queue rows: %w", err)
	}
	return n, nil
}

// Tally returns how a batch stands. A batch that was never heard of is all zero.
func Tally(tx *store.Tx, batch uint64) (Counts, error) {
	t, _, err := batches.Get(tx, batch)
	if err != nil {
		return Counts{}, fmt.Errorf("read batch %d: %w", batch, err)
	}
	return t, nil
}

// Reached is the final outcome for one member of a batch.
type Reached struct {
	Member  uint32
	Outcome Outcome
}

// Outcomes goes through the members of a batch that have a final outcome, in the order of their numbers.
func Outcomes(tx *store.Tx, batch uint64) iter.Seq2[Reached, error] {
	return func(yield func(Reached, error) bool) {
		for kv, err := range store.Prefix(outcomes, tx, batch) {
			if err != nil {
				yield(Reached{}, fmt.Errorf("read outcomes of batch %d: %w", batch, err))
				return
			}
			for i, o := range kv.Value {
				if Outcome(o) == Open {
					continue
				}
				if !yield(Reached{Member: kv.Key.B*chunkSize + uint32(i), Outcome: Outcome(o)}, nil) {
					return
				}
			}
		}
	}
}

// Failure says why a copy did not arrive. The words of the other side may name the recipient.
type Failure struct {
	Row    RowID
	Member uint32
	Kind   string
	Domain string
	At     time.Time
	Result Result // its outcome is Failed or Expired
}

// Failures goes through the failures of a batch, in the order of member numbers. Batch 0 has those of lone mails, in
// the order of row numbers.
func Failures(tx *store.Tx, batch uint64) iter.Seq2[Failure, error] {
	return func(yield func(Failure, error) bool) {
		for kv, err := range store.Prefix(failures, tx, batch) {
			if err != nil {
				err = fmt.Errorf("read failures of batch %d: %w", batch, err)
			}
			if !yield(kv.Value, err) || err != nil {
				return
			}
		}
	}
}

// Purge removes failures that are not younger than before, at most n of them in this transaction, and says how many and
// whether there may be more. The outcomes stay.
func Purge(tx *store.Tx, before time.Time, n int) (gone int, more bool, err error) {
	for kv, err := range failures.All(tx) {
		if err != nil {
			return gone, false, fmt.Errorf("purge failures: %w", err)
		}
		if kv.Value.At.After(before) {
			continue
		}
		if gone == n {
			return gone, true, nil
		}
		if err := failures.Delete(tx, kv.Key); err != nil {
			return gone, false, fmt.Errorf("purge failures: %w", err)
		}
		gone++
	}
	return gone, false, nil
}
