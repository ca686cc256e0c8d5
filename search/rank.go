package search

import (
	"container/heap"
	"math"
	"strconv"
	"strings"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// tuning is what makes the order of answers. The judged searches (judged_test.go) say what it is worth.
type tuning struct {
	weights  weights
	more     float64 // for each doubling of the posts of a discussion that match
	opening  float64 // more where the post that began the discussion matches
	answered float64 // more where the question was answered
	era      float64 // less for each change of the law since

	fewHits    int // below which another spelling is tried
	fewThreads int // below which discussions with most of the words are added
}

func defaultTuning() tuning {
	return tuning{weights: defaultWeights(), more: 0.1, opening: 0.1, answered: 0.05, era: 0.04, fewHits: 3, fewThreads: 40}
}

// A group is the posts of one discussion that match.
type group struct {
	in      int32 // place of the discussion in found.Threads
	best    hit
	matches int
	bands   uint64 // a bit for each band of years from which it has one
	facts   Fact   // of any of them
	opening bool   // the post that began it matches
	loose   bool   // it has some of the words only
	place   Place
}

// A Place is where a page of answers ends. Its text stands in addresses of pages. The zero Place is before the first.
type Place struct {
	value  float64 // worth, or Unix seconds
	thread archive.Number
}

// String is empty for the zero Place.
func (p Place) String() string {
	if p == (Place{}) {
		return ""
	}
	return strconv.FormatUint(math.Float64bits(p.value), 36) + "." + strconv.FormatUint(uint64(p.thread), 36)
}

// ReadPlace reads what String wrote. Whatever else stands there is the zero Place.
func ReadPlace(s string) Place {
	a, b, ok := strings.Cut(s, ".")
	value, err := strconv.ParseUint(a, 36, 64)
	thread, err2 := strconv.ParseUint(b, 36, 32)
	p := Place{math.Float64frombits(value), archive.Number(thread)}
	if !ok || err != nil || err2 != nil || thread == 0 || math.IsNaN(p.value) || math.IsInf(p.value, 0) {
		return Place{}
	}
	return p
}

// compare orders places as pages do.
func (p Place) compare(q Place, by Sort) int {
	if by != Oldest {
		p, q = q, p
	}
	switch {
	case p.value < q.value || p.value == q.value && p.thread < q.thread:
		return -1
	case p == q:
		return 0
	}
	return 1
}

// looseWorth takes discussions with some of the words below all that have all of them.
const looseWorth = 1e-6

// group joins hits by discussion; a group is at the place of its discussion. They are of no use once the result was released.
func (s *Searcher) group(f *result, by Sort) ([]group, error) {
	all := zeroed(&f.room().groups, len(f.Threads))
	for _, h := range f.Hits {
		g := &all[h.In]
		if g.matches == 0 {
			g.in, g.best, g.loose = h.In, h, f.isLoose(h.In)
		} else if better(h, g.best, by) {
			g.best = h
		}
		g.matches++
		g.bands |= 1 << bandOf(h.Written)
		g.facts |= h.Facts
		g.opening = g.opening || h.Post == f.Threads[h.In].First
	}
	eras, err := s.eras(f)
	if err != nil {
		return nil, err
	}
	last, ends := list.ID(0), []uint32(nil)
	for i := range all {
		d := &f.Threads[i]
		if d.List != last {
			last, ends = d.List, eras[d.List]
		}
		all[i].place = Place{s.worth(&all[i], d, by, ends), d.Thread}
	}
	return all, nil
}

// A ranking gives groups in order, some at a time: of thousands a page shows few, so the others are never put in order.
type ranking struct {
	groups []group
	behind Place
	left   int // groups behind it
	by     Sort
	best   []int32 // places in groups of the next ones, the last of them first: a heap
}

// rank begins with the group behind a place.
func rank(all []group, behind Place, by Sort) *ranking {
	r := &ranking{groups: all, behind: behind, by: by, left: len(all)}
	if behind == (Place{}) {
		return r
	}
	r.left = 0
	for i := range all {
		if r.comes(&all[i]) {
			r.left++
		}
	}
	return r
}

// comes reports that a group was not given yet.
func (r *ranking) comes(g *group) bool {
	return r.behind == (Place{}) || g.place.compare(r.behind, r.by) > 0
}

// take returns the next ones, at most n.
func (r *ranking) take(n int) []group {
	if n <= 0 {
		return nil
	}
	r.best = r.best[:0]
	for i := range r.groups {
		g := &r.groups[i]
		switch {
		case len(r.best) == n && g.place.compare(r.groups[r.best[0]].place, r.by) > 0 || !r.comes(g):
		case len(r.best) < n:
			heap.Push(r, int32(i))
		default:
			r.best[0] = int32(i)
			heap.Fix(r, 0)
		}
	}
	some := make([]group, len(r.best))
	for i := len(some) - 1; i >= 0; i-- {
		some[i] = r.groups[r.best[0]]
		heap.Pop(r)
	}
	if len(some) > 0 {
		r.behind = some[len(some)-1].place
		r.left -= len(some)
	}
	return some
}

// Len and the other methods are those of heap.Interface.
func (r *ranking) Len() int { return len(r.best) }
func (r *ranking) Less(i, j int) bool {
	return r.groups[r.best[i]].place.compare(r.groups[r.best[j]].place, r.by) > 0
}
func (r *ranking) Swap(i, j int) { r.best[i], r.best[j] = r.best[j], r.best[i] }
func (r *ranking) Push(x any)    { r.best = append(r.best, x.(int32)) }
func (r *ranking) Pop() any {
	r.best = r.best[:len(r.best)-1]
	return nil
}

// eras are the moments at which the law changed, by list.
func (s *Searcher) eras(f *result) (map[list.ID][]uint32, error) {
	ends := map[list.ID][]uint32{}
	err := s.index.db.View(func(tx *store.Tx) error {
		last := list.ID(0)
		for i := range f.Threads {
			d := &f.Threads[i]
			if _, ok := ends[d.List]; d.List == last || ok {
				continue
			}
			last = d.List
			ends[d.List] = nil
			eras, err := archive.Eras(tx, d.List)
			if err != nil {
				return err
			}
			for _, e := range eras {
				ends[d.List] = append(ends[d.List], seconds(e.Before))
			}
		}
		return nil
	})
	return ends, err
}

// better reports whether a post stands for its discussion rather than another.
func better(a, b hit, by Sort) bool {
	switch by {
	case Newest:
		return a.Written > b.Written || a.Written == b.Written && a.Post > b.Post
	case Oldest:
		return a.Written < b.Written || a.Written == b.Written && a.Post < b.Post
	}
	return a.Score > b.Score || a.Score == b.Score && a.Post < b.Post
}

// worth is by what discussions are ordered.
func (s *Searcher) worth(g *group, d *archive.Outline, by Sort, eras []uint32) float64 {
	if by != Best {
		return float64(g.best.Written)
	}
	w := float64(g.best.Score)
	if g.matches > 1 {
		w *= 1 + s.tuned.more*math.Log2(float64(g.matches))
	}
	if g.opening {
		w *= 1 + s.tuned.opening
	}
	if d.Answered {
		w *= 1 + s.tuned.answered
	}
	for _, end := range eras {
		if g.best.Written < end {
			w /= 1 + s.tuned.era
		}
	}
	if g.loose {
		w *= looseWorth
	}
	if w == 0 { // nothing was asked: the newest first
		w = float64(g.best.Written) * looseWorth * looseWorth
	}
	return w
}
