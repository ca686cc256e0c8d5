package fanout

import (
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// A Resending goes on with the copies of a post that was hidden while they went out, and may be seen again. Nobody gets a
// second copy.
type Resending struct {
	Post archive.Number
	Now  time.Time

	waiting map[uint32]bool // members whose first row has not gone; made by Look
}

// Look notes which copies of the post still wait in the queue. It reads the queue once, so it is for a View.
func (r *Resending) Look(tx *store.Tx) error {
	r.waiting = map[uint32]bool{}
	for row, err := range queue.List(tx, queue.Filter{Batch: uint64(r.Post)}) {
		if err != nil {
			return err
		}
		r.waiting[row.Member] = true
	}
	return nil
}

// Page puts rows for at most a chunk of the members from a number on, those who want the post now and have no copy of it. It
// returns the person to go on with, 0 when all were seen. A post that may not be seen, or was imported, gets none.
func (r *Resending) Page(tx *store.Tx, from list.PersonID) (next list.PersonID, err error) {
	post, err := archive.Get(tx, r.Post)
	if err != nil || post.State != archive.Published || post.Imported {
		return 0, err
	}
	status, err := intake.StatusOf(tx, post.Intake)
	if err != nil || status.State != intake.Done && status.State != intake.Expanded {
		return 0, err // it is still being expanded, and that goes on by itself
	}
	p, err := pageFor(tx, post, from, chunk, r.Now)
	if err != nil {
		return 0, err
	}
	var rows []queue.Row
	for _, row := range p.rows {
		if !r.waiting[row.Member] {
			rows = append(rows, row)
		}
	}
	n, err := queue.Again(tx, uint64(post.Number), rows...)
	if err != nil {
		return 0, err
	}
	if n > 0 {
		if err := intake.Move(tx, post.Intake, intake.Status{State: intake.Expanded, Since: r.Now}); err != nil {
			return 0, err
		}
	}
	if p.last == 0 {
		return 0, nil
	}
	return p.last + 1, nil
}
