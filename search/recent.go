package search

import (
	"fmt"
	"strings"
	"sync"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// People look for the same thing again: for the next page, with more on a page, for the counts of all years beside the one that they
// chose, or because they come back. Recent answers are remembered for that: the discussions of the first pages in order, as numbers, and
// the counts. They are used only while nothing that answers are made of has changed, and all that is shown of a discussion is read anew.
type recent struct {
	mu       sync.Mutex
	of       moment // all are of it
	now, old map[string]*remembered
}

// A moment is what answers are made of, but for the settings of lists. Nothing of it ever changes in place.
type moment struct {
	engine *engine
	mark   *mark
	seq    archive.Seq
	words  *Vocabulary
}

// A remembered answer is what was found, without what a page shows of it.
type remembered struct {
	got   Answers
	f     result  // what show needs of it
	top   []group // the first ones, in order
	total int     // discussions, with those that have only some of the words
}

// Bounds of what is remembered. An answer takes some 20 kB.
const (
	recentTop  = 200 // discussions of an answer
	recentHalf = 64  // answers that were used last, and as many before them
)

// moment is now, and the key of a search among those of the moment; false: it is not to be remembered.
func (s *Searcher) moment(r Reader, a Ask) (m moment, key string, ok bool) {
	if s.recent == nil || len(r.lists) == 0 {
		return m, "", false
	}
	m.words = s.Vocabulary()
	err := s.index.serve(func(e *engine, percent int) error {
		m.engine, m.mark, ok = e, e.at.Load(), percent == 100 && !e.broken.Load()
		return nil
	})
	if err != nil || !ok {
		return m, "", false
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%v %t %#v", r.lists, a.Plain, a.Query) // all of the query, also what it does not print
	err = s.index.db.View(func(tx *store.Tx) (err error) {
		if m.seq, err = archive.LastSeq(tx); err != nil {
			return err
		}
		for _, id := range r.lists {
			if err := settingsOf(tx, id, &b); err != nil {
				return err
			}
		}
		return nil
	})
	return m, b.String(), err == nil
}

// settingsOf writes what answers depend on that has no place in the change record: names of a list and its topics, and its eras.
func settingsOf(tx *store.Tx, id list.ID, to *strings.Builder) error {
	l, err := list.Get(tx, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(to, "\n%q %q", l.Name, l.Title)
	topics, err := archive.Topics(tx, id)
	if err != nil {
		return err
	}
	for _, t := range topics {
		fmt.Fprintf(to, " %d %q %q", t.ID, t.Name, t.Slug)
	}
	eras, err := archive.Eras(tx, id)
	for _, e := range eras {
		fmt.Fprintf(to, " %d", e.Before.Unix())
	}
	return err
}

// find returns what was found for a key at the same moment, and forgets all when it is another.
func (c *recent) find(m moment, key string) *remembered {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of != m {
		c.of, c.now, c.old = m, nil, nil
		return nil
	}
	one := c.now[key]
	if one == nil {
		if one = c.old[key]; one != nil {
			c.add(key, one)
		}
	}
	return one
}

// remember keeps an answer, if nothing has changed while it was made.
func (s *Searcher) remember(before moment, key string, r Reader, a Ask, one *remembered) {
	if one == nil {
		return
	}
	if after, again, ok := s.moment(r, a); ok && after == before && again == key {
		s.recent.keep(before, key, one)
	}
}

// keep remembers what was found for a key, unless the moment has passed.
func (c *recent) keep(m moment, key string, one *remembered) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == m {
		c.add(key, one)
	}
}

// add puts an answer among those that were used last. The caller holds mu.
func (c *recent) add(key string, one *remembered) {
	if c.now == nil || len(c.now) >= recentHalf {
		c.old, c.now = c.now, map[string]*remembered{}
	}
	c.now[key] = one
}

// remembering makes what is remembered of an answer; nil: nothing. Where another spelling was tried it is made of words that change.
func (s *Searcher) remembering(got Answers, f *result, all []group) *remembered {
	if got.Partial || got.Rebuilding != 100 || len(f.Hits) < s.tuned.fewHits || got.Wanted != "" || got.Meant != "" {
		return nil
	}
	one := &remembered{got: got, top: rank(all, Place{}, got.Query.Sort).take(recentTop), total: len(all)}
	one.f.marks, one.f.query = f.marks, f.query
	one.f.tally = make([]tally, len(one.top))
	for i := range one.top {
		g := &one.top[i]
		one.f.tally[i] = f.had(*g)
		g.in = int32(i)
	}
	return one
}

// ranking gives its groups behind a place, or nil where not as many are remembered as are wanted.
func (m *remembered) ranking(behind Place, count int) *ranking {
	if m == nil {
		return nil
	}
	r := rank(m.top, behind, m.got.Query.Sort)
	if r.left < count && len(m.top) < m.total {
		return nil
	}
	r.left += m.total - len(m.top)
	return r
}
