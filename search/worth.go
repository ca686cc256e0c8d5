package search

import (
	"context"
	"math"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// worthOf is what a match of a cursor is worth by the rarity of its words alone.
func worthOf(c cursor) float64 {
	switch c := c.(type) {
	case *termCursor:
		return c.weight
	case *andCursor:
		sum := 0.0
		for _, p := range c.parts {
			sum += worthOf(p)
		}
		return sum
	case *orCursor:
		best := 0.0
		for _, p := range c.parts {
			best = max(best, worthOf(p))
		}
		return best
	case *likeCursor:
		return worthOf(c.cursor)
	case *phraseCursor:
		return worthOf(c.cursor)
	}
	return 0
}

// A scaledCursor is worth more or less than its cursor.
type scaledCursor struct {
	cursor
	by float64
}

func (c *scaledCursor) score() (float64, bool) {
	v, typed := c.cursor.score()
	return c.by * v, typed
}

// noMore makes a cursor that is worth at most so much by its words; 0: what it is worth. Words that mean the same are no better
// because they are rarer or more.
func noMore(c cursor, most float64) cursor {
	if c == nil {
		return nil
	}
	if w := worthOf(c); most > 0 && w > most {
		return &scaledCursor{cursor: c, by: most / w}
	}
	return c
}

// rarityOf is what a word is worth that stands in so many of all posts.
func rarityOf(posts, holding float64) float64 {
	return math.Log(1 + max(0, posts-holding+0.5)/(holding+0.5))
}

// holding is how many posts hold a word, by its stem.
func (x *Index) holding(term string) (n uint64, err error) {
	err = x.serve(func(e *engine, _ int) error {
		return e.read(func(snap *scorch.IndexSnapshot) error {
			r, err := snap.TermFieldReader(context.Background(), []byte(term), fieldAny, false, false, false)
			if err != nil {
				return err
			}
			n = r.Count()
			return r.Close()
		})
	})
	return n, err
}
