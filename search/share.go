package search

import (
	"cmp"
	"context"
	"errors"
	"math/bits"
	"slices"
	"sync/atomic"

	"sencoforum/archive"
)

// A hasWords says which of the words that are looked for a discussion has: bit 0 is the first.
type hasWords uint32

const _ = uint(32 - similarTerms) // as many fit

func (w hasWords) count() int { return bits.OnesCount32(uint32(w)) }

// worth adds up what its words are worth, always in the same order, so that equal sets are worth the same.
func (w hasWords) worth(words []wanted) (sum float64) {
	for ; w != 0; w &= w - 1 {
		sum += words[bits.TrailingZeros32(uint32(w))].worth
	}
	return sum
}

func totalOf(words []wanted) (sum float64) {
	for _, w := range words {
		sum += w.worth
	}
	return sum
}

// titlesOf are the words that stand in the subject.
func titlesOf(words []wanted) (set hasWords) {
	for i, w := range words {
		if w.title {
			set |= 1 << i
		}
	}
	return set
}

// lookOrder is the order in which the posts that hold words are looked through, and from which place on a discussion without any of
// the words before it can no longer be like enough: it would have too little of their worth, or no word of the subject. Of the two
// ways to be sure of that the one with fewer posts is taken. Most of the work are common words, and they come last.
func lookOrder(words []wanted) (order []int, late int) {
	byWorth := placesOf(words)
	slices.SortStableFunc(byWorth, func(a, b int) int { return cmp.Compare(words[a].each(), words[b].each()) })
	total, left, first, posts := totalOf(words), totalOf(words), len(words), uint64(0)
	for i, w := range byWorth {
		if left < similarEnough*total-1e-9 {
			first = i
			break
		}
		left -= words[w].worth
		posts += words[w].posts
	}
	titles := titlesOf(words)
	if titles == 0 {
		return byWorth, first
	}
	inTitles := uint64(0)
	for i, w := range words {
		if titles&(1<<i) != 0 {
			inTitles += w.posts
		}
	}
	if posts <= inTitles {
		return byWorth, first
	}
	slices.SortStableFunc(byWorth, func(a, b int) int { return int(titles>>b&1) - int(titles>>a&1) })
	return byWorth, titles.count()
}

func placesOf(words []wanted) []int {
	all := make([]int, len(words))
	for i := range all {
		all[i] = i
	}
	return all
}

// each is how many posts are looked through for a unit of worth.
func (w wanted) each() float64 { return float64(w.posts) / max(w.worth, 1e-9) }

// share gives each the discussions that may have enough of these words, in posts that a reader may read, with the words that they
// have. While there is no index there are none.
func (x *Index) share(ctx context.Context, r Reader, words []wanted, each func(archive.Number, hasWords)) error {
	if err := x.columns.catchUp(ctx); err != nil {
		return err
	}
	s, err := x.newSieve(r, Query{})
	if err != nil {
		return err
	}
	order, late := lookOrder(words)
	x.columns.mu.RLock()
	rows := x.columns.rows
	defer x.columns.mu.RUnlock()
	all := x.shares.get()
	defer x.shares.put(all)
	err = x.look(ctx, weights{}, func(l *look) error {
		return x.overview.Roots(func(root []archive.Number) error {
			all.fit(len(root))
			for i, w := range order {
				err := l.holders(words[w].word, func(n archive.Number) {
					if int(n) >= len(root) || int(n) >= len(rows) || root[n] == 0 {
						return
					}
					had := all.of[root[n]]
					if had&(1<<w) != 0 || had == 0 && i >= late || !s.passes(n, rows[n]) {
						return
					}
					if had == 0 {
						all.seen = append(all.seen, root[n])
					}
					all.of[root[n]] = had | 1<<w
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
	if errors.Is(err, errBroken) || errors.Is(err, errNotReady) || errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	for _, n := range all.seen {
		each(n, all.of[n])
	}
	return err
}

// Shares are the words of all discussions, by number, and which have any.
type shares struct {
	of   []hasWords
	seen []archive.Number
}

func (h *shares) fit(posts int) {
	if posts > len(h.of) {
		h.of = make([]hasWords, posts+posts/8)
	}
}

// sharesPool keeps shares of which all are zero: to make them anew would cost more than to use them. Of several that come back at
// once the last is kept.
type sharesPool struct{ free atomic.Pointer[shares] }

func (p *sharesPool) get() *shares {
	if h := p.free.Swap(nil); h != nil {
		return h
	}
	return &shares{}
}

func (p *sharesPool) put(h *shares) {
	for _, n := range h.seen {
		h.of[n] = 0
	}
	h.seen = h.seen[:0]
	p.free.Store(h)
}
