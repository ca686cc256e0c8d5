package queue

import (
	"fmt"

	"sencoforum/store"
)

// MembersOf returns the members of a batch that have a row or an outcome. It reads the whole queue, so it is for
// mending and not for every day.
func MembersOf(tx *store.Tx, batch uint64) (map[uint32]bool, error) {
	had := map[uint32]bool{}
	for kv, err := range rows.All(tx) {
		if err != nil {
			return nil, fmt.Errorf("read queue: %w", err)
		}
		if kv.Value.Batch == batch {
			had[kv.Value.Member] = true
		}
	}
	for r, err := range Outcomes(tx, batch) {
		if err != nil {
			return nil, err
		}
		had[r.Member] = true
	}
	return had, nil
}
