package search

import (
	"math/rand/v2"
	"slices"
	"testing"

	"sencoforum/archive"
)

func TestPagesOfAnyLengthGoThroughAllGroupsInOrder(t *testing.T) {
	order := rand.New(rand.NewPCG(1, 1))
	for _, by := range []Sort{Best, Newest, Oldest} {
		all := make([]group, 500)
		for i := range all {
			all[i].place = Place{float64(order.IntN(40)), archive.Number(i + 1)}
		}
		want := slices.Clone(all)
		slices.SortFunc(want, func(a, b group) int { return a.place.compare(b.place, by) })
		for _, size := range []int{1, 7, 500, 900} {
			r := rank(all, Place{}, by)
			for at := 0; at < len(want); {
				got := r.take(size)
				for _, g := range got {
					if g.place != want[at].place {
						t.Fatalf("order %d, %d at once: at %d comes %v, want %v", by, size, at, g.place, want[at].place)
					}
					at++
				}
				if r.left != len(want)-at {
					t.Fatalf("%d are left at %d", r.left, at)
				}
				if at < len(want) { // a page begins anew
					r = rank(all, want[at-1].place, by)
				}
			}
			if more := rank(all, want[len(want)-1].place, by).take(size); len(more) > 0 {
				t.Errorf("behind the last come %d", len(more))
			}
		}
	}
}
