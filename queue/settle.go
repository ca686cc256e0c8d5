package queue

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sencoforum/internal/failpoint"
	"sencoforum/store"
)

// Outcomes are committed in groups.
const (
	groupMax  = 256                    // settlements in one commit
	groupTime = 100 * time.Millisecond // after the first one
	fullFirst = 250 * time.Millisecond // pauses when the store has no room
	fullLast  = 2 * time.Second
)

// settlement is what the settler does to a row.
type settlement struct {
	id     RowID
	result Result
	shunt  string // if not empty, the row is put aside with this reason
	domain string // if not empty, the recipient has moved there, and the row goes by that domain's way from now on
	jitter float64

	provider string // who receives the domain's mail
	warm     string // the operator for whose warmth it may count
}

// settled is what a commit did to a row.
type settled struct {
	row     Row
	result  Result
	next    time.Time // when it is tried again, if deferred
	rest    bool      // its provider refuses everybody
	gone    bool      // it was not there
	shunted bool
}

// LogValue gives the mail log its fields: numbers and codes, never an address, and no words of a reply.
func (d *settled) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Uint64("row", uint64(d.row.ID)), slog.String("kind", d.row.Kind),
		slog.Uint64("batch", d.row.Batch), slog.Uint64("member", uint64(d.row.Member)),
		slog.String("outcome", d.result.Outcome.String()), slog.Int("code", d.result.Code),
		slog.String("enhanced", d.result.Enhanced), slog.Int("attempts", d.row.Attempts),
	)
}

// finished is a batch whose last row a commit settled.
type finished struct {
	batch uint64
	tally Counts
}

// groupDue says whether the settler should commit now: a commit may be as large as it may get, half of the places wait
// for it, or nothing more can be sent before it. Call it with mu held.
func (q *Queue) groupDue() bool {
	n := len(q.pending)
	switch {
	case n == 0:
		return false
	case n >= groupMax || 2*n >= q.cfg.UnsettledMax || q.places >= q.cfg.UnsettledMax:
		return true
	case q.flying == 0 && q.ready == 0:
		return true
	}
	return q.now() >= q.pendingSince+groupTime
}

