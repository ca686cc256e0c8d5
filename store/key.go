package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// KeyCodec turns a key into bytes whose order is the order of the rows, and back. Append appends to b.
// Parse gets exactly what Append wrote and must not keep b.
type KeyCodec[K any] struct {
	Append func(b []byte, k K) []byte
	Parse  func(b []byte) (K, error)

	width int                        // bytes of every key, 0 when they vary
	first func(b []byte, k K) []byte // of a pair: the bytes that all keys with the same A begin with
}

// Uint32Key orders numbers by size, in four bytes.
func Uint32Key[K ~uint32]() KeyCodec[K] {
	return KeyCodec[K]{
		Append: func(b []byte, k K) []byte { return binary.BigEndian.AppendUint32(b, uint32(k)) },
		Parse: func(b []byte) (K, error) {
			if len(b) != 4 {
				return 0, fmt.Errorf("parse key: %d bytes, want 4", len(b))
			}
			return K(binary.BigEndian.Uint32(b)), nil
		},
		width: 4,
	}
}

// Uint64Key orders numbers by size, in eight bytes.
func Uint64Key[K ~uint64]() KeyCodec[K] {
	return KeyCodec[K]{
		Append: func(b []byte, k K) []byte { return binary.BigEndian.AppendUint64(b, uint64(k)) },
		Parse: func(b []byte) (K, error) {
			if len(b) != 8 {
				return 0, fmt.Errorf("parse key: %d bytes, want 8", len(b))
			}
			return K(binary.BigEndian.Uint64(b)), nil
		},
		width: 8,
	}
}

// StringKey orders strings by their bytes. The empty string cannot be put.
func StringKey[K ~string]() KeyCodec[K] {
	return KeyCodec[K]{
		Append: func(b []byte, k K) []byte { return append(b, k...) },
		Parse:  func(b []byte) (K, error) { return K(b), nil },
	}
}

// HashKey orders hashes of 16 bytes, which have no end to be marked.
func HashKey[K ~[16]byte]() KeyCodec[K] {
	return KeyCodec[K]{
		Append: func(b []byte, k K) []byte {
			sum := [16]byte(k)
			return append(b, sum[:]...)
		},
		Parse: func(b []byte) (k K, err error) {
			if len(b) != 16 {
				return k, fmt.Errorf("parse key: %d bytes, want 16", len(b))
			}
			return K(b), nil
		},
		width: 16,
	}
}

// Pair is a key of two parts.
type Pair[A, B any] struct {
	A A
	B B
}

// PairKey orders by A, and within it by B. An A of varying length is escaped and terminated, so
// that no A reaches into B; it costs two bytes, and one more for each zero byte in it.
func PairKey[A, B any](a KeyCodec[A], b KeyCodec[B]) KeyCodec[Pair[A, B]] {
	first := func(buf []byte, k Pair[A, B]) []byte { return a.Append(buf, k.A) }
	cut := func(buf []byte) (head, tail []byte, err error) { return cutFixed(buf, a.width) }
	if a.width == 0 {
		first = func(buf []byte, k Pair[A, B]) []byte { return appendEscaped(buf, a.Append(nil, k.A)) }
		cut = cutEscaped
	}
	c := KeyCodec[Pair[A, B]]{
		Append: func(buf []byte, k Pair[A, B]) []byte { return b.Append(first(buf, k), k.B) },
		Parse: func(buf []byte) (k Pair[A, B], err error) {
			head, tail, err := cut(buf)
			if err != nil {
				return k, err
			}
			if k.A, err = a.Parse(head); err != nil {
				return k, err
			}
			k.B, err = b.Parse(tail)
			return k, err
		},
		first: first,
	}
	if a.width > 0 && b.width > 0 {
		c.width = a.width + b.width
	}
	return c
}

func cutFixed(b []byte, width int) (head, tail []byte, err error) {
	if len(b) < width {
		return nil, nil, fmt.Errorf("parse key: %d bytes, want at least %d", len(b), width)
	}
	return b[:width], b[width:], nil
}

// A zero byte is written as 00 FF and the end as 00 01: both sort as a zero byte does, and
// the end sorts before anything that goes on.
const (
	escapedZero = 0xff
	escapedEnd  = 0x01
)

func appendEscaped(b, part []byte) []byte {
	for {
		i := bytes.IndexByte(part, 0)
		if i < 0 {
			return append(append(b, part...), 0, escapedEnd)
		}
		b = append(append(b, part[:i]...), 0, escapedZero)
		part = part[i+1:]
	}
}

func cutEscaped(b []byte) (head, tail []byte, err error) {
	for i := 0; i+1 < len(b); i++ {
		if b[i] != 0 {
			continue
		}
		switch b[i+1] {
		case escapedEnd:
			return slices.Concat(head, b[:i]), b[i+2:], nil
		case escapedZero:
			head = append(head, b[:i+1]...)
			b, i = b[i+2:], -1
		default:
			return nil, nil, fmt.Errorf("parse key: zero byte followed by %#02x", b[i+1])
		}
	}
	return nil, nil, fmt.Errorf("parse key: first part has no end")
}
