package search

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A naive says what a part of a query is worth for one post, and whether it matches: what a cursor finds out for a stretch.
type naive func(doc uint32) (float64, bool)

// invented makes a cursor of invented postings, of parts of parts, and what it is to find.
func invented(order *rand.Rand, places []uint32, depth int) (cursor, naive) {
	if depth == 0 || order.IntN(4) == 0 {
		return inventedTerm(order, places)
	}
	a, b, c := order.IntN(2), depth-1, order.IntN(3)
	first, one := invented(order, places, b)
	second, two := invented(order, places, b)
	switch a + 2*c {
	case 0, 1:
		return and(first, second), func(doc uint32) (float64, bool) {
			v, ok := one(doc)
			w, also := two(doc)
			return v + w, ok && also
		}
	case 2:
		return like(first, second), func(doc uint32) (float64, bool) {
			v, ok := one(doc)
			if w, also := two(doc); also {
				v += w
			}
			return v, ok
		}
	case 3:
		return &notCursor{cursor: first, not: []cursor{second}}, func(doc uint32) (float64, bool) {
			v, ok := one(doc)
			_, not := two(doc)
			return v, ok && !not
		}
	}
	third, three := inventedTerm(order, places)
	return or(first, &scaledCursor{second, 0.5}, third), func(doc uint32) (float64, bool) {
		v, ok := one(doc)
		w, also := two(doc)
		u, too := three(doc)
		best, sum := 0.0, 0.0
		for i, has := range []bool{ok, also, too} {
			if worth := []float64{v, w / 2, u}[i]; has {
				best, sum = max(best, worth), sum+worth
			}
		}
		return best + others*(sum-best), ok || also || too
	}
}

func inventedTerm(order *rand.Rand, places []uint32) (cursor, naive) {
	c := &termCursor{scored: true, weight: 1 + order.Float64(), length: 100}
	var of []float64 // what each post is worth; 0: it has not the word
	base := uint32(0)
	share := []float64{0.0005, 0.02, 0.3, 0.9}[order.IntN(4)]
	for _, size := range places {
		p := &postings{}
		of = append(of, make([]float64, size)...)
		for d := range size {
			if order.Float64() < share {
				p.docs, p.often, p.length = append(p.docs, d), append(p.often, uint16(1+order.IntN(5))), append(p.length, uint16(order.IntN(300)))
			}
		}
		if n := len(p.docs); n > 0 {
			part := termPart{postings: p, base: base, last: base + p.docs[n-1]}
			for i, d := range p.docs {
				of[base+d] = c.worth(&part, i)
			}
			c.parts, c.count = append(c.parts, part), c.count+uint64(n)
		}
		base += size
	}
	return c, func(doc uint32) (float64, bool) {
		return of[doc], of[doc] > 0
	}
}

func TestACursorFindsInStretchesWhatEachPostAloneSays(t *testing.T) {
	for seed := range uint64(80) {
		order := rand.New(rand.NewPCG(seed, 1))
		places := []uint32{uint32(order.IntN(3000)), 1, uint32(order.IntN(50_000))}
		c, want := invented(order, places, 3)
		s := stretch{scratch: &scratch{}}
		var got []uint32
		end, size := uint32(0), uint32(stretchFirst)
		for i, n := range places {
			for end += n; s.to < end; size = min(4*size, stretchMost) {
				s.from, s.to = s.to, min(end, s.to+size)
				s.segment, s.ends = i, s.to == end
				m, err := c.in(&s)
				if err != nil {
					t.Fatal(err)
				}
				for j, doc := range m.docs {
					if v, ok := want(doc); !ok || math.Abs(v-m.worth[j]) > 1e-9 {
						t.Fatalf("seed %d: post %d is found for %g, want %g, %t", seed, doc, m.worth[j], v, ok)
					}
				}
				got = append(got, m.docs...)
				s.scratch.give(m)
			}
		}
		for doc := range end {
			_, ok := want(doc)
			if at, found := slices.BinarySearch(got, doc); found != ok {
				t.Fatalf("seed %d: post %d is found %t at %d, want %t", seed, doc, found, at, ok)
			}
		}
	}
}
