package store

import (
	"bytes"
	"cmp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// someText draws strings with the bytes that need escaping.
var someText = rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 2, 'a', 0xfe, 0xff}), 0, 5),
	func(b []byte) string { return string(b) })

var someHash = rapid.Custom(func(t *rapid.T) (h [16]byte) {
	copy(h[rapid.IntRange(0, 15).Draw(t, "at"):], someText.Draw(t, "bytes"))
	return h
})

func byBytes(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) }

// checkOrder holds a codec to its promise: the order of keys is that of their bytes, and they come back.
func checkOrder[K comparable](t *testing.T, c KeyCodec[K], some *rapid.Generator[K], order func(a, b K) int) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		a, b := some.Draw(t, "a"), some.Draw(t, "b")
		ab, bb := c.Append(nil, a), c.Append([]byte{}, b)
		if got, want := bytes.Compare(ab, bb), order(a, b); got != want {
			t.Fatalf("%v and %v are in order %d, their bytes %x and %x in %d", a, b, want, ab, bb, got)
		}
		if back, err := c.Parse(ab); err != nil || back != a {
			t.Fatalf("%v comes back as %v, error %v", a, back, err)
		}
		if c.width != 0 && c.width != len(ab) {
			t.Fatalf("%v has %d bytes, want %d", a, len(ab), c.width)
		}
	})
}

func TestKeysSortAsTheirBytes(t *testing.T) {
	type number uint32
	t.Run("numbers of 32 bits", func(t *testing.T) {
		checkOrder(t, Uint32Key[number](), rapid.Map(rapid.Uint32(), func(n uint32) number { return number(n) }), cmp.Compare[number])
	})
	t.Run("numbers of 64 bits", func(t *testing.T) {
		checkOrder(t, Uint64Key[uint64](), rapid.Uint64(), cmp.Compare[uint64])
	})
	t.Run("strings", func(t *testing.T) {
		checkOrder(t, StringKey[string](), someText, strings.Compare)
	})
	t.Run("hashes", func(t *testing.T) { checkOrder(t, HashKey[[16]byte](), someHash, byBytes) })
	t.Run("pairs of a hash and a number", func(t *testing.T) {
		checkOrder(t, PairKey(HashKey[[16]byte](), Uint32Key[uint32]()), somePair(someHash, rapid.Uint32()), pairOrder(byBytes, cmp.Compare[uint32]))
	})
	t.Run("pairs of strings", func(t *testing.T) {
		checkOrder(t, PairKey(StringKey[string](), StringKey[string]()), somePair(someText, someText),
			pairOrder(strings.Compare, strings.Compare))
	})
	t.Run("pairs of numbers", func(t *testing.T) {
		checkOrder(t, PairKey(Uint32Key[uint32](), Uint64Key[uint64]()), somePair(rapid.Uint32(), rapid.Uint64()),
			pairOrder(cmp.Compare[uint32], cmp.Compare[uint64]))
	})
	t.Run("pairs in front of a string", func(t *testing.T) {
		inner := PairKey(StringKey[string](), Uint32Key[uint32]())
		checkOrder(t, PairKey(inner, StringKey[string]()), somePair(somePair(someText, rapid.Uint32()), someText),
			pairOrder(pairOrder(strings.Compare, cmp.Compare[uint32]), strings.Compare))
	})
	t.Run("pairs behind a number", func(t *testing.T) {
		inner := PairKey(StringKey[string](), Uint32Key[uint32]())
		checkOrder(t, PairKey(Uint32Key[uint32](), inner), somePair(rapid.Uint32(), somePair(someText, rapid.Uint32())),
			pairOrder(cmp.Compare[uint32], pairOrder(strings.Compare, cmp.Compare[uint32])))
	})
	t.Run("pairs with a codec from outside", func(t *testing.T) {
		own := KeyCodec[string]{Append: StringKey[string]().Append, Parse: StringKey[string]().Parse}
		checkOrder(t, PairKey(own, Uint32Key[uint32]()), somePair(someText, rapid.Uint32()),
			pairOrder(strings.Compare, cmp.Compare[uint32]))
	})
}

func somePair[A, B any](a *rapid.Generator[A], b *rapid.Generator[B]) *rapid.Generator[Pair[A, B]] {
	return rapid.Custom(func(t *rapid.T) Pair[A, B] { return Pair[A, B]{a.Draw(t, "A"), b.Draw(t, "B")} })
}

func pairOrder[A, B any](a func(x, y A) int, b func(x, y B) int) func(x, y Pair[A, B]) int {
	return func(x, y Pair[A, B]) int { return cmp.Or(a(x.A, y.A), b(x.B, y.B)) }
}

func TestKeysOfTheWrongLengthAreRefused(t *testing.T) {
	pair := PairKey(Uint32Key[uint32](), Uint32Key[uint32]())
	text := PairKey(StringKey[string](), Uint32Key[uint32]())
	for name, parse := range map[string]func() error{
		"short number":         func() error { _, err := Uint32Key[uint32]().Parse([]byte{1, 2, 3}); return err },
		"long number":          func() error { _, err := Uint64Key[uint64]().Parse(make([]byte, 9)); return err },
		"short hash":           func() error { _, err := HashKey[[16]byte]().Parse(make([]byte, 15)); return err },
		"long hash":            func() error { _, err := HashKey[[16]byte]().Parse(make([]byte, 17)); return err },
		"pair without first":   func() error { _, err := pair.Parse([]byte{1}); return err },
		"pair without second":  func() error { _, err := pair.Parse(make([]byte, 4)); return err },
		"string without end":   func() error { _, err := text.Parse([]byte("abc")); return err },
		"string with bad zero": func() error { _, err := text.Parse([]byte("a\x00\x02\x00\x01\x00\x00\x00\x01")); return err },
	} {
		if err := parse(); err == nil || !strings.HasPrefix(err.Error(), "parse key: ") {
			t.Errorf("%s: %v, want an error", name, err)
		}
	}
}

func FuzzPairKey(f *testing.F) {
	text := PairKey(StringKey[string](), PairKey(StringKey[string](), Uint32Key[uint32]()))
	number := PairKey(Uint32Key[uint32](), StringKey[string]())
	f.Add([]byte("a\x00\x01b\x00\xffc\x00\x01\x00\x00\x00\x07"))
	f.Add([]byte("\x00\x00\x00\x01tail"))
	f.Add([]byte("\x00\xff\x00\xff\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if k, err := text.Parse(b); err == nil && !bytes.Equal(text.Append(nil, k), b) {
			t.Errorf("%x is read as %v and written as %x", b, k, text.Append(nil, k))
		}
		if k, err := number.Parse(b); err == nil && !bytes.Equal(number.Append(nil, k), b) {
			t.Errorf("%x is read as %v and written as %x", b, k, number.Append(nil, k))
		}
	})
}
