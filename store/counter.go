package store

import (
	"encoding/binary"
	"fmt"
)

// Counter is a named number that many transactions change, such as the next post's number. Counters
// have a table of their own, "counters": name → eight bytes; so an engine may treat them apart.
type Counter string

// Cursor is the named place of a follower of a record, kept in the table "cursors":
// name → Seq and Within, eight bytes each.
type Cursor string

// Position is a place in a record: everything up to Seq is done, and of the next one the
// first Within parts.
type Position struct {
	Seq    uint64
	Within uint64
}

var (
	counters = NewTable("counters", StringKey[Counter](), ValueCodec[uint64]{Append: appendUint64, Parse: parseUint64})
	cursors  = NewTable("cursors", StringKey[Cursor](), ValueCodec[Position]{Append: appendPosition, Parse: parsePosition})
)

// Next adds one and returns the new value: 1 the first time.
func (c Counter) Next(tx *Tx) (uint64, error) { return c.Add(tx, 1) }

// Add adds delta, which may be negative, and returns the new value. A result outside a uint64 is
// an error and changes nothing.
func (c Counter) Add(tx *Tx, delta int64) (uint64, error) {
	old, err := c.Value(tx)
	if err != nil {
		return 0, err
	}
	value := old + uint64(delta) // two's complement: right for negative ones too
	if delta < 0 && value > old || delta > 0 && value < old {
		return 0, fmt.Errorf("add %d to counter %s: it stands at %d", delta, c, old)
	}
	return value, counters.Put(tx, c, value)
}

// Value returns the counter's value; one never touched is 0.
func (c Counter) Value(tx *Tx) (uint64, error) {
	v, _, err := counters.Get(tx, c)
	return v, err
}

// Get returns the cursor's place, the zero Position when it was never set.
func (c Cursor) Get(tx *Tx) (Position, error) {
	p, _, err := cursors.Get(tx, c)
	return p, err
}

// Set moves the cursor, forward or back.
func (c Cursor) Set(tx *Tx, p Position) error { return cursors.Put(tx, c, p) }

func appendUint64(b []byte, v uint64) ([]byte, error) {
	return binary.BigEndian.AppendUint64(b, v), nil
}

func parseUint64(b []byte) (uint64, error) {
	if len(b) != 8 {
		return 0, fmt.Errorf("parse number: %d bytes, want 8", len(b))
	}
	return binary.BigEndian.Uint64(b), nil
}

func appendPosition(b []byte, p Position) ([]byte, error) {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, p.Seq), p.Within), nil
}

func parsePosition(b []byte) (Position, error) {
	if len(b) != 16 {
		return Position{}, fmt.Errorf("parse position: %d bytes, want 16", len(b))
	}
	return Position{Seq: binary.BigEndian.Uint64(b), Within: binary.BigEndian.Uint64(b[8:])}, nil
}
