package search

import (
	"context"
	"math"
	"sync"
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
	case *scaledCursor: // by its words, not by what it was made to count
		return worthOf(c.cursor)
	}
	return 0
}

// A scaledCursor is worth more or less than its cursor.
type scaledCursor struct {
	cursor
	by float64
}

func (c *scaledCursor) in(s *stretch) (*matches, error) {
	m, err := c.cursor.in(s)
	if err == nil {
		for i := range m.worth {
			m.worth[i] *= c.by
		}
	}
	return m, err
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

// holding is how many posts hold each of some words, by their stems. What was counted is remembered until a hundredth of all posts
// is new: how rare a word is changes slowly.
func (x *Index) holding(terms []string, posts int) (map[string]uint64, error) {
	x.counts.Lock()
	defer x.counts.Unlock()
	if c := &x.counts; c.known == nil || max(posts-c.posts, c.posts-posts) > c.posts/100 || len(c.known) > countsMost {
		c.known, c.posts = map[string]uint64{}, posts
	}
	all := make(map[string]uint64, len(terms))
	var asked []string
	for _, t := range terms {
		n, ok := x.counts.known[t]
		if all[t] = n; !ok {
			asked = append(asked, t)
		}
	}
	if len(asked) == 0 {
		return all, nil
	}
	err := x.look(context.Background(), weights{}, func(l *look) error {
		return l.count(fieldAny, asked, all)
	})
	if err != nil {
		return nil, err
	}
	for _, t := range asked {
		x.counts.known[t] = all[t]
	}
	return all, nil
}

// countsMost is of how many words it is remembered in how many posts they stand.
const countsMost = 50_000

// counts remember in how many posts words stand.
type counts struct {
	sync.Mutex
	known map[string]uint64
	posts int // that there were
}
