package search

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// PageMost is how many discussions one page of answers holds at most.
const PageMost = 50

// An Ask is a search and the page of its answers that is wanted.
type Ask struct {
	Query Query
	After Place // the page begins behind it; zero: the first page
	Count int   // discussions, at most PageMost; 0: 10
	Plain bool  // without facets, for mails
}

// Answers are one page of what was found, by discussion.
type Answers struct {
	Query  Query    // that was run: with what was looked for besides, and corrected where it was
	Also   []string // what was looked for besides, as it is shown
	Why    []string // sentences on those of Also that are the words of another time; at most five
	Wanted string   // what was typed, where Query is a correction of it; else empty
	Meant  string   // another spelling that finds something, where nothing was corrected; else empty

	Found       []Found
	Discussions int   // that match, on all pages
	Posts       int   // that match in them
	Loose       bool  // nothing has all words, so these have most of them; else the last ones may
	Next        Place // where the next page begins; zero: this is the last
	Facets      Facets

	Partial    bool // there was no time for all
	Rebuilding int  // in percent how much the index holds while it is made anew; 100: all

	asked Query // before anything was added to it
}

// A Found is a discussion that matches. What is said of it is what the archive says now.
type Found struct {
	archive.Summary
	Subject []Span // marked where it matches
	Loose   bool   // it has most of the words, and no post of it has all
	Matches int    // posts that match
	Best    archive.Number
	Author  string    // of that post
	Written time.Time // likewise
	Era     string    // the sentence of the law that changed since it was written; empty: none
	Snippet []Span    // own words of that post around what was looked for

	place Place
}

// A Span is a piece of a text, with or without a mark. Nothing in it is markup.
type Span struct {
	Text string `json:"text"`
	Mark bool   `json:"mark,omitempty"`
}

// Text joins spans without their marks.
func Text(spans []Span) string {
	all := ""
	for _, s := range spans {
		all += s.Text
	}
	return all
}

// A Searcher answers searches of members, for pages, mails and the command line.
type Searcher struct {
	index    *Index
	recent   *recent                    // nil: nothing is remembered
	words    atomic.Pointer[Vocabulary] // changes while searches run
	spelling *Spelling
	tuned    tuning
}

// Search returns a page of answers for a reader. It takes no longer than about two seconds: what was found by then is returned,
// and said to be partial.
func (s *Searcher) Search(ctx context.Context, r Reader, a Ask) (Answers, error) {
	ctx, cancel := context.WithTimeout(ctx, s.index.patience)
	defer cancel()
	count := min(max(a.Count, 0), PageMost)
	if count == 0 {
		count = 10
	}
	began := time.Now()
	m, key, usual := s.moment(r, a)
	if usual {
		one := s.recent.find(m, key)
		if left := one.ranking(a.After, count); left != nil {
			got := one.got
			err := s.show(&got, &one.f, left, count)
			s.index.figures.searched(got.Query, time.Since(began), false, err)
			return got, err
		}
	}
	got, f, err := s.run(ctx, r, a.Query)
	defer s.index.release(&f.found)
	if err != nil {
		return got, err
	}
	all, err := s.count(&got, &f, a.Plain)
	if err != nil {
		return got, err
	}
	if usual {
		one := s.remembering(got, &f, all)
		s.remember(m, key, r, a, one)
		if left := one.ranking(a.After, count); left != nil {
			return got, s.show(&got, &one.f, left, count)
		}
	}
	return got, s.show(&got, &f, rank(all, a.After, got.Query.Sort), count)
}

// count joins what was found by discussion, and counts what there is of each kind.
func (s *Searcher) count(got *Answers, f *result, plain bool) ([]group, error) {
	all, err := s.group(f, got.Query.Sort)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if g := &all[i]; g.loose == got.Loose {
			got.Discussions++
			got.Posts += g.matches
		}
	}
	if !plain {
		got.Facets, err = s.facets(f, all, got.Loose)
	}
	return all, err
}

// A result is what a query found, and what was added to it.
type result struct {
	found
	query Query   // that found it
	loose []bool  // discussions that have only some of the words, by place; nil: none
	tally []tally // of those that loosen added, by place: what stands for them is one post
}

// had is how many posts of a discussion match.
func (f *result) had(g group) tally {
	if int(g.in) < len(f.tally) && f.tally[g.in].posts > 0 {
		return f.tally[g.in]
	}
	return tally{g.matches, g.opening}
}

// run looks for what was asked: with what it means besides; if nothing has all its words, with another spelling; and else for what
// has most of them.
func (s *Searcher) run(ctx context.Context, r Reader, q Query) (got Answers, f result, err error) {
	got.Query, got.asked = q, q
	words := s.Vocabulary()
	if !q.Exact {
		got.Query = words.Expand(q)
		got.Also, got.Why = got.Query.AlsoFor(), words.Why(got.Query)
	}
	f.found, err = s.index.hits(ctx, r, got.Query, s.tuned.weights)
	if errors.Is(err, errNotReady) {
		return got, result{}, nil
	}
	if err != nil {
		return got, f, err
	}
	got.Partial, got.Rebuilding, f.query = f.Partial, f.Rebuilding, got.Query
	if q.Exact || len(q.Clauses) == 0 || f.Partial {
		return got, f, nil
	}
	if len(f.Hits) < s.tuned.fewHits {
		if err := s.corrected(ctx, r, words, &got, &f); err != nil {
			return got, f, err
		}
		f.query = got.Query
	}
	if few := len(f.Threads) < s.tuned.fewThreads && q.Sort == Best || len(f.Hits) == 0; few && len(got.Query.Clauses) > 1 {
		err = s.loosen(ctx, r, &got, &f)
	}
	return got, f, err
}

