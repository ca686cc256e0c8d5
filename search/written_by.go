package search

import (
	"cmp"
	"context"
	"slices"

	"sencoforum/archive"
	"sencoforum/list"
)

// AnswersBy returns the posts with which a person answered others, those written last first, of the lists that the reader may read:
// so many after the first few, and how many there are in all. It reads nothing that is not in memory.
func (s *Searcher) AnswersBy(ctx context.Context, r Reader, p list.PersonID, skip, count int) (page []archive.Number, all int, err error) {
	if p == 0 {
		return nil, 0, nil
	}
	if err := s.index.columns.catchUp(ctx); err != nil {
		return nil, 0, err
	}
	wrote := s.index.columns.by(r, p)
	roots, err := s.index.overview.ThreadOf(wrote)
	if err != nil {
		return nil, 0, err
	}
	answers := wrote[:0]
	for i, n := range wrote {
		if roots[i] != 0 && roots[i] != n {
			answers = append(answers, n)
		}
	}
	all = len(answers)
	if skip >= all || skip < 0 {
		return nil, all, nil
	}
	return answers[skip:min(all, skip+count)], all, nil
}

// by are the posts of a person that a reader may see, those written last first.
func (c *columns) by(r Reader, p list.PersonID) []archive.Number {
	c.mu.RLock()
	defer c.mu.RUnlock()
	type one struct {
		n  archive.Number
		at uint32
	}
	var all []one
	for n, row := range c.rows {
		if row.list != 0 && c.authors[row.author].person == p && r.MayRead(row.list) {
			all = append(all, one{archive.Number(n), row.written})
		}
	}
	slices.SortFunc(all, func(a, b one) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.n, a.n)) })
	numbers := make([]archive.Number, len(all))
	for i, o := range all {
		numbers[i] = o.n
	}
	return numbers
}
