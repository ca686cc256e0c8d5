package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"sencoforum/internal/failpoint"
	"sencoforum/store"
)

// session is one connection: the Source that the courier gets. Its fields are guarded by the queue's mutex.
type session struct {
	q      *Queue
	hop    *hop
	pool   *pool // the operator's, as it was at the start
	to     Hop
	cancel context.CancelFunc
	bell   chan struct{} // look again for a row

	resting bool  // Next waits
	rung    bool  // and has been told to look again
	told    bool  // Next has said that there is no more
	leaves  *pool // it has been asked to make room in this pool
	served  int   // rows handed out
}

// run makes the connection and tidies up after it.
func (s *session) run(ctx context.Context) {
	err := s.q.guard("deliver", func() error { return s.q.courier.Deliver(ctx, s.to, s) })
	s.ended(ctx, err)
}

// ended gives back the connection's places and defers the rows that it took and did not settle.
func (s *session) ended(ctx context.Context, err error) {
	q := s.q
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(s.hop.sessions, s)
	delete(q.sessions, s)
	s.pool.open--
	q.total.open--
	if s.leaves != nil {
		s.leaves.closing--
	}
	if err == nil && s.served == 0 && !s.told {
		err = errors.New("the connection ended before it took a row")
	}
	text := "the connection ended before the result was known"
	if err != nil {
		text = clean(err.Error(), MaxText)
	}
	for id, f := range q.out {
		switch {
		case f.by != s || f.settled:
		case ctx.Err() != nil:
			q.forget(id) // we broke it off; nobody knows, and the row stays as it is
		default:
			q.landed(f, settlement{id: id, result: Result{Outcome: Deferred, Text: text}})
		}
	}
	switch {
	case err == nil || ctx.Err() != nil:
	case errors.Is(err, ErrStarved):
		q.starve(s.hop, text)
	default:
		q.trouble(s.hop, text)
		if errors.Is(err, ErrThrottled) {
			q.throttle(s.pool, text)
		}
	}
	q.ring()
}

// ring tells Next to look again for a row.
func (s *session) ring() {
	s.rung = true
	knock(s.bell)
}

// The answers of look.
type answer int

const (
	nothing answer = iota // no row now
	taken                 // a row
	over                  // no row any more
)

// Next implements Source.
func (s *session) Next(ctx context.Context, wait bool) (Outgoing, bool) {
	var idle <-chan time.Time
	last := !wait
	for {
		if ctx.Err() != nil {
			return Outgoing{}, false
		}
		e, a := s.look(!last)
		switch {
		case a == over || a == nothing && last:
			return Outgoing{}, false
		case a == taken:
			if out, ok := s.prepare(ctx, e); ok {
				return out, true
			}
			continue
		}
		if idle == nil {
			timer := time.NewTimer(s.q.cfg.Idle)
			defer timer.Stop()
			idle = timer.C
		}
		select {
		case <-s.bell:
		case <-idle:
			last = true
		case <-ctx.Done():
		}
	}
}

// look takes the foremost due row and one of the places for unsettled rows.
func (s *session) look(rest bool) (entry, answer) {
	q := s.q
	q.mu.Lock()
	defer q.mu.Unlock()
	s.resting, s.rung = false, false
	full := s.to.PerConnection > 0 && s.served >= s.to.PerConnection
	if q.stopping || q.broken != nil || full || s.leaves != nil || s.crowded() || s.yield() {
		s.told = true
		return entry{}, over
	}
	if q.places >= q.cfg.UnsettledMax && len(q.pending) > 0 {
		knock(q.settleBell)
	}
	if q.halted || q.places >= q.cfg.UnsettledMax || s.hop.ready.len() == 0 || s.closed() {
		q.clock()
		s.resting = rest
		s.told = s.told || !rest
		return entry{}, nothing
	}
	e := q.take(s.hop)
	s.pool.pay(s.hop.moved)
	q.out[e.id] = &flight{entry: e, by: s, place: true, since: s.hop.moved}
	q.places++
	q.flying++
	s.served++
	return e, taken
}

// yield decides whether this connection is the one that makes room for a hop that has none. Call it with mu held.
func (s *session) yield() bool {
	for _, p := range [...]*pool{s.pool, &s.q.total} {
		if p.asked <= p.closing {
			continue
		}
		if s.hop.ready.len() == 0 || len(s.hop.sessions) > 1 || s.served >= turn || p.urgent && !s.hop.urgent() {
			s.leaves = p
			p.closing++
			return true
		}
	}
	return false
}

