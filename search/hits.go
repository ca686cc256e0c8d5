package search

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// queryTime is how long a search may take. What was found by then is returned, and said to be partial.
const queryTime = 2 * time.Second

// A hit is a post that matches.
type hit struct {
	Post    archive.Number
	Thread  archive.Number // the discussion in which it is now
	List    list.ID
	Written uint32 // Unix seconds
	Author  uint32 // number of an Author, see found.Author
	Score   float32
	Facts   Fact // HasFile and HasLink
	Typed   bool // the words that were typed match; else only what they mean besides
}

// found is what a search found.
type found struct {
	Hits       []hit // all that match, in the order of the query
	Partial    bool  // there was no time for all
	Rebuilding int   // in percent how much the index holds while it is made anew and there is no older one; 100: all
	Threads    map[archive.Number]archive.Summary

	marks   marks
	columns *columns
}

// Author is who wrote a hit.
func (f found) Author(h hit) Author {
	f.columns.mu.RLock()
	defer f.columns.mu.RUnlock()
	return f.columns.authors[h.Author]
}

// Marks are the places of a text that the query is about.
func (f found) Marks(text string) []Mark { return f.marks.in(newAnalyser(), text) }

// errNotReady says that the index cannot be searched now.
var errNotReady = errors.New("the index is not ready")

// hits searches for a reader.
func (x *Index) hits(ctx context.Context, r Reader, q Query, w weights) (f found, err error) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, x.patience)
	defer cancel()
	defer func() { x.figures.searched(q, time.Since(began), f.Partial, err) }()
	if len(r.lists) == 0 {
		return found{Rebuilding: 100, columns: x.columns}, nil
	}
	err = x.columns.catchUp(ctx)
	if ctx.Err() != nil {
		return found{Partial: true, Rebuilding: 100, columns: x.columns}, nil
	}
	if err != nil {
		return f, err
	}
	s, err := x.newSieve(r, q)
	if err != nil {
		return f, err
	}
	f, err = x.collect(ctx, q, w, s)
	f.columns = x.columns
	f.Partial = f.Partial || ctx.Err() != nil // nothing more is looked for then
	if errors.Is(err, errBroken) || errors.Is(err, errNotReady) {
		f.Hits, f.Partial, f.Rebuilding, err = nil, true, 0, nil
	}
	if err != nil {
		return f, err
	}
	if err := x.place(&f, q, s); err != nil {
		return f, err
	}
	f.sort(q.Sort)
	return f, nil
}

// collect runs a query over the index that serves, or over the columns alone where no words are asked for.
func (x *Index) collect(ctx context.Context, q Query, w weights, s sieve) (f found, err error) {
	f.Rebuilding = 100
	x.columns.mu.RLock()
	defer x.columns.mu.RUnlock()
	if len(q.Clauses) == 0 {
		f.Hits = x.all(s, nil)
		return f, nil
	}
	err = x.serve(func(e *engine, percent int) error {
		f.Rebuilding = percent
		return e.read(func(snap *scorch.IndexSnapshot) error { return x.run(ctx, e, snap, q, w, s, &f) })
	})
	return f, err
}

// run runs a query over one moment of an index.
func (x *Index) run(ctx context.Context, e *engine, snap *scorch.IndexSnapshot, q Query, w weights, s sieve, f *found) error {
	at := e.mark()
	held, err := snap.DocCount()
	if err != nil {
		return err
	}
	c := compiler{scanned: &scanned{ctx: ctx, reader: snap, posts: float64(max(1, held)), average: map[string]float64{}}, weights: w, analyser: x.analysers.get()}
	defer x.analysers.put(c.analyser)
	for name, n := range at.Lengths {
		c.average[name] = float64(n) / c.posts
	}
	compiled, err := c.compile(q)
	if err != nil {
		return err
	}
	f.marks = c.marks
	if compiled.none {
		return nil
	}
	table := e.numbers(snap)
	if compiled.must == nil {
		without := map[archive.Number]bool{}
		for _, n := range compiled.not {
			err := walk(ctx, n, table, func(n archive.Number, _ cursor) error { without[n] = true; return nil }, nil)
			if err != nil {
				return err
			}
		}
		f.Hits = x.all(s, without)
		return nil
	}
	rows := x.columns.rows
	err = walk(ctx, compiled.must, table, func(n archive.Number, c cursor) error {
		v, typed := c.score()
		h := hitOf(n, rows[n])
		h.Score, h.Typed = float32(v), typed
		f.Hits = append(f.Hits, h)
		return nil
	}, func(n archive.Number) bool { return int(n) < len(rows) && s.passes(n, rows[n]) })
	if errors.Is(err, context.DeadlineExceeded) {
		f.Partial, err = true, nil
	}
	return err
}

