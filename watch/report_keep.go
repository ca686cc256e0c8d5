package watch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sencoforum/intake"
	"sencoforum/store"
)

// How long is kept what reports brought.
const (
	reportKeep     = 400 * 24 * time.Hour // the sums
	reportMailKeep = 30 * 24 * time.Hour  // the mails
)

// keepBatch bounds one transaction, and keepEvery is how often it is looked at least.
const (
	keepBatch = 100
	keepEvery = time.Hour
)

// Run removes what has been kept for its time, until ctx ends.
func (b *ReportBook) Run(ctx context.Context, db *store.DB) error {
	err := db.Keep(ctx, keepEvery, func(ctx context.Context) (_ time.Duration, err error) {
		for gone := 1; gone > 0 && err == nil && ctx.Err() == nil; {
			gone, err = b.expire(db)
		}
		return 0, err
	})
	if err != nil {
		return fmt.Errorf("remove old reports: %w", err)
	}
	return nil
}

// expire removes one batch of each table, and says how many rows that were.
func (b *ReportBook) expire(db *store.DB) (gone int, err error) {
	now := b.now()
	first := dateOf(now.Add(-reportKeep))
	err = db.Update(func(tx *store.Tx) error {
		gone = 0
		mails, err := purgeReports(tx, now.Add(-reportMailKeep))
		if err != nil {
			return err
		}
		sums, err := dropBefore(tx, reportSums, pairDate, first)
		if err != nil {
			return err
		}
		ids, err := dropBefore(tx, reportIDs, pairDate, first)
		if err != nil {
			return err
		}
		days, err := dropBefore(tx, reportDays, func(d reportDate) reportDate { return d }, first)
		if err != nil {
			return err
		}
		from, err := dropBefore(tx, reportFrom, pairDate, dateOf(now)-1)
		gone = mails + sums + ids + days + from
		return err
	})
	if err == nil && gone > 0 {
		b.log.Info("old reports removed", "rows", gone)
	}
	return gone, err
}

func pairDate(k store.Pair[reportDate, string]) reportDate { return k.A }

// dropBefore deletes at most keepBatch rows of days before one.
func dropBefore[K, V any](tx *store.Tx, t store.Table[K, V], day func(K) reportDate, first reportDate) (n int, err error) {
	for row, err := range t.All(tx) {
		if err != nil {
			return n, err
		}
		if n == keepBatch || day(row.Key) >= first {
			break
		}
		if err := t.Delete(tx, row.Key); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// purgeReports purges at most keepBatch mails that came before a moment. The intake counts each.
func purgeReports(tx *store.Tx, before time.Time) (n int, err error) {
	for row, err := range reportMails.All(tx) {
		if err != nil {
			return n, err
		}
		if n == keepBatch || row.Key.A >= uint64(max(before.Unix(), 0)) {
			break
		}
		if err := intake.Purge(tx, row.Key.B, intake.Key(row.Value)); err != nil && !errors.Is(err, intake.ErrNoMessage) {
			return n, err
		}
		if err := reportMails.Delete(tx, row.Key); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
