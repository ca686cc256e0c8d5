package search

import (
	"context"
	"errors"
	"slices"
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
	words    atomic.Pointer[Vocabulary] // changes while searches run
	spelling *Spelling
	tuned    tuning
}

// Search returns a page of answers for a reader. It takes no longer than about two seconds: what was found by then is returned,
// and said to be partial.
func (s *Searcher) Search(ctx context.Context, r Reader, a Ask) (Answers, error) {
	ctx, cancel := context.WithTimeout(ctx, s.index.patience)
	defer cancel()
	got, f, err := s.run(ctx, r, a.Query)
	if err != nil {
		return got, err
	}
	all, err := s.group(f, got.Query.Sort)
	if err != nil {
		return got, err
	}
	for _, g := range all {
		if g.loose == got.Loose {
			got.Discussions++
			got.Posts += g.matches
		}
	}
	if !a.Plain {
		if got.Facets, err = s.facets(f, all, got.Loose); err != nil {
			return got, err
		}
	}
	count := min(max(a.Count, 0), PageMost)
	if count == 0 {
		count = 10
	}
	return got, s.show(&got, f, behind(all, a.After, got.Query.Sort), count)
}

// A result is what a query found, and what was added to it.
type result struct {
	found
	query Query                    // that found it
	loose map[archive.Number]bool  // discussions that have only some of the words
	tally map[archive.Number]tally // of those that loosen added: what stands for them is one post
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
		return got, result{found: found{columns: s.index.columns}}, nil
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
	if err != nil {
		return err
	}
	got.Partial = got.Partial || other.Partial
	switch {
	case len(other.Hits) == 0:
	case len(f.Hits) == 0:
		got.Wanted, got.Query, f.found = got.asked.Typed, expanded, other
		got.Also, got.Why = expanded.AlsoFor(), words.Why(expanded)
	case len(other.Hits) > 4*len(f.Hits):
		got.Meant = better.Typed
	}
	return nil
}

// show fills a page from the archive. What nobody may see any more is passed over, whatever the index holds.
func (s *Searcher) show(got *Answers, f result, all []group, count int) error {
	return s.index.db.View(func(tx *store.Tx) error {
		for i, g := range all {
			if len(got.Found) == count {
				got.Next = got.Found[count-1].place
				return nil
			}
			one, err := s.shown(tx, f, g)
			if errors.Is(err, archive.ErrNoPost) || errors.Is(err, errUnseen) {
				continue
			}
			if err != nil {
				return err
			}
			one.place = all[i].place
			got.Found = append(got.Found, one)
		}
		return nil
	})
}

// errUnseen says that a post is not to be seen.
var errUnseen = errors.New("the post is not to be seen")

func (s *Searcher) shown(tx *store.Tx, f result, g group) (one Found, err error) {
	p, err := archive.Get(tx, g.best.Post)
	if err != nil {
		return one, err
	}
	if !p.Shown() || p.List != g.summary.List {
		return one, errUnseen
	}
	first := p
	if g.summary.First != p.Number {
		if first, err = archive.Get(tx, g.summary.First); err != nil {
			return one, err
		}
	}
	had, added := f.tally[g.summary.Thread]
	if !added {
		had = tally{g.matches, g.opening}
	}
	one = Found{Summary: g.summary, Loose: g.loose, Matches: had.posts, Best: p.Number, Author: list.CleanName(p.AuthorName), Written: p.Written}
	if first.Shown() {
		one.Subject = marked(first.Subject, f.Marks(first.Subject))
	} else {
		one.Subject = marked(p.Subject, f.Marks(p.Subject))
	}
	if one.Era, err = archive.Era(tx, p.List, p.Written); err != nil {
		return one, err
	}
	var tells bool
	one.Snippet, tells, err = s.snippetOf(tx, f, p, asksQuotes(f.query))
	if err != nil || tells || !had.opening || first.Number == p.Number || !first.Shown() || f.query.Sort != Best {
		return one, err
	}
	// Only the subject matches: the question tells more of it than some reply.
	one.Best, one.Author, one.Written = first.Number, list.CleanName(first.AuthorName), first.Written
	if one.Era, err = archive.Era(tx, first.List, first.Written); err != nil {
		return one, err
	}
	one.Snippet, _, err = s.snippetOf(tx, f, first, asksQuotes(f.query))
	return one, err
}

// behind are the groups behind a place.
func behind(all []group, p Place, by Sort) []group {
	if p == (Place{}) {
		return all
	}
	i, found := slices.BinarySearchFunc(all, p, func(g group, p Place) int { return g.place.compare(p, by) })
	if found {
		i++
	}
	return all[i:]
}

// NewSearcher returns a searcher over an index, which also looks for what else the vocabulary knows.
func NewSearcher(x *Index, words *Vocabulary) *Searcher {
	s := &Searcher{index: x, spelling: NewSpelling(x.Words, x.config.Now), tuned: defaultTuning()}
	s.Use(words)
	return s
}

// Current reports whether the index knows all that was published, so that what it does not find is not there.
func (s *Searcher) Current() (bool, error) {
	p, err := s.index.Progress()
	return err == nil && p.Behind == 0, err
}
