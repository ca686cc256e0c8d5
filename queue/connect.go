package queue

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// sweepEvery is how often domains and hops without rows are forgotten.
const sweepEvery = time.Hour

// schedule moves what is due, asks for routes and opens connections. It returns how long nothing will have to be done,
// and how long this took. ctx ends routes, hard ends connections.
func (q *Queue) schedule(ctx, hard context.Context) (wait, cost time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now()
	for q.later.len() > 0 && q.later.top().next <= now {
		e := q.later.pop()
		e.domain.later--
		q.place(e, now)
	}
	q.wakeHops(now)
	wake := q.wakeDomains(now)
	if q.later.len() > 0 {
		wake = min(wake, q.later.top().next)
	}
	q.ask(ctx)
	if !q.halted {
		wake = min(wake, q.connect(hard, now))
	}
	q.sweep(now)
	q.clock()
	return min(max(0, wake-now), sweepEvery), q.now() - now
}

// wakeHops looks for new routes of hops whose rest is over. Call it with mu held.
func (q *Queue) wakeHops(now time.Duration) {
	for h := range q.busy {
		if h.until > 0 && h.until <= now && len(h.sessions) == 0 {
			q.reroute(h, now)
		}
	}
}

// connect opens connections, first to hops that have none, and asks others to make room for those. It returns when it
// should be called again. Call it with mu held.
func (q *Queue) connect(ctx context.Context, now time.Duration) (wake time.Duration) {
	wake = never
	var wanting []*hop
	for h := range q.busy {
		q.feed(h, now)
		n, again := q.want(h, now)
		wake = min(wake, again)
		if n > len(h.sessions) {
			wanting = append(wanting, h)
		}
	}
	slices.SortFunc(wanting, func(a, b *hop) int {
		return cmp.Or(
			cmp.Compare(rank(a), rank(b)),
			cmp.Compare(a.moved, b.moved),
			cmp.Compare(a.Key, b.Key),
		)
	})
	for progress := true; progress && q.total.open < q.cfg.MaxConnections; {
		progress = false
		for _, h := range wanting {
			if n, _ := q.want(h, now); n > len(h.sessions) && q.room(h) {
				q.open(ctx, h)
				progress = true
			}
		}
	}
	q.makeRoom(wanting)
	for _, h := range wanting { // what was opened may turn out to be slow
		_, again := q.want(h, now)
		wake = min(wake, again)
	}
	return wake
}

// rank orders hops that want a connection: those without one first, and of these the urgent ones.
func rank(h *hop) int {
	switch {
	case len(h.sessions) == 0 && h.urgent():
		return 0
	case len(h.sessions) == 0:
		return 1
	case h.urgent():
		return 2
	}
	return 3
}

// room says whether a connection to h may be opened. A quarter of all connections is kept for hops that have none.
func (q *Queue) room(h *hop) bool {
	most := q.cfg.MaxConnections
	if len(h.sessions) > 0 {
		most = most * 3 / 4
	}
	return q.total.open < most && h.pool.open < h.limit()
}

// makeRoom asks connections to end for the hops that could get none. Call it with mu held.
func (q *Queue) makeRoom(wanting []*hop) {
	for _, p := range q.asked {
		p.asked, p.urgent = 0, false
	}
	q.asked = q.asked[:0]
	for _, h := range wanting {
		if len(h.sessions) > 0 {
			continue
		}
		p := &q.total
		if h.pool.open >= h.limit() {
			p = h.pool
		}
		if p.asked == 0 {
			q.asked = append(q.asked, p)
		}
		p.asked++
		p.urgent = p.urgent || h.urgent()
	}
	if len(q.asked) > 0 {
		q.ringAll()
	}
}

// ringAll tells all connections that wait to look again. Call it with mu held.
func (q *Queue) ringAll() {
	for s := range q.sessions {
		if s.resting {
			s.ring()
		}
	}
}

// open begins a connection. Call it with mu held.
func (q *Queue) open(ctx context.Context, h *hop) {
	ctx, cancel := context.WithCancel(ctx)
	s := &session{q: q, hop: h, pool: h.pool, to: h.Hop, cancel: cancel, bell: make(chan struct{}, 1)}
	h.sessions[s] = struct{}{}
	q.sessions[s] = struct{}{}
	h.pool.open++
	q.total.open++
	h.moved = q.now()
	q.working.Go(func() {
		defer cancel()
		s.run(ctx)
	})
}

// sweep forgets domains and hops that have no rows, now and then. Call it with mu held.
func (q *Queue) sweep(now time.Duration) {
	if now < q.swept+sweepEvery {
		return
	}
	q.swept = now
	used := map[*hop]bool{}
	for name, d := range q.domains {
		if d.rows == 0 && !d.asking && !d.lined && !d.hurried {
			delete(q.domains, name)
			delete(q.tired, d)
		} else if d.hop != nil {
			used[d.hop] = true
		}
	}
	for key, h := range q.hops {
		if !used[h] && h.ready.len() == 0 && len(h.sessions) == 0 {
			delete(q.hops, key)
		}
	}
	for name, p := range q.pools {
		if p.open == 0 && p.until <= now && !q.pooled(p) {
			delete(q.pools, name)
		}
	}
}

func (q *Queue) pooled(p *pool) bool {
	for _, h := range q.hops {
		if h.pool == p {
			return true
		}
	}
	return false
}
