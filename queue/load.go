package queue

import (
	"errors"
	"fmt"
	"time"

	"sencoforum/internal/failpoint"
	"sencoforum/store"
)

// loadChunk is how many rows are read in one snapshot, so that none is held for long.
const loadChunk = 2000

// load reads the rows and the orders that have come since the last time.
func (q *Queue) load() error {
	if err := failpoint.Hit(failpoint.QueueLoad); err != nil {
		return err
	}
	for {
		found, err := q.readRows()
		if err != nil {
			return fmt.Errorf("load rows: %w", err)
		}
		q.mu.Lock()
		now := q.cfg.Now()
		for i := range found {
			q.seen = max(q.seen, found[i].ID)
			q.admit(&found[i], now)
		}
		q.mu.Unlock()
		if len(found) < loadChunk {
			break
		}
	}
	if err := q.obeyOrders(); err != nil {
		return fmt.Errorf("load orders: %w", err)
	}
	return nil
}

// readRows reads the next rows, without their payload. One that cannot be read is left out; the operator hears of it.
func (q *Queue) readRows() (found []stored, err error) {
	err = q.db.View(func(tx *store.Tx) error {
		for kv, err := range rows.From(tx, q.seen+1) {
			var r stored
			if err == nil {
				kv.Value.ID = kv.Key
				r, _, err = join(tx, kv.Value)
			}
			switch {
			case errors.Is(err, store.ErrDamaged):
				q.log.Error("queue row damaged, left out", "row", kv.Key, "error", err)
				continue
			case err != nil:
				return err
			}
			r.Payload = nil
			if found = append(found, r); len(found) == loadChunk {
				return nil
			}
		}
		return nil
	})
	return found, err
}

// admit takes a row of the store into memory, unless it is shunted. Call it with mu held.
func (q *Queue) admit(r *stored, wall time.Time) {
	if r.Shunted != "" && !r.dropped {
		return
	}
	now := q.now()
	e := entry{
		id:       r.ID,
		domain:   q.domain(r.Domain),
		next:     now + remaining(r, wall),
		expires:  seconds(now + r.Queued.Add(q.cfg.Lifetime).Sub(wall)),
		priority: r.Priority,
		kind:     q.kinds.index(r.Kind),
	}
	e.domain.rows++
	q.kinds.rows[e.kind]++
	if r.dropped {
		q.conclude(e, Result{Outcome: Dropped})
		return
	}
	q.place(e, now)
}

// remaining is how long a row has yet to wait. A clock that was stepped back makes it no longer than it was at first.
func remaining(r *stored, wall time.Time) time.Duration {
	longest := retryLast
	if r.Attempts == 0 {
		longest = max(0, r.Next.Sub(r.Queued))
	}
	return min(max(0, r.Next.Sub(wall)), longest)
}

// seconds rounds up to whole seconds, and nothing below none.
func seconds(d time.Duration) uint32 {
	return uint32(max(0, (d+time.Second-1)/time.Second))
}

// place puts an entry where it belongs at this time. Call it with mu held.
func (q *Queue) place(e entry, now time.Duration) {
	d := e.domain
	switch {
	case e.next > now:
		d.later++
		q.later.push(e)
	case d.hop != nil && now < d.staleAt:
		q.line(d.hop, e)
	default:
		d.parked = append(d.parked, e)
		q.routes.want(d, e.priority == Urgent)
	}
	q.ring()
}

// obeyOrders does what Retry and Drop have asked for, and removes the orders.
func (q *Queue) obeyOrders() error {
	var done []uint64
	var changed []stored
	err := q.db.View(func(tx *store.Tx) error {
		for kv, err := range orders.From(tx, q.seenOrder+1) {
			if err != nil {
				return err
			}
			done = append(done, kv.Key)
			r, ok, err := fetch(tx, kv.Value)
			switch {
			case errors.Is(err, store.ErrDamaged):
				q.log.Error("queue row damaged, left out", "row", kv.Value, "error", err)
			case err != nil:
				return err
			case ok:
				r.Payload = nil
				changed = append(changed, r)
			}
		}
		return nil
	})
	if err != nil || len(done) == 0 {
		return err
	}
	q.obey(changed)
	q.seenOrder = done[len(done)-1]
	err = q.db.Update(func(tx *store.Tx) error {
		for _, n := range done {
			if err := orders.Delete(tx, n); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, store.ErrFull) {
		return nil // they are obeyed once more at the next start, which does no harm
	}
	return err
}

// obey takes changed rows out of wherever they are and admits them anew. A row that is out is marked instead.
func (q *Queue) obey(changed []stored) {
	q.mu.Lock()
	defer q.mu.Unlock()
	ids := make(map[RowID]bool, len(changed))
	for i := range changed {
		ids[changed[i].ID] = true
	}
	q.extract(func(e *entry) bool { return ids[e.id] })
	wall := q.cfg.Now()
	q.askAgain(changed)
	for i := range changed {
		r := &changed[i]
		if q.out[r.ID] != nil {
			q.held[r.ID] = q.held[r.ID] || r.dropped
			continue
		}
		if r.ID > q.seen {
			continue // it comes with the next rows
		}
		if d := q.domain(r.Domain); !r.dropped {
			q.rested(d)
			if d.hop != nil {
				d.hop.until = 0
			}
		}
		q.admit(r, wall)
	}
}

// extract removes entries from all places but out. Call it with mu held.
func (q *Queue) extract(match func(*entry) bool) {
	for _, e := range q.later.extract(match) {
		e.domain.later--
		e.domain.rows--
		q.kinds.rows[e.kind]--
	}
	for h := range q.busy {
		for _, e := range q.leave(h, match) {
			e.domain.rows--
			q.kinds.rows[e.kind]--
		}
	}
	for _, d := range q.domains {
		var gone []entry
		d.parked, gone = split(d.parked, match)
		d.rows -= len(gone)
		for _, e := range gone {
			q.kinds.rows[e.kind]--
		}
	}
}
