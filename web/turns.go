package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"sencoforum/list"
)

// turns bound how often each person does something that costs more than a page. Many goroutines may use them.
type turns struct {
	perSecond rate.Limit
	atOnce    int

	mu     *sync.Mutex // guards people
	people map[list.PersonID]*rate.Limiter
}

func newTurns(perSecond rate.Limit, atOnce int) turns {
	return turns{perSecond, atOnce, &sync.Mutex{}, map[list.PersonID]*rate.Limiter{}}
}

// allow reports whether somebody may do it once more.
func (t turns) allow(p list.PersonID, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.people[p]
	if l == nil {
		if len(t.people) >= maxClients {
			t.forget(now)
		}
		l = rate.NewLimiter(t.perSecond, t.atOnce)
		t.people[p] = l
	}
	return l.AllowN(now, 1)
}

// forget drops those that were quiet; all, where everybody is busy.
func (t turns) forget(now time.Time) {
	for p, l := range t.people {
		if l.TokensAt(now) >= float64(t.atOnce) {
			delete(t.people, p)
		}
	}
	if len(t.people) >= maxClients {
		clear(t.people)
	}
}
