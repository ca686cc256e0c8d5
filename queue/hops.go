package queue

import (
	"cmp"
	"slices"
	"time"
)

// HopState is how one next hop stands. A domain whose hop is not known has one of its own, with an empty Key.
type HopState struct {
	Key         string
	Operator    string
	Domain      string    // the domain, when its hop is not known
	Waiting     int       // rows that are due
	Later       int       // rows that were deferred and whose time has not come
	Connections int       // open or being opened
	LastError   string    // the last failure of a connection or a route; may hold a stranger's words
	NextTry     time.Time // after a failure, or when it is held, when it is tried again; zero otherwise
	Held        string    // why its rows wait although nothing failed: the pace of its operator; may hold a stranger's words
}

// Hops shows all hops that have rows, connections or trouble, in the order of their keys. It may be called at any time.
func (q *Queue) Hops() []HopState {
	q.mu.Lock()
	defer q.mu.Unlock()
	states := map[*hop]*HopState{}
	var all []*HopState
	for _, h := range q.hops {
		s := &HopState{
			Key: h.Key, Operator: h.Operator, Waiting: h.ready.len(), Connections: len(h.sessions),
			LastError: h.last, NextTry: q.wall(h.until),
		}
		if words, until := q.paced(h.pool); words != "" && h.ready.len() > 0 {
			s.Held, s.NextTry = words, q.wall(max(until, h.until))
		}
		states[h] = s
		all = append(all, s)
	}
	for _, d := range q.domains {
		s := states[d.hop]
		if s == nil {
			s = &HopState{Domain: d.name, LastError: d.last.Text, NextTry: q.wall(d.until)}
			all = append(all, s)
		}
		s.Later += d.later
		s.Waiting += len(d.parked)
		if r := q.rests[d.who()]; r != nil && d.later > 0 && s.Held == "" {
			s.Held, s.NextTry = "it refuses everybody, and one copy is tried then: "+r.last.Text, q.wall(r.until)
		}
	}
	var out []HopState
	for _, s := range all {
		if s.Waiting+s.Later+s.Connections > 0 || s.LastError != "" {
			out = append(out, *s)
		}
	}
	slices.SortFunc(out, func(a, b HopState) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Domain, b.Domain))
	})
	return out
}

// wall turns a time in memory into a time of day; what has passed is zero. Call it with mu held.
func (q *Queue) wall(at time.Duration) time.Time {
	now := q.now()
	if at <= now {
		return time.Time{}
	}
	return q.cfg.Now().Add(at - now)
}
