package search

import (
	"cmp"
	"math"
	"slices"
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
	summary archive.Summary
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
	if by == Oldest {
		return cmp.Or(cmp.Compare(p.value, q.value), cmp.Compare(p.thread, q.thread))
	}
	return cmp.Or(cmp.Compare(q.value, p.value), cmp.Compare(q.thread, p.thread))
}

// looseWorth takes discussions with some of the words below all that have all of them.
const looseWorth = 1e-6

// group joins hits by discussion and puts these into order.
func (s *Searcher) group(f result, by Sort) ([]group, error) {
	at := make(map[archive.Number]int, len(f.Threads))
	all := make([]group, 0, len(f.Threads))
	for _, h := range f.Hits {
		i, ok := at[h.Thread]
		if !ok {
			i = len(all)
			at[h.Thread] = i
			all = append(all, group{summary: f.Threads[h.Thread], best: h, loose: f.loose[h.Thread]})
		}
		g := &all[i]
		g.matches++
		g.opening = g.opening || h.Post == g.summary.First
		if better(h, g.best, by) {
			g.best = h
		}
	}
	eras, err := s.eras(f)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].place = Place{s.worth(all[i], by, eras), all[i].summary.Thread}
	}
	slices.SortFunc(all, func(a, b group) int { return a.place.compare(b.place, by) })
	return all, nil
}

// eras are the moments at which the law changed, by list.
func (s *Searcher) eras(f result) (map[list.ID][]uint32, error) {
	ends := map[list.ID][]uint32{}
	err := s.index.db.View(func(tx *store.Tx) error {
		for _, d := range f.Threads {
			if _, ok := ends[d.List]; ok {
				continue
			}
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
		return a.Written > b.Written
	case Oldest:
		return a.Written < b.Written
	}
	return a.Score > b.Score || a.Score == b.Score && a.Post < b.Post
}

// worth is by what discussions are ordered.
func (s *Searcher) worth(g group, by Sort, eras map[list.ID][]uint32) float64 {
	if by != Best {
		return float64(g.best.Written)
	}
	w := float64(g.best.Score) * (1 + s.tuned.more*math.Log2(float64(g.matches)))
	if g.opening {
		w *= 1 + s.tuned.opening
	}
	if g.summary.Answered {
		w *= 1 + s.tuned.answered
	}
	for _, end := range eras[g.summary.List] {
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
