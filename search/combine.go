package search

import (
	"cmp"
	"math/bits"
	"slices"
)

// An andCursor finds the posts that all its parts find.
type andCursor struct {
	parts []cursor // the rarest first
}

// and returns the cursor of what all parts match. A nil part matches nothing, and so does all of it.
func and(parts ...cursor) cursor {
	if len(parts) == 0 || slices.Contains(parts, nil) {
		return nil
	}
	if len(parts) == 1 {
		return parts[0]
	}
	slices.SortStableFunc(parts, func(a, b cursor) int { return cmp.Compare(a.cost(), b.cost()) })
	return &andCursor{parts: parts}
}

func (c *andCursor) cost() uint64 { return c.parts[0].cost() }

func (c *andCursor) in(s *stretch) (*matches, error) {
	all, err := c.parts[0].in(s)
	for _, p := range c.parts[1:] {
		if err != nil || len(all.docs) == 0 {
			return all, err
		}
		var more *matches
		if more, err = p.in(s.among(all)); err != nil {
			return all, err
		}
		all.join(more)
		s.scratch.give(more)
	}
	return all, err
}

// join keeps the posts that both have, with what they are worth together.
func (m *matches) join(o *matches) {
	kept, i := 0, 0
	for at, doc := range o.docs {
		for m.docs[i] < doc { // which it has: nothing else was looked for
			i++
		}
		m.docs[kept], m.worth[kept] = doc, m.worth[i]+o.worth[at]
		kept++
	}
	m.docs, m.worth = m.docs[:kept], m.worth[:kept]
}

// An orCursor finds the posts that one of its parts finds. A post is worth what its best part is worth, and a little for the others,
// so that many ways to say a thing do not outweigh the words that were typed.
type orCursor struct {
	parts []cursor
	n     uint64
}

// others is what the parts beside the best one count.
const others = 0.1

// or returns the cursor of what one of the parts matches; nil ones are left out.
func or(parts ...cursor) cursor {
	parts = slices.DeleteFunc(parts, func(p cursor) bool { return p == nil })
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	c := &orCursor{parts: parts}
	for _, p := range parts {
		c.n += p.cost()
	}
	return c
}

func (c *orCursor) cost() uint64 { return c.n }

func (c *orCursor) in(s *stretch) (*matches, error) {
	sum := s.scratch.sum(s.from)
	for _, p := range c.parts {
		m, err := p.in(s)
		if err != nil {
			return nil, err
		}
		sum.add(m)
		s.scratch.give(m)
	}
	m := s.scratch.list()
	sum.end(m)
	s.scratch.giveSum(sum)
	return m, nil
}

// Sums add up what posts of a stretch are worth, by place.
type sums struct {
	from uint32
	any  [stretchMost / 64]uint64 // a bit for each place that has something
	best [stretchMost]float64
	all  [stretchMost]float64
}

func (s *sums) add(m *matches) {
	for i, doc := range m.docs {
		at, worth := doc-s.from, m.worth[i]
		if bit := uint64(1) << (at % 64); s.any[at/64]&bit == 0 {
			s.any[at/64] |= bit
			s.best[at], s.all[at] = worth, worth
			continue
		}
		s.best[at] = max(s.best[at], worth)
		s.all[at] += worth
	}
}

// end gives what was added up, and forgets it.
func (s *sums) end(to *matches) {
	for i, word := range s.any {
		for ; word != 0; word &= word - 1 {
			at := i*64 + bits.TrailingZeros64(word)
			to.add(s.from+uint32(at), s.best[at]+others*(s.all[at]-s.best[at]))
		}
		s.any[i] = 0
	}
}

// A likeCursor finds what its first part finds. A post is worth more where the second matches, too.
type likeCursor struct {
	cursor
	like cursor
}

func like(must, like cursor) cursor {
	if must == nil || like == nil {
		return must
	}
	return &likeCursor{cursor: must, like: like}
}

func (c *likeCursor) in(s *stretch) (*matches, error) {
	all, err := c.cursor.in(s)
	if err != nil || len(all.docs) == 0 {
		return all, err
	}
	more, err := c.like.in(s.among(all))
	if err != nil {
		return all, err
	}
	i := 0
	for at, doc := range more.docs {
		for all.docs[i] < doc {
			i++
		}
		all.worth[i] += more.worth[at]
	}
	s.scratch.give(more)
	return all, nil
}

// A notCursor finds what its first part finds and none of the others does.
type notCursor struct {
	cursor
	not []cursor
}

func (c *notCursor) in(s *stretch) (*matches, error) {
	all, err := c.cursor.in(s)
	for _, n := range c.not {
		if err != nil || len(all.docs) == 0 {
			return all, err
		}
		var gone *matches
		if gone, err = n.in(s.among(all)); err != nil {
			return all, err
		}
		all.without(gone)
		s.scratch.give(gone)
	}
	return all, err
}

func (m *matches) without(o *matches) {
	kept, next := 0, 0
	for i, doc := range m.docs {
		if next < len(o.docs) && o.docs[next] == doc {
			next++
			continue
		}
		m.docs[kept], m.worth[kept] = doc, m.worth[i]
		kept++
	}
	m.docs, m.worth = m.docs[:kept], m.worth[:kept]
}
