package web

import (
	"context"
	"runtime"
	"time"
)

// What one person may look for: as often as people press buttons, and more at once. A search takes as much of the machine as
// many pages, and mail goes first.
const (
	searchesPerSecond = 1
	searchesAtOnce    = 30
	searchesWait      = 2 * time.Second // for others to end
)

// A finder bounds what searches may cost. It may be used by many goroutines.
type finder struct {
	turns
	places chan struct{} // of searches that run at once
}

func newFinder() *finder {
	return &finder{
		turns:  newTurns(searchesPerSecond, searchesAtOnce),
		places: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))),
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
