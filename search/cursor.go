package search

import (
	"context"
	"slices"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// A cursor finds the posts that match a part of a query, one stretch of the index after the other. A stretch is worked through
// part by part and not post by post: what a part does with a post is a few steps then, and not a few calls.
type cursor interface {
	// in returns the posts of a stretch that match. Stretches are asked for in ascending order. The caller gives the matches back.
	in(s *stretch) (*matches, error)
	cost() uint64 // about in how many posts of the index it looks
}

// Matches are places of posts in the index, ascending, and what each post is worth.
type matches struct {
	docs  []uint32
	worth []float64
	at    []uint32 // of a term, where posts that matter are in its postings
}

func (m *matches) add(doc uint32, worth float64) {
	m.docs, m.worth = append(m.docs, doc), append(m.worth, worth)
}

func (m *matches) meet(doc uint32, at int) {
	m.docs, m.worth, m.at = append(m.docs, doc), append(m.worth, 0), append(m.at, uint32(at))
}

// The parts of BM25.
const (
	bmK1 = 1.2
	bmB  = 0.75
)

// A scanned is one moment of the index as queries see it.
type scanned struct {
	ctx     context.Context
	reader  *scorch.IndexSnapshot
	kept    *postingsCache
	ready   *readySet          // what is ready; nil: nothing is
	files   []*readyFile       // of the segments; nil where nothing is ready of one
	posts   float64            // in the index
	average map[string]float64 // length of a field
}

// borrow takes what is ready of this moment. It is to be given back.
func (s *scanned) borrow() {
	s.ready = s.kept.borrow()
	s.files = s.ready.filesOf(s.reader)
}

func (s *scanned) giveBack() { s.kept.giveBack(s.ready) }

// A termCursor finds the posts that hold a word in a field.
type termCursor struct {
	parts  []termPart // of the segments with the word
	part   int        // from which on it looks
	count  uint64
	scored bool
	weight float64 // with the rarity of the word
	length float64 // of the field, on average
}

// A termPart is the posts of one segment.
type termPart struct {
	*postings
	base, last uint32 // place of the segment, and of the last post that holds the word
	i          int    // place in the postings of the first that was not passed
	segment    *scorch.SegmentSnapshot
}

// term returns the cursor of a word, or nil where no post holds it.
func (s *scanned) term(field, word string, boost float64) (*termCursor, error) {
	c := &termCursor{scored: boost > 0 && !options[field].SkipFreqNorm(), length: max(1, s.average[field])}
	base, ready := uint32(0), s.ready.word(field, word)
	for i, seg := range s.reader.Segments() {
		p := ready.in(s.files[i])
		if p == nil {
			var err error
			if p, err = s.kept.get(s.ctx, seg, field, word); err != nil {
				return nil, err
			}
		}
		if n := len(p.docs); n > 0 {
			c.parts = append(c.parts, termPart{postings: p, base: base, last: base + p.docs[n-1], segment: seg})
			c.count += uint64(n)
		}
		base += uint32(seg.Segment().Count())
	}
	if c.count == 0 {
		return nil, nil
	}
	c.weight = boost * rarityOf(s.posts, float64(c.count))
	return c, nil
}

func (c *termCursor) cost() uint64 { return c.count }

func (c *termCursor) in(s *stretch) (*matches, error) {
	m := s.scratch.list()
	for c.part < len(c.parts) && c.parts[c.part].last < s.from {
		c.part++
	}
	if c.part == len(c.parts) || c.parts[c.part].base >= s.to {
		return m, nil
	}
	p := &c.parts[c.part] // a stretch is within a segment
	p.i = p.from(p.i, s.from)
	if s.only == nil {
		c.all(p, p.from(p.i, s.to), m)
		return m, nil
	}
	if p.meets(s, m); c.scored {
		for i, at := range m.at {
			m.worth[i] = c.worth(p, int(at))
		}
	} else {
		for i := range m.at {
			m.worth[i] = c.weight
		}
	}
	return m, nil
}

// all adds the posts up to a place in the postings.
func (c *termCursor) all(p *termPart, end int, m *matches) {
	m.docs, m.worth = slices.Grow(m.docs, end-p.i), slices.Grow(m.worth, end-p.i)
	for _, d := range p.docs[p.i:end] {
		m.docs = append(m.docs, p.base+d)
	}
	for i := p.i; i < end; i++ {
		m.worth = append(m.worth, c.worth(p, i))
	}
	p.i = end
}

// meetsFar is how many times as many the posts of one side are before they are not walked through but searched.
const meetsFar = 8

// meets adds those posts of a stretch that matter and are in the postings, and where they are there; not what they are worth.
func (p *termPart) meets(s *stretch, m *matches) {
	end := p.from(p.i, s.to)
	docs := p.docs[:end]
	if len(s.only)*meetsFar < end-p.i {
		for _, doc := range s.only {
			if p.i = p.from(p.i, doc); p.i >= end {
				return
			}
			if docs[p.i] == doc-p.base {
				m.meet(doc, p.i)
			}
		}
		return
	}
	only := s.only
	if (end-p.i)*meetsFar < len(only) {
		for ; p.i < end; p.i++ {
			doc := p.base + docs[p.i]
			n, ok := slices.BinarySearch(only, doc)
			if only = only[n:]; ok {
				m.meet(doc, p.i)
			}
		}
		return
	}
	for _, doc := range only {
		for p.i < end && docs[p.i] < doc-p.base {
			p.i++
		}
		if p.i == end {
			return
		}
		if docs[p.i] == doc-p.base {
			m.meet(doc, p.i)
		}
	}
}

// at goes to a post and returns the part in which it is, or nil where the post does not hold the word. It never goes back.
func (c *termCursor) at(doc uint32) *termPart {
	for c.part < len(c.parts) && c.parts[c.part].last < doc {
		c.part++
	}
	if c.part == len(c.parts) || doc < c.parts[c.part].base {
		return nil
	}
	p := &c.parts[c.part]
	if p.i = p.from(p.i, doc); p.docs[p.i] != doc-p.base {
		return nil
	}
	return p
}

// from is the place of the first post at or behind a place of the index, looking from one on that is not behind it; the end of the
// postings where there is none.
func (p *termPart) from(i int, to uint32) int {
	if to <= p.base || i == len(p.docs) {
		return i
	}
	goal, step := to-p.base, 1
	if p.docs[i] >= goal {
		return i
	}
	for i+step < len(p.docs) && p.docs[i+step] < goal {
		i += step
		step *= 2
	}
	low, high := i+1, min(i+step, len(p.docs))
	for low < high {
		if mid := (low + high) / 2; p.docs[mid] < goal {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

func (c *termCursor) worth(p *termPart, i int) float64 {
	if !c.scored {
		return c.weight
	}
	often, long := float64(p.often[i]), float64(p.length[i])/c.length
	return c.weight * often * (bmK1 + 1) / (often + bmK1*(1-bmB+bmB*long))
}

// count adds in how many posts each of some words stands.
func (s *scanned) count(field string, words []string, to map[string]uint64) error {
	for _, seg := range s.reader.Segments() {
		dict, err := seg.Segment().Dictionary(field)
		if err != nil {
			return err
		}
		for _, w := range words {
			list, err := dict.PostingsList([]byte(w), seg.Deleted(), nil)
			if err != nil {
				return err
			}
			to[w] += list.Count()
		}
	}
	return nil
}
