package queue

import (
	"cmp"
	"slices"
	"time"
)

// ProviderState is how the copies for one provider stand that have not gone yet.
type ProviderState struct {
	Provider  string    // as in [Hop]; the domain, where the provider is not known
	Waiting   int       // rows that are due
	Later     int       // rows whose time has not come
	Oldest    time.Time // when the oldest of them was put; zero when none waits. Within a second
	Resting   bool      // a hop or a domain of it failed and is not tried now, or it refuses everybody
	LastError string    // the last failure of a connection or a route; may hold a stranger's words

	Held      string    // why they wait although nothing failed: the pace at which mail goes there; may hold a stranger's words
	HeldUntil time.Time // when more may go; zero when nothing is held
}

// Providers shows who has rows waiting, in the order of their names. It looks at every row in memory: some milliseconds for
// 100,000.
func (q *Queue) Providers() []ProviderState {
	q.mu.Lock()
	defer q.mu.Unlock()
	v := view{q: q, now: q.now(), all: map[string]*ProviderState{}}
	for h := range q.busy {
		v.add(h.ready.rows, false)
	}
	for _, d := range q.domains {
		v.add(d.parked, false)
		s := v.state(d.who())
		if d.rows > 0 && d.hop != nil {
			if words, until := q.paced(d.hop.pool); words != "" {
				s.Held, s.HeldUntil = words, q.wall(until)
			}
		}
		switch {
		case d.rows == 0:
		case d.until > v.now:
			s.Resting, s.LastError = true, d.last.Text
		case d.hop != nil && d.hop.until > v.now:
			s.Resting, s.LastError = true, d.hop.last
		}
	}
	for name, r := range q.rests {
		if s := v.state(name); r.until > v.now {
			s.Resting, s.LastError = true, r.last.Line()
		}
	}
	v.add(q.later.rows, true)
	for _, f := range q.out {
		v.add([]entry{f.entry}, false)
	}
	var out []ProviderState
	for _, s := range v.all {
		if s.Waiting+s.Later > 0 {
			out = append(out, *s)
		}
	}
	slices.SortFunc(out, func(a, b ProviderState) int { return cmp.Compare(a.Provider, b.Provider) })
	return out
}

// view adds rows up by provider. It is used with mu held.
type view struct {
	q   *Queue
	now time.Duration
	all map[string]*ProviderState
}

func (v *view) state(provider string) *ProviderState {
	s := v.all[provider]
	if s == nil {
		s = &ProviderState{Provider: provider}
		v.all[provider] = s
	}
	return s
}

func (v *view) add(rows []entry, later bool) {
	for i := range rows {
		e := &rows[i]
		s := v.state(e.domain.who())
		if later {
			s.Later++
		} else {
			s.Waiting++
		}
		put := v.q.began.Add(time.Duration(e.expires)*time.Second - v.q.cfg.Lifetime)
		if s.Oldest.IsZero() || put.Before(s.Oldest) {
			s.Oldest = put
		}
	}
}
