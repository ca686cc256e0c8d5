package fanout

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// setAside puts a change on the skipped list, shunts its message, and moves
// the cursor past it. Rows that were already made are sent all the same.
func setAside(tx *store.Tx, c archive.Change, reason string, now time.Time) error {
	if err := skipped.Put(tx, c.Seq, Skipped{Seq: c.Seq, Post: c.Post, Reason: reason}); err != nil {
		return err
	}
	if err := place.Set(tx, store.Position{Seq: uint64(c.Seq)}); err != nil {
		return err
	}
	post, err := archive.Get(tx, c.Post)
	if err != nil {
		return nil // the post itself cannot be read: the skipped list is all that can be said
	}
	err = intake.Move(tx, post.Intake, intake.Status{State: intake.Shunted, Since: now, Reason: reason})
	if store.Trouble(err) {
		return err
	}
	return nil // a message whose state cannot be written is named by the audit
}

// SkippedChanges yields what could not be expanded, oldest first.
func SkippedChanges(tx *store.Tx) iter.Seq2[Skipped, error] {
	return func(yield func(Skipped, error) bool) {
		for row, err := range skipped.All(tx) {
			if !yield(row.Value, err) || err != nil {
				return
			}
		}
	}
}

// Retry expands a skipped change again, whole and in one transaction. Members
// for whom a row is open or settled already are left out.
func Retry(tx *store.Tx, seq archive.Seq, now time.Time) error {
	s, ok, err := skipped.Get(tx, seq)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("change %d is not on the skipped list", seq)
	}
	post, err := archive.Get(tx, s.Post)
	if err != nil {
		return err
	}
	if err := expandMissing(tx, post, now); err != nil {
		return err
	}
	if err := skipped.Delete(tx, seq); err != nil {
		return err
	}
	return seal(tx, post, now, nil)
}

func expandMissing(tx *store.Tx, post archive.Post, now time.Time) error {
	had, err := queue.MembersOf(tx, uint64(post.Number))
	if err != nil {
		return err
	}
	for from := list.PersonID(0); ; {
		p, err := pageFor(tx, post, from, chunk, now)
		if err != nil {
			return err
		}
		rows := slices.DeleteFunc(p.rows, func(r queue.Row) bool { return had[r.Member] })
		if err := queue.Put(tx, rows...); err != nil {
			return err
		}
		if p.last == 0 {
			return nil
		}
		from = p.last + 1
	}
}
