package queue

import "time"

// entry is what the running queue keeps in memory of a row: 32 bytes.
type entry struct {
	id       RowID
	domain   *domain
	next     time.Duration // not before this, since the queue began
	expires  uint32        // end of its lifetime in whole seconds since the queue began, rounded up; 0: over
	priority Priority
	kind     uint8 // see kinds
}

func (e *entry) expired(now time.Duration) bool {
	return now >= time.Duration(e.expires)*time.Second
}

// soonest orders rows that wait for their time.
func soonest(a, b *entry) bool {
	if a.next != b.next {
		return a.next < b.next
	}
	return a.id < b.id
}

// foremost orders rows that are due.
func foremost(a, b *entry) bool {
	if a.priority != b.priority {
		return a.priority < b.priority
	}
	return soonest(a, b)
}

// heap is a binary heap of entries. It is not container/heap because that allocates for each push.
type heap struct {
	rows   []entry
	before func(a, b *entry) bool
}

func (h *heap) len() int { return len(h.rows) }

// top is the first entry of a heap that is not empty.
func (h *heap) top() *entry { return &h.rows[0] }

func (h *heap) push(e entry) {
	h.rows = append(h.rows, e)
	i := len(h.rows) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !h.before(&h.rows[i], &h.rows[parent]) {
			return
		}
		h.rows[i], h.rows[parent] = h.rows[parent], h.rows[i]
		i = parent
	}
}

func (h *heap) pop() entry {
	e := h.rows[0]
	last := len(h.rows) - 1
	h.rows[0] = h.rows[last]
	h.rows = h.rows[:last]
	h.down(0)
	if last == 0 {
		h.rows = nil
	}
	return e
}

func (h *heap) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(h.rows) {
			return
		}
		if child+1 < len(h.rows) && h.before(&h.rows[child+1], &h.rows[child]) {
			child++
		}
		if !h.before(&h.rows[child], &h.rows[i]) {
			return
		}
		h.rows[i], h.rows[child] = h.rows[child], h.rows[i]
		i = child
	}
}

// extract removes and returns the entries that match.
func (h *heap) extract(match func(*entry) bool) []entry {
	var out []entry
	h.rows, out = split(h.rows, match)
	for i := len(h.rows)/2 - 1; len(out) > 0 && i >= 0; i-- {
		h.down(i)
	}
	return out
}

// split divides rows into those that stay and those that match.
func split(rows []entry, match func(*entry) bool) (stay, out []entry) {
	stay = rows[:0]
	for i := range rows {
		if match(&rows[i]) {
			out = append(out, rows[i])
		} else {
			stay = append(stay, rows[i])
		}
	}
	return stay, out
}
