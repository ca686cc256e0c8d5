package intake

import (
	"encoding/binary"
	"fmt"
	"slices"

	"sencoforum/store"
)

// Bounds of a pack.
const (
	PackBytes    = 64 << 10 // of raw messages; one that is longer goes alone
	PackMessages = 100      // places
)

// packHead is the most bytes that stand before the messages of a pack.
const packHead = (1 + PackMessages) * binary.MaxVarintLen32

// A Pack is the raw bytes of messages that follow one another, compressed together, so that what they share is kept once.
// Its form, before compression, is the number of its places (uvarint), the length of the message in each (uvarint; 0 for
// one whose bytes are not here), and the bytes of the messages one after the other. It is compressed as a whole.
type Pack struct {
	blob   store.Blob
	places int
	size   int // bytes of the messages
}

// NewPack makes a pack of messages in their order. An empty one has its place and no bytes. It takes a while, so call it
// outside any transaction. It does not keep what it is given; a pack outside PackBytes and PackMessages cannot be put.
func NewPack(raws [][]byte) Pack {
	head, size := binary.AppendUvarint(nil, uint64(len(raws))), 0
	for _, raw := range raws {
		head = binary.AppendUvarint(head, uint64(len(raw)))
		size += len(raw)
	}
	plain := slices.Concat(append([][]byte{head}, raws...)...)
	return Pack{blob: store.NewBlob(plain), places: len(raws), size: size}
}

// valid reports whether a pack is within its bounds and has some bytes.
func (p Pack) valid() bool {
	return p.places <= PackMessages && 0 < p.size && p.size <= PackBytes
}

// Len is the number of places in a pack; 0 for the zero Pack.
func (p Pack) Len() int { return p.places }

// Raws unpacks the messages, the empty ones included.
func (p Pack) Raws() ([][]byte, error) {
	u, err := unpack(p.blob)
	if err != nil {
		return nil, err
	}
	return u.raws, nil
}

// unpacked is a pack that was read. It is shared by all who read it, so nobody writes to it.
type unpacked struct {
	raws [][]byte // one for each place
	size int      // bytes of memory behind them
}

// unpack reads a pack. The error wraps store.ErrDamaged.
func unpack(b store.Blob) (unpacked, error) {
	if b.Size() > PackBytes+packHead {
		return unpacked{}, fmt.Errorf("%w: a pack of %d bytes", store.ErrDamaged, b.Size())
	}
	plain, err := b.Bytes()
	if err != nil {
		return unpacked{}, err
	}
	raws, err := parsePack(plain)
	return unpacked{raws: raws, size: len(plain)}, err
}

// parsePack reads a pack that is no longer compressed. The messages are parts of b.
func parsePack(b []byte) ([][]byte, error) {
	places, used := binary.Uvarint(b)
	if used <= 0 || places == 0 || places > PackMessages {
		return nil, fmt.Errorf("%w: a pack of %d messages", store.ErrDamaged, places)
	}
	b = b[used:]
	lengths := make([]int, places)
	sum := 0
	for i := range lengths {
		n, used := binary.Uvarint(b)
		if used <= 0 || n > PackBytes {
			return nil, fmt.Errorf("%w: a pack with a message of %d bytes", store.ErrDamaged, n)
		}
		lengths[i], b = int(n), b[used:]
		sum += int(n)
	}
	if sum != len(b) || sum == 0 || sum > PackBytes {
		return nil, fmt.Errorf("%w: a pack of %d bytes for messages of %d", store.ErrDamaged, len(b), sum)
	}
	raws := make([][]byte, places)
	for i, n := range lengths {
		raws[i], b = b[:n:n], b[n:]
	}
	return raws, nil
}

// without makes a pack anew without the bytes of one message. empty says that no bytes are left.
func (u unpacked) without(place int) (p Pack, empty bool) {
	raws := slices.Clone(u.raws)
	raws[place] = nil
	p = NewPack(raws)
	return p, !p.valid()
}
