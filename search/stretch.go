package search

import "sync"

// A stretch is a piece of a segment of the index that is searched at once.
type stretch struct {
	from, to uint32 // places
	segment  int
	ends     bool     // the segment ends with it
	only     []uint32 // others than these posts do not matter; nil: all do
	passes   func(doc uint32) bool
	scratch  *scratch
}

// among is the same stretch where only the posts that have matched matter.
func (s *stretch) among(m *matches) *stretch {
	a := *s
	a.only = m.docs
	return &a
}

// stretchMost is how many places a stretch has at most: what is added up for one stays in the cache of a processor. The first ones
// are shorter, so that something was found when the time is over.
const (
	stretchMost  = 1 << 15
	stretchFirst = 1 << 8
)

// Scratch are lists that are used again.
type scratch struct {
	lists []*matches
	sums  []*sums
}

func (s *scratch) list() *matches {
	if n := len(s.lists) - 1; n >= 0 {
		m := s.lists[n]
		s.lists = s.lists[:n]
		m.docs, m.worth, m.at = m.docs[:0], m.worth[:0], m.at[:0]
		return m
	}
	return &matches{}
}

func (s *scratch) give(m *matches) { s.lists = append(s.lists, m) }

// sum returns sums of nothing, for a stretch that begins at a place.
func (s *scratch) sum(from uint32) *sums {
	n := len(s.sums) - 1
	if n < 0 {
		return &sums{from: from}
	}
	m := s.sums[n]
	s.sums, m.from = s.sums[:n], from
	return m
}

func (s *scratch) giveSum(m *sums) { s.sums = append(s.sums, m) }

// scratchPool keeps what searches work with.
type scratchPool struct{ pool sync.Pool }

func (p *scratchPool) get() *scratch {
	if s, ok := p.pool.Get().(*scratch); ok {
		return s
	}
	return &scratch{}
}

func (p *scratchPool) put(s *scratch) { p.pool.Put(s) }
