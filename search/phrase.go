package search

import (
	"slices"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// A placed word is one of a phrase: how many places it stands behind the first.
type placedWord struct {
	term   string
	behind int
}

// A phraseCursor stands on the posts that hold all words of a phrase. Places are read only of posts that match all else, and
// of the rarest words first: most posts are ruled out without those of the common ones.
type phraseCursor struct {
	cursor // of the words
	words  []phraseWord
	seen   uint64 // the post that was looked at last
	found  bool
	starts []uint32
}

// A phraseWord is where a word of a phrase stands.
type phraseWord struct {
	*scanned
	field  string
	word   placedWord
	cursor *termCursor
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
	c := &phraseCursor{cursor: all, seen: end}
	words = slices.Clone(words)
	slices.SortStableFunc(words, func(a, b placedWord) int { return compare(byTerm[a.term].count, byTerm[b.term].count) })
	for _, w := range words {
		one := byTerm[w.term]
		c.words = append(c.words, phraseWord{scanned: s, field: field, word: w, cursor: one, read: make([]func(uint64) ([]uint32, error), len(one.parts))})
	}
	return c, nil
}

func (c *phraseCursor) matches() (bool, error) {
	at := c.doc()
	if at == c.seen {
		return c.found, nil
	}
	c.seen, c.found = at, false
	for i := range c.words {
		w := &c.words[i]
		here, err := w.places()
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
	c.found = true
	return true, nil
}

// placesWorth is of one in how many posts the places are asked for one by one before those of all are read and kept.
const placesWorth = 4

// places are where the word stands in the post on which its cursor stands.
func (w *phraseWord) places() ([]uint32, error) {
	c := w.cursor
	p := &c.parts[c.part]
	if l := p.postings.places.Load(); l != nil {
		return l.of(c.i), nil
	}
	if p.asked.Add(1)*placesWorth > int64(len(p.docs)) {
		l, err := p.readPlaces(w.ctx, p.segment, w.field, w.word.term)
		if err != nil {
			return nil, err
		}
		if p.postings.places.CompareAndSwap(nil, l) {
			w.kept.grown(l.size())
		}
		return l.of(c.i), nil
	}
	if w.read[c.part] == nil {
		read, err := readerOf(p.segment, w.field, w.word.term)
		if err != nil {
			return nil, err
		}
		w.read[c.part] = read
	}
	return w.read[c.part](uint64(p.docs[c.i]))
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
