package search

import "time"

// A datedCursor finds the posts of its cursor that were written before a moment.
type datedCursor struct {
	cursor
	written func(place uint32) uint32
	before  uint32
}

// dated is a cursor of what people had stopped to write at a time. The zero time: they still do.
func (c *compiler) dated(of cursor, before time.Time) cursor {
	if of == nil || before.IsZero() || c.written == nil {
		return of
	}
	return &datedCursor{cursor: of, written: c.written, before: uint32(max(0, before.Unix()))}
}

func (c *datedCursor) in(s *stretch) (*matches, error) {
	m, err := c.cursor.in(s)
	if err != nil {
		return m, err
	}
	n := 0
	for i, doc := range m.docs {
		if c.written(doc) < c.before {
			m.docs[n], m.worth[n] = doc, m.worth[i]
			n++
		}
	}
	m.docs, m.worth = m.docs[:n], m.worth[:n]
	return m, nil
}
