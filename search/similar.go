package search

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"sencoforum/archive"
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
		subject = p.Subject
		if own, _, err = s.index.texts.of(tx, p); err != nil {
			return err
		}
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
	posts uint64 // that hold it
}

// like finds discussions by the most telling of some words, the best first.
func (s *Searcher) like(ctx context.Context, r Reader, words map[string]wanted, root archive.Number) (likes []Like, err error) {
	best, err := s.telling(words)
	if err != nil || len(best) < similarLeast {
		return nil, err
	}
	total, titles := totalOf(best), titlesOf(best)
	err = s.index.share(ctx, r, best, func(n archive.Number, has hasWords) {
		if n == root || has.count() < similarLeast || titles != 0 && has&titles == 0 {
			return
		}
		if worth := has.worth(best) / total; worth >= similarEnough {
			likes = append(likes, Like{Summary: archive.Summary{Thread: n}, Worth: worth})
		}
	})
	slices.SortFunc(likes, func(a, b Like) int {
		return cmp.Or(cmp.Compare(b.Worth, a.Worth), cmp.Compare(b.Thread, a.Thread))
	})
	return likes, err
}

// holders gives each the posts that hold a word in their own text or their files, perhaps twice.
func (l *look) holders(word string, each func(archive.Number)) error {
	for _, form := range l.forms(word, false) {
		if len(form) > 1 {
			c, err := l.fields(Any, form, 1)
			if err != nil {
				return err
			}
			if c == nil {
				continue
			}
			if err := l.walk(c, nil, func(n archive.Number, _ float64) { each(n) }); err != nil {
				return err
			}
			continue
		}
		for _, field := range []string{fieldAny, fieldFiles} {
			err := l.docs(field, form[0].term, func(segment int, docs []uint32) {
				numbers := l.table.rows[segment]
				for _, d := range docs {
					each(numbers[d])
				}
			})
			if err != nil {
				return err
			}
		}
	}
	return l.ctx.Err()
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
		w.worth, w.posts = min(w.often, 3)*rarityOf(float64(posts), float64(n)), n
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
