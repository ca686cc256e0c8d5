package queue

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// closing is how long connections have to end after their context has.
const closing = 5 * time.Second

// Run sends until ctx ends, then lets copies in flight finish for up to Config.Grace, commits every outcome that was
// reported, and returns nil. It returns an error when the store failed, or could not take the outcomes. It may be
// called once.
func (q *Queue) Run(ctx context.Context) error {
	q.mu.Lock()
	again := q.started
	q.started = true
	q.mu.Unlock()
	if again {
		return errors.New("run queue: it ran before")
	}
	hard, abort := context.WithCancel(context.WithoutCancel(ctx))
	defer abort()
	settled := make(chan struct{})
	go func() { q.settleAll(); close(settled) }()

	if err := q.follow(ctx, hard); err != nil {
		q.fail(err)
	}
	q.stop()
	grace := q.cfg.Grace
	if q.failure() != nil {
		grace = 0
	}
	timer := time.AfterFunc(grace+closing, func() { close(q.giveUp) })
	defer timer.Stop()
	if err := q.wait(grace, abort); err != nil {
		q.fail(err)
	}
	close(q.drain)
	<-settled
	if err := q.failure(); err != nil {
		return fmt.Errorf("run queue: %w", err)
	}
	return nil
}

// follow schedules until ctx ends, which is no error, or something fails.
func (q *Queue) follow(ctx, hard context.Context) error {
	changed, stop := q.db.Watch(rows.Name(), orders.Name())
	defer stop()
	if err := q.loadWarmth(); err != nil {
		return fmt.Errorf("load warmth: %w", err)
	}
	if err := q.load(); err != nil {
		return err
	}
	for {
		wait, cost := q.schedule(ctx, hard)
		pause(ctx, cost)
		timer := time.NewTimer(wait)
		var err error
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-q.db.Failed():
			err = q.db.Err()
		case <-changed:
			err = q.load()
		case <-q.bell:
			err = q.failure()
		case <-timer.C:
		}
		timer.Stop()
		if err != nil {
			return err
		}
	}
}

// pause keeps the scheduler to a fifth of the time where there are so many hops that each look at them costs.
func pause(ctx context.Context, cost time.Duration) {
	if cost < time.Millisecond {
		return
	}
	timer := time.NewTimer(4 * cost)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// stop lets no more rows out, wakes the connections that wait for some, and ends those that have not begun.
func (q *Queue) stop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stopping = true
	for s := range q.sessions {
		if s.served == 0 && !s.resting {
			s.cancel()
		}
		s.ring()
	}
}

// wait waits for connections and routes to end. When grace is over it calls abort.
func (q *Queue) wait(grace time.Duration, abort func()) error {
	done := make(chan struct{})
	go func() { q.working.Wait(); close(done) }()
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-done:
		return nil
	case <-timer.C:
	}
	abort()
	timer.Reset(closing)
	select {
	case <-done:
		return nil
	case <-timer.C:
		return errors.New("connections did not end")
	}
}
