package search

import (
	"sync"

	"github.com/blevesearch/bleve/v2/index/scorch"

	"sencoforum/archive"
)

// A numberTable says which post stands at a place of an index.
type numberTable struct {
	from []uint64 // first place of each segment
	rows [][]archive.Number
	now  int // the segment that was asked for last
}

// numberCache keeps the numbers of the posts in each segment, which never changes.
type numberCache struct {
	mu   sync.Mutex
	rows map[uint64][]archive.Number // by segment
}

// numbers returns the table of a moment of the index. It reads the segments that are new since the last time.
func (e *engine) numbers(snap *scorch.IndexSnapshot) numberTable {
	e.cache.mu.Lock()
	defer e.cache.mu.Unlock()
	kept := map[uint64][]archive.Number{}
	var t numberTable
	at := uint64(0)
	for _, seg := range snap.Segments() {
		rows, ok := e.cache.rows[seg.Id()]
		if !ok {
			rows = make([]archive.Number, seg.Segment().Count())
			for i := range rows {
				if id, err := seg.DocID(uint64(i)); err == nil {
					rows[i] = numberOf(id)
				}
			}
		}
		kept[seg.Id()] = rows
		t.from, t.rows = append(t.from, at), append(t.rows, rows)
		at += uint64(len(rows))
	}
	e.cache.rows = kept
	return t
}

// number returns the post at a place, 0 for none. It is fastest where places are asked for in ascending order.
func (t *numberTable) number(doc uint64) archive.Number {
	if t.now >= len(t.from) || doc < t.from[t.now] {
		t.now = 0
	}
	for t.now+1 < len(t.from) && doc >= t.from[t.now+1] {
		t.now++
	}
	if t.now >= len(t.from) || doc-t.from[t.now] >= uint64(len(t.rows[t.now])) {
		return 0
	}
	return t.rows[t.now][doc-t.from[t.now]]
}
