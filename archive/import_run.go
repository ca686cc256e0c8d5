package archive

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

// An ImportRun is what the batches of one import share: while one is stored, the next is read, but they are stored in their order.
// It may be used by several goroutines.
type ImportRun struct {
	reading chan struct{} // a token for each core that may read messages

	mu    sync.Mutex // guards what follows
	next  int        // the batch that may be stored
	err   error      // why none may be
	moved chan struct{}

	said saidLately
}

// NewImportRun begins an import; its batches have the numbers 0, 1, 2 …
func NewImportRun() *ImportRun {
	return &ImportRun{moved: make(chan struct{}), reading: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1))}
}

// errRunBroken is what the batches get that follow one which was not stored.
var errRunBroken = errors.New("the batch before was not stored")

// turn waits until a batch may be stored.
func (r *ImportRun) turn(ctx context.Context, batch int) error {
	for {
		r.mu.Lock()
		next, err, moved := r.next, r.err, r.moved
		r.mu.Unlock()
		switch {
		case err != nil:
			return err
		case next == batch:
			return nil
		case next > batch:
			return errors.New("a batch of messages was brought twice")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-moved:
		}
	}
}

// ended lets the next batch be stored, or none, if the one before it was not.
func (r *ImportRun) ended(batch int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && r.err == nil {
		r.err = errRunBroken
	}
	switch {
	case r.next != batch: // another has the turn
	case r.err != nil:
		r.said.forget()
	default:
		r.next++
	}
	close(r.moved)
	r.moved = make(chan struct{})
}
