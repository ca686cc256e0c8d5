package audit

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"sencoforum/store"
)

// The record is kept for a time, and then shortened from its oldest entry on. What was removed is bound into what is left: the
// act is an entry of the chain, with the number and the hash of the last entry that went. So the beginning can be verified, and
// nobody can cut off more without making every later hash anew.

// trimAction is the action of the entries that say where the record begins.
const trimAction = "audit trim"

// trimDetail stands before the hash of the last entry that went.
const trimDetail = "up to hash "

// beginKey is the row of audit.head that has the last entry that was removed.
const beginKey = "begin"

// ErrBroken says that the entries which are to be removed are not as they were written. They are evidence, so they stay.
var ErrBroken = errors.New("the oldest entries of the record were changed and are not removed; see sencoforum audit --log")

// Begin returns the last entry that was removed from the beginning of the record; the zero Head where none was.
func Begin(tx *store.Tx) (Head, error) {
	begin, _, err := heads.Get(tx, beginKey)
	return begin, err
}

// Due counts the entries, from the oldest on, that were made at or before a moment. The first younger one ends it, so the
// record stays without a gap where a clock was wrong.
func Due(tx *store.Tx, before time.Time) (n int, err error) {
	for e, err := range All(tx) {
		if err != nil {
			return n, err
		}
		if e.At.After(before) {
			break
		}
		n++
	}
	return n, nil
}

// Trim removes at most n entries that Due counts, in this transaction, and adds one that says so. It returns how many went, and
// whether there may be more. It verifies what it removes; the error wraps ErrBroken where that was changed, and nothing is
// removed then.
func Trim(tx *store.Tx, actor string, before, now time.Time, n int) (gone int, more bool, err error) {
	begin, err := Begin(tx)
	if err != nil {
		return 0, false, fmt.Errorf("trim audit: %w", err)
	}
	last, old, more, err := oldest(tx, begin, before, n)
	if err != nil || len(old) == 0 {
		return 0, false, err
	}
	for _, number := range old {
		if err := entries.Delete(tx, number); err != nil {
			return 0, false, fmt.Errorf("trim audit: %w", err)
		}
	}
	if err := heads.Put(tx, beginKey, last); err != nil {
		return 0, false, fmt.Errorf("trim audit: %w", err)
	}
	return len(old), more, Append(tx, Entry{At: now, Actor: actor, Action: trimAction, Items: []uint64{last.Number}, Detail: trimDetail + last.Hash})
}

// oldest returns the numbers of the entries that may go, and the last of them, after it has verified each.
func oldest(tx *store.Tx, begin Head, before time.Time, n int) (last Head, old []uint64, more bool, err error) {
	prev, err := begin.sum()
	if err != nil {
		return last, nil, false, fmt.Errorf("trim audit: %w", err)
	}
	last = begin
	for row, err := range entries.All(tx) {
		if err != nil {
			return last, nil, false, fmt.Errorf("trim audit: entry %d: %w", row.Key, err)
		}
		if len(old) == n {
			return last, old, true, nil
		}
		r := row.Value
		if row.Key != last.Number+1 || r.prev != prev || hash(row.Key, r) != r.sum {
			return last, nil, false, fmt.Errorf("trim audit at entry %d: %w", row.Key, ErrBroken)
		}
		var e Entry
		if err := json.Unmarshal(r.entry, &e); err != nil {
			return last, nil, false, fmt.Errorf("trim audit: entry %d: %w", row.Key, err)
		}
		if e.At.After(before) {
			break
		}
		old, prev = append(old, row.Key), r.sum
		last = Head{Number: row.Key, Hash: hex.EncodeToString(r.sum[:])}
	}
	return last, old, false, nil
}

// trimmed returns where an entry says that the record begins; ok is false for every other entry.
func trimmed(entry []byte) (begin Head, ok bool) {
	if !bytes.Contains(entry, []byte(trimAction)) {
		return begin, false
	}
	var e Entry
	if json.Unmarshal(entry, &e) != nil || e.Action != trimAction || len(e.Items) != 1 {
		return begin, false
	}
	hash, ok := strings.CutPrefix(e.Detail, trimDetail)
	return Head{Number: e.Items[0], Hash: hash}, ok
}
