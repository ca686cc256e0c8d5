package store

import (
	"bytes"
	"maps"
	"slices"
)

// overlay holds writes that no engine has seen yet: for each table the rows put or deleted,
// in the order of their keys. The zero value is empty. It belongs to one goroutine at a time.
type overlay struct {
	tables map[string]*layer
	size   int // bytes of keys and values
}

// layer is one table's part of an overlay. A sorted slice serves well: most keys come in
// rising order and are appended, and a transaction is small.
type layer struct {
	rows []*change
}

// change is a row put, or deleted when value is nil.
type change struct {
	key   []byte
	value []byte
}

// put notes a change, which the overlay then owns.
func (o *overlay) put(table string, c *change) {
	l := o.tables[table]
	if l == nil {
		if o.tables == nil {
			o.tables = make(map[string]*layer)
		}
		l = &layer{}
		o.tables[table] = l
	}
	o.size += len(c.key) + len(c.value) - l.set(c)
}

// get returns the change of a key, or nil.
func (o *overlay) get(table string, key []byte) *change {
	if l := o.tables[table]; l != nil {
		return l.get(key)
	}
	return nil
}

// merge adds the changes of a later overlay, which must not be used again.
func (o *overlay) merge(later *overlay) {
	if len(o.tables) == 0 {
		*o = *later
		return
	}
	for table, l := range later.tables {
		for _, c := range l.rows {
			o.put(table, c)
		}
	}
}

// apply hands all changes to an engine in the order of tables and keys.
func (o *overlay) apply(tx EngineTx) error {
	for _, table := range slices.Sorted(maps.Keys(o.tables)) {
		for _, c := range o.tables[table].rows {
			if err := c.apply(tx, table); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *change) apply(tx EngineTx, table string) error {
	if c.value == nil {
		return tx.Delete(table, c.key)
	}
	return tx.Put(table, c.key, c.value)
}

// filled returns the tables into which a row was put.
func (o *overlay) filled() []string {
	var names []string
	for table, l := range o.tables {
		if slices.ContainsFunc(l.rows, func(c *change) bool { return c.value != nil }) {
			names = append(names, table)
		}
	}
	return names
}

// set adds or replaces a change and returns the bytes of the one replaced.
func (l *layer) set(c *change) (replaced int) {
	if n := len(l.rows); n == 0 || bytes.Compare(l.rows[n-1].key, c.key) < 0 {
		l.rows = append(l.rows, c)
		return 0
	}
	i, found := l.find(c.key)
	if !found {
		l.rows = slices.Insert(l.rows, i, c)
		return 0
	}
	replaced = len(l.rows[i].key) + len(l.rows[i].value)
	l.rows[i] = c
	return replaced
}

func (l *layer) get(key []byte) *change {
	if i, found := l.find(key); found {
		return l.rows[i]
	}
	return nil
}

func (l *layer) find(key []byte) (int, bool) {
	return slices.BinarySearchFunc(l.rows, key, func(c *change, key []byte) int { return bytes.Compare(c.key, key) })
}

// seek returns the nearest change at a place or after it in the direction of the scan, or nil.
func (l *layer) seek(p place, reverse bool) *change {
	if l == nil || len(l.rows) == 0 {
		return nil
	}
	i := 0
	switch {
	case p.key == nil && reverse:
		i = len(l.rows) - 1
	case p.key != nil:
		at, found := l.find(p.key)
		i = at
		if reverse && (!found || p.past) {
			i--
		}
		if !reverse && found && p.past {
			i++
		}
	}
	if i < 0 || i >= len(l.rows) {
		return nil
	}
	return l.rows[i]
}

// place is where a scan stands: at a key, or just past it. A nil key is the end where the scan begins.
type place struct {
	key  []byte
	past bool
}