func hitOf(n archive.Number, r column) hit {
	return hit{Post: n, List: r.list, Written: r.written, Author: r.author, Facts: r.facts, Typed: true}
}

// walk calls each for the posts that match, looking closer only at those that pass.
func walk(ctx context.Context, c cursor, table numberTable, each func(archive.Number, cursor) error, passes func(archive.Number) bool) error {
	for i := 1; c.doc() != end; i++ {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if n := table.number(c.doc()); n != 0 && (passes == nil || passes(n)) {
			ok, err := c.matches()
			if err == nil && ok {
				err = each(n, c)
			}
			if err != nil {
				return err
			}
		}
		if err := c.advance(c.doc() + 1); err != nil {
			return err
		}
	}
	return nil
}

// all are the posts that pass, whatever they say.
func (x *Index) all(s sieve, without map[archive.Number]bool) (hits []hit) {
	for i, r := range x.columns.rows {
		if n := archive.Number(i); s.passes(n, r) && !without[n] {
			hits = append(hits, hitOf(n, r))
		}
	}
	return hits
}

// place says of each hit in which discussion it is, and keeps those whose discussion is as was asked.
func (x *Index) place(f *found, q Query, s sieve) error {
	posts := make([]archive.Number, len(f.Hits))
	for i, h := range f.Hits {
		posts[i] = h.Post
	}
	threads, err := x.overview.ThreadOf(posts)
	if err != nil {
		return err
	}
	roots := slices.Clone(threads)
	slices.Sort(roots)
	roots = slices.Compact(roots)
	sums, err := x.overview.Summaries(roots)
	if err != nil {
		return err
	}
	f.Threads = make(map[archive.Number]archive.Summary, len(roots))
	for i, n := range roots {
		if n != 0 && sums[i].Thread != 0 && s.wants(sums[i]) {
			f.Threads[n] = sums[i]
		}
	}
	kept := f.Hits[:0]
	for i, h := range f.Hits {
		if s.named && !s.posts[h.Post] && !s.threads[threads[i]] {
			continue
		}
		if _, ok := f.Threads[threads[i]]; ok {
			h.Thread = threads[i]
			kept = append(kept, h)
		}
	}
	f.Hits = kept
	return nil
}

func (f found) sort(by Sort) {
	slices.SortFunc(f.Hits, func(a, b hit) int {
		switch by {
		case Newest:
			return cmp.Or(compare(b.Written, a.Written), compare(uint32(b.Post), uint32(a.Post)))
		case Oldest:
			return cmp.Or(compare(a.Written, b.Written), compare(uint32(a.Post), uint32(b.Post)))
		}
		return cmp.Or(compare(b.Score, a.Score), compare(b.Written, a.Written), compare(uint32(b.Post), uint32(a.Post)))
	})
}

// A sieve lets pass what a reader may read and the filter of a query wants.
type sieve struct {
	lists         map[list.ID]bool
	after, before uint32
	timed         bool
	has, hasNot   Fact                    // of posts
	is, isNot     Fact                    // of discussions
	posts         map[archive.Number]bool // nil: any
	threads       map[archive.Number]bool
	topics        []map[archive.TopicID]bool // of each group one
	notTopics     map[archive.TopicID]bool
	named         bool // posts or threads
}

const postFacts = HasFile | HasLink

