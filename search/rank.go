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
	opening bool // the post that began it matches
	loose   bool // it has some of the words only
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

// group joins hits by discussion; a group is at the place of its discussion.
func (s *Searcher) group(f *result, by Sort) ([]group, error) {
	all := make([]group, len(f.Threads))
	for _, h := range f.Hits {
		g := &all[h.In]
		if g.matches == 0 {
			g.in, g.best, g.loose = h.In, h, f.isLoose(h.In)
		} else if better(h, g.best, by) {
			g.best = h
		}
		g.matches++
		g.opening = g.opening || h.Post == f.Threads[h.In].First
	}
	eras, err := s.eras(f)
	if err != nil {
		return nil, err
	}
	for i := range all {
		d := &f.Threads[i]
		all[i].place = Place{s.worth(&all[i], d, by, eras), d.Thread}
	}
	return all, nil
}

// A ranking gives groups in order, one after the other: of thousands a page shows few.
type ranking struct {
	groups []group
	heap   []int32 // of places in groups: the next one first
	by     Sort
}

// rank begins with the group behind a place.
func rank(all []group, behind Place, by Sort) *ranking {
	r := &ranking{groups: all, by: by, heap: make([]int32, 0, len(all))}
	for i := range all {
		if behind == (Place{}) || all[i].place.compare(behind, by) > 0 {
			r.heap = append(r.heap, int32(i))
		}
	}
	heap.Init(r)
	return r
}

// take returns the next ones, at most n.
func (r *ranking) take(n int) (some []group) {
	for len(some) < n && len(r.heap) > 0 {
		some = append(some, r.groups[r.heap[0]])
		heap.Pop(r)
	}
	return some
}

// Len and the other methods are those of heap.Interface.
func (r *ranking) Len() int { return len(r.heap) }
func (r *ranking) Less(i, j int) bool {
	return r.groups[r.heap[i]].place.compare(r.groups[r.heap[j]].place, r.by) < 0
}
func (r *ranking) Swap(i, j int) { r.heap[i], r.heap[j] = r.heap[j], r.heap[i] }
func (r *ranking) Push(any)      {}
func (r *ranking) Pop() any {
	r.heap = r.heap[:len(r.heap)-1]
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
func (s *Searcher) worth(g *group, d *archive.Outline, by Sort, eras map[list.ID][]uint32) float64 {
	if by != Best {
		return float64(g.best.Written)
	}
	w := float64(g.best.Score) * (1 + s.tuned.more*math.Log2(float64(g.matches)))
	if g.opening {
		w *= 1 + s.tuned.opening
	}
	if d.Answered {
		w *= 1 + s.tuned.answered
	}
	for _, end := range eras[d.List] {
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
