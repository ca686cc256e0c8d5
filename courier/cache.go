package courier

import (
	"errors"
	"sync"
	"time"

	"sencoforum/queue"
)

const (
	maxRoutes    = 10_000
	routeAge     = 5 * time.Minute
	passingAge   = 30 * time.Second // of a trouble of the DNS
	routesToDrop = maxRoutes / 10   // when there is no room
)

// routeCache remembers routes, and domains that have none. It may be used by many goroutines at once.
type routeCache struct {
	now func() time.Time

	mu    sync.Mutex // guards known
	known map[string]knownRoute
}

type knownRoute struct {
	hop   queue.Hop
	err   error
	until time.Time
}

func newRouteCache(now func() time.Time) *routeCache {
	return &routeCache{now: now, known: make(map[string]knownRoute)}
}

// get returns what is known of domain, while it is fresh.
func (r *routeCache) get(domain string) (queue.Hop, error, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k, ok := r.known[domain]
	return k.hop, k.err, ok && r.now().Before(k.until)
}

// provider returns who received the mail of domain when that was last known, fresh or not; empty when it is not known.
func (r *routeCache) provider(domain string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[domain].hop.Provider
}

// put remembers a route or the lack of one.
func (r *routeCache) put(domain string, hop queue.Hop, err error) {
	age := routeAge
	var bad *queue.RouteError
	if errors.As(err, &bad) && bad.Result.Outcome == queue.Deferred {
		age = passingAge
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= maxRoutes {
		r.makeRoom()
	}
	r.known[domain] = knownRoute{hop: hop, err: err, until: r.now().Add(age)}
}

// makeRoom drops what is stale, and some of the rest if that is not enough.
func (r *routeCache) makeRoom() {
	now := r.now()
	for domain, k := range r.known {
		if !now.Before(k.until) {
			delete(r.known, domain)
		}
	}
	left := len(r.known) - (maxRoutes - routesToDrop)
	for domain := range r.known {
		if left <= 0 {
			return
		}
		delete(r.known, domain)
		left--
	}
}
