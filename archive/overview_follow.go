package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// Bounds of one step of following, and how long Run lets changes gather, so that an import does not sum up a discussion
// for each of its posts. Whoever asks does not wait for it.
const (
	overviewThreads = 2000 // that one snapshot of the store reads while the table is loaded
	overviewChanges = 500  // that one step reads
	overviewGather  = time.Second
)

// Run reads the table at once and follows the change record until ctx ends. Without it the first who asks reads it.
func (o *Overview) Run(ctx context.Context) error {
	rung, stop := o.db.Watch(ChangesTable)
	defer stop()
	for ctx.Err() == nil {
		if err := o.catchUp(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-rung:
			pause(ctx, overviewGather)
		}
	}
	return nil
}

// CatchUp takes in all that is committed. The first time it reads the whole archive: a second or two for 250,000 posts.
func (o *Overview) CatchUp() error { return o.catchUp(context.Background()) }

func (o *Overview) catchUp(ctx context.Context) error {
	if o.isCurrent() {
		return nil
	}
	o.following.Lock()
	defer o.following.Unlock()
	if !o.loaded {
		if err := o.load(ctx); err != nil {
			return fmt.Errorf("read the table of discussions: %w", err)
		}
		o.loaded = true
	}
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if more, err = o.step(); err != nil {
			return fmt.Errorf("keep the table of discussions: %w", err)
		}
	}
	return nil
}

// isCurrent reports that there is nothing to take in.
func (o *Overview) isCurrent() (current bool) {
	err := o.db.View(func(tx *store.Tx) error {
		last, err := LastSeq(tx)
		o.mu.RLock()
		defer o.mu.RUnlock()
		current = o.orders != nil && o.seq >= last
		return err
	})
	return err == nil && current
}

// summed is what becomes of one number: a discussion, or nothing where it has nothing to see or leads to another.
type summed struct {
	Summary
	number Number
	posts  []dated // of the discussion, those that are hidden now as well
}

// load reads all discussions in small snapshots. What changes meanwhile is in the change record after its place then.
func (o *Overview) load(ctx context.Context) error {
	var from Seq
	o.mu.Lock() // what an earlier try has left is forgotten
	o.rows, o.free, o.at, o.thread, o.when, o.topics, o.orders = nil, nil, nil, nil, nil, topicSets{}, nil
	o.mu.Unlock()
	for next, more, first := Number(0), true, true; more; first = false {
		if err := ctx.Err(); err != nil {
			return err
		}
		var all []summed
		err := o.db.View(func(tx *store.Tx) (err error) {
			if first {
				if from, err = LastSeq(tx); err != nil {
					return err
				}
			}
			all, next, more, err = o.loadSome(tx, next)
			return err
		})
		if err != nil {
			return err
		}
		o.apply(all, from)
	}
	o.sort()
	return nil
}

// loadSome sums up the threads from a number on.
func (o *Overview) loadSome(tx *store.Tx, from Number) (all []summed, next Number, more bool, err error) {
	for len(all) < overviewThreads {
		n, ok, err := nextThread(tx, from)
		if err != nil || !ok {
			return all, from, false, err
		}
		from = n + 1
		if all, err = o.sumNumber(tx, n, all); err != nil {
			return all, from, false, err
		}
	}
	return all, from, true, nil
}

// nextThread returns the first number, from one on, under which posts were put.
func nextThread(tx *store.Tx, from Number) (Number, bool, error) {
	for row, err := range threads.From(tx, threadKey{A: from}) {
		return row.Key.A, err == nil, err
	}
	return 0, false, nil
}

// sumNumber sums up the discussion that a number leads to, unless it was already. A discussion that cannot be read is
// left out and said to be; it does not keep the others away.
func (o *Overview) sumNumber(tx *store.Tx, n Number, all []summed) ([]summed, error) {
	root, err := rootOf(tx, n)
	if err == nil && root != n {
		all = append(all, summed{number: n})
		if slices.ContainsFunc(all, func(s summed) bool { return s.number == root }) {
			return all, nil
		}
	}
	one := summed{number: root}
	if err == nil {
		one.Summary, one.posts, err = summaryOf(tx, root)
	}
	if errors.Is(err, store.ErrDamaged) || errors.Is(err, ErrNoPost) {
		o.log.Error("a discussion cannot be read and is left out of lists", "thread", n, "cause", err)
		one.Summary, err = Summary{}, nil
	}
	return append(all, one), err
}

