package store

import (
	"fmt"
	"slices"
	"sync"
)

// queue holds the Updates that wait for the committer, and says who commits.
type queue struct {
	wake chan struct{} // holds a token when there is something for the committer to look at

	mu      sync.Mutex // guards the rest
	busy    bool       // somebody commits: the committer, or an Update that found nobody before it; or one has seized it
	seizing int        // how many wait to seize it
	idle    sync.Cond  // busy has become false
	waiting []*job
	refused error // why no more are taken
	failed  error // what broke the store
}

// job is one Update on its way. Its caller runs the function whenever it is given a
// transaction, reports on ran, and goes when it is given the outcome. A job that is
// committed by its own caller has the function, and only its outcome is given.
type job struct {
	alone func(tx *Tx) error
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

// add queues a job, or says why not. When there is nobody to wait for, the job is not queued but alone: its
// caller commits it and then calls free.
func (q *queue) add(j *job) (alone bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.refused != nil:
		return false, q.refused
	case !q.busy && q.seizing == 0 && len(q.waiting) == 0:
		q.busy = true
		return true, nil
	}
	q.waiting = append(q.waiting, j)
	return false, nil
}

// free ends a commit. Who waits by now is for the committer.
func (q *queue) free() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy = false
	q.idle.Broadcast()
	if len(q.waiting) > 0 || q.refused != nil {
		q.ring()
	}
}

// seize waits until nobody commits, and keeps everybody from it until free. Who wants to commit waits in line.
func (q *queue) seize() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.seizing++
	q.idle.L = &q.mu
	for q.busy {
		q.idle.Wait()
	}
	q.seizing--
	if q.refused != nil {
		q.idle.Broadcast()
		q.ring()
		return q.refused
	}
	q.busy = true
	return nil
}

// withdraw takes a job out of the line, and reports whether it still stood there.
func (q *queue) withdraw(j *job) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, j)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(slices.Clone(q.waiting), i, i+1)
	return true
}

func (q *queue) ring() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take waits for jobs and returns at most most of them, which are then being committed until free; none when
// the queue refuses and is empty.
func (q *queue) take(most int) []*job {
	for {
		jobs, end := q.tryTake(most)
		if len(jobs) > 0 || end {
			return jobs
		}
		<-q.wake
	}
}

func (q *queue) tryTake(most int) (jobs []*job, end bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.busy || q.seizing > 0 {
		return nil, false
	}
	n := min(most, len(q.waiting))
	jobs, q.waiting = q.waiting[:n:n], q.waiting[n:]
	q.busy = n > 0
	if n == 0 {
		q.waiting = nil
	}
	return jobs, n == 0 && q.refused != nil
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
