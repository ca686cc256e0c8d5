package search

import (
	"cmp"
	"context"
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
	a := newAnalyser()
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

// like finds discussions by the most telling of some words.
func (s *Searcher) like(ctx context.Context, r Reader, words map[string]wanted, root archive.Number) (likes []Like, err error) {
	best, err := s.telling(words)
	if err != nil || len(best) < similarLeast {
		return nil, err
	}
	total := 0.0
	share, had, sums := map[archive.Number]float64{}, map[archive.Number]int{}, map[archive.Number]archive.Summary{}
	titled, titles := map[archive.Number]bool{}, false
	for _, w := range best {
		total += w.worth
		titles = titles || w.title
		f, err := s.index.hits(ctx, r, Query{Exact: true, Clauses: []Clause{{Terms: []Term{{Words: []string{w.word}}}}}}, s.tuned.weights)
		if err != nil {
			return nil, err
		}
		seen := map[archive.Number]bool{root: true}
		for _, h := range f.Hits {
			if !seen[h.Thread] {
				seen[h.Thread] = true
				share[h.Thread] += w.worth
				had[h.Thread]++
				titled[h.Thread] = titled[h.Thread] || w.title
				sums[h.Thread] = f.Threads[h.Thread]
			}
		}
	}
	for n, v := range share {
		if worth := v / total; had[n] >= similarLeast && worth >= similarEnough && (titled[n] || !titles) {
			likes = append(likes, Like{Summary: sums[n], Worth: worth})
		}
	}
	slices.SortFunc(likes, func(a, b Like) int {
		return cmp.Or(cmp.Compare(b.Worth, a.Worth), cmp.Compare(b.Thread, a.Thread))
	})
	return likes, nil
}

// telling are the words of a text that tell most what it is about: often in it, and seldom elsewhere.
func (s *Searcher) telling(words map[string]wanted) (best []wanted, err error) {
	posts := s.index.columns.total()
	for term, w := range words {
		n, err := s.index.holding(term)
		if err != nil {
			return nil, err
		}
		if n < similarRare && !w.title || n > uint64(max(similarFew, posts/similarCommon)) || len(term) < 3 {
			continue
		}
		w.worth = min(w.often, 3) * rarityOf(float64(posts), float64(n))
		best = append(best, w)
	}
	slices.SortFunc(best, func(a, b wanted) int { return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(a.word, b.word)) })
	return best[:min(len(best), similarTerms)], nil
}

// named adds the subjects, as the archive has them now.
func (s *Searcher) named(likes []Like, count int) (out []Like, err error) {
	err = s.index.db.View(func(tx *store.Tx) error {
		for _, l := range likes {
			if len(out) == count {
				break
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
	return out, err
}