// step takes in a few changes, and reports whether there may be more.
func (o *Overview) step() (more bool, err error) {
	var all []summed
	last, read := o.seq, 0 // only who follows changes seq
	err = o.db.View(func(tx *store.Tx) error {
		seen := map[Number]bool{}
		for c, err := range Changes(tx, last+1) {
			if err != nil && !errors.Is(err, store.ErrDamaged) {
				return err
			}
			last = c.Seq
			if n, ok := threadOf(tx, c); ok {
				seen[n] = true
			}
			if read++; read == overviewChanges {
				break
			}
		}
		for n := range seen {
			var err error
			if all, err = o.sumNumber(tx, n, all); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	o.apply(all, last)
	return read == overviewChanges, nil
}

// threadOf returns the number of the thread that a change is about. Of a post that cannot be read it is not known. Where a
// post leaves a thread, that thread has a change of its own.
func threadOf(tx *store.Tx, c Change) (Number, bool) {
	if c.Event == EventThreaded || c.Event == EventCurated {
		return c.Post, true
	}
	root, err := ThreadOf(tx, c.Post)
	return root, err == nil
}

// apply puts what was summed up into the table.
func (o *Overview) apply(all []summed, upTo Seq) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range all {
		o.drop(s.number)
		if s.Posts == 0 {
			continue
		}
		o.put(o.rowOf(s.Summary))
	}
	for _, s := range all {
		for _, p := range s.posts {
			if missing := int(p.number) + 1 - len(o.thread); missing > 0 {
				o.thread, o.when = append(o.thread, make([]Number, missing)...), append(o.when, make([]uint32, missing)...)
			}
			o.thread[p.number], o.when[p.number] = s.number, p.when
		}
	}
	o.seq = upTo
}

// drop takes a thread out of the table, if it is there.
func (o *Overview) drop(n Number) {
	i, ok := o.place(n)
	if !ok {
		return
	}
	r := &o.rows[i]
	if orders := o.orders[r.list]; orders != nil {
		for by := range orders {
			if at, found := o.find(orders[by], Order(by), r.cursor(Order(by))); found {
				orders[by] = slices.Delete(orders[by], at, at+1)
			}
		}
	}
	o.at[n] = 0
	o.rows[i] = row{}
	o.free = append(o.free, i)
}

// put adds a row. While the table is loaded the orders are not kept.
func (o *Overview) put(r row) {
	i := uint32(len(o.rows))
	if last := len(o.free) - 1; last >= 0 {
		i, o.free = o.free[last], o.free[:last]
		o.rows[i] = r
	} else {
		o.rows = append(o.rows, r)
	}
	if missing := int(r.thread) + 1 - len(o.at); missing > 0 {
		o.at = append(o.at, make([]uint32, missing)...)
	}
	o.at[r.thread] = i + 1
	if o.orders == nil {
		return
	}
	if o.orders[r.list] == nil {
		o.orders[r.list] = new([3][]uint32)
	}
	orders := o.orders[r.list]
	for by := range orders {
		at, _ := o.find(orders[by], Order(by), r.cursor(Order(by)))
		orders[by] = slices.Insert(orders[by], at, i)
	}
}

// sort makes the orders of a table that was loaded.
func (o *Overview) sort() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rows = slices.Clip(o.rows)
	o.orders = map[list.ID]*[3][]uint32{}
	for _, at := range o.at {
		if at == 0 {
			continue
		}
		i := at - 1
		l := o.rows[i].list
		if o.orders[l] == nil {
			o.orders[l] = new([3][]uint32)
		}
		o.orders[l][0] = append(o.orders[l][0], i)
	}
	for _, orders := range o.orders {
		for by := len(orders) - 1; by >= 0; by-- {
			orders[by] = slices.Clone(orders[0])
			slices.SortFunc(orders[by], func(i, j uint32) int { return o.rows[i].cursor(Order(by)).compare(o.rows[j].cursor(Order(by))) })
		}
	}
}