// settleAll commits groups until no more outcomes will come and all are committed, or the store fails.
func (q *Queue) settleAll() {
	for {
		group, wait, drained := q.group()
		if len(group) > 0 {
			if err := q.commit(group); err != nil {
				q.fail(fmt.Errorf("settle: %w", err))
				return
			}
			continue
		}
		if drained {
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-q.settleBell:
		case <-q.drain:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// group takes the settlements that should be committed now, or says how long to wait.
func (q *Queue) group() (group []settlement, wait time.Duration, drained bool) {
	select {
	case <-q.drain:
		drained = true
	default:
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.groupDue() && !drained {
		if len(q.pending) == 0 {
			return nil, sweepEvery, false
		}
		return nil, q.pendingSince + groupTime - q.now(), false
	}
	n := min(len(q.pending), groupMax)
	group = q.pending[:n:n]
	q.pending = q.pending[n:]
	q.pendingSince = q.now()
	return group, 0, drained
}

// commit settles a group. While the store is full it halts the sending and tries again. A group that cannot be settled
// for another reason is settled row by row, and the row that is to blame is shunted.
func (q *Queue) commit(group []settlement) error {
	pause := fullFirst
	for {
		done, ended, warm, err := q.write(group)
		switch {
		case err == nil:
			if err := failpoint.Hit(failpoint.QueueSettled); err != nil {
				return err
			}
			q.halt(false)
			q.warmed(warm)
			q.apply(group, done)
			q.metrics.settled(group, done, q.cfg.Now())
			q.report(done, ended)
			return nil
		case errors.Is(err, store.ErrFull):
			q.halt(true)
			select {
			case <-time.After(pause):
				pause = min(2*pause, fullLast)
			case <-q.giveUp:
				return err
			}
		case store.Trouble(err) || q.db.Err() != nil:
			return err
		case len(group) > 1:
			for _, s := range group {
				if err := q.commit([]settlement{s}); err != nil {
					return err
				}
			}
			return nil
		case group[0].shunt == "":
			group[0].shunt = clean(fmt.Sprintf("settle as %s: %v", group[0].result.Outcome, err), MaxText)
		default:
			return err
		}
	}
}

// write makes the transaction. Its function may be run again, so all it gives out it makes anew.
func (q *Queue) write(group []settlement) (done []settled, ended []finished, warm map[string]warmth, err error) {
	now := q.cfg.Now()
	book := func(tx *store.Tx) error {
		l := ledger{tx: tx, cfg: &q.cfg, now: now, batches: map[uint64]*Counts{}, chunks: map[chunkKey][]byte{}}
		done = make([]settled, 0, len(group))
		for _, s := range group {
			d, err := l.settle(s)
			if err != nil {
				return fmt.Errorf("row %d: %w", s.id, err)
			}
			done = append(done, d)
		}
		if err := failpoint.Hit(failpoint.QueueSettle); err != nil {
			return err
		}
		var err error
		if ended, err = l.close(); err != nil || len(l.warmed) == 0 {
			return err
		}
		warm, err = l.closeWarm()
		return err
	}
	began := time.Now()
	err = q.guard("settle", func() error { return q.db.Update(book) })
	q.metrics.committed(time.Since(began))
	return done, ended, warm, err
}

// halt stops the handing out of rows, or lets it go on.
func (q *Queue) halt(on bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.halted == on {
		return
	}
	q.halted = on
	if on {
		q.log.Error("no room in the store, sending halted")
		return
	}
	q.log.Info("room in the store again, sending goes on")
	q.ringAll()
	q.ring()
}

// apply brings memory in line with a commit: places are free, deferred rows wait for their time.
func (q *Queue) apply(group []settlement, done []settled) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now, wall := q.now(), q.cfg.Now()
	for i, s := range group {
		f, d := q.out[s.id], done[i]
		if f != nil {
			q.learn(f.entry.domain, d)
		}
		drop, ordered := q.held[s.id]
		if d.gone || d.shunted && !ordered || !d.shunted && d.result.Outcome != Deferred {
			q.forget(s.id)
			continue
		}
		delete(q.out, s.id)
		delete(q.held, s.id)
		q.land(f)
		if s.domain != "" && !d.shunted {
			f.entry.domain.rows--
			f.entry.domain = q.domain(s.domain)
			f.entry.domain.rows++
		}
		switch {
		case drop:
			q.conclude(f.entry, Result{Outcome: Dropped})
		case ordered:
			f.entry.next = now
			q.place(f.entry, now)
		default:
			f.entry.next = now + d.next.Sub(wall)
			q.place(f.entry, now)
		}
	}
	if len(q.pending) > 0 && q.groupDue() {
		knock(q.settleBell)
	}
	q.ringAll()
	q.ring()
}

// learn notes what a settled row says of its domain's provider. Call it with mu held.
func (q *Queue) learn(to *domain, d settled) {
	switch {
	case d.rest && d.result.Outcome == Deferred:
		q.hush(to.who(), d.next.Sub(q.cfg.Now()), d.result)
	case d.result.Outcome == Delivered:
		q.wake(to.who())
	}
}

// report writes the mail log.
func (q *Queue) report(done []settled, ended []finished) {
	for i := range done {
		d := &done[i]
		copied := slog.Any("", d)
		switch {
		case d.gone:
		case d.shunted:
			q.log.Error("copy shunted", copied)
		case d.result.Outcome == Failed || d.result.Outcome == Expired:
			q.log.Info("copy not delivered", copied)
		case d.result.Outcome == Deferred:
			q.log.Debug("copy deferred", copied, "next", d.next)
		default:
			q.log.Debug("copy settled", copied)
		}
	}
	for _, f := range ended {
		q.log.Info("batch finished", "batch", f.batch, "delivered", f.tally.Delivered, "failed", f.tally.Failed,
			"dropped", f.tally.Dropped, "expired", f.tally.Expired)
	}
}
