package queue

import (
	"log/slog"
	"math/rand/v2"
	"time"
)

// When connections are opened and given up.
const (
	rowsPerConnection = 50              // so many waiting rows are worth one connection
	stall             = 2 * time.Second // rows wait and no connection takes one: open one more
	turn              = 50              // rows that the only connection of a hop may send while others wait for its place
	never             = time.Duration(1<<63 - 1)
)

// pool counts the connections to one operator, or all.
type pool struct {
	name, label string // of the operator; of its figures
	pace

	open    int
	closing int  // of these, have been asked to make room and will end
	asked   int  // how many more should
	urgent  bool // what they should make room for is urgent
}

// hop is what the queue knows of one next hop.
type hop struct {
	Hop
	pool     *pool
	ready    heap // its rows that are due
	sessions map[*session]struct{}

	moved    time.Duration // a row was taken, or a connection begun
	failures int           // in a row
	until    time.Duration // no connection is opened before this
	last     string        // the text of the last failure
}

// hop returns the hop of that key, as the courier sees it now. Call it with mu held.
func (q *Queue) hop(to Hop) *hop {
	to.Limit = max(1, to.Limit)
	h := q.hops[to.Key]
	if h == nil {
		h = &hop{ready: heap{before: foremost}, sessions: map[*session]struct{}{}}
		q.hops[to.Key] = h
	}
	h.Hop = to
	if len(h.sessions) == 0 || h.pool == nil {
		if q.pools[to.Operator] == nil {
			q.pools[to.Operator] = q.pool(to.Operator)
		}
		h.pool = q.pools[to.Operator]
	}
	if h.pool.name == to.Operator {
		h.pool.perMinute = max(0, to.PerMinute)
	}
	return h
}

// pool returns a new pool for an operator. Call it with mu held.
func (q *Queue) pool(operator string) *pool {
	p := &pool{name: operator, label: q.operatorLabel(operator)}
	if q.cfg.WarmUp {
		p.warmth = q.warmth(operator)
	}
	return p
}

// line puts a due row into the hop's line and wakes a connection that waits, unless the row's provider rests. Call it with
// mu held.
func (q *Queue) line(h *hop, e entry) {
	if q.kept(e) {
		return
	}
	if h.ready.len() == 0 {
		h.moved = q.now()
		q.busy[h] = struct{}{}
	}
	h.ready.push(e)
	q.ready++
	for s := range h.sessions {
		if s.resting && !s.rung {
			s.ring()
			return
		}
	}
}

// take removes the foremost due row. Call it with mu held.
func (q *Queue) take(h *hop) entry {
	e := h.ready.pop()
	h.moved = q.now()
	q.shorten(h, 1)
	return e
}

// leave removes due rows from the hop's line. Call it with mu held.
func (q *Queue) leave(h *hop, match func(*entry) bool) []entry {
	gone := h.ready.extract(match)
	q.shorten(h, len(gone))
	return gone
}

// shorten counts n rows that have left the hop's line. Call it with mu held.
func (q *Queue) shorten(h *hop, n int) {
	q.ready -= n
	if h.ready.len() == 0 {
		delete(q.busy, h)
	}
}

// urgent says whether the foremost row is.
func (h *hop) urgent() bool { return h.ready.len() > 0 && h.ready.top().priority == Urgent }

// want is how many connections a hop should have, and when that may change. Call it with mu held.
func (q *Queue) want(h *hop, now time.Duration) (n int, wake time.Duration) {
	switch {
	case h.ready.len() == 0:
		return 0, never
	case h.until > now:
		return 0, h.until
	}
	if !h.urgent() {
		if at, _ := h.pool.opens(now, q.cfg.Now); at > now {
			return 0, at
		}
	}
	if h.failures > 0 {
		return 1, never // one shows whether it lives again
	}
	n = h.pool.useful((h.ready.len()+rowsPerConnection-1)/rowsPerConnection, q.cfg.Idle)
	wake = never
	if have := len(h.sessions); n <= have && have < h.limit() && !h.resting() {
		if now >= h.moved+stall || h.urgent() {
			n = have + 1
		} else {
			wake = h.moved + stall
		}
	}
	return min(n, h.limit()), wake
}

// resting says whether one of its connections waits for a row.
func (h *hop) resting() bool {
	for s := range h.sessions {
		if s.resting {
			return true
		}
	}
	return false
}

// trouble makes a hop rest after a connection failed, and ends the rows whose lifetime is over. Connections that were
// begun together fail together: they count once. Call it with mu held.
func (q *Queue) trouble(h *hop, text string) {
	now := q.now()
	h.last = text
	if h.until <= now {
		h.failures++
		h.until = now + pauseDelay(h.failures, rand.Float64())
		q.log.Warn("hop unusable", "hop", h.Key, "failures", h.failures, "rows", h.ready.len(), "pause", (h.until - now).Round(time.Second))
	}
	for _, e := range q.leave(h, func(e *entry) bool { return e.expired(now) }) {
		q.conclude(e, Result{Outcome: Expired, Text: text})
	}
}

// starvedPause is how long a hop or a domain waits that was not tried for want of something of ours.
const starvedPause = time.Second

// starve makes a hop wait that could not be tried. It is as good as it was: no failure counts and no row expires. Call it
// with mu held.
func (q *Queue) starve(h *hop, text string) {
	h.last = text
	h.until = max(h.until, q.now()+starvedPause)
	q.starved.Log(q.log, slog.String("cause", text))
}

// alive notes that a hop answered. A rest that another connection's failure began goes on, for new connections only.
// Call it with mu held.
func (h *hop) alive(now time.Duration) {
	h.failures = 0
	if h.until <= now {
		h.until, h.last = 0, ""
	}
}

// reroute asks anew for the routes of all rows of a hop that failed and has rested: the domains may have moved. Call it
// with mu held.
func (q *Queue) reroute(h *hop, now time.Duration) {
	h.until = 0
	gone := h.ready.rows
	h.ready.rows = nil
	q.shorten(h, len(gone))
	for _, e := range gone {
		e.domain.staleAt = 0
	}
	for _, e := range gone {
		q.place(e, now)
	}
}
