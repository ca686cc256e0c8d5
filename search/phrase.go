package search

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
)

// A placed word is one of a phrase: how many places it stands behind the first.
type placedWord struct {
	term   string
	behind int
}

// A phraseCursor stands on the posts that hold all words of a phrase. Positions are read only of posts that match all else, and
// of the rarest words first: most posts are ruled out without those of the common ones.
type phraseCursor struct {
	cursor // of the words
	places []places
	boost  float64
	seen   uint64 // the post that was looked at last
	found  bool
}

// places are where a word of a phrase stands.
type places struct {
	ctx    context.Context
	snap   *scorch.IndexSnapshot
	field  string
	word   placedWord
	reader index.TermFieldReader // nil until it is needed
	row    index.TermFieldDoc
}

// phrase returns the cursor of words that stand together in a field, or nil where no post holds all of them. Where a field has
// no positions all words must be in it.
func (s *scanned) phrase(field string, words []placedWord, boost float64) (cursor, error) {
	var parts []cursor
	counts := map[string]uint64{}
	for _, w := range words {
		if _, double := counts[w.term]; double {
			continue
		}
		c, err := s.term(field, w.term, boost)
		if err != nil || c == nil {
			return nil, err
		}
		counts[w.term] = c.cost()
		parts = append(parts, c)
	}
	all, err := and(parts...)
	if err != nil || all == nil || len(words) < 2 || !options[field].IncludeTermVectors() {
		return all, err
	}
	c := &phraseCursor{cursor: all, boost: boost, seen: end}
	words = slices.Clone(words)
	slices.SortStableFunc(words, func(a, b placedWord) int { return compare(counts[a.term], counts[b.term]) })
	for _, w := range words {
		c.places = append(c.places, places{ctx: s.ctx, snap: s.reader, field: field, word: w})
	}
	return c, nil
}

func (c *phraseCursor) matches() (bool, error) {
	at := c.doc()
	if at == c.seen {
		return c.found, nil
	}
	c.seen, c.found = at, false
	var starts []int
	for i := range c.places {
		here, err := c.places[i].in(at)
		if err != nil {
			return false, err
		}
		if i == 0 {
			starts = here
		} else {
			starts = slices.DeleteFunc(starts, func(p int) bool { return !slices.Contains(here, p) })
		}
		if len(starts) == 0 {
			return false, nil
		}
	}
	c.found = true
	return true, nil
}

// in returns where the phrase would begin in a post, by each place of this word.
func (p *places) in(doc uint64) ([]int, error) {
	if p.reader == nil {
		r, err := p.snap.TermFieldReader(p.ctx, []byte(p.word.term), p.field, true, false, true)
		if err != nil {
			return nil, err
		}
		p.reader = r
	}
	row, err := p.reader.Advance(index.NewIndexInternalID(nil, doc), &p.row)
	if err != nil || row == nil || binary.BigEndian.Uint64(row.ID) != doc {
		return nil, err
	}
	starts := make([]int, 0, len(row.Vectors))
	for _, v := range row.Vectors {
		starts = append(starts, int(v.Pos)-p.word.behind)
	}
	return starts, nil
}
