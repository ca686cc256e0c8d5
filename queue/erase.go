package queue

import (
	"fmt"

	"sencoforum/store"
)

// Blank drops rows as Drop does, and takes away at once what they hold: the mail of a letter, and what the other side said.
// It returns how many of them it found.
func Blank(tx *store.Tx, ids ...RowID) (found int, err error) {
	for _, id := range ids {
		r, ok, err := fetch(tx, id)
		if err != nil {
			return found, fmt.Errorf("blank queue row %d: %w", id, err)
		}
		if !ok {
			continue
		}
		found++
		r.Row.Payload = nil
		if err := rows.Put(tx, id, r.Row); err != nil {
			return found, fmt.Errorf("blank queue row %d: %w", id, err)
		}
		t := r.try()
		t.LastReply, t.Shunted, t.Dropped = "", "", true
		if err := tries.Put(tx, id, t); err != nil {
			return found, fmt.Errorf("blank queue row %d: %w", id, err)
		}
		if r.Shunted != "" { // shunted rows are not counted as waiting; from now on it is settled as one that is
			if _, err := depth.Add(tx, 1); err != nil {
				return found, err
			}
		}
		if err := order(tx, id); err != nil {
			return found, fmt.Errorf("blank queue row %d: %w", id, err)
		}
	}
	return found, nil
}

// EraseFailures takes away what the other side said about a batch. The outcomes stay.
func EraseFailures(tx *store.Tx, batch uint64) error {
	for kv, err := range store.Prefix(failures, tx, batch) {
		if err != nil {
			return fmt.Errorf("erase failures of batch %d: %w", batch, err)
		}
		if err := failures.Delete(tx, kv.Key); err != nil {
			return fmt.Errorf("erase failures of batch %d: %w", batch, err)
		}
	}
	return nil
}

// EraseFailure takes away what the other side said about one lone mail.
func EraseFailure(tx *store.Tx, id RowID) error {
	return failures.Delete(tx, failureKey{A: 0, B: uint64(id)})
}

// RowsOf returns the rows that wait for a member.
func RowsOf(tx *store.Tx, member uint32) (ids []RowID, err error) {
	for r, err := range List(tx, Filter{}) {
		if err != nil {
			return nil, err
		}
		if r.Member == member {
			ids = append(ids, r.ID)
		}
	}
	return ids, nil
}

// ForgetMember takes away what the other side said about a member's copies, which may name the address. The outcomes stay,
// a byte for a number.
func ForgetMember(tx *store.Tx, member uint32) error {
	for kv, err := range failures.All(tx) {
		if err != nil {
			return fmt.Errorf("forget failures: %w", err)
		}
		if kv.Value.Member != member {
			continue
		}
		if err := failures.Delete(tx, kv.Key); err != nil {
			return fmt.Errorf("forget failures: %w", err)
		}
	}
	return nil
}
