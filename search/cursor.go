package search

import (
	"context"
	"math"
	"slices"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// A cursor walks over the posts that match a part of a query, in the order of the index. It stands on the first when it is
// made. A post on which it stands may still not match: matches looks closer, and is asked only where all else does.
type cursor interface {
	doc() uint64              // where it stands; end: nowhere
	advance(to uint64) uint64 // to the first one at or behind a place, where it stands then; it never goes back
	matches() (bool, error)   // whether that post matches
	score() float64           // what it is worth; after matches
	cost() uint64             // about how many posts it stands on
}

const end = math.MaxUint64

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
	posts   float64            // in the index
	average map[string]float64 // length of a field
}

// A termCursor stands on the posts that hold a word in a field.
type termCursor struct {
	at     uint64
	parts  []termPart // of the segments with the word
	part   int        // in which it stands
	i      int        // place in the postings of that
	count  uint64
	scored bool
	weight float64 // with the rarity of the word
	length float64 // of the field, on average
}

// A termPart is the posts of one segment.
type termPart struct {
	*postings
	base, last uint64 // place of the segment, and of the last post that holds the word
	segment    *scorch.SegmentSnapshot
}

// term returns the cursor of a word, or nil where no post holds it.
func (s *scanned) term(field, word string, boost float64) (*termCursor, error) {
	c := &termCursor{scored: boost > 0 && !options[field].SkipFreqNorm(), length: max(1, s.average[field])}
	base := uint64(0)
	for _, seg := range s.reader.Segments() {
		p, err := s.kept.get(s.ctx, seg, field, word)
		if err != nil {
			return nil, err
		}
		if n := len(p.docs); n > 0 {
			c.parts = append(c.parts, termPart{postings: p, base: base, last: base + uint64(p.docs[n-1]), segment: seg})
			c.count += uint64(n)
		}
		base += seg.Segment().Count()
	}
	if c.count == 0 {
		return nil, nil
	}
	c.weight = boost * rarityOf(s.posts, float64(c.count))
	c.at = c.parts[0].base + uint64(c.parts[0].docs[0])
	return c, nil
}

func (c *termCursor) doc() uint64            { return c.at }
func (c *termCursor) cost() uint64           { return c.count }
func (c *termCursor) matches() (bool, error) { return true, nil }

func (c *termCursor) advance(to uint64) uint64 {
	if c.at >= to {
		return c.at
	}
	for c.part < len(c.parts) && c.parts[c.part].last < to {
		c.part, c.i = c.part+1, 0
	}
	if c.part == len(c.parts) {
		c.at = end
		return end
	}
	p := &c.parts[c.part]
	c.i = p.from(c.i, to)
	c.at = p.base + uint64(p.docs[c.i])
	return c.at
}

// from is the place of the first post at or behind a place of the index, which there is, looking from one on that is not behind it.
func (p *termPart) from(i int, to uint64) int {
	if to <= p.base {
		return i
	}
	goal, step := uint32(to-p.base), 1
	if p.docs[i] >= goal {
		return i
	}
	for i+step < len(p.docs) && p.docs[i+step] < goal {
		i += step
		step *= 2
	}
	low, high := i+1, min(i+step, len(p.docs)-1)
	for low < high {
		if mid := (low + high) / 2; p.docs[mid] < goal {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

func (c *termCursor) score() float64 {
	if !c.scored {
		return c.weight
	}
	p := &c.parts[c.part]
	often, long := float64(p.often[c.i]), float64(p.length[c.i])/c.length
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

// An andCursor stands on the posts on which all its parts stand.
type andCursor struct {
	at    uint64
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
	slices.SortStableFunc(parts, func(a, b cursor) int { return compare(a.cost(), b.cost()) })
	c := &andCursor{parts: parts}
	c.meet(parts[0].doc())
	return c
}

func compare[T uint64 | float32 | uint32](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// meet goes to the first post, from a place on, on which all parts stand.
func (c *andCursor) meet(to uint64) {
	for again := true; again; {
		again = false
		for _, p := range c.parts {
			if d := p.advance(to); d > to {
				to, again = d, d != end
				break
			}
		}
	}
	c.at = to
}

func (c *andCursor) doc() uint64 { return c.at }

func (c *andCursor) cost() uint64 { return c.parts[0].cost() }

func (c *andCursor) advance(to uint64) uint64 {
	if c.at < to {
		c.meet(to)
	}
	return c.at
}

func (c *andCursor) matches() (bool, error) {
	for _, p := range c.parts {
		if ok, err := p.matches(); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

func (c *andCursor) score() (sum float64) {
	for _, p := range c.parts {
		sum += p.score()
	}
	return sum
}

// An orCursor stands on the posts on which one of its parts stands. A post is worth what its best part is worth, and a little
// for the others, so that many ways to say a thing do not outweigh the words that were typed.
type orCursor struct {
	at     uint64
	parts  []cursor
	stands []uint64 // where each part stands
	hit    []bool   // parts that match the post
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
	c := &orCursor{at: end, parts: parts, stands: make([]uint64, len(parts)), hit: make([]bool, len(parts))}
	for i, p := range parts {
		c.stands[i] = p.doc()
		c.at = min(c.at, c.stands[i])
	}
	return c
}

func (c *orCursor) doc() uint64 { return c.at }

func (c *orCursor) cost() (n uint64) {
	for _, p := range c.parts {
		n += p.cost()
	}
	return n
}

func (c *orCursor) advance(to uint64) uint64 {
	if c.at >= to {
		return c.at
	}
	c.at = end
	for i, at := range c.stands {
		if at < to {
			at = c.parts[i].advance(to)
			c.stands[i] = at
		}
		c.at = min(c.at, at)
	}
	return c.at
}

func (c *orCursor) matches() (any bool, err error) {
	for i, p := range c.parts {
		c.hit[i] = false
		if c.stands[i] == c.at {
			if c.hit[i], err = p.matches(); err != nil {
				return false, err
			}
		}
		any = any || c.hit[i]
	}
	return any, nil
}

func (c *orCursor) score() float64 {
	best, sum := 0.0, 0.0
	for i, p := range c.parts {
		if c.hit[i] {
			v := p.score()
			best, sum = max(best, v), sum+v
		}
	}
	return best + others*(sum-best)
}

// A likeCursor stands where its first part stands. A post is worth more where the second matches, too.
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

func (c *likeCursor) score() float64 {
	v := c.cursor.score()
	at := c.doc()
	if c.like.advance(at) == at {
		if ok, err := c.like.matches(); ok && err == nil {
			v += c.like.score()
		}
	}
	return v
}

// A notCursor stands where its first part stands. A post does not match where one of the others does.
type notCursor struct {
	cursor
	not []cursor
}

func (c *notCursor) matches() (bool, error) {
	if ok, err := c.cursor.matches(); err != nil || !ok {
		return false, err
	}
	at := c.doc()
	for _, n := range c.not {
		if n.advance(at) != at {
			continue
		}
		if ok, err := n.matches(); err != nil || ok {
			return false, err
		}
	}
	return true, nil
}
