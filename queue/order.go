package queue

import (
	"fmt"
	"time"

	"sencoforum/store"
)

// Retry makes rows due at once, shunted ones too, and ends the pause of their hops. It returns how many of them it
// found. A row that is being sent at this moment is tried again only if it is deferred.
func Retry(tx *store.Tx, ids ...RowID) (found int, err error) {
	return change(tx, ids, func(r *stored) error {
		if r.Shunted != "" {
			if _, err := depth.Add(tx, 1); err != nil {
				return err
			}
		}
		t := r.try()
		t.Shunted, t.Next = "", time.Time{}
		return tries.Put(tx, r.ID, t)
	})
}

// Drop ends rows without sending them, with the outcome Dropped. It returns how many of them it found. From this
// transaction on they are not handed to the courier; the running queue settles them within moments.
func Drop(tx *store.Tx, ids ...RowID) (found int, err error) {
	return change(tx, ids, func(r *stored) error {
		t := r.try()
		t.Dropped = true
		return tries.Put(tx, r.ID, t)
	})
}

// change does do to each row that is there, and tells the running queue to look at it.
func change(tx *store.Tx, ids []RowID, do func(*stored) error) (found int, err error) {
	for _, id := range ids {
		r, ok, err := fetch(tx, id)
		if err == nil && ok && !r.dropped {
			found++
			if err = do(&r); err == nil {
				err = order(tx, id)
			}
		}
		if err != nil {
			return 0, fmt.Errorf("change queue row %d: %w", id, err)
		}
	}
	return found, nil
}

func order(tx *store.Tx, id RowID) error {
	n, err := lastOrder.Next(tx)
	if err != nil {
		return err
	}
	return orders.Put(tx, n, id)
}

// Wake ends the rest of every hop and domain that could not be used, and of every operator that said that we are too fast,
// so that what waits for them is tried at once. It returns how many rested.
func (q *Queue) Wake() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	now, woken := q.now(), 0
	for _, h := range q.hops {
		if h.until > now {
			h.until = 0
			woken++
		}
	}
	for d := range q.tired {
		q.rested(d)
		woken++
	}
	for _, p := range q.pools {
		if p.until > now {
			p.until = 0
			woken++
		}
	}
	q.ring()
	return woken
}