// newSieve looks up what the filter names. What there is not matches nothing.
func (x *Index) newSieve(r Reader, q Query) (s sieve, err error) {
	fl := q.Filter
	s = sieve{lists: map[list.ID]bool{}, after: 0, before: ^uint32(0), has: fl.Is & postFacts, hasNot: fl.IsNot & postFacts,
		is: fl.Is &^ postFacts, isNot: fl.IsNot &^ postFacts}
	if !fl.After.IsZero() {
		s.after, s.timed = seconds(fl.After), true
	}
	if !fl.Before.IsZero() {
		s.before, s.timed = seconds(fl.Before), true
	}
	err = x.db.View(func(tx *store.Tx) error {
		for _, id := range r.lists {
			l, err := list.Get(tx, id)
			if errors.Is(err, list.ErrNoList) {
				continue
			}
			if err != nil {
				return err
			}
			name := strings.ToLower(l.Name)
			if (len(fl.Lists) == 0 || slices.Contains(fl.Lists, name)) && !slices.Contains(fl.NotLists, name) {
				s.lists[id] = true
			}
		}
		if err := s.lookUp(tx, fl); err != nil {
			return err
		}
		return s.readTopics(tx, fl)
	})
	return s, err
}

// lookUp finds the posts and discussions that a filter names.
func (s *sieve) lookUp(tx *store.Tx, fl Filter) error {
	s.named = len(fl.Posts)+len(fl.Threads)+len(fl.MessageIDs) > 0
	if !s.named {
		return nil
	}
	s.posts, s.threads = map[archive.Number]bool{}, map[archive.Number]bool{}
	for _, n := range fl.Posts {
		s.posts[n] = true
	}
	for _, n := range fl.Threads {
		root, err := archive.ThreadOf(tx, n)
		if err == nil {
			s.threads[root] = true
		} else if !errors.Is(err, archive.ErrNoPost) && !errors.Is(err, archive.ErrNoThread) {
			return err
		}
	}
	for _, id := range fl.MessageIDs {
		for l := range s.lists {
			n, err := archive.Named(tx, l, "<"+id+">")
			if err != nil {
				return err
			}
			if n != 0 {
				s.posts[n] = true
			}
		}
	}
	return nil
}

func (s *sieve) readTopics(tx *store.Tx, fl Filter) error {
	if len(fl.Topics)+len(fl.NotTopics) == 0 {
		return nil
	}
	bySlug := map[string][]archive.TopicID{}
	for l := range s.lists {
		topics, err := archive.Topics(tx, l)
		if err != nil {
			return err
		}
		for _, t := range topics {
			bySlug[t.Slug] = append(bySlug[t.Slug], t.ID)
		}
	}
	set := func(slugs []string) map[archive.TopicID]bool {
		ids := map[archive.TopicID]bool{}
		for _, slug := range slugs {
			for _, id := range bySlug[slug] {
				ids[id] = true
			}
		}
		return ids
	}
	for _, group := range fl.Topics {
		s.topics = append(s.topics, set(group))
	}
	s.notTopics = set(fl.NotTopics)
	return nil
}

// passes reports whether a post may be in a result, as far as its column tells.
func (s sieve) passes(n archive.Number, r column) bool {
	if !s.lists[r.list] || r.facts&s.has != s.has || r.facts&s.hasNot != 0 {
		return false
	}
	if s.timed && (r.written < s.after || r.written >= s.before) {
		return false
	}
	return !s.named || s.posts[n] || len(s.threads) > 0 // which discussion is known later
}

// wants reports whether a discussion is as was asked.
func (s sieve) wants(d archive.Summary) bool {
	facts := Fact(0)
	if d.Question {
		facts |= IsQuestion
		if !d.Answered && !d.Closed {
			facts |= IsUnanswered
		}
	}
	if d.Answered {
		facts |= IsAnswered
	}
	if d.Closed {
		facts |= IsClosed
	}
	if facts&s.is != s.is || facts&s.isNot != 0 {
		return false
	}
	has := func(set map[archive.TopicID]bool) bool {
		return slices.ContainsFunc(d.Topics, func(id archive.TopicID) bool { return set[id] })
	}
	for _, group := range s.topics {
		if !has(group) {
			return false
		}
	}
	return !has(s.notTopics)
}
