package queue

import (
	"sencoforum/store"
)

// chunkSize is how many members share one record of outcomes.
const chunkSize = 500

type (
	chunkKey   = store.Pair[uint64, uint32] // batch, member / chunkSize
	failureKey = store.Pair[uint64, uint64] // batch, member; or 0, row
)

// The tables; the package comment says what they hold.
var (
	rows     = store.NewTable("queue.rows", store.Uint64Key[RowID](), store.ValueCodec[Row]{Append: appendRow, Parse: parseRow})
	tries    = store.NewTable("queue.tries", store.Uint64Key[RowID](), store.ValueCodec[try]{Append: appendTry, Parse: parseTry})
	batches  = store.NewTable("queue.batches", store.Uint64Key[uint64](), store.JSON[Counts]())
	outcomes = store.NewTable("queue.outcomes", store.PairKey(store.Uint64Key[uint64](), store.Uint32Key[uint32]()), store.Bytes())
	failures = store.NewTable("queue.failures", store.PairKey(store.Uint64Key[uint64](), store.Uint64Key[uint64]()), store.JSON[Failure]())
	orders   = store.NewTable("queue.orders", store.Uint64Key[uint64](), rowIDs)
)

// rowIDs keeps a row's number as a value.
var rowIDs = store.ValueCodec[RowID]{
	Append: func(b []byte, id RowID) ([]byte, error) { return store.Uint64Key[RowID]().Append(b, id), nil },
	Parse:  store.Uint64Key[RowID]().Parse,
}

// The counters. depth counts the rows that want to go: all but the shunted.
const (
	lastRow   store.Counter = "queue.rows"
	lastOrder store.Counter = "queue.orders"
	depth     store.Counter = "queue.depth"
)

// stored is a row as the store has it, both parts together.
type stored struct {
	Row
	dropped bool
	tried   bool // there is a record of its attempts
}

// fetch reads a row and what is known of its attempts.
func fetch(tx *store.Tx, id RowID) (stored, bool, error) {
	r, ok, err := rows.Get(tx, id)
	if err != nil || !ok {
		return stored{}, false, err
	}
	r.ID = id
	return join(tx, r)
}

// join adds what is known of a row's attempts to it.
func join(tx *store.Tx, r Row) (stored, bool, error) {
	t, ok, err := tries.Get(tx, r.ID)
	if err != nil {
		return stored{}, false, err
	}
	if ok {
		r.Attempts, r.Next, r.LastReply, r.Shunted = t.Attempts, t.Next, t.LastReply, t.Shunted
	}
	return stored{Row: r, dropped: t.Dropped, tried: ok}, true, nil
}

// try returns the part of a row that changes.
func (s *stored) try() try {
	return try{Attempts: s.Attempts, Next: s.Next, LastReply: s.LastReply, Shunted: s.Shunted, Dropped: s.dropped}
}
