package store

import (
	"fmt"
	"iter"
)

// Table is a named table of typed rows, in the order of their keys' bytes. It holds no state and may be a
// package's variable. Iterators show what the transaction and its group wrote before; rows may be put and
// deleted on the way. An error beside a row says that the row cannot be read; whoever goes on gets the next.
type Table[K, V any] struct {
	name  string
	key   KeyCodec[K]
	value ValueCodec[V]
}

// Row is one row of a table.
type Row[K, V any] struct {
	Key   K
	Value V
}

// NewTable describes a table. The name is also in each record's checksum, so it never changes.
func NewTable[K, V any](name string, k KeyCodec[K], v ValueCodec[V]) Table[K, V] {
	return Table[K, V]{name: name, key: k, value: v}
}

// Name returns the table's name.
func (t Table[K, V]) Name() string { return t.name }

// Get returns the value of a key, and whether the key is there.
func (t Table[K, V]) Get(tx *Tx, k K) (v V, ok bool, err error) {
	key := t.key.Append(nil, k)
	b, ok, err := tx.get(t.name, key)
	if err != nil || !ok {
		return v, false, err
	}
	v, err = t.parse(key, b)
	return v, err == nil, err
}

// Has reports whether a key is there. It verifies the row as Get does.
func (t Table[K, V]) Has(tx *Tx, k K) (bool, error) {
	_, ok, err := tx.get(t.name, t.key.Append(nil, k))
	return ok, err
}

// Put sets the value of a key. It fails in a View, for a key outside 1 to MaxKey bytes, and for
// a value over MaxValue or that the codec refuses.
func (t Table[K, V]) Put(tx *Tx, k K, v V) error {
	encode := t.value.Append
	if tx.plain && t.value.plain != nil {
		encode = t.value.plain
	}
	record, err := encode(newRecord(), v)
	if err != nil {
		return fmt.Errorf("put into %s: %w", t.name, err)
	}
	return tx.put(t.name, t.key.Append(nil, k), record)
}

// Delete removes a key. A missing one is no error.
func (t Table[K, V]) Delete(tx *Tx, k K) error {
	return tx.remove(t.name, t.key.Append(nil, k))
}

// All iterates over every row, ascending.
func (t Table[K, V]) All(tx *Tx) iter.Seq2[Row[K, V], error] {
	return t.rows(tx, nil, false, nil)
}

// From iterates ascending over the rows from k, k included.
func (t Table[K, V]) From(tx *Tx, k K) iter.Seq2[Row[K, V], error] {
	return t.rows(tx, t.key.Append(nil, k), false, nil)
}

// Back iterates over every row, descending.
func (t Table[K, V]) Back(tx *Tx) iter.Seq2[Row[K, V], error] {
	return t.rows(tx, nil, true, nil)
}

// BackFrom iterates descending over the rows from k, k included.
func (t Table[K, V]) BackFrom(tx *Tx, k K) iter.Seq2[Row[K, V], error] {
	return t.rows(tx, t.key.Append(nil, k), true, nil)
}

// Prefix iterates ascending over the rows whose key begins with a. The table's codec must be of PairKey.
func Prefix[A, B, V any](t Table[Pair[A, B], V], tx *Tx, a A) iter.Seq2[Row[Pair[A, B], V], error] {
	prefix := t.key.first(nil, Pair[A, B]{A: a})
	return t.rows(tx, prefix, false, prefix)
}

// PrefixFrom iterates ascending over the rows whose key begins with a, from b, b included.
func PrefixFrom[A, B, V any](t Table[Pair[A, B], V], tx *Tx, a A, b B) iter.Seq2[Row[Pair[A, B], V], error] {
	k := Pair[A, B]{A: a, B: b}
	return t.rows(tx, t.key.Append(nil, k), false, t.key.first(nil, k))
}

// rows iterates from a key for as long as keys have the prefix.
func (t Table[K, V]) rows(tx *Tx, from []byte, reverse bool, prefix []byte) iter.Seq2[Row[K, V], error] {
	return func(yield func(Row[K, V], error) bool) {
		m := tx.scan(t.name, from, reverse, prefix)
		for {
			key, b, ok, broken, err := m.next()
			if broken {
				yield(Row[K, V]{}, err)
				return
			}
			if !ok {
				return
			}
			var r Row[K, V]
			if err == nil {
				r, err = t.row(key, b)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

func (t Table[K, V]) row(key, b []byte) (r Row[K, V], err error) {
	if r.Key, err = t.key.Parse(key); err != nil {
		return r, fmt.Errorf("%w: record %s/%x: %w", ErrDamaged, t.name, key, err)
	}
	r.Value, err = t.parse(key, b)
	return r, err
}

// parse decodes a value. One that its own codec cannot read was written by another program.
func (t Table[K, V]) parse(key, b []byte) (V, error) {
	v, err := t.value.Parse(b)
	if err != nil {
		return v, fmt.Errorf("%w: record %s/%x: %w", ErrDamaged, t.name, key, err)
	}
	return v, nil
}
