package store

import (
	"fmt"
	"sync"
)

// queue holds the Updates that wait for the committer.
type queue struct {
	wake chan struct{} // holds a token when there is something to look at

	mu      sync.Mutex // guards the rest
	waiting []*job
	refused error // why no more are taken
	failed  error // what broke the store
}

// job is one Update on its way. Its caller runs the function whenever it is given a
// transaction, reports on ran, and goes when it is given the outcome.
type job struct {
	turns chan turn // 1: the committer never waits for a caller that is gone
	ran   chan outcome
}

// turn is a transaction to run the function over, or, without one, the end of the Update.
type turn struct {
	tx  *Tx
	err error
}

// outcome is how one run of a function ended.
type outcome struct {
	err  error
	gone bool // it panicked, and its caller will not answer again
}

// add queues a job, or says why not.
func (q *queue) add(j *job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refused != nil {
		return q.refused
	}
	q.waiting = append(q.waiting, j)
	q.ring()
	return nil
}

func (q *queue) ring() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take waits for jobs and returns at most most of them; none when the queue refuses and is empty.
func (q *queue) take(most int) []*job {
	for {
		q.mu.Lock()
		if n := min(most, len(q.waiting)); n > 0 {
			jobs := q.waiting[:n:n]
			q.waiting = q.waiting[n:]
			q.mu.Unlock()
			return jobs
		}
		q.waiting = nil
		refused := q.refused != nil
		q.mu.Unlock()
		if refused {
			return nil
		}
		<-q.wake
	}
}

// putBack returns jobs that have not run to the head of the queue.
func (q *queue) putBack(jobs []*job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(jobs, q.waiting...)
}

// refuse turns away all further jobs. Those that wait still get their turn.
func (q *queue) refuse(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refused == nil {
		q.refused = err
	}
	q.ring()
}

// fail turns away all jobs, those that wait too.
func (q *queue) fail(cause error) {
	q.mu.Lock()
	waiting := q.waiting
	q.waiting = nil
	q.failed = cause
	q.refused = fmt.Errorf("%w after an earlier failure: %w", ErrClosed, cause)
	refused := q.refused
	q.ring()
	q.mu.Unlock()
	for _, j := range waiting {
		j.turns <- turn{err: refused}
	}
}

func (q *queue) failure() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.failed
}

// broken says why jobs taken before a failure are turned away after it, or nil.
func (q *queue) broken() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failed == nil {
		return nil
	}
	return q.refused
}
