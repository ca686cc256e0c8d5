package search

import (
	"cmp"
	"fmt"
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
func (s *Searcher) facets(f result, all []group, loose bool) (out Facets, err error) {
	c := counter{years: map[int]int{}, topics: map[archive.TopicID]int{}, lists: map[list.ID]int{}, authors: map[string]int{}}
	for _, g := range all {
		if g.loose == loose {
			c.discussion(g.summary)
		}
	}
	c.posts(f, loose)
	out.Years = c.bands()
	out.Authors = most(c.authors, func(name string) Facet { return Facet{Name: name, Value: name} })
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
	years   map[int]int // by the first year of a band
	topics  map[archive.TopicID]int
	lists   map[list.ID]int
	authors map[string]int

	files, links, answered, unanswered int
}

func (c *counter) discussion(d archive.Summary) {
	c.lists[d.List]++
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

// inThread is something that a discussion counts for once.
type inThread struct {
	thread archive.Number
	what   uint32
}

// posts counts what is true of posts, once for each discussion.
func (c *counter) posts(f result, loose bool) {
	bands, authors := map[inThread]bool{}, map[inThread]bool{}
	kinds := map[archive.Number]Fact{}
	first := map[uint32]uint32{} // band of a year
	byAuthor := map[uint32]int{}
	for _, h := range f.Hits {
		if f.loose[h.Thread] != loose {
			continue
		}
		year := yearOf(h.Written, first)
		if k := (inThread{h.Thread, year}); !bands[k] {
			bands[k] = true
			c.years[int(year)]++
		}
		if k := (inThread{h.Thread, h.Author}); !authors[k] {
			authors[k] = true
			byAuthor[h.Author]++
		}
		if fresh := h.Facts &^ kinds[h.Thread]; fresh != 0 {
			kinds[h.Thread] |= fresh
			if fresh&HasFile != 0 {
				c.files++
			}
			if fresh&HasLink != 0 {
				c.links++
			}
		}
	}
	for a, n := range byAuthor {
		if name := list.CleanName(f.Author(hit{Author: a}).Name); name != "" {
			c.authors[name] += n
		}
	}
}

// yearOf is the first year of the band of a moment. Days are remembered, because thousands of posts share them.
func yearOf(written uint32, known map[uint32]uint32) uint32 {
	day := written / 86400
	year, ok := known[day]
	if !ok {
		year = uint32(time.Unix(int64(written), 0).In(calendar.London()).Year())
		year -= year % bandYears
		known[day] = year
	}
	return year
}

func (c *counter) bands() (out []Facet) {
	for from, n := range c.years {
		band := fmt.Sprintf("%d-%d", from, from+bandYears-1)
		out = append(out, Facet{Name: strings.Replace(band, "-", " to ", 1), Value: band, Count: n})
	}
	slices.SortFunc(out, func(a, b Facet) int { return cmp.Compare(b.Value, a.Value) })
	return out
}

func most[K comparable](counts map[K]int, facet func(K) Facet) (out []Facet) {
	for k, n := range counts {
		one := facet(k)
		one.Count = n
		out = append(out, one)
	}
	return ordered(out)
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
