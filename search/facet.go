package search

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/store"
)

// Facets say how many of the discussions that match are of a kind. They count all of them.
type Facets struct {
	Years   []Facet // bands, the latest first
	Topics  []Facet // the most frequent first
	Lists   []Facet
	Authors []Facet
	Has     []Facet // file, link
	Is      []Facet // answered, unanswered
}

// A Facet is one kind.
type Facet struct {
	Name  string // as it is shown
	Value string // of the operator, or the parameter, that asks for it
	Count int    // discussions
}

// Bounds of what is listed.
const (
	facetMost = 10
	bandYears = 5
)

// facets counts discussions. One with two posts of a kind counts once.
func (s *Searcher) facets(f *result, all []group, loose bool) (out Facets, err error) {
	c := counter{topics: map[archive.TopicID]int{}, lists: map[list.ID]int{}}
	c.discussions(f, all, loose)
	c.posts(f, all, loose)
	out.Years = c.bands()
	out.Authors = c.authors(f)
	out.Has = some(Facet{"A file", "file", c.files}, Facet{"A link", "link", c.links})
	out.Is = some(Facet{"Answered", "answered", c.answered}, Facet{"No answer yet", "unanswered", c.unanswered})
	err = s.index.db.View(func(tx *store.Tx) error {
		for id, n := range c.lists {
			l, err := list.Get(tx, id)
			if err != nil {
				return err
			}
			out.Lists = append(out.Lists, Facet{Name: l.Title, Value: strings.ToLower(l.Name), Count: n})
			topics, err := archive.Topics(tx, id)
			if err != nil {
				return err
			}
			for _, t := range topics {
				if n := c.topics[t.ID]; n > 0 {
					out.Topics = append(out.Topics, Facet{Name: t.Name, Value: t.Slug, Count: n})
				}
			}
		}
		return nil
	})
	out.Lists, out.Topics = ordered(out.Lists), ordered(out.Topics)
	return out, err
}

type counter struct {
	years    [bandsMost]int // by the number of a band
	topics   map[archive.TopicID]int
	lists    map[list.ID]int
	byAuthor []int32 // by number; of the workspace

	files, links, answered, unanswered int
}

// discussions counts what is true of discussions. Most stand beside others of the same list.
func (c *counter) discussions(f *result, all []group, loose bool) {
	last, run := list.ID(0), 0
	for i := range all {
		if all[i].loose != loose {
			continue
		}
		d := &f.Threads[i]
		if d.List != last {
			c.lists[last] += run
			last, run = d.List, 0
		}
		run++
		for _, t := range d.Topics {
			c.topics[t]++
		}
		switch {
		case d.Answered:
			c.answered++
		case d.Question && !d.Closed:
			c.unanswered++
		}
	}
	c.lists[last] += run
	delete(c.lists, 0)
}

// posts counts what is true of posts, once for each discussion.
func (c *counter) posts(f *result, all []group, loose bool) {
	for i := range all {
		g := &all[i]
		if g.loose != loose {
			continue
		}
		for bands := g.bands; bands != 0; bands &= bands - 1 {
			c.years[bits.TrailingZeros64(bands)]++
		}
		if g.facts&HasFile != 0 {
			c.files++
		}
		if g.facts&HasLink != 0 {
			c.links++
		}
	}
	c.writers(f, all, loose)
}

// An authorSpace is what it takes to count authors.
type authorSpace struct {
	next     []int32  // by place of a discussion: where its next post goes
	wrote    []uint32 // of each post who wrote it, all of one discussion before those of the next
	byAuthor []int32
	counted  []int32 // by number of an author: 1 and the discussion in which they were counted last
}

// writers counts authors. It takes all posts of one discussion before those of the next, so that who was counted in it is a handful.
func (c *counter) writers(f *result, all []group, loose bool) {
	a := &f.room().authors
	next := zeroed(&a.next, len(all))
	for i, at := 0, int32(0); i < len(all); i++ {
		next[i] = at
		at += int32(all[i].matches)
	}
	wrote := zeroed(&a.wrote, len(f.Hits))
	for i := range f.Hits {
		h := &f.Hits[i]
		wrote[next[h.In]] = h.Author
		next[h.In]++
	}
	c.byAuthor = zeroed(&a.byAuthor, len(f.authors))
	counted := zeroed(&a.counted, len(f.authors))
	for i := range all {
		if all[i].loose != loose {
			continue
		}
		for _, a := range wrote[int(next[i])-all[i].matches : next[i]] {
			if counted[a] != int32(i)+1 {
				counted[a] = int32(i) + 1
				c.byAuthor[a]++
			}
		}
	}
}

// authors are those who wrote in most discussions, the first ones first. Who are called the same are one.
func (c *counter) authors(f *result) (top []Facet) {
	for a, n := range c.byAuthor {
		if first := f.authors[a].first; int(first) != a {
			c.byAuthor[a] = 0
			c.byAuthor[first] += n
		}
	}
	for a, n := range c.byAuthor {
		name := f.authors[a].name
		if n == 0 || name == "" || len(top) == facetMost && int(n) < top[facetMost-1].Count {
			continue
		}
		top = ordered(append(top, Facet{Name: name, Value: name, Count: int(n)}))
	}
	return top
}

// Bands are numbered from the one that begins with this year.
const (
	firstBand = 1970
	bandsMost = (2106-firstBand)/bandYears + 1
)

// bandStarts are the first seconds of bands, in London.
var bandStarts = func() (starts [bandsMost]uint32) {
	for i := range starts {
		starts[i] = seconds(time.Date(firstBand+i*bandYears, 1, 1, 0, 0, 0, 0, calendar.London()))
	}
	return starts
}()

// bandOf is the number of the band of a moment.
func bandOf(written uint32) int {
	at := int(written / (bandYears * 366 * 86400)) // a band is no longer, so this is no later one
	for at+1 < bandsMost && bandStarts[at+1] <= written {
		at++
	}
	return at
}

func (c *counter) bands() (out []Facet) {
	for i, n := range c.years {
		if n > 0 {
			from := firstBand + i*bandYears
			band := fmt.Sprintf("%d-%d", from, from+bandYears-1)
			out = append(out, Facet{Name: strings.Replace(band, "-", " to ", 1), Value: band, Count: n})
		}
	}
	slices.Reverse(out)
	return out
}

// ordered are the most frequent ones.
func ordered(all []Facet) []Facet {
	slices.SortFunc(all, func(a, b Facet) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name)) })
	return all[:min(len(all), facetMost)]
}

// some are those that count something.
func some(all ...Facet) []Facet {
	return slices.DeleteFunc(all, func(f Facet) bool { return f.Count == 0 })
}
