package search

import (
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
	In      int32  // place in found.Threads of the discussion in which it is now
	Written uint32 // Unix seconds
	Author  uint32 // number of an author, see found.authors
	Score   float32
	Facts   Fact // HasFile and HasLink
}

// found is what a search found.
type found struct {
	Hits       []hit             // all that match, in no order
	Partial    bool              // there was no time for all
	Rebuilding int               // in percent how much the index holds while it is made anew and there is no older one; 100: all
	Threads    []archive.Outline // each has a hit

	marks   marks
	authors []author   // by number
	space   *workspace // that these lists are in; nil: none
}

// errNotReady says that the index cannot be searched now.
var errNotReady = errors.New("the index is not ready")

// hits searches for a reader.
func (x *Index) hits(ctx context.Context, r Reader, q Query, w weights) (f found, err error) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, x.patience)
	defer cancel()
	defer func() { x.figures.searched(q, time.Since(began), f.Partial, err) }()
	if len(r.lists) == 0 {
		return found{Rebuilding: 100}, nil
	}
	err = x.columns.catchUp(ctx)
	if ctx.Err() != nil {
		return found{Partial: true, Rebuilding: 100}, nil
	}
	if err != nil {
		return f, err
	}
	s, err := x.newSieve(r, q)
	if err != nil {
		return f, err
	}
	f, err = x.collect(ctx, q, w, s)
	f.Partial = f.Partial || ctx.Err() != nil // nothing more is looked for then
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	if errors.Is(err, errBroken) || errors.Is(err, errNotReady) {
		f.Hits, f.Partial, f.Rebuilding, err = nil, true, 0, nil
	}
	if err != nil {
		return f, err
	}
	return f, x.place(&f, s)
}

// collect runs a query over the index that serves, or over the columns alone where no words are asked for.
func (x *Index) collect(ctx context.Context, q Query, w weights, s sieve) (f found, err error) {
	f.Rebuilding = 100
	x.columns.mu.RLock()
	defer x.columns.mu.RUnlock()
	f.authors, f.space = x.columns.authors, x.spaces.get()
	f.Hits = f.space.hits[:0]
	if len(q.Clauses) == 0 {
		f.Hits = x.all(f.Hits, s, nil)
		return f, nil
	}
	err = x.look(ctx, w, func(l *look) error {
		f.Rebuilding = l.percent
		return x.run(l, q, s, &f)
	})
	return f, err
}

// A look is one moment of the index that serves, with what queries are compiled by.
type look struct {
	compiler
	table   numberTable
	scratch *scratch
	percent int    // of the archive that the index holds
	dir     string // of the index
}

// look runs fn over one moment of the index that serves.
func (x *Index) look(ctx context.Context, w weights, fn func(l *look) error) error {
	return x.serve(func(e *engine, percent int) error {
		return e.read(func(snap *scorch.IndexSnapshot) error {
			at := e.mark()
			held, err := snap.DocCount()
			if err != nil {
				return err
			}
			l := look{percent: percent, table: e.numbers(snap), dir: e.dir}
			l.compiler = compiler{scanned: &scanned{ctx: ctx, reader: snap, kept: &e.postings, posts: float64(max(1, held)), average: map[string]float64{}}, weights: w, analyser: x.analysers.get()}
			l.borrow()
			defer l.giveBack()
			defer x.analysers.put(l.analyser)
			l.scratch = x.scratch.get()
			defer x.scratch.put(l.scratch)
			for name, n := range at.Lengths {
				l.average[name] = float64(n) / l.posts
			}
			return fn(&l)
		})
	})
}

// run runs a query.
func (x *Index) run(l *look, q Query, s sieve, f *found) error {
	rows := x.columns.rows
	table := l.table
	l.written = func(place uint32) uint32 {
		if n := table.number(uint64(place)); int(n) < len(rows) {
			return rows[n].written
		}
		return 0
	}
	compiled, err := l.compile(q)
	if err != nil {
		return err
	}
	f.marks = l.marks
	if compiled.none {
		return nil
	}
	if compiled.must == nil {
		without := map[archive.Number]bool{}
		for _, c := range compiled.not {
			err := l.walk(c, nil, func(n archive.Number, _ float64) { without[n] = true })
			if err != nil {
				return err
			}
		}
		f.Hits = x.all(f.Hits, s, without)
		return nil
	}
	var closer func(n archive.Number) bool
	if s.narrow() { // else to look is more work than it saves
		closer = func(n archive.Number) bool { return int(n) < len(rows) && s.passes(n, rows[n]) }
	}
	return l.stretches(compiled.must, closer, func(numbers []archive.Number, base uint32, m *matches) {
		for j, doc := range m.docs {
			n := numbers[doc-base]
			if int(n) >= len(rows) || !s.passes(n, rows[n]) {
				continue
			}
			h := hitOf(n, rows[n])
			h.Score = float32(m.worth[j])
			f.Hits = append(f.Hits, h)
		}
	})
}

