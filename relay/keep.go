package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sencoforum/intake"
	"sencoforum/store"
	"sencoforum/token"
)

// purgeBatch bounds one transaction, and purgeEvery is how often it is looked.
const (
	purgeBatch = 100
	purgeEvery = time.Hour
)

// Run forgets who wrote to whom when the time has come, until ctx ends.
func (b *Book) Run(ctx context.Context, log *slog.Logger) error {
	err := b.db.Keep(ctx, purgeEvery, func(ctx context.Context) (time.Duration, error) {
		for ctx.Err() == nil {
			gone := 0
			err := b.db.Update(func(tx *store.Tx) (err error) { gone, err = b.Purge(tx, purgeBatch); return err })
			if err != nil || gone == 0 {
				return 0, err
			}
			log.Info("forgot who wrote private messages", "count", gone)
		}
		return 0, nil
	})
	if err != nil {
		return fmt.Errorf("forget private messages: %w", err)
	}
	return nil
}

// Purge removes what is older than Retention, at most n entries, with the rows of the intake. A message that could not leave
// in all that time is dropped when its turn comes. It also forgets the counts of other days.
func (b *Book) Purge(tx *store.Tx, n int) (gone int, err error) {
	if err := forgetDays(tx, token.DayOf(b.now()), n); err != nil {
		return 0, err
	}
	before := b.now().Add(-Retention)
	for row, err := range entries.All(tx) { // in the order of arrival
		if err != nil {
			return gone, err
		}
		if !row.Value.At.Before(before) || gone == n {
			return gone, nil
		}
		if err := forget(tx, row.Key, row.Value); err != nil {
			return gone, err
		}
		gone++
	}
	return gone, nil
}

func forget(tx *store.Tx, id intake.ID, e Entry) error {
	if e.relayed() {
		if err := received.Delete(tx, receivedKey{A: e.To, B: id}); err != nil {
			return err
		}
	}
	if err := entries.Delete(tx, id); err != nil {
		return err
	}
	err := intake.Purge(tx, id, e.Key)
	if errors.Is(err, intake.ErrNoMessage) {
		return nil
	}
	return err
}

func forgetDays(tx *store.Tx, day uint16, n int) error {
	for row, err := range days.All(tx) {
		if err != nil {
			return err
		}
		if row.Value.Day == day {
			continue
		}
		if n--; n < 0 {
			return nil
		}
		if err := days.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	return nil
}
