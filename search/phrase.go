package search

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// A placed word is one of a phrase: how many places it stands behind the first.
type placedWord struct {
	term   string
	behind int
}

// A phraseCursor finds the posts that hold all words of a phrase beside each other. Places are read only of posts that match all else,
// and of the rarest words first: most posts are ruled out without those of the common ones.
//
// Which posts of a segment hold it is kept as the postings of a word are, once the whole segment was looked through: names of
// several words are looked for again and again.
type phraseCursor struct {
	cursor              // of the words
	words  []phraseWord // nil until places are read
	starts []uint32
	placed func() []phraseWord

	kept  *postingsCache
	known []termPart // by segment: the posts that hold it; without postings where that is not known
	keys  []postingKey
	found *postings // of the segment that is looked through
	next  uint32    // up to where it was
}

// A phraseWord is where a word of a phrase stands.
type phraseWord struct {
	*scanned
	field  string
	word   placedWord
	cursor termCursor                           // for this word of the phrase alone
	read   []func(doc uint64) ([]uint32, error) // by part: reads the places of one post; nil until it is needed
}

// phrase returns the cursor of words that stand together in a field, or nil where no post holds all of them. Where a field has
// no positions all words must be in it.
func (s *scanned) phrase(field string, words []placedWord, boost float64) (cursor, error) {
	var parts []cursor
	byTerm := map[string]*termCursor{}
	for _, w := range words {
		if byTerm[w.term] != nil {
			continue
		}
		c, err := s.term(field, w.term, boost)
		if err != nil || c == nil {
			return nil, err
		}
		byTerm[w.term] = c
		parts = append(parts, c)
	}
	all := and(parts...)
	if all == nil || len(words) < 2 || !options[field].IncludeTermVectors() {
		return all, nil
	}
	c := &phraseCursor{cursor: all, kept: s.kept}
	c.recall(s, field, phraseName(words))
	c.placed = func() (placed []phraseWord) { // mostly all is known, and none is needed
		words := slices.Clone(words)
		slices.SortStableFunc(words, func(a, b placedWord) int { return cmp.Compare(byTerm[a.term].count, byTerm[b.term].count) })
		for _, w := range words {
			one := *byTerm[w.term]
			one.parts, one.part = slices.Clone(one.parts), 0
			for i := range one.parts {
				one.parts[i].i = 0
			}
			placed = append(placed, phraseWord{scanned: s, field: field, word: w, cursor: one, read: make([]func(uint64) ([]uint32, error), len(one.parts))})
		}
		return placed
	}
	return c, nil
}

// phraseName names a phrase as no word is named.
func phraseName(words []placedWord) string {
	var b strings.Builder
	for _, w := range words {
		fmt.Fprintf(&b, " %d %s", w.behind, w.term)
	}
	return b.String()
}

// recall looks up what is known of the phrase.
func (c *phraseCursor) recall(s *scanned, field, name string) {
	base, ready := uint32(0), s.ready.word(field, name)
	for i, seg := range s.reader.Segments() {
		k := postingKeyOf(seg, field, name)
		known := ready.in(s.files[i])
		if known == nil {
			known = c.kept.find(k)
		}
		c.keys = append(c.keys, k)
		c.known = append(c.known, termPart{postings: known, base: base})
		base += uint32(seg.Segment().Count())
	}
}

func (c *phraseCursor) in(s *stretch) (*matches, error) {
	if known := &c.known[s.segment]; known.postings != nil {
		return c.again(known, s)
	}
	m, err := c.cursor.in(s)
	if err != nil {
		return m, err
	}
	kept := 0
	for i, doc := range m.docs {
		if s.passes != nil && !s.passes(doc) {
			continue
		}
		ok, err := c.together(doc)
		if err != nil {
			return m, err
		}
		if ok {
			m.docs[kept], m.worth[kept] = doc, m.worth[i]
			kept++
		}
	}
	m.docs, m.worth = m.docs[:kept], m.worth[:kept]
	c.gather(s, m)
	return m, nil
}

