package web

import (
	"context"
	"runtime"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"sencoforum/list"
)

// What one person may look for: as often as people press buttons, and more at once. A search takes as much of the machine as
// many pages, and mail goes first.
const (
	searchesPerSecond = 1
	searchesAtOnce    = 30
	searchesWait      = 2 * time.Second // for others to end
)

// A finder bounds what searches may cost, and remembers which discussions are alike. It may be used by many goroutines.
type finder struct {
	places chan struct{} // of searches that run at once
	likes  likes

	mu     sync.Mutex // guards what follows
	people map[list.PersonID]*rate.Limiter
}

func newFinder() *finder {
	return &finder{
		places: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))),
		people: map[list.PersonID]*rate.Limiter{},
		likes:  likes{known: map[likeKey]alike{}},
	}
}

// allow reports whether somebody may search once more.
func (f *finder) allow(p list.PersonID, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.people[p]
	if l == nil {
		if len(f.people) >= maxClients {
			f.forget(now)
		}
		l = rate.NewLimiter(searchesPerSecond, searchesAtOnce)
		f.people[p] = l
	}
	return l.AllowN(now, 1)
}

// forget drops those that were quiet; all, where everybody is busy.
func (f *finder) forget(now time.Time) {
	for p, l := range f.people {
		if l.TokensAt(now) >= searchesAtOnce {
			delete(f.people, p)
		}
	}
	if len(f.people) >= maxClients {
		clear(f.people)
	}
}

// enter waits until there is a place to search, and returns what gives it back; or errSearch when that takes too long.
func (f *finder) enter(ctx context.Context, wait time.Duration) (leave func(), err error) {
	leave = func() { <-f.places }
	select {
	case f.places <- struct{}{}:
		return leave, nil
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	select {
	case f.places <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, errSearch
	}
}
