package search

import (
	"sync"

	"sencoforum/archive"
)

// A workspace has the lists in which a search gathers what it found. They have a place for each hit, of which there may be hundreds of
// thousands, so they are used again: to make them anew would take most of the memory that a search takes.
type workspace struct {
	hits     []hit
	outlined archive.Outlined
	places   []int32
	groups   []group
	authors  authorSpace
}

// workspaces keep those that nobody uses.
type workspaces struct{ pool sync.Pool }

func (p *workspaces) get() *workspace {
	if s, ok := p.pool.Get().(*workspace); ok {
		return s
	}
	return &workspace{}
}

// room is the workspace of what was found.
func (f *found) room() *workspace {
	if f.space == nil {
		f.space = &workspace{}
	}
	return f.space
}

// release gives back the lists of what was found: nobody may look at it any more.
func (x *Index) release(f *found) {
	s := f.space
	if s == nil {
		return
	}
	if cap(f.Hits) > cap(s.hits) {
		s.hits = f.Hits
	}
	if cap(f.Threads) > cap(s.outlined.All) {
		s.outlined.All = f.Threads
	}
	f.space, f.Hits, f.Threads = nil, nil, nil
	x.spaces.pool.Put(s)
}

// zeroed is a list of so many zeros, the one that was there where it is long enough.
func zeroed[T any](list *[]T, n int) []T {
	if cap(*list) < n {
		*list = make([]T, n+n/8)
	}
	*list = (*list)[:n]
	clear(*list)
	return *list
}
