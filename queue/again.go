package queue

import (
	"fmt"

	"sencoforum/store"
)

// Again puts rows of a sealed batch for members who have no copy of it: their copies were dropped, or none was ever made. An
// outcome of dropped is taken back, so that each member still has one; who has any other outcome gets no row. The caller leaves
// out members whose first row still waits. It returns how many rows were put. Write large batches in chunks of some hundreds.
func Again(tx *store.Tx, batch uint64, put ...Row) (int, error) {
	t, _, err := batches.Get(tx, batch)
	if err != nil {
		return 0, fmt.Errorf("read batch %d: %w", batch, err)
	}
	var wanted []Row
	chunks := map[chunkKey][]byte{}
	for _, r := range put {
		key := chunkKey{A: batch, B: r.Member / chunkSize}
		chunk, ok := chunks[key]
		if !ok {
			if chunk, _, err = outcomes.Get(tx, key); err != nil {
				return 0, fmt.Errorf("read outcomes of batch %d: %w", batch, err)
			}
			chunks[key] = chunk
		}
		was := Open
		if at := int(r.Member % chunkSize); at < len(chunk) {
			if was = Outcome(chunk[at]); was == Dropped {
				chunk[at] = byte(Open)
				t.Dropped--
			}
		}
		if was == Open || was == Dropped {
			r.Batch = batch
			wanted = append(wanted, r)
		}
	}
	if len(wanted) == 0 {
		return 0, nil
	}
	if err := enter(tx, wanted); err != nil {
		return 0, err
	}
	for key, chunk := range chunks {
		if err := outcomes.Put(tx, key, chunk); err != nil {
			return 0, fmt.Errorf("write outcomes of batch %d: %w", batch, err)
		}
	}
	t.Open, t.Again, t.Sealed = t.Open+len(wanted), t.Again+len(wanted), true
	if err := batches.Put(tx, batch, t); err != nil {
		return 0, fmt.Errorf("write batch %d: %w", batch, err)
	}
	return len(wanted), nil
}
