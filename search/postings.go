package search

import (
	"cmp"
	"context"
	"math"
	"sync"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2/index/scorch"
	api "github.com/blevesearch/scorch_segment_api/v2"
)

// Postings are the posts of one segment that hold a word in a field, unpacked: to walk over them takes a few nanoseconds a post,
// and a tenth of a microsecond and more through the library. A segment never changes, but for what is taken out of it, so they
// are kept for the searches that follow.
type postings struct {
	docs   []uint32 // places in the segment, ascending
	often  []uint16 // how often the word stands there; nil where the field does not say
	length []uint16 // words of the field there; likewise
	asked  atomic.Int64
	places atomic.Pointer[placeList] // nil until it is worth to read them all
}

// A placeList has the places of a word in each post of its postings.
type placeList struct {
	from []uint32 // of the first place of each post, and the end of the last
	at   []uint32
}

// of are the places in a post.
func (l *placeList) of(i int) []uint32 { return l.at[l.from[i]:l.from[i+1]] }

func (p *postings) size() int { return 96 + 4*cap(p.docs) + 2*cap(p.often) + 2*cap(p.length) }
func (l *placeList) size() int {
	return 4 * (cap(l.from) + cap(l.at))
}

// readPostings unpacks them. Fields that have no frequencies give places in the segment alone.
func readPostings(ctx context.Context, seg *scorch.SegmentSnapshot, field, word string) (*postings, error) {
	dict, err := seg.Segment().Dictionary(field)
	if err != nil {
		return nil, err
	}
	list, err := dict.PostingsList([]byte(word), seg.Deleted(), nil)
	if err != nil {
		return nil, err
	}
	n := list.Count()
	p := &postings{}
	if n == 0 {
		return p, nil
	}
	p.docs = make([]uint32, 0, n)
	counted := !options[field].SkipFreqNorm()
	if counted {
		p.often, p.length = make([]uint16, 0, n), make([]uint16, 0, n)
	}
	for it := list.Iterator(counted, counted, false, nil); ; {
		one, err := it.Next()
		if err != nil {
			return nil, err
		}
		if one == nil {
			return p, nil
		}
		if p.docs = append(p.docs, uint32(one.Number())); counted {
			norm := one.Norm()
			p.often = append(p.often, uint16(min(one.Frequency(), math.MaxUint16)))
			p.length = append(p.length, uint16(min(math.Round(1/(norm*norm)), math.MaxUint16)))
		}
		if len(p.docs)%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

// docsAtOnce is how many posts docs gives at once, at most.
const docsAtOnce = 1024

// docs gives each the posts that hold a word in a field, segment by segment and some at a time: their places in it, which each must
// not keep. It reads nothing else, which is much less work.
func (s *scanned) docs(field, word string, each func(segment int, docs []uint32)) error {
	var some []uint32
	for i, seg := range s.reader.Segments() {
		dict, err := seg.Segment().Dictionary(field)
		if err != nil {
			return err
		}
		list, err := dict.PostingsList([]byte(word), seg.Deleted(), nil)
		if err != nil {
			return err
		}
		it := list.Iterator(false, false, false, nil)
		if bits, ok := it.(api.OptimizablePostingsIterator); ok && bits.ActualBitmap() != nil {
			if some == nil {
				some = make([]uint32, docsAtOnce)
			}
			for many := bits.ActualBitmap().ManyIterator(); ; {
				n := many.NextMany(some)
				if n == 0 {
					break
				}
				each(i, some[:n])
			}
			continue
		}
		for one, err := it.Next(); one != nil || err != nil; one, err = it.Next() {
			if err != nil {
				return err
			}
			each(i, []uint32{uint32(one.Number())})
		}
	}
	return nil
}

// readPlaces unpacks the places of all posts.
func (p *postings) readPlaces(ctx context.Context, seg *scorch.SegmentSnapshot, field, word string) (*placeList, error) {
	dict, err := seg.Segment().Dictionary(field)
	if err != nil {
		return nil, err
	}
	list, err := dict.PostingsList([]byte(word), seg.Deleted(), nil)
	if err != nil {
		return nil, err
	}
	l := &placeList{from: make([]uint32, 1, len(p.docs)+1), at: make([]uint32, 0, len(p.docs)+len(p.docs)/2)}
	for it := list.Iterator(true, false, true, nil); ; {
		one, err := it.Next()
		if err != nil {
			return nil, err
		}
		if one == nil {
			return l, nil
		}
		for _, at := range one.Locations() {
			l.at = append(l.at, uint32(at.Pos()))
		}
		l.from = append(l.from, uint32(len(l.at)))
		if len(l.from)%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

// postingsHalf is how many bytes of postings are kept of those that were used last, and of those before them.
const postingsHalf = 16 << 20

// postingKey names postings. What is taken out of a segment makes others of them.
type postingKey struct {
	segment, gone uint64
	field, word   string
}

func postingKeyOf(seg *scorch.SegmentSnapshot, field, word string) postingKey {
	k := postingKey{segment: seg.Id(), field: field, word: word}
	if gone := seg.Deleted(); gone != nil {
		k.gone = gone.GetCardinality()
	}
	return k
}

// postingsCache keeps postings.
type postingsCache struct {
	mu       sync.Mutex
	now, old map[postingKey]*postings
	size     int       // of now, and of places that were read later
	half     int       // postingsHalf, where it is another
	ready    *readySet // what is ready, whatever is searched for; nil: nothing is
}

// get returns the postings of a word in a segment.
func (c *postingsCache) get(ctx context.Context, seg *scorch.SegmentSnapshot, field, word string) (*postings, error) {
	k := postingKeyOf(seg, field, word)
	if p := c.find(k); p != nil {
		return p, nil
	}
	p, err := readPostings(ctx, seg, field, word)
	if err != nil {
		return nil, err
	}
	c.put(k, p)
	return p, nil
}

// put keeps postings that were found.
func (c *postingsCache) put(k postingKey, p *postings) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(k, p)
}

func (c *postingsCache) find(k postingKey) *postings {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.now[k]
	if p == nil {
		if p = c.old[k]; p != nil {
			c.keep(k, p)
		}
	}
	return p
}

// keep puts postings among those that were used last. The caller holds mu.
func (c *postingsCache) keep(k postingKey, p *postings) {
	if c.size > cmp.Or(c.half, postingsHalf) || c.now == nil {
		c.old, c.now, c.size = c.now, map[postingKey]*postings{}, 0
		if c.ready != nil { // the places of those that stay are read again where they are asked for
			c.ready.shut()
		}
	}
	c.size += p.size() + len(k.word)
	if l := p.places.Load(); l != nil {
		c.size += l.size()
	}
	c.now[k] = p
}

// grown counts places that were read later.
func (c *postingsCache) grown(by int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.size += by
}