func hitOf(n archive.Number, r column) hit {
	return hit{Post: n, Written: r.written, Author: r.author, Facts: r.facts}
}

// walk gives each the posts that match and what they are worth. What costs much is looked at only in posts that pass.
func (l *look) walk(c cursor, passes func(archive.Number) bool, each func(archive.Number, float64)) error {
	return l.stretches(c, passes, func(numbers []archive.Number, base uint32, m *matches) {
		for j, doc := range m.docs {
			if n := numbers[doc-base]; n != 0 {
				each(n, m.worth[j])
			}
		}
	})
}

// stretches gives each what matches in one stretch after the other, with the numbers of the posts of its segment, which begins at
// a place of the index. A number may be 0: there is no such post.
func (l *look) stretches(c cursor, passes func(archive.Number) bool, each func(numbers []archive.Number, base uint32, m *matches)) error {
	s := stretch{scratch: l.scratch}
	if passes != nil {
		closer := l.table
		s.passes = func(doc uint32) bool { return passes(closer.number(uint64(doc))) }
	}
	size := uint32(stretchFirst)
	for i, numbers := range l.table.rows {
		base := uint32(l.table.from[i])
		for end := base + uint32(len(numbers)); s.to < end; size = min(4*size, stretchMost) {
			s.from, s.to = s.to, min(end, s.to+size)
			s.segment, s.ends = i, s.to == end
			m, err := c.in(&s)
			if err != nil {
				return err
			}
			each(numbers, base, m)
			l.scratch.give(m)
			if err := l.ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// all adds the posts that pass, whatever they say.
func (x *Index) all(hits []hit, s sieve, without map[archive.Number]bool) []hit {
	for i, r := range x.columns.rows {
		if n := archive.Number(i); s.passes(n, r) && !without[n] {
			hits = append(hits, hitOf(n, r))
		}
	}
	return hits
}

// place says of each hit in which discussion it is, and keeps those whose discussion is as was asked.
func (x *Index) place(f *found, s sieve) error {
	o := &f.room().outlined
	if err := x.overview.Outlines(len(f.Hits), func(i int) archive.Number { return f.Hits[i].Post }, o); err != nil {
		return err
	}
	of, all := o.Of, o.All
	if !s.named && s.wantsAny() {
		kept := f.Hits[:0]
		for i, h := range f.Hits {
			if of[i] >= 0 {
				h.In = of[i]
				kept = append(kept, h)
			}
		}
		f.Hits, f.Threads = kept, all
		return nil
	}
	const unwanted = -1
	places := zeroed(&f.space.places, len(all)) // 1 and the place of a discussion among those that are kept
	kept := f.Hits[:0]
	for i, h := range f.Hits {
		at := of[i]
		if at < 0 || places[at] == unwanted || s.named && !s.posts[h.Post] && !s.threads[all[at].Thread] {
			continue
		}
		if places[at] == 0 {
			if !s.wants(all[at]) {
				places[at] = unwanted
				continue
			}
			f.Threads = append(f.Threads, all[at])
			places[at] = int32(len(f.Threads))
		}
		h.In = places[at] - 1
		kept = append(kept, h)
	}
	f.Hits = kept
	return nil
}

// A sieve lets pass what a reader may read and the filter of a query wants.
type sieve struct {
	lists         map[list.ID]bool
	one           list.ID // of them, most often the only one; 0 for none
	after, before uint32
	timed         bool
	has, hasNot   Fact                    // of posts
	is, isNot     Fact                    // of discussions
	posts         map[archive.Number]bool // nil: any
	threads       map[archive.Number]bool
	topics        []map[archive.TopicID]bool // of each group one
	notTopics     map[archive.TopicID]bool
	named         bool // posts or threads
	open          bool // all posts of the list one pass
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
				s.lists[id], s.one = true, id
			}
		}
		if err := s.lookUp(tx, fl); err != nil {
			return err
		}
		return s.readTopics(tx, fl)
	})
	s.open = s.one != 0 && !s.narrow()
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
func (s *sieve) passes(n archive.Number, r column) bool {
	return s.open && r.list == s.one || s.lets(n, r)
}

func (s *sieve) lets(n archive.Number, r column) bool {
	if r.list == 0 || r.list != s.one && !s.lists[r.list] || r.facts&s.has != s.has || r.facts&s.hasNot != 0 {
		return false
	}
	if s.timed && (r.written < s.after || r.written >= s.before) {
		return false
	}
	return !s.named || s.posts[n] || len(s.threads) > 0 // which discussion is known later
}

// narrow reports that many posts do not pass.
func (s *sieve) narrow() bool { return s.timed || s.named || s.has|s.hasNot != 0 || len(s.lists) == 0 }

// wantsAny reports that any discussion will do.
func (s *sieve) wantsAny() bool {
	return s.is|s.isNot == 0 && len(s.topics) == 0 && len(s.notTopics) == 0
}

// wants reports whether a discussion is as was asked.
func (s *sieve) wants(d archive.Outline) bool {
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
