package store

import (
	"bytes"
	"hash/maphash"
	"sync/atomic"
)

// Remember returns a codec that keeps the last few values it has parsed and gives them out again for the same bytes.
// It is for rows that are read over and over, as those of a list and of the post that is going out: the bytes are still
// read and their sum is still checked, only the parsing is saved. V must hold nothing that can be changed through a
// copy of it: no slices, maps or pointers.
func Remember[V any](c ValueCodec[V]) ValueCodec[V] { return RememberMany(c, 16) }

// RememberMany is Remember for a table of which a page reads many rows: it keeps as many values as it has slots, at most. A value
// stays until another takes its slot, but it is given out only for what the store holds at that moment.
func RememberMany[V any](c ValueCodec[V], slots int) ValueCodec[V] {
	m := &memory[V]{seed: maphash.MakeSeed(), parse: c.Parse, slots: make([]atomic.Pointer[known[V]], slots)}
	c.Parse = m.recall
	return c
}

// memory is what a codec remembers: one value for each slot. All goroutines may use it at once.
type memory[V any] struct {
	seed  maphash.Seed
	parse func(b []byte) (V, error)
	slots []atomic.Pointer[known[V]]
}

type known[V any] struct {
	bytes []byte
	value V
}

func (m *memory[V]) recall(b []byte) (V, error) {
	slot := &m.slots[maphash.Bytes(m.seed, b)%uint64(len(m.slots))]
	if k := slot.Load(); k != nil && bytes.Equal(k.bytes, b) {
		return k.value, nil
	}
	v, err := m.parse(b)
	if err == nil {
		slot.Store(&known[V]{bytes: b, value: v})
	}
	return v, err
}
