package queue

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"sencoforum/internal/failpoint"
	"sencoforum/store"
)

// ledger books a group of settlements in one transaction. Records that many rows share are read and written once.
type ledger struct {
	tx  *store.Tx
	cfg *Config
	now time.Time

	batches map[uint64]*Counts
	chunks  map[chunkKey][]byte
	left    int64 // rows that have left the depth
	tried   []Attempt
	warmed  map[string]int // copies by operator
}

// settle books one settlement.
func (l *ledger) settle(s settlement) (settled, error) {
	if s.shunt != "" {
		return l.shunt(s)
	}
	r, ok, err := fetch(l.tx, s.id)
	if err != nil {
		return settled{}, err
	}
	if !ok {
		return settled{gone: true}, nil
	}
	if s.domain != "" {
		return l.move(&r, s.domain)
	}
	l.warm(s)
	o, next := decide(&r.Row, s.result.Outcome, l.now, l.cfg.Lifetime, s.jitter)
	res := s.result
	all := false
	if o == Failed {
		if o, next, all, err = l.stay(s.provider, r.Row, res); err != nil {
			return settled{}, err
		}
	}
	res.Outcome = o
	if r.Shunted == "" && o != Deferred {
		l.left++
	}
	r.Attempts++
	d := settled{row: r.Row, result: res, next: next, rest: all}
	l.note(s.provider, d)
	if o == Deferred {
		r.Next, r.LastReply = next, res.Line()
		return d, tries.Put(l.tx, s.id, r.try())
	}
	return d, l.end(&r, res)
}

// note remembers an attempt for whoever counts them.
func (l *ledger) note(provider string, d settled) {
	if l.cfg.Attempted == nil || d.result.Outcome == Dropped {
		return
	}
	r := d.row
	r.Payload = nil
	l.tried = append(l.tried, Attempt{Provider: provider, Row: r, Result: d.result})
}

// move gives a row another domain. It was not tried, and is due now.
func (l *ledger) move(r *stored, domain string) (settled, error) {
	r.Domain = domain
	return settled{row: r.Row, result: Result{Outcome: Deferred}, next: l.now}, rows.Put(l.tx, r.ID, r.Row)
}

// shunt puts a row aside. It does so too when the row itself cannot be read.
func (l *ledger) shunt(s settlement) (settled, error) {
	r, ok, err := fetch(l.tx, s.id)
	if err != nil && !errors.Is(err, store.ErrDamaged) {
		return settled{}, err
	}
	if err == nil && !ok {
		return settled{gone: true}, nil
	}
	r.ID = s.id
	if r.Shunted == "" {
		l.left++
	}
	r.Shunted, r.Next = s.shunt, time.Time{}
	return settled{row: r.Row, shunted: true}, tries.Put(l.tx, s.id, r.try())
}

// end removes a row and books its final outcome.
func (l *ledger) end(r *stored, res Result) error {
	if err := rows.Delete(l.tx, r.ID); err != nil {
		return err
	}
	if r.tried {
		if err := tries.Delete(l.tx, r.ID); err != nil {
			return err
		}
	}
	if err := l.outcome(&r.Row, res); err != nil {
		return err
	}
	if res.Outcome != Failed && res.Outcome != Expired {
		return nil
	}
	if err := l.explain(&r.Row, res); err != nil {
		return err
	}
	if l.cfg.Refused == nil {
		return nil
	}
	return l.cfg.Refused(l.tx, r.Row, res)
}

// outcome books how a row ended: in its batch, or with whoever waits for the end of a lone one.
func (l *ledger) outcome(r *Row, res Result) error {
	switch {
	case r.Batch != 0:
		return l.book(r, res.Outcome)
	case l.cfg.Ended != nil:
		return l.cfg.Ended(l.tx, *r, res)
	}
	return nil
}

// book counts an outcome in its batch and writes its byte.
func (l *ledger) book(r *Row, o Outcome) error {
	t := l.batches[r.Batch]
	if t == nil {
		read, _, err := batches.Get(l.tx, r.Batch)
		if err != nil {
			return fmt.Errorf("read batch %d: %w", r.Batch, err)
		}
		t = &read
		l.batches[r.Batch] = t
	}
	t.add(o)

	key := chunkKey{A: r.Batch, B: r.Member / chunkSize}
	chunk, ok := l.chunks[key]
	if !ok {
		read, _, err := outcomes.Get(l.tx, key)
		if err != nil {
			return fmt.Errorf("read outcomes of batch %d: %w", r.Batch, err)
		}
		chunk = read
	}
	at := int(r.Member % chunkSize)
	if at >= len(chunk) {
		chunk = append(chunk, make([]byte, at+1-len(chunk))...)
	}
	chunk[at] = byte(o)
	l.chunks[key] = chunk
	return nil
}

// explain keeps the words of a failure.
func (l *ledger) explain(r *Row, res Result) error {
	key := failureKey{A: r.Batch, B: uint64(r.Member)}
	if r.Batch == 0 {
		key.B = uint64(r.ID)
	}
	return failures.Put(l.tx, key, Failure{
		Row: r.ID, Member: r.Member, Kind: r.Kind, Domain: r.Domain, At: l.now.UTC(), Result: res,
	})
}

// close writes the shared records and says which batches are finished.
func (l *ledger) close() (ended []finished, err error) {
	for _, key := range slices.SortedFunc(maps.Keys(l.chunks), compareChunks) {
		if err := outcomes.Put(l.tx, key, l.chunks[key]); err != nil {
			return nil, fmt.Errorf("write outcomes of batch %d: %w", key.A, err)
		}
	}
	for _, batch := range slices.Sorted(maps.Keys(l.batches)) {
		t := l.batches[batch]
		if err := batches.Put(l.tx, batch, *t); err != nil {
			return nil, fmt.Errorf("write batch %d: %w", batch, err)
		}
		if t.Sealed && t.Open == 0 {
			ended = append(ended, finished{batch: batch, tally: *t})
		}
	}
	if l.left > 0 {
		if _, err := depth.Add(l.tx, -l.left); err != nil {
			return nil, err
		}
	}
	if len(l.tried) > 0 {
		if err := l.cfg.Attempted(l.tx, l.tried); err != nil {
			return nil, fmt.Errorf("count attempts: %w", err)
		}
	}
	for _, f := range ended {
		if l.cfg.Finished == nil {
			break
		}
		if err := failpoint.Hit(failpoint.QueueFinish); err != nil {
			return nil, err
		}
		if err := l.cfg.Finished(l.tx, f.batch); err != nil {
			return nil, fmt.Errorf("finish batch %d: %w", f.batch, err)
		}
	}
	return ended, nil
}

func compareChunks(a, b chunkKey) int {
	return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
}
