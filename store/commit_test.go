package store

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// hold keeps the committer busy, so that Updates gather behind it.
type hold struct {
	t    testing.TB
	db   *DB
	gate chan bool
	done chan error
}

func newHold(t testing.TB, db *DB) *hold {
	t.Helper()
	h := &hold{t: t, db: db, gate: make(chan bool), done: make(chan error, 1)}
	inside := make(chan bool)
	go func() {
		h.done <- db.Update(func(*Tx) error {
			close(inside)
			<-h.gate
			return nil
		})
	}()
	<-inside
	return h
}

func (h *hold) release() {
	h.t.Helper()
	close(h.gate)
	if err := <-h.done; err != nil {
		h.t.Error(err)
	}
}

// untilWaiting waits until n Updates wait behind the hold.
func (h *hold) untilWaiting(n int) {
	h.until(func(q *queue) bool { return len(q.waiting) == n })
}

func (h *hold) untilRefused() {
	h.until(func(q *queue) bool { return q.refused != nil })
}

func (h *hold) until(done func(q *queue) bool) {
	h.t.Helper()
	q := &h.db.queue
	for range 10000 {
		q.mu.Lock()
		ok := done(q)
		q.mu.Unlock()
		if ok {
			return
		}
		time.Sleep(time.Millisecond)
	}
	h.t.Fatal("the Updates did not come")
}

// together runs functions as Updates of one group, in this order, and returns their errors.
func together(t testing.TB, db *DB, fns ...func(tx *Tx) error) []error {
	t.Helper()
	h := newHold(t, db)
	errs := make([]error, len(fns))
	var wg sync.WaitGroup
	for i, fn := range fns {
		wg.Go(func() { errs[i] = db.Update(fn) })
		h.untilWaiting(i + 1)
	}
	h.release()
	wg.Wait()
	return errs
}

func TestWaitingUpdatesShareACommit(t *testing.T) {
	db := openTest(t)
	before := db.Stats()
	var fns []func(tx *Tx) error
	for i := range 50 {
		fns = append(fns, func(tx *Tx) error {
			if n, err := Counter("n").Next(tx); err != nil || n != uint64(i+1) {
				t.Errorf("counter is %d, error %v, want %d: each sees those before it", n, err, i+1)
			}
			return writeWords(tx, fmt.Sprint(i))
		})
	}
	if err := errors.Join(together(t, db, fns...)...); err != nil {
		t.Fatal(err)
	}
	s := db.Stats()
	if s.Transactions-before.Transactions != 50 || s.Commits-before.Commits != 1 {
		t.Errorf("%d transactions in %d commits, want 50 in 1", s.Transactions-before.Transactions, s.Commits-before.Commits)
	}
}

