package queue

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// pace is how fast copies may go to one operator: at a rate, after it said that we are too fast, and while it is not used
// to us. Urgent mail never waits for it; it is counted all the same. It is guarded by the queue's mutex.
type pace struct {
	perMinute int           // copies; 0: no limit
	paid      time.Duration // the copies that went are paid for until then

	most      int           // connections, since it said that we are too fast; 0: no limit of that kind
	throttles int           // pauses for that reason, in a row
	until     time.Duration // the end of the pause
	raise     time.Duration // then most may grow
	said      string        // its words

	warmth    *warmth // nil: it is not warmed up
	unsettled int     // copies on their way that may count for its warmth

	hungry bool // a connection has gone without a row because of the pace
}

// hold says why copies wait that could go otherwise.
type hold uint8

const (
	free hold = iota
	throttled
	rated
	warming
)

// holds are the words for figures.
var holds = [...]string{throttled: "throttled", rated: "rate", warming: "warm_up"}

// burstTime is the time whose copies may go at once after a silence.
const burstTime = 5 * time.Second

// interval is the time that one copy pays for. Only with a rate.
func (p *pace) interval() time.Duration { return time.Minute / time.Duration(p.perMinute) }

// opens says when the next copy that is not urgent may go, and what holds it back until then. It is not after now when
// nothing does. wall is the time of day that now is.
func (p *pace) opens(now time.Duration, wall func() time.Time) (at time.Duration, why hold) {
	if p.until > now {
		at, why = p.until, throttled
	}
	if p.perMinute > 0 {
		one := p.interval()
		if due := p.paid - max(0, burstTime-one); due > max(now, at) {
			at, why = due, rated
		}
	}
	if p.warmth != nil {
		if due := now + p.warmth.waits(p.unsettled, wall()); due > max(now, at) {
			at, why = due, warming
		}
	}
	return at, why
}

// pay counts a copy that leaves the line now. However much urgent mail there is, other mail waits for it no longer than a
// minute.
func (p *pace) pay(now time.Duration) {
	p.hungry = false
	if p.perMinute > 0 {
		p.paid = min(max(p.paid, now)+p.interval(), now+burstTime+time.Minute)
	}
	if p.warmth != nil {
		p.unsettled++
	}
}

// refund takes a copy back that did not go after all.
func (p *pace) refund() {
	if p.perMinute > 0 {
		p.paid -= p.interval()
	}
}

// useful is how many connections a rate keeps busy, of n, so that none waits for longer than half the idle time.
func (p *pace) useful(n int, idle time.Duration) int {
	if p.perMinute == 0 {
		return n
	}
	return min(n, max(1, int(idle/2/p.interval())))
}

// limit is how many connections to the hop's operator may be open at once. Call it with mu held.
func (h *hop) limit() int {
	if most := h.pool.most; most > 0 {
		return min(most, h.Limit)
	}
	return h.Limit
}

// closed says whether the pace of its operator keeps a connection's foremost row back, and has the scheduler look when that
// ends. Call it with mu held.
func (s *session) closed() bool {
	q, p := s.q, s.pool
	if p.perMinute == 0 && p.until == 0 && p.warmth == nil || s.hop.urgent() {
		return false
	}
	now := q.now()
	if at, _ := p.opens(now, q.cfg.Now); at <= now {
		return false
	}
	if !p.hungry {
		p.hungry = true
		q.ring()
	}
	return true
}

// crowded says whether this connection is one too many for an operator that said that we are too fast. Call it with mu
// held.
func (s *session) crowded() bool {
	p := s.pool
	if p.most == 0 || p.open-p.closing <= p.most {
		return false
	}
	s.leaves = p
	p.closing++
	return true
}

// feed wakes the connections of a hop that the pace kept waiting, when copies may go again. Call it with mu held.
func (q *Queue) feed(h *hop, now time.Duration) {
	if !h.pool.hungry {
		return
	}
	if at, _ := h.pool.opens(now, q.cfg.Now); at > now {
		return
	}
	for s := range h.sessions {
		if s.resting && !s.rung {
			s.ring()
		}
	}
}

// After an operator said that we are too fast.
const (
	throttleFirst = time.Minute // the first pause; each further one is twice as long
	throttleLast  = 30 * time.Minute
	easeAfter     = time.Minute // of good service before it gets twice as many connections
)

// throttle takes an operator at its word that we are too fast: a pause for all but urgent mail, then one connection. What
// is said during a pause comes from before it, and counts once. Rows whose lifetime is over end. Call it with mu held.
func (q *Queue) throttle(p *pool, text string) {
	now := q.now()
	p.said = text
	if p.until > now {
		return
	}
	p.throttles++
	p.most = 1
	p.until = now + growing(throttleFirst, throttleLast, p.throttles, rand.Float64())
	p.raise = p.until + easeAfter
	q.metrics.tooFast(p.label)
	q.log.Warn("provider says that we send too fast", "provider", p.name, "times", p.throttles, "pause", (p.until - now).Round(time.Second))
	for h := range q.busy {
		if h.pool != p {
			continue
		}
		for _, e := range q.leave(h, func(e *entry) bool { return e.expired(now) }) {
			q.conclude(e, Result{Outcome: Expired, Text: text})
		}
	}
	q.ring()
}

// ease gives an operator that took a copy more connections, now and then, until it has as many as before. Call it with mu
// held.
func (q *Queue) ease(p *pool, limit int) {
	if p.most == 0 {
		return
	}
	now := q.now()
	if now < p.raise {
		return
	}
	p.raise = now + easeAfter
	p.throttles = max(0, p.throttles-1)
	if p.most *= 2; p.most >= limit {
		p.most, p.throttles, p.until, p.said = 0, 0, 0, ""
		q.log.Info("provider gets as many connections as before", "provider", p.name)
	}
	q.ring()
}

// paced says in words why copies for an operator wait, and until when; empty when nothing of its pace keeps them. Call it
// with mu held.
func (q *Queue) paced(p *pool) (words string, until time.Duration) {
	now := q.now()
	at, why := p.opens(now, q.cfg.Now)
	if at <= now {
		return "", 0
	}
	switch why {
	case throttled:
		words = "it said that we send too fast: " + p.said
	case rated:
		words = fmt.Sprintf("no more than %d copies a minute go there", p.perMinute)
	case warming:
		words = fmt.Sprintf("warm-up: no more than %d copies go there today", p.warmth.on(q.cfg.Now()).ceiling())
	}
	return words, at
}
