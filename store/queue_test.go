package store

import (
	"errors"
	"testing"
)

// Who comes while nobody commits does so alone; who comes later waits for the committer, and nobody is forgotten.
func TestOnlyWhoFindsNobodyIsAlone(t *testing.T) {
	q := &queue{wake: make(chan struct{}, 1)}
	add := func(want bool) *job {
		t.Helper()
		j := &job{turns: make(chan turn, 1)}
		if alone, err := q.add(j); alone != want || err != nil {
			t.Fatalf("alone %v, error %v; want %v", alone, err, want)
		}
		return j
	}
	add(true)
	second, third := add(false), add(false)
	if jobs, end := q.tryTake(9); jobs != nil || end {
		t.Errorf("the committer got %d jobs while another commits", len(jobs))
	}
	q.free()
	<-q.wake // or the committer would sleep on
	fourth := add(false)
	if jobs, _ := q.tryTake(2); len(jobs) != 2 || jobs[0] != second || jobs[1] != third {
		t.Errorf("the committer got %v, want the two that waited longest", jobs)
	}
	add(false)
	q.free()
	<-q.wake
	if jobs, _ := q.tryTake(9); len(jobs) != 2 || jobs[0] != fourth {
		t.Errorf("then it got %v", jobs)
	}
	q.free()
	add(true)
	q.refuse(ErrClosed)
	if _, end := q.tryTake(9); end {
		t.Error("the committer ends before the last commit does")
	}
	q.free()
	if _, end := q.tryTake(9); !end {
		t.Error("the committer does not end")
	}
	if _, err := q.add(&job{}); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

func TestAPanicOfALoneUpdateHoldsNobodyUp(t *testing.T) {
	db := openTest(t)
	late := make(chan error, 1)
	func() {
		defer func() {
			if r := recover(); r != "boom" {
				t.Errorf("recovered %v, want boom", r)
			}
		}()
		_ = db.Update(func(tx *Tx) error {
			go func() { late <- db.Update(func(tx *Tx) error { return writeWords(tx, "late") }) }()
			AwaitWaiting(db, 1)
			return errors.Join(writeWords(tx, "dropped"), func() error { panic("boom") }())
		})
	}()
	if err := <-late; err != nil {
		t.Error(err)
	}
	wantWords(t, db, "late")
}
