package search

import (
	"context"
	"math"
	"slices"

	"sencoforum/archive"
)

// How discussions are judged that have the words of a query in several posts, or most of them.
const (
	looseShare  = 0.2 // of the worth of a query that a discussion has at least
	spread      = 0.8 // what words in several posts count
	knownFactor = 2.5 // a name that the vocabulary knows says more of what is meant than other words
)

// part is what one clause of a query found.
type part struct {
	found
	worth float64
	best  map[archive.Number]hit // by discussion
	tally map[archive.Number]tally
}

// tally is how many posts of a discussion a clause found, and whether the one that began it is among them.
type tally struct {
	posts   int
	opening bool
}

// loosen adds discussions that have what was asked for in several posts, or have most of it, to those with a post that has all of
// it. People ask in sentences, and the word that nobody else used must not hide the answer.
func (s *Searcher) loosen(ctx context.Context, r Reader, got *Answers, f *result) error {
	var parts []part
	total := 0.0
	for _, cl := range got.Query.Clauses {
		if cl.Not || isCommon(cl) {
			continue
		}
		p, err := s.part(ctx, r, got.Query, cl)
		if err != nil {
			return err
		}
		got.Partial = got.Partial || p.Partial
		parts = append(parts, p)
		total += p.worth
	}
	had := len(f.Hits)
	f.loose, f.tally = map[archive.Number]bool{}, map[archive.Number]tally{}
	for _, p := range parts {
		for n := range p.best {
			if _, ok := f.Threads[n]; !ok {
				f.add(n, parts, total)
			}
		}
	}
	got.Loose = had == 0 && len(f.loose) == len(f.Threads) && len(f.Hits) > 0
	f.sort(got.Query.Sort)
	return nil
}

// part runs one clause alone, with what must not match and the filter of the query.
func (s *Searcher) part(ctx context.Context, r Reader, q Query, cl Clause) (p part, err error) {
	one := q
	one.Clauses = []Clause{cl}
	for _, c := range q.Clauses {
		if c.Not {
			one.Clauses = append(one.Clauses, c)
		}
	}
	if p.found, err = s.index.hits(ctx, r, one, s.tuned.weights); err != nil {
		return p, err
	}
	p.best, p.tally = map[archive.Number]hit{}, map[archive.Number]tally{}
	for _, h := range p.Hits {
		n := p.tally[h.Thread]
		p.tally[h.Thread] = tally{n.posts + 1, n.opening || h.Post == p.Threads[h.Thread].First}
		if b, ok := p.best[h.Thread]; !ok || better(h, b, Best) {
			p.best[h.Thread] = h
		}
	}
	if len(p.Hits) > 0 {
		p.worth = math.Log(1 + float64(s.index.columns.total())/float64(len(p.Hits)))
	}
	if slices.ContainsFunc(cl.Terms, func(t Term) bool { return len(t.Expansions) > 0 || len(t.Words) > 1 }) {
		p.worth *= knownFactor
	}
	return p, nil
}

// add adds a discussion that the parts found, where they make enough of the query.
func (f *result) add(n archive.Number, parts []part, total float64) {
	share, sum, all := 0.0, 0.0, true
	var top hit
	var had tally
	for _, p := range parts {
		h, ok := p.best[n]
		if !ok {
			all = false // also where it stands nowhere: who asks must hear that
			continue
		}
		if share == 0 || better(h, top, Best) {
			top = h
		}
		share += p.worth / total
		sum += float64(h.Score)
		f.Threads[n] = p.Threads[n]
		had = tally{max(had.posts, p.tally[n].posts), had.opening || p.tally[n].opening}
	}
	if share < looseShare {
		delete(f.Threads, n)
		return
	}
	top.Score = float32(sum * spread * share * share)
	f.Hits = append(f.Hits, top)
	f.tally[n] = had
	if !all {
		f.loose[n] = true
	}
}
