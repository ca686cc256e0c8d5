package rig

import (
	"fmt"
	"math/rand/v2"
)

// A rotDamage is one way in which a file goes bad.
type rotDamage struct {
	name string
	do   func(b []byte, page int, r *rand.Rand) (damaged []byte, where string)
}

// rotDamages are all of them. Each gets the used part of a file for its own.
var rotDamages = []rotDamage{
	{"a bit is flipped", func(b []byte, _ int, r *rand.Rand) ([]byte, string) {
		return flip(b, r.IntN(len(b)), r)
	}},
	{"a bit is flipped where a page begins", func(b []byte, page int, r *rand.Rand) ([]byte, string) {
		return flip(b, anyPage(b, page, r)*page+r.IntN(64), r)
	}},
	{"twenty bits are flipped", func(b []byte, _ int, r *rand.Rand) ([]byte, string) {
		for range 19 {
			b, _ = flip(b, r.IntN(len(b)), r)
		}
		return flip(b, r.IntN(len(b)), r)
	}},
	{"a sector is noise", func(b []byte, _ int, r *rand.Rand) ([]byte, string) {
		at := r.IntN(len(b)/512) * 512
		for i := range 512 {
			b[at+i] = byte(r.Uint32())
		}
		return b, fmt.Sprint("at byte ", at)
	}},
	{"a page is zeros", func(b []byte, page int, r *rand.Rand) ([]byte, string) {
		x := anyPage(b, page, r)
		clear(b[x*page : (x+1)*page])
		return b, fmt.Sprint("page ", x)
	}},
	{"a page is a copy of another", func(b []byte, page int, r *rand.Rand) ([]byte, string) {
		x, y := anyPage(b, page, r), anyPage(b, page, r)
		copy(b[x*page:(x+1)*page], b[y*page:])
		return b, fmt.Sprintf("page %d of %d", x, y)
	}},
	{"a page is a copy of another, with its own number", func(b []byte, page int, r *rand.Rand) ([]byte, string) {
		x, y := anyPage(b, page, r), anyPage(b, page, r)
		copy(b[x*page+8:(x+1)*page], b[y*page+8:])
		return b, fmt.Sprintf("page %d of %d", x, y)
	}},
	{"two pages are swapped", func(b []byte, page int, r *rand.Rand) ([]byte, string) {
		return swap(b, page, 0, r)
	}},
	{"two pages are swapped and keep their numbers", func(b []byte, page int, r *rand.Rand) ([]byte, string) {
		return swap(b, page, 8, r)
	}},
	{"the file is cut off", func(b []byte, _ int, r *rand.Rand) ([]byte, string) {
		n := r.IntN(len(b))
		return b[:n], fmt.Sprint("at byte ", n)
	}},
	{"the file is cut off behind a page", func(b []byte, page int, r *rand.Rand) ([]byte, string) {
		n := r.IntN(len(b)/page) * page
		return b[:n], fmt.Sprint("at byte ", n)
	}},
	{"a meta page has a flipped bit", func(b []byte, page int, r *rand.Rand) ([]byte, string) {
		return flip(b, r.IntN(2)*page+r.IntN(80), r)
	}},
	{"a meta page is noise", func(b []byte, page int, r *rand.Rand) ([]byte, string) {
		x := r.IntN(2)
		for i := range page {
			b[x*page+i] = byte(r.Uint32())
		}
		return b, fmt.Sprint("page ", x)
	}},
	{"a meta page is a copy of the other", func(b []byte, page int, r *rand.Rand) ([]byte, string) {
		return copyMeta(b, page, 0, r)
	}},
	{"a meta page is a copy of the other, with its own number", func(b []byte, page int, r *rand.Rand) ([]byte, string) {
		return copyMeta(b, page, 8, r)
	}},
}

// anyPage is a page behind the two meta pages, which have damages of their own.
func anyPage(b []byte, page int, r *rand.Rand) int { return 2 + r.IntN(len(b)/page-2) }

// copyMeta writes one of the two meta pages over the other, but for so many bytes at its beginning.
func copyMeta(b []byte, page, keep int, r *rand.Rand) ([]byte, string) {
	x := r.IntN(2)
	copy(b[x*page+keep:(x+1)*page], b[(1-x)*page+keep:])
	return b, fmt.Sprint("page ", x)
}

func flip(b []byte, at int, r *rand.Rand) ([]byte, string) {
	bit := r.IntN(8)
	b[at] ^= 1 << bit
	return b, fmt.Sprintf("bit %d of byte %d", bit, at)
}

// swap exchanges two pages, but for so many bytes at their beginning.
func swap(b []byte, page, keep int, r *rand.Rand) ([]byte, string) {
	x, y := anyPage(b, page, r), anyPage(b, page, r)
	one, other := b[x*page+keep:(x+1)*page], b[y*page+keep:(y+1)*page]
	kept := string(one)
	copy(one, other)
	copy(other, kept)
	return b, fmt.Sprintf("pages %d and %d", x, y)
}