// prepare reads and renders a row that look took. ok is false when it does not go.
func (s *session) prepare(ctx context.Context, e entry) (out Outgoing, ok bool) {
	q := s.q
	r, found, err := q.read(e.id)
	switch {
	case errors.Is(err, store.ErrDamaged):
		s.land(settlement{id: e.id, shunt: clean(err.Error(), MaxText)})
		return Outgoing{}, false
	case err != nil:
		q.fail(fmt.Errorf("read row %d: %w", e.id, err))
		s.release(e)
		return Outgoing{}, false
	case !found || r.Shunted != "" && !r.dropped:
		q.mu.Lock()
		q.forget(e.id)
		q.mu.Unlock()
		return Outgoing{}, false
	case r.dropped:
		err = ErrDropped
	default:
		err = q.guard("render", func() error {
			if err := failpoint.Hit(failpoint.QueueRender); err != nil {
				return err
			}
			out, err = q.render(ctx, r.Row)
			return err
		})
	}
	switch {
	case err == nil && !strings.EqualFold(out.To.Domain, r.Domain):
		// The next hop was chosen for the old address and would learn the new one.
		s.land(settlement{id: e.id, domain: strings.ToLower(out.To.Domain)})
	case err == nil:
		out.Row = e.id
		return out, s.keep(e)
	case errors.Is(err, ErrDropped):
		s.land(settlement{id: e.id, result: Result{Outcome: Dropped}})
	case store.Trouble(err):
		q.fail(fmt.Errorf("render row %d: %w", e.id, err))
		s.release(e)
	case ctx.Err() != nil:
		s.release(e)
	default:
		s.land(settlement{id: e.id, shunt: "render: " + clean(err.Error(), MaxText)})
	}
	return Outgoing{}, false
}

// read reads a row with its payload.
func (q *Queue) read(id RowID) (r stored, ok bool, err error) {
	err = q.db.View(func(tx *store.Tx) error {
		r, ok, err = fetch(tx, id)
		return err
	})
	return r, ok, err
}

// keep says whether a row that was rendered may still go. Otherwise it goes back into the line.
func (s *session) keep(e entry) bool {
	s.q.mu.Lock()
	stopping := s.q.stopping
	s.q.mu.Unlock()
	if stopping || failpoint.Hit(failpoint.QueueRendered) != nil {
		s.release(e)
		return false
	}
	return true
}

// release puts a row that look took back into the line.
func (s *session) release(e entry) {
	q := s.q
	q.mu.Lock()
	defer q.mu.Unlock()
	if f := q.out[e.id]; f != nil && f.by == s && !f.settled {
		delete(q.out, e.id)
		q.land(f)
		q.line(s.hop, e)
	}
}

// land settles a row that this connection took.
func (s *session) land(done settlement) {
	s.q.mu.Lock()
	defer s.q.mu.Unlock()
	if f := s.q.out[done.id]; f != nil && f.by == s && !f.settled {
		s.pool.refund()
		s.q.landed(f, done)
	}
}

// landed hands a row in flight to the settler; its place stays taken until the commit. Call it with mu held.
func (q *Queue) landed(f *flight, done settlement) {
	f.settled = true
	q.flying--
	done.provider = f.entry.domain.provider
	if f.by.pool.warmth != nil {
		done.warm = f.by.pool.name
	}
	q.append(done)
}

// Settle implements Source.
func (s *session) Settle(row RowID, r Result) {
	q := s.q
	if err := failpoint.Hit(failpoint.QueueResult); err != nil {
		r = Result{Outcome: Deferred, Text: err.Error()}
	}
	r = tidy(r)
	q.mu.Lock()
	defer q.mu.Unlock()
	f := q.out[row]
	if f == nil || f.by != s || f.settled {
		q.log.Error("courier settled a row that it does not have", "row", row)
		return
	}
	if r.Outcome != Deferred || r.Code != 0 {
		s.hop.alive(q.now())
	}
	switch {
	case r.Outcome == Delivered:
		q.ease(s.pool, s.to.Limit)
	case r.Outcome == Deferred && Throttles(r.Code, r.Enhanced, r.Text):
		q.throttle(s.pool, r.Line())
	}
	q.metrics.attempted(s.pool.label, r.Outcome, q.now()-f.since)
	q.landed(f, settlement{id: row, result: r})
}
