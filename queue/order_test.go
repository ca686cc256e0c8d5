package queue

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/store"
)

// change runs Retry or Drop in a transaction of its own.
func (r *rig) change(do func(*store.Tx, ...RowID) (int, error), ids ...RowID) (n int) {
	r.t.Helper()
	r.update(func(tx *store.Tx) (err error) {
		n, err = do(tx, ids...)
		return err
	})
	return n
}

func TestDropEndsRowsOfADeadHop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.dead = func(context.Context, Hop) error { return errors.New("no route to host") }
		r.putBatch(1, "dead.example", 10)
		_, stop := r.run()
		settle(time.Minute)
		var ids []RowID
		for _, row := range r.list(Filter{Batch: 1}) {
			ids = append(ids, row.ID)
		}
		if n := r.change(Drop, append(ids, 4711)...); n != 10 {
			t.Errorf("dropped %d, want 10", n)
		}
		if n := r.change(Drop, ids...); n != 0 {
			t.Errorf("dropped %d once more", n)
		}
		if n := len(r.list(Filter{})); n != 0 {
			t.Errorf("%d dropped rows listed", n)
		}
		settle(time.Second)
		if got, want := r.tally(1), (Counts{Dropped: 10, Sealed: true}); got != want || !slices.Equal(r.ended, []uint64{1}) {
			t.Errorf("tally %+v, want %+v; finished %v", got, want, r.ended)
		}
		stop()
	})
}

func TestDropEndsShuntedRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.render = func(context.Context, Row) (Outgoing, error) { return Outgoing{}, errors.New("no such post") }
		r.putBatch(1, "a.example", 3)
		_, stop := r.run()
		settle(time.Second)
		if r.change(Drop, 1, 2, 3) != 3 {
			t.Error("shunted rows were not found")
		}
		settle(time.Second)
		stop()
		if got, want := r.tally(1), (Counts{Dropped: 3, Sealed: true}); got != want || r.depth() != 0 {
			t.Errorf("tally %+v, want %+v; depth %d", got, want, r.depth())
		}
	})
}

// The queue is put together by hand, so that it cannot have heard of the order.
func TestRowIsNotSentOnceItsDropIsCommitted(t *testing.T) {
	r := newRig(t)
	row := r.put(mail("ann@a.example"))[0]
	q := r.queue()
	if err := q.load(); err != nil {
		t.Fatal(err)
	}
	q.routed(q.domain("a.example"), Hop{Key: "mx"}, nil)
	r.change(Drop, row.ID)
	h := q.hops["mx"]
	s := &session{q: q, hop: h, pool: h.pool, bell: make(chan struct{}, 1)}
	if out, ok := s.Next(t.Context(), false); ok {
		t.Errorf("sent %+v", out)
	}
	if len(q.pending) != 1 || q.pending[0].result.Outcome != Dropped {
		t.Errorf("settlements %+v", q.pending)
	}
}

func TestOrdersGivenWhileNothingRanAreObeyedAtTheNextStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		put := r.put(mail("ann@a.example"), mail("bob@a.example"), mail("cid@a.example"))
		r.change(Drop, put[0].ID)
		r.change(Retry, put[1].ID)
		if _, ok := find(r, put[0].ID); ok {
			t.Error("a dropped row was found")
		}
		_, stop := r.run()
		settle(time.Second)
		stop()
		if got := r.courier.to(); !slices.Equal(got, []string{"bob@a.example", "cid@a.example"}) || r.depth() != 0 {
			t.Errorf("sent %v, depth %d", got, r.depth())
		}
		r.view(func(tx *store.Tx) error {
			for kv := range orders.All(tx) {
				t.Errorf("order %d left", kv.Key)
			}
			for kv := range tries.All(tx) {
				t.Errorf("try of row %d left", kv.Key)
			}
			return nil
		})
	})
}

func find(r *rig, id RowID) (row Row, ok bool) {
	r.t.Helper()
	r.view(func(tx *store.Tx) (err error) {
		row, ok, err = Find(tx, id)
		return err
	})
	return row, ok
}

func TestRetryMakesADeferredRowDueAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		var open atomic.Bool
		r.courier.answer = func(Outgoing) Result {
			if open.Load() {
				return Result{Outcome: Delivered}
			}
			return Result{Outcome: Deferred, Code: 450}
		}
		id := r.put(mail("ann@a.example"))[0].ID
		_, stop := r.run()
		settle(10 * time.Hour)
		open.Store(true)
		if row, ok := find(r, id); !ok || !row.Next.After(time.Now()) {
			t.Errorf("row %+v", row)
		}
		r.change(Retry, id)
		settle(time.Second)
		if _, ok := find(r, id); ok {
			t.Error("the row is still there")
		}
		stop()
	})
}