func TestManyWritersShareCommits(t *testing.T) {
	db := openTest(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 25 {
				if err := db.Update(func(tx *Tx) error { _, err := Counter("n").Next(tx); return err }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	view(t, db, func(tx *Tx) error {
		if n, err := Counter("n").Value(tx); n != 200 || err != nil {
			t.Errorf("counter is %d, error %v, want 200", n, err)
		}
		return nil
	})
	if s := db.Stats(); s.Transactions != 200 || s.Commits >= s.Transactions {
		t.Errorf("%d transactions in %d commits, want 200 in fewer", s.Transactions, s.Commits)
	}
}

func TestAnErrorDropsOnlyItsOwnWrites(t *testing.T) {
	db := openTest(t)
	mine := errors.New("mine")
	errs := together(t, db,
		func(tx *Tx) error { return writeWords(tx, "first") },
		func(tx *Tx) error {
			if ok, err := words.Has(tx, "first"); !ok || err != nil {
				t.Errorf("the first one's word: %v %v", ok, err)
			}
			return errors.Join(writeWords(tx, "dropped"), words.Delete(tx, "first"), mine)
		},
		func(tx *Tx) error {
			if ok, err := words.Has(tx, "dropped"); ok || err != nil {
				t.Errorf("a dropped word shows: %v %v", ok, err)
			}
			return writeWords(tx, "third")
		})
	if errs[0] != nil || !errors.Is(errs[1], mine) || errs[2] != nil {
		t.Errorf("errors %v, want mine for the second only", errs)
	}
	wantWords(t, db, "first third")
}

func TestAPanicEndsOnlyItsOwnCaller(t *testing.T) {
	db := openTest(t)
	var recovered any
	errs := together(t, db,
		func(tx *Tx) error { return writeWords(tx, "first") },
		func(tx *Tx) error { return nil },
		func(tx *Tx) error { return writeWords(tx, "third") })
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	h := newHold(t, db)
	done := make(chan bool)
	go func() {
		defer close(done)
		defer func() { recovered = recover() }()
		db.Update(func(tx *Tx) error {
			writeWords(tx, "dropped")
			panic("boom")
		})
	}()
	h.untilWaiting(1)
	go h.release()
	putWords(t, db, "other")
	<-done
	if recovered != "boom" {
		t.Errorf("recovered %v in the caller's goroutine, want boom", recovered)
	}
	wantWords(t, db, "first other third")
}

func TestAGoroutineThatEndsInsideAnUpdateHoldsNobodyUp(t *testing.T) {
	db := openTest(t)
	done := make(chan bool)
	go func() {
		defer close(done)
		db.Update(func(tx *Tx) error {
			writeWords(tx, "dropped")
			runtime.Goexit() // as t.Fatal does
			return nil
		})
	}()
	<-done
	putWords(t, db, "after")
	wantWords(t, db, "after")
}

func TestALargeGroupIsSplitInOrder(t *testing.T) {
	db := openTest(t)
	before := db.Stats().Commits
	var order []int
	late := make(chan error, 1)
	var fns []func(tx *Tx) error
	for i := range 5 {
		fns = append(fns, func(tx *Tx) error {
			if order = append(order, i); i == 0 {
				go func() {
					late <- db.Update(func(*Tx) error { order = append(order, 99); return nil })
				}()
				AwaitWaiting(db, 1)
			}
			return NewTable("large", Uint32Key[uint32](), Bytes()).Put(tx, uint32(i), make([]byte, groupBytes/2))
		})
	}
	if err := errors.Join(append(together(t, db, fns...), <-late)...); err != nil {
		t.Fatal(err)
	}
	if got := db.Stats().Commits - before; got != 3 {
		t.Errorf("%d commits, want 3: two of five go over the bound", got)
	}
	if got := fmt.Sprint(order); got != "[0 1 2 3 4 99]" {
		t.Errorf("order %s, want the late one last", got)
	}
}

func TestUpdatesKeepTheirOrder(t *testing.T) {
	db := openTest(t)
	fns := make([]func(tx *Tx) error, groupJobs+10)
	for i := range fns {
		fns[i] = func(tx *Tx) error {
			n, err := Counter("n").Next(tx)
			if n != uint64(i+1) {
				t.Errorf("update %d ran as number %d", i+1, n)
			}
			return err
		}
	}
	if err := errors.Join(together(t, db, fns...)...); err != nil {
		t.Error(err)
	}
}

func TestAnUpdateThatWritesNothingNeedsNoCommit(t *testing.T) {
	db := openTest(t)
	before := db.Stats().Commits
	mine := errors.New("mine")
	errs := together(t, db,
		func(tx *Tx) error { _, err := words.Has(tx, "a"); return err },
		func(tx *Tx) error { return errors.Join(writeWords(tx, "a"), mine) })
	if errs[0] != nil || !strings.Contains(fmt.Sprint(errs[1]), "mine") || db.Stats().Commits != before {
		t.Errorf("errors %v and %d commits, want mine alone and none", errs, db.Stats().Commits-before)
	}
}
