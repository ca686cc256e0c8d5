package store

import (
	"bytes"
	"fmt"
	"slices"
)

// Tx is one transaction. It is good until the function that got it returns, and for one
// goroutine at a time. Writes are kept in an overlay; reads look through it, and through the
// overlays of the functions that share the commit and came before, to the engine.
type Tx struct {
	engine EngineTx
	own    *overlay // nil in a View
	group  *overlay // what earlier functions of the group wrote; nil in a View
	plain  bool     // blobs are stored uncompressed
	sums   hasher
	ended  bool
}

// get returns the value of a row, owned by the caller, and whether it is there.
func (tx *Tx) get(table string, key []byte) ([]byte, bool, error) {
	if tx.ended {
		return nil, false, fmt.Errorf("read %s: %w", table, ErrClosed)
	}
	if c := tx.changed(table, key); c != nil {
		return c.copyValue(), c.value != nil, nil
	}
	record, ok, err := tx.engine.Get(table, key)
	if err != nil || !ok {
		return nil, false, err
	}
	value, err := tx.sums.open(table, key, record)
	return value, err == nil, err
}

// changed returns the newest change of a key that is not in the engine yet, or nil.
func (tx *Tx) changed(table string, key []byte) *change {
	if tx.own == nil {
		return nil
	}
	if c := tx.own.get(table, key); c != nil {
		return c
	}
	return tx.group.get(table, key)
}

// copyValue returns the value inside a put record; nil for a deletion.
func (c *change) copyValue() []byte {
	if c.value == nil {
		return nil
	}
	return append([]byte{}, c.value[recordHead:]...)
}

// put notes a row. It takes key and record, whose value begins after recordHead, for its own.
func (tx *Tx) put(table string, key, record []byte) error {
	if err := tx.writable(table); err != nil {
		return err
	}
	if !storable(key) {
		return fmt.Errorf("put into %s: a key of %d bytes; 1 to %d are allowed", table, len(key), MaxKey)
	}
	if len(record) > MaxValue {
		return fmt.Errorf("put into %s: a value of %d bytes; %d are allowed", table, len(record), MaxValue)
	}
	tx.sums.seal(table, key, record)
	tx.own.put(table, &change{key: key, value: record})
	return nil
}

// remove notes the deletion of a row. It takes key for its own.
func (tx *Tx) remove(table string, key []byte) error {
	if err := tx.writable(table); err != nil {
		return err
	}
	if storable(key) {
		tx.own.put(table, &change{key: key})
	}
	return nil
}

func (tx *Tx) writable(table string) error {
	if tx.ended {
		return fmt.Errorf("write %s: %w", table, ErrClosed)
	}
	if tx.own == nil {
		return fmt.Errorf("write %s: %w", table, ErrReadOnly)
	}
	return nil
}

// scan begins a walk over the rows of a table as the transaction sees them, of those whose key has a prefix.
func (tx *Tx) scan(table string, from []byte, reverse bool, prefix []byte) *merged {
	m := &merged{tx: tx, table: table, reverse: reverse, prefix: prefix, at: place{key: slices.Clone(from)}}
	if !tx.ended {
		m.rows = tx.engine.Scan(table, from, reverse)
		m.step()
	}
	return m
}

// merged walks over overlays and engine at once. It looks the overlays up afresh at each step,
// so rows may be put and deleted meanwhile.
type merged struct {
	tx      *Tx
	table   string
	reverse bool
	prefix  []byte // of the keys; where it ends, so does the walk, and no row behind it is read
	at      place  // the last row given out
	rows    Scan   // the engine's rows
	have    bool   // rows stands at a row not yet given out or passed over
}

func (m *merged) step() { m.have = m.rows.Next() && bytes.HasPrefix(m.rows.Key(), m.prefix) }

// next returns the next row. The key is good until the next step, the value is the caller's.
// broken says that the walk cannot go on after err; otherwise err is about this row alone.
func (m *merged) next() (key, value []byte, ok, broken bool, err error) {
	for {
		if m.tx.ended {
			return nil, nil, false, true, fmt.Errorf("scan %s: %w", m.table, ErrClosed)
		}
		c := m.pending()
		if c == nil && !m.have {
			err := m.rows.Err()
			return nil, nil, false, err != nil, err
		}
		order := -1
		if c == nil {
			order = 1
		} else if m.have {
			order = m.compare(c.key, m.rows.Key())
		}
		if order > 0 {
			return m.fromEngine()
		}
		if order == 0 {
			m.step()
		}
		m.pass(c.key)
		if c.value != nil {
			return m.at.key, c.copyValue(), true, false, nil
		}
	}
}

// fromEngine gives out the row at which the engine's scan stands.
func (m *merged) fromEngine() (key, value []byte, ok, broken bool, err error) {
	m.pass(m.rows.Key())
	record, err := m.rows.Value()
	if err == nil {
		value, err = m.tx.sums.open(m.table, m.at.key, record)
	}
	m.step()
	return m.at.key, value, true, false, err
}

// pending returns the nearest change ahead; of two with one key the newer.
func (m *merged) pending() *change {
	if m.tx.own == nil {
		return nil
	}
	own := m.within(m.tx.own.tables[m.table].seek(m.at, m.reverse))
	group := m.within(m.tx.group.tables[m.table].seek(m.at, m.reverse))
	switch {
	case own == nil:
		return group
	case group == nil || m.compare(own.key, group.key) <= 0:
		return own
	}
	return group
}

func (m *merged) within(c *change) *change {
	if c != nil && bytes.HasPrefix(c.key, m.prefix) {
		return c
	}
	return nil
}

// compare orders two keys in the direction of the walk.
func (m *merged) compare(a, b []byte) int {
	if m.reverse {
		return bytes.Compare(b, a)
	}
	return bytes.Compare(a, b)
}

func (m *merged) pass(key []byte) {
	m.at = place{key: append(m.at.key[:0], key...), past: true}
}
