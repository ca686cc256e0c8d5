package store

import (
	"context"
	"errors"
	"time"
)

// How long Keep waits on a full disk, and at least between two steps that were not rung for.
const (
	keepFull  = time.Minute
	keepLeast = 10 * time.Millisecond
)

// Keep does a chore that no session waits for, until ctx ends. step does all that is due now and returns how long nothing will be, 0 where
// that is not known. It is called at once, after each commit that put a row into one of the tables, and when that time is over, at the
// latest after every. On a full disk it is called again a minute later; any other error ends the chore and is returned.
func (db *DB) Keep(ctx context.Context, every time.Duration, step func(context.Context) (time.Duration, error), tables ...string) error {
	rung, stop := db.Watch(tables...)
	defer stop()
	for ctx.Err() == nil {
		wait, err := step(ctx)
		switch {
		case errors.Is(err, ErrFull):
			wait = keepFull
		case err != nil:
			return err
		case wait == 0:
			wait = every
		}
		timer := time.NewTimer(min(every, max(wait, keepLeast)))
		select {
		case <-ctx.Done():
		case <-rung:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}
