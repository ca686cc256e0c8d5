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
	best  []hit                    // of each discussion, by its place
	tally []tally                  // likewise
	at    map[archive.Number]int32 // its place, by number
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
	defer func() {
		for i := range parts {
			s.index.release(&parts[i].found)
		}
	}()
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
	f.loose, f.tally = make([]bool, len(f.Threads)), make([]tally, len(f.Threads))
	seen := map[archive.Number]bool{}
	for _, d := range f.Threads {
		seen[d.Thread] = true
	}
	for _, p := range parts {
		for _, d := range p.Threads {
			if !seen[d.Thread] {
				seen[d.Thread] = true
				f.add(d, parts, total)
			}
		}
	}
	got.Loose = had == 0 && len(f.Hits) > 0 && !slices.Contains(f.loose, false)
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
	p.best, p.tally, p.at = make([]hit, len(p.Threads)), make([]tally, len(p.Threads)), make(map[archive.Number]int32, len(p.Threads))
	for _, h := range p.Hits {
		n := &p.tally[h.In]
		n.posts, n.opening = n.posts+1, n.opening || h.Post == p.Threads[h.In].First
		if b := &p.best[h.In]; b.Post == 0 || better(h, *b, Best) {
			*b = h
		}
	}
	for i, d := range p.Threads {
		p.at[d.Thread] = int32(i)
	}
	if len(p.Hits) > 0 {
		p.worth = math.Log(1 + float64(s.index.columns.total())/float64(len(p.Hits)))
	}
	if slices.ContainsFunc(cl.Terms, func(t Term) bool { return !t.Vague && (len(t.Expansions) > 0 || len(t.Words) > 1) }) {
		p.worth *= knownFactor
	}
	return p, nil
}

// add adds a discussion that the parts found, where they make enough of the query.
func (f *result) add(d archive.Outline, parts []part, total float64) {
	share, sum, all := 0.0, 0.0, true
	var top hit
	var had tally
	for _, p := range parts {
		at, ok := p.at[d.Thread]
		if !ok {
			all = false // also where it stands nowhere: who asks must hear that
			continue
		}
		h := p.best[at]
		if share == 0 || better(h, top, Best) {
			top = h
		}
		share += p.worth / total
		sum += float64(h.Score)
		had = tally{max(had.posts, p.tally[at].posts), had.opening || p.tally[at].opening}
	}
	if share < looseShare {
		return
	}
	top.Score, top.In = float32(sum*spread*share*share), int32(len(f.Threads))
	f.Hits = append(f.Hits, top)
	f.Threads, f.loose, f.tally = append(f.Threads, d), append(f.loose, !all), append(f.tally, had)
}

// isLoose reports a discussion that has only some of the words, by its place.
func (f *result) isLoose(in int32) bool { return f.loose != nil && f.loose[in] }