func TestRetryEndsTheRestOfAHopAndADomain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		var well atomic.Bool
		r.courier.dead = func(ctx context.Context, h Hop) error {
			if well.Load() || h.Key != "mx.a.example" {
				return nil
			}
			return errors.New("connection refused")
		}
		r.courier.route = func(_ context.Context, domain string) (Hop, error) {
			if domain == "b.example" && !well.Load() {
				return Hop{}, errors.New("server misbehaving")
			}
			return (&fake{}).Route(t.Context(), domain)
		}
		put := r.put(mail("ann@a.example"), mail("bob@b.example"))
		_, stop := r.run()
		settle(12 * time.Hour)
		well.Store(true)
		r.change(Retry, put[0].ID, put[1].ID)
		settle(time.Second)
		if got := r.courier.to(); len(got) != 2 {
			t.Errorf("sent %v", got)
		}
		stop()
	})
}

func TestOrdersForARowOnTheWire(t *testing.T) {
	for _, c := range []struct {
		name   string
		do     func(*store.Tx, ...RowID) (int, error)
		answer Result
		want   Counts
		sent   int
	}{
		{"dropped and then delivered counts as delivered", Drop, Result{Outcome: Delivered}, Counts{Delivered: 1}, 1},
		{"dropped and then deferred is dropped", Drop, Result{Outcome: Deferred}, Counts{Dropped: 1}, 1},
		{"retried and then deferred goes again at once", Retry, Result{Outcome: Deferred}, Counts{Delivered: 1}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.courier.delay = 10 * time.Second
				r.courier.answer = func(Outgoing) Result {
					if len(r.courier.to()) > 0 {
						return Result{Outcome: Delivered}
					}
					return c.answer
				}
				row := mail("ann@a.example")
				row.Batch = 7
				id := r.put(row)[0].ID
				_, stop := r.run()
				settle(time.Second)
				r.change(c.do, id)
				settle(30 * time.Second)
				if got := r.tally(7); got != c.want || len(r.courier.all()) != c.sent {
					t.Errorf("tally %+v, want %+v; sent %d times, want %d", got, c.want, len(r.courier.all()), c.sent)
				}
				stop()
			})
		})
	}
}

func TestDropOfARowWhoseHopDiesMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		gone := errors.New("connection lost")
		r.courier.dead = func(context.Context, Hop) error { return gone }
		row := mail("ann@a.example")
		row.Batch = 7
		id := r.put(row)[0].ID
		courier := breaking{r.courier, func() error {
			time.Sleep(10 * time.Second)
			return gone
		}}
		q := New(r.queue().log, r.db, courier, plain, r.cfg)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- q.Run(ctx) }()
		settle(time.Second)
		r.change(Drop, id)
		settle(11 * time.Second)
		if got, want := r.tally(7), (Counts{Dropped: 1}); got != want {
			t.Errorf("tally %+v, want %+v", got, want)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestAWokenQueueTriesAtOnceWhatRested(t *testing.T) {
	no := Result{Outcome: Deferred, Text: "no answer"}
	for _, c := range []struct {
		name string
		plan func(f *fake, well *atomic.Bool)
	}{
		{"a domain without a route", func(f *fake, well *atomic.Bool) {
			f.route = func(ctx context.Context, domain string) (Hop, error) {
				if !well.Load() {
					return Hop{}, &RouteError{Result: no}
				}
				return (&fake{}).Route(ctx, domain)
			}
		}},
		{"a host that takes no connection", func(f *fake, well *atomic.Bool) {
			f.dead = func(context.Context, Hop) error {
				if !well.Load() {
					return errors.New("connection refused")
				}
				return nil
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { wakes(t, c.plan) })
		})
	}
}

func wakes(t *testing.T, plan func(f *fake, well *atomic.Bool)) {
	r := newRig(t)
	var well atomic.Bool
	plan(r.courier, &well)
	r.put(mail("ann@a.example"))
	q, stop := r.run()
	settle(time.Hour) // by now it rests for many minutes at a time
	well.Store(true)
	if n := q.Wake(); n != 1 {
		t.Errorf("%d woken", n)
	}
	settle(time.Second)
	if got := r.courier.to(); len(got) != 1 {
		t.Errorf("sent %v", got)
	}
	if n := q.Wake(); n != 0 {
		t.Errorf("%d woken although nothing rested", n)
	}
	stop()
}
