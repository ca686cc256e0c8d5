package search

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"sencoforum/archive"
	"sencoforum/message"
	"sencoforum/store"
)

// How discussions like another are found, and when they are like enough to be named.
const (
	similarTerms  = 20   // words of a text that are looked for
	similarRead   = 400  // words of a text that are considered, and its subject
	similarLeast  = 3    // of these words that a discussion has
	similarEnough = 0.40 // of the worth of these words that it has
	similarRare   = 1    // posts that hold a word at least, unless it stands in the subject: others are slips
	similarCommon = 12   // one post of so many holds a word at most,
	similarFew    = 5    // or so many posts
)

// A Like is a discussion that is about the same as another.
type Like struct {
	archive.Summary
	Subject string
	Worth   float64 // how much of the words of the other it has, 0 to 1
}

// Similar returns at most count discussions that a reader may read and that are about the same as a post, the best first; none
// where nothing is like enough. The post's own discussion is left out.
func (s *Searcher) Similar(ctx context.Context, r Reader, n archive.Number, count int) ([]Like, error) {
	ctx, cancel := context.WithTimeout(ctx, s.index.patience)
	defer cancel()
	subject, own := "", ""
	root := archive.Number(0)
	err := s.index.db.View(func(tx *store.Tx) error {
		p, err := archive.Get(tx, n)
		if err != nil {
			return err
		}
		raw, err := archive.Raw(tx, p)
		if err != nil {
			return err
		}
		subject, own = p.Subject, message.Parse(raw).Words().Own
		root, err = archive.ThreadOf(tx, n)
		return err
	})
	if err != nil {
		return nil, err
	}
	a := s.index.analysers.get()
	defer s.index.analysers.put(a)
	words := termsOf(a.tokens(subject, subjectWords), a.tokens(own, similarRead))
	likes, err := s.like(ctx, r, words, root)
	if err != nil {
		return nil, err
	}
	return s.named(likes, count)
}

// termsOf counts words by stem, and keeps each in a form that somebody wrote. Those of the subject count double.
func termsOf(subject, own []token) map[string]wanted {
	all := map[string]wanted{}
	for i, tokens := range [][]token{subject, subject, own} {
		for _, t := range tokens {
			w := all[t.term]
			w.often++
			w.title = w.title || i == 0
			if w.word == "" {
				w.word = t.word
			}
			all[t.term] = w
		}
	}
	return all
}

// A wanted word is one by which a discussion may be like another.
type wanted struct {
	word  string
	often float64
	title bool // it stands in the subject
	worth float64
}

// like finds discussions by the most telling of some words, the best first.
func (s *Searcher) like(ctx context.Context, r Reader, words map[string]wanted, root archive.Number) (likes []Like, err error) {
	best, err := s.telling(words)
	if err != nil || len(best) < similarLeast {
		return nil, err
	}
	held, err := s.index.holders(ctx, r, best)
	if err != nil {
		return nil, err
	}
	of, all, err := s.index.overview.Outlines(func(yield func(archive.Number) bool) {
		for _, posts := range held {
			for _, n := range posts {
				if !yield(n) {
					return
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	shares := make([]share, len(all))
	total, titles := 0.0, false
	for i, posts := range held {
		total += best[i].worth
		titles = titles || best[i].title
		for _, at := range of[:len(posts)] {
			if at >= 0 {
				shares[at].add(int32(i)+1, best[i])
			}
		}
		of = of[len(posts):]
	}
	for i, v := range shares {
		if worth := v.worth / total; v.words >= similarLeast && worth >= similarEnough && (v.title || !titles) && all[i].Thread != root {
			likes = append(likes, Like{Summary: archive.Summary{Thread: all[i].Thread}, Worth: worth})
		}
	}
	slices.SortFunc(likes, func(a, b Like) int {
		return cmp.Or(cmp.Compare(b.Worth, a.Worth), cmp.Compare(b.Thread, a.Thread))
	})
	return likes, nil
}

// A share is what a discussion has of the words that are looked for.
type share struct {
	worth float64
	words int32
	last  int32 // the word that was counted last: one that stands in two posts counts once
	title bool  // one of them stands in the subject that is looked for
}

func (h *share) add(n int32, w wanted) {
	if h.last == n {
		return
	}
	h.last, h.worth, h.words, h.title = n, h.worth+w.worth, h.words+1, h.title || w.title
}

// holders are the posts that hold each of some words, as far as a reader may read them. While there is no index there are none.
func (x *Index) holders(ctx context.Context, r Reader, words []wanted) (held [][]archive.Number, err error) {
	if err := x.columns.catchUp(ctx); err != nil {
		return nil, err
	}
	s, err := x.newSieve(r, Query{})
	if err != nil {
		return nil, err
	}
	held = make([][]archive.Number, len(words))
	x.columns.mu.RLock()
	defer x.columns.mu.RUnlock()
	err = x.look(ctx, weights{}, func(l *look) error {
		for i, w := range words {
			c, err := l.compile(Query{Exact: true, Clauses: []Clause{{Terms: []Term{{Words: []string{w.word}}}}}})
			if err == nil && c.must != nil {
				held[i], err = l.matching(x.columns.rows, &s, c.must)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errBroken) || errors.Is(err, errNotReady) || errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	return held, err
}

// telling are the words of a text that tell most what it is about: often in it, and seldom elsewhere.
func (s *Searcher) telling(words map[string]wanted) (best []wanted, err error) {
	posts := s.index.columns.total()
	counts, err := s.index.holding(slices.Collect(maps.Keys(words)), posts)
	if err != nil {
		return nil, err
	}
	for term, w := range words {
		n := counts[term]
		if n < similarRare && !w.title || n > uint64(max(similarFew, posts/similarCommon)) || len(term) < 3 {
			continue
		}
		w.worth = min(w.often, 3) * rarityOf(float64(posts), float64(n))
		best = append(best, w)
	}
	slices.SortFunc(best, func(a, b wanted) int { return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(a.word, b.word)) })
	return best[:min(len(best), similarTerms)], nil
}

// named are the first that are to be seen, with what the archive says of them now.
func (s *Searcher) named(likes []Like, count int) (out []Like, err error) {
	for len(likes) > 0 && len(out) < count {
		some := likes[:min(len(likes), count)]
		likes = likes[len(some):]
		roots := make([]archive.Number, len(some))
		for i, l := range some {
			roots[i] = l.Thread
		}
		sums, err := s.index.overview.Summaries(roots)
		if err != nil {
			return nil, err
		}
		err = s.index.db.View(func(tx *store.Tx) error {
			for i, l := range some {
				if l.Summary = sums[i]; l.Thread == 0 || len(out) == count {
					continue
				}
				p, err := archive.Get(tx, l.First)
				if err != nil {
					return err
				}
				if p.Shown() && p.List == l.List {
					l.Subject = p.Subject
					out = append(out, l)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
