package search

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"sencoforum/archive"
)

// How what discussions are like is kept. It is found at leisure, one discussion after the other, and only read when a page of one
// is shown (alike_run.go); how, says Similar.
const (
	alikeKept  = 5   // discussions that are named for one; of those some may go, and a page shows fewer
	alikeGrown = 4   // it is found anew when the archive has grown by one part in so many since,
	alikeFew   = 100 // and by so many posts at least
)

// A kinship is what a discussion is like, by its first post: only the words of that one decide.
type kinship struct {
	revision uint32 // of that post: after any change of it this holds no more
	upTo     archive.Number
	found    [alikeKept]archive.Number // a post of each discussion, the best first; 0: there are no more
	nudged   bool                      // a newer discussion is like it; never stored
}

// stale reports that it is time to find it anew, when the newest discussion has a number.
func (k kinship) stale(newest archive.Number) bool {
	return k.nudged || newest > k.upTo+max(alikeFew, k.upTo/alikeGrown)
}

// Kinships are what all discussions are like, by the number of their first post. They are derived from the archive: what is
// missing is found again. Any number of goroutines may use them.
type kinships struct {
	waiting atomic.Int64 // discussions for which it is to be found

	mu   sync.RWMutex // guards these two
	of   map[archive.Number]kinship
	gone bool // the file holds what was taken out

	file alikeFile // of the one that finds
}

func (a *kinships) get(n archive.Number) (kinship, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	k, ok := a.of[n]
	return k, ok
}

// put keeps what a discussion is like. Those that are older than it and are not found anew since do not know of it: they are nudged.
func (a *kinships) put(n archive.Number, k kinship) (nudges bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == nil {
		a.of = map[archive.Number]kinship{}
	}
	_, known := a.of[n]
	a.of[n] = k
	if known {
		return false
	}
	for _, other := range k.found {
		if o, ok := a.of[other]; ok && o.upTo < n {
			o.nudged, nudges = true, true
			a.of[other] = o
		}
	}
	return nudges
}

func (a *kinships) drop(n archive.Number) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.of, n)
	a.gone = true
}

// forget takes out what holds no more, since posts changed.
func (a *kinships) forget(posts []archive.Post) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range posts {
		if k, ok := a.of[p.Number]; ok && k.revision != p.Revision {
			delete(a.of, p.Number)
			a.gone = true
		}
	}
}

// unfound are those of these first posts, ascending, for which something is to be found, the newest first. What is kept of others is
// forgotten.
func (a *kinships) unfound(firsts []archive.Number) (all []archive.Number) {
	a.prune(firsts)
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, n := range slices.Backward(firsts) {
		if k, ok := a.of[n]; !ok || k.stale(firsts[len(firsts)-1]) {
			all = append(all, n)
		}
	}
	a.waiting.Store(int64(len(all)))
	return all
}

// prune takes out what is kept of others than these, if there must be any.
func (a *kinships) prune(firsts []archive.Number) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.of) <= len(firsts) {
		return
	}
	for n := range a.of {
		if _, ok := slices.BinarySearch(firsts, n); !ok {
			delete(a.of, n)
			a.gone = true
		}
	}
}

// tidied is all that is kept, if the file is to be written anew: it holds what was taken out, or much that counts no more.
func (a *kinships) tidied() (all map[archive.Number]kinship, is bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.gone && !a.file.isLong(len(a.of)) {
		return nil, false
	}
	a.gone = false
	return maps.Clone(a.of), true
}

// Alike returns a post of each discussion of the same list that is about the same as the one that a post begins, the best first, as far
// as that was found before. It looks for nothing. Whoever shows them reads each from the archive: who may read it is decided there, and it may
// be gone by now.
func (s *Searcher) Alike(first archive.Post) (all []archive.Number) {
	k, ok := s.index.alike.get(first.Number)
	if !ok || k.revision != first.Revision {
		return nil
	}
	for _, n := range k.found {
		if n != 0 {
			all = append(all, n)
		}
	}
	return all
}
