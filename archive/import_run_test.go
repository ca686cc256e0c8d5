package archive

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/list"
)

// Batches that come in the wrong order, or at once, are stored in theirs.
func TestBatchesOfAnImportAreStoredInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := NewImportRun()
		var stored []int
		var all sync.WaitGroup
		for _, part := range []int{3, 1, 0, 2} {
			all.Go(func() {
				if err := run.turn(t.Context(), part); err != nil {
					t.Error(err)
				}
				stored = append(stored, part) // the turn guards it
				run.ended(part, nil)
			})
			synctest.Wait()
		}
		all.Wait()
		for at, part := range stored {
			if part != at {
				t.Fatalf("stored as %v", stored)
			}
		}
		if err := run.turn(t.Context(), 2); err == nil {
			t.Error("a batch was taken twice")
		}
	})
}

// What follows a batch that could not be stored is not stored, and waits for nobody who hung up.
func TestAfterABrokenBatchNothingIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := NewImportRun()
		gone, hangUp := context.WithCancel(t.Context())
		left := make(chan error, 2)
		go func() { left <- run.turn(gone, 1) }()
		time.Sleep(time.Second)
		hangUp()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("the client hung up: %v", err)
		}
		go func() { left <- run.turn(t.Context(), 2) }()
		synctest.Wait()
		run.ended(0, errors.New("the disk is full"))
		if err := <-left; !errors.Is(err, errRunBroken) {
			t.Errorf("after a broken batch: %v", err)
		}
	})
}

// A batch that gives up while it waits leaves alone what the one before it is still using.
func TestABatchThatGivesUpTakesNothingFromTheOneBefore(t *testing.T) {
	run := NewImportRun()
	run.said.hear(Post{Intake: 7}, nil)
	run.ended(1, errors.New("the client hung up"))
	if run.said.heard.all == nil {
		t.Error("what the batch before uses is gone")
	}
	run.ended(0, nil)
	if run.said.heard.all != nil {
		t.Error("a broken import keeps words in memory")
	}
}

// A batch that is brought when the one before it failed stores nothing of its own.
func TestABatchBehindABrokenOneStoresNothing(t *testing.T) {
	run := NewImportRun()
	i := &Importer{DB: testdb.Open(t), List: list.List{ID: 1, Name: "forum", Domain: "x.example"}, Now: time.Now, Run: run, Part: 1}
	run.ended(0, errors.New("the disk is full"))
	r, err := i.Batch(t.Context(), []ImportItem{{Raw: []byte("From: a@b.example\r\nMessage-ID: <1@b.example>\r\n\r\nHello\r\n"), Written: time.Now()}})
	if !errors.Is(err, errRunBroken) || r.New != 0 {
		t.Errorf("%d stored, %v", r.New, err)
	}
}