// corrected tries another spelling of what was asked, and takes it where it finds more.
func (s *Searcher) corrected(ctx context.Context, r Reader, words *Vocabulary, got *Answers, f *result) error {
	better, ok := s.spelling.Correct(ctx, got.asked, words)
	if !ok {
		return nil
	}
	expanded := words.Expand(better)
	other, err := s.index.hits(ctx, r, expanded, s.tuned.weights)
	defer func() { s.index.release(&other) }()
	if err != nil {
		return err
	}
	got.Partial = got.Partial || other.Partial
	switch {
	case len(other.Hits) == 0:
	case len(f.Hits) == 0:
		got.Wanted, got.Query = got.asked.Typed, expanded
		f.found, other = other, f.found
		got.Also, got.Why = expanded.AlsoFor(), words.Why(expanded)
	case len(other.Hits) > 4*len(f.Hits):
		got.Meant = better.Typed
	}
	return nil
}

// show fills a page from the archive. What nobody may see any more is passed over, whatever the index holds.
func (s *Searcher) show(got *Answers, f *result, all *ranking, count int) error {
	a := s.index.analysers.get()
	defer s.index.analysers.put(a)
	for len(got.Found) < count && all.left > 0 {
		some := all.take(count - len(got.Found))
		if len(some) == 0 {
			break // others than the first ones are not remembered
		}
		roots := make([]archive.Number, len(some))
		for i, g := range some {
			roots[i] = g.place.thread
		}
		sums, err := s.index.overview.Summaries(roots)
		if err != nil {
			return err
		}
		err = s.index.db.View(func(tx *store.Tx) error {
			show := shower{tx: tx, f: f, texts: &s.index.texts, marks: func(text string) []Mark { return f.marks.in(a, text) }}
			for i, g := range some {
				one, err := show.one(g, sums[i])
				if errors.Is(err, archive.ErrNoPost) || errors.Is(err, errUnseen) {
					continue
				}
				if err != nil {
					return err
				}
				one.place = g.place
				got.Found = append(got.Found, one)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if len(got.Found) == count && all.left > 0 {
		got.Next = got.Found[count-1].place
	}
	return nil
}

// A shower makes what is shown of discussions.
type shower struct {
	tx    *store.Tx
	f     *result
	texts *texts
	marks func(text string) []Mark
}

// errUnseen says that a post is not to be seen.
var errUnseen = errors.New("the post is not to be seen")

func (s shower) one(g group, sum archive.Summary) (one Found, err error) {
	p, err := archive.Get(s.tx, g.best.Post)
	if err != nil {
		return one, err
	}
	if sum.Thread == 0 || !p.Shown() || p.List != sum.List {
		return one, errUnseen
	}
	first := p
	if sum.First != p.Number {
		if first, err = archive.Get(s.tx, sum.First); err != nil {
			return one, err
		}
	}
	had := s.f.had(g)
	one = Found{Summary: sum, Loose: g.loose, Matches: had.posts, Best: p.Number, Author: list.CleanName(p.AuthorName), Written: p.Written}
	if first.Shown() {
		one.Subject = marked(first.Subject, s.marks(first.Subject))
	} else {
		one.Subject = marked(p.Subject, s.marks(p.Subject))
	}
	if one.Era, err = archive.Era(s.tx, p.List, p.Written); err != nil {
		return one, err
	}
	var tells bool
	one.Snippet, tells, err = s.snippetOf(p)
	if err != nil || tells || !had.opening || first.Number == p.Number || !first.Shown() || s.f.query.Sort != Best {
		return one, err
	}
	// Only the subject matches: the question tells more of it than some reply.
	one.Best, one.Author, one.Written = first.Number, list.CleanName(first.AuthorName), first.Written
	if one.Era, err = archive.Era(s.tx, first.List, first.Written); err != nil {
		return one, err
	}
	one.Snippet, _, err = s.snippetOf(first)
	return one, err
}

// NewSearcher returns a searcher over an index, which also looks for what else the vocabulary knows.
func NewSearcher(x *Index, words *Vocabulary) *Searcher {
	s := &Searcher{index: x, recent: &recent{}, spelling: NewSpelling(x.Words, x.config.Now), tuned: defaultTuning()}
	s.Use(words)
	return s
}

// Current reports whether the index knows all that was published, so that what it does not find is not there.
func (s *Searcher) Current() (bool, error) {
	p, err := s.index.Progress()
	return err == nil && p.Behind == 0, err
}
