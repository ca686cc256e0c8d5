package queue

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/store"
)

// faulty is an engine whose commits can be made to fail.
type faulty struct {
	store.Engine
	fault      atomic.Pointer[error]
	unreadable atomic.Bool
}

func (f *faulty) View(fn func(store.EngineTx) error) error {
	if f.unreadable.Load() {
		return errors.New("no such device")
	}
	return f.Engine.View(fn)
}

func (f *faulty) Update(fn func(store.EngineTx) error) error {
	return f.Engine.Update(func(tx store.EngineTx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if p := f.fault.Load(); p != nil {
			return *p
		}
		return nil
	})
}

func (f *faulty) fail(err error) {
	if err == nil {
		f.fault.Store(nil)
		return
	}
	f.fault.Store(&err)
}

// faultyRig is a rig over such an engine.
func faultyRig(t *testing.T) (*rig, *faulty) {
	r := newRig(t)
	engine, err := store.Bolt(filepath.Join(t.TempDir(), "faulty"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := &faulty{Engine: engine}
	db, err := store.New(f, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.closeStore()
	r.db = db
	return r, f
}

func TestFullStoreHaltsTheSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, engine := faultyRig(t)
		r.courier.route = smarthost
		r.courier.delay = 20 * time.Millisecond
		r.putBatch(1, "a.example", 900)
		_, stop := r.run()
		settle(300 * time.Millisecond)
		engine.fail(fmt.Errorf("disk: %w", store.ErrFull))
		settle(time.Minute)
		sent := len(r.courier.times())
		if n := sent - r.tally(1).Delivered; n > 256/2+20 {
			t.Errorf("%d unsettled: sending went on after the commit that failed", n)
		}
		settle(time.Hour)
		if n := len(r.courier.times()); n != sent {
			t.Errorf("%d copies sent while the store was full", n-sent)
		}
		engine.fail(nil)
		began := time.Now()
		settle(5 * time.Second)
		stop()
		if got := r.tally(1); got.Delivered != 900 {
			t.Errorf("%v after there was room: %+v", time.Since(began), got)
		}
		if n := repeats(r.courier.times()); n != 0 {
			t.Errorf("%d repeats", n)
		}
		if log := r.log.String(); strings.Count(log, "sending halted") != 1 || strings.Count(log, "sending goes on") != 1 {
			t.Errorf("log: %s", log)
		}
	})
}

func TestStoreThatStaysFullEndsTheShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, engine := faultyRig(t)
		r.put(mail("ann@a.example"))
		engine.fail(store.ErrFull)
		_, stop := r.run()
		settle(time.Minute)
		began := time.Now()
		stop(store.ErrFull.Error())
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("stop took %v", took)
		}
	})
}

func TestCommitOfUnknownFateEndsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, engine := faultyRig(t)
		r.courier.delay = time.Minute // another connection is in the midst of a copy
		r.put(mail("ann@a.example"))
		q := r.queue()
		done := make(chan error)
		go func() { done <- q.Run(t.Context()) }()
		settle(time.Second)
		engine.fail(errors.New("input/output error"))
		began := time.Now()
		if err := r.db.Update(func(tx *store.Tx) error { return Put(tx, mail("bob@b.example")) }); !errors.Is(err, store.ErrMaybe) {
			t.Errorf("put: %v", err)
		}
		if err := <-done; !errors.Is(err, store.ErrMaybe) || time.Since(began) > closing {
			t.Errorf("run: %v after %v", err, time.Since(began))
		}
	})
}

func TestRowThatCannotBeSettledIsShunted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.cfg.Refused = func(_ *store.Tx, row Row, res Result) error {
			if row.Member == 7 {
				return errors.New("no such member")
			}
			if row.Member == 8 {
				panic("nil map")
			}
			return nil
		}
		r.courier.answer = func(Outgoing) Result { return Result{Outcome: Failed, Code: 550} }
		r.putBatch(1, "a.example", 20)
		_, stop := r.run()
		settle(time.Hour)
		stop()
		if got, want := r.tally(1), (Counts{Failed: 18, Open: 2, Sealed: true}); got != want {
			t.Errorf("tally %+v, want %+v", got, want)
		}
		got := r.list(Filter{Shunted: true})
		if len(got) != 2 || got[0].Shunted != "settle as failed: row 8: no such member" || got[1].Shunted != "settle as failed: panic: nil map" {
			t.Errorf("shunted %+v", got)
		}
		if n := repeats(r.courier.times()); n != 0 {
			t.Errorf("%d repeats", n)
		}
	})
}

func TestDamagedRowDoesNotStopTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		raw := store.NewTable("queue.rows", store.Uint64Key[RowID](), store.Bytes())
		spoil := func(id RowID) {
			r.update(func(tx *store.Tx) error { return raw.Put(tx, id, []byte{99}) })
		}
		r.put(mail("ann@a.example"), mail("bob@a.example"), mail("cid@a.example"))
		spoil(2)
		r.courier.delay = 10 * time.Second
		_, stop := r.run()
		settle(time.Second)
		spoil(3) // after it was loaded
		settle(time.Minute)
		stop()
		if got := r.courier.to(); len(got) != 1 {
			t.Errorf("sent %v", got)
		}
		if log := r.log.String(); !strings.Contains(log, "queue row damaged") || !strings.Contains(log, `msg="copy shunted" row=3`) {
			t.Errorf("log: %s", log)
		}
	})
}

func TestStoreThatCannotBeReadEndsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, engine := faultyRig(t)
		r.put(mail("ann@a.example"))
		r.render = func(context.Context, Row) (Outgoing, error) {
			return Outgoing{}, fmt.Errorf("read post: %w", store.ErrClosed)
		}
		done := make(chan error)
		go func() { done <- r.queue().Run(t.Context()) }()
		if err := <-done; !errors.Is(err, store.ErrClosed) {
			t.Errorf("run, when render cannot read: %v", err)
		}
		engine.unreadable.Store(true)
		go func() { done <- r.queue().Run(t.Context()) }()
		if err := <-done; err == nil || !strings.Contains(err.Error(), "no such device") {
			t.Errorf("run, when the queue cannot read: %v", err)
		}
		engine.unreadable.Store(false)
		if got := r.list(Filter{}); len(got) != 1 || got[0].Shunted != "" {
			t.Errorf("rows %+v", got)
		}
	})
}
