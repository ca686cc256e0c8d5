package archive

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"sencoforum/store"
)

// A mending is a table that has to become that of the scratch store.
type mending[K, V any] struct {
	table store.Table[K, V]
	ours  func(K) bool     // rows to look at; the others belong to posts that came meanwhile
	order func(a, b K) int // as the keys' bytes
	same  func(a, b V) bool
	told  func(K) // hears of each row that was changed; nil: nobody does
}

// A repair is one row that has to be put or deleted.
type repair[K, V any] struct {
	key  K
	put  bool
	with V
}

// run changes the table in small transactions, and returns how many rows there were to put or delete.
func (m mending[K, V]) run(ctx context.Context, b *rebuild) (int, error) {
	t, all := m.table, 0
	for from := (*K)(nil); ctx.Err() == nil; {
		var wrong []repair[K, V]
		var next *K
		err := b.bothViews(func(have, want *store.Tx) (err error) {
			wrong, next, err = m.compare(have, want, from)
			return err
		})
		if err != nil {
			return all, fmt.Errorf("compare %s: %w", t.Name(), err)
		}
		err = b.db.Update(func(tx *store.Tx) error {
			for _, w := range wrong {
				if err := w.do(tx, t); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return all, err
		}
		for _, w := range wrong {
			if m.told != nil {
				m.told(w.key)
			}
		}
		if all += len(wrong); next == nil {
			return all, nil
		}
		from = next
	}
	return all, ctx.Err()
}

func (r repair[K, V]) do(tx *store.Tx, t store.Table[K, V]) error {
	if r.put {
		return t.Put(tx, r.key, r.with)
	}
	return t.Delete(tx, r.key)
}

// rows begins to pull the rows of a table that ours admits.
func rows[K, V any](t store.Table[K, V], tx *store.Tx, from *K, ours func(K) bool) (next func() (store.Row[K, V], error, bool), stop func()) {
	all := t.All(tx)
	if from != nil {
		all = t.From(tx, *from)
	}
	return iter.Pull2(func(yield func(store.Row[K, V], error) bool) {
		for row, err := range all {
			if err == nil && !ours(row.Key) {
				continue
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	})
}

// compare walks over both tables at once and returns what to change in the first, at most rebuildRows rows, and
// where to go on; nil: it is at the end.
func (m mending[K, V]) compare(have, want *store.Tx, from *K) (wrong []repair[K, V], next *K, err error) {
	nextHave, stopHave := rows(m.table, have, from, m.ours)
	defer stopHave()
	nextWant, stopWant := rows(m.table, want, from, m.ours)
	defer stopWant()
	h, herr, hok := nextHave()
	w, werr, wok := nextWant()
	for hok || wok {
		if err := errors.Join(herr, werr); err != nil {
			return nil, nil, err
		}
		order := -1
		switch {
		case hok && wok:
			order = m.order(h.Key, w.Key)
		case wok:
			order = 1
		}
		if len(wrong) == rebuildRows {
			k := w.Key
			if order < 0 {
				k = h.Key
			}
			return wrong, &k, nil
		}
		switch {
		case order < 0:
			wrong = append(wrong, repair[K, V]{key: h.Key})
		case order > 0:
			wrong = append(wrong, repair[K, V]{key: w.Key, put: true, with: w.Value})
		default:
			if !m.same(h.Value, w.Value) {
				wrong = append(wrong, repair[K, V]{key: w.Key, put: true, with: w.Value})
			}
		}
		if order <= 0 {
			h, herr, hok = nextHave()
		}
		if order >= 0 {
			w, werr, wok = nextWant()
		}
	}
	return wrong, nil, nil
}