// again finds what was found before.
func (c *phraseCursor) again(known *termPart, s *stretch) (*matches, error) {
	m := s.scratch.list()
	known.i = known.from(known.i, s.from)
	if s.only != nil {
		known.meets(s, m)
	} else {
		end := known.from(known.i, s.to)
		for _, d := range known.docs[known.i:end] {
			m.docs = append(m.docs, known.base+d)
		}
		known.i = end
	}
	if len(m.docs) == 0 {
		return m, nil
	}
	all, err := c.cursor.in(s.among(m))
	s.scratch.give(m)
	return all, err
}

// gather keeps what was found, once a segment was looked through from its beginning to its end.
func (c *phraseCursor) gather(s *stretch, m *matches) {
	base := c.known[s.segment].base
	if s.only != nil || s.passes != nil {
		return
	}
	if s.from == base {
		c.found, c.next = &postings{}, base
	}
	if c.found == nil || c.next != s.from {
		return
	}
	for _, doc := range m.docs {
		c.found.docs = append(c.found.docs, doc-base)
	}
	if c.next = s.to; s.ends {
		c.kept.put(c.keys[s.segment], c.found)
		c.found = nil
	}
}

// together reports whether the words of the phrase stand beside each other in a post that has all of them.
func (c *phraseCursor) together(doc uint32) (bool, error) {
	if c.words == nil {
		c.words = c.placed()
	}
	for i := range c.words {
		w := &c.words[i]
		here, err := w.places(doc)
		if err != nil {
			return false, err
		}
		behind := uint32(w.word.behind) // a start before the text is a high number, which no other word has
		if i == 0 {
			c.starts = c.starts[:0]
			for _, p := range here {
				c.starts = append(c.starts, p-behind)
			}
		} else {
			c.starts = slices.DeleteFunc(c.starts, func(p uint32) bool { return !slices.Contains(here, p+behind) })
		}
		if len(c.starts) == 0 {
			return false, nil
		}
	}
	return true, nil
}

// placesWorth is of one in how many posts the places are asked for one by one before those of all are read and kept.
const placesWorth = 4

// places are where the word stands in a post that holds it. Posts are asked for in ascending order.
func (w *phraseWord) places(doc uint32) ([]uint32, error) {
	c := &w.cursor
	p := c.at(doc)
	if p == nil {
		return nil, nil
	}
	if l := p.postings.places.Load(); l != nil {
		return l.of(p.i), nil
	}
	if p.asked.Add(1)*placesWorth > int64(len(p.docs)) {
		l, err := p.readPlaces(w.ctx, p.segment, w.field, w.word.term)
		if err != nil {
			return nil, err
		}
		if p.postings.places.CompareAndSwap(nil, l) {
			w.kept.grown(l.size())
		}
		return l.of(p.i), nil
	}
	if w.read[c.part] == nil {
		read, err := readerOf(p.segment, w.field, w.word.term)
		if err != nil {
			return nil, err
		}
		w.read[c.part] = read
	}
	return w.read[c.part](uint64(p.docs[p.i]))
}

// readerOf returns what reads the places of a word in posts of a segment, which are asked for in ascending order.
func readerOf(seg *scorch.SegmentSnapshot, field, word string) (func(doc uint64) ([]uint32, error), error) {
	dict, err := seg.Segment().Dictionary(field)
	if err != nil {
		return nil, err
	}
	list, err := dict.PostingsList([]byte(word), seg.Deleted(), nil)
	if err != nil {
		return nil, err
	}
	it := list.Iterator(true, false, true, nil)
	var at []uint32
	return func(doc uint64) ([]uint32, error) {
		at = at[:0]
		one, err := it.Advance(doc)
		if err != nil || one == nil || one.Number() != doc {
			return nil, err
		}
		for _, l := range one.Locations() {
			at = append(at, uint32(l.Pos()))
		}
		return at, nil
	}, nil
}
