package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"sencoforum/archive"
	"sencoforum/bounce"
	"sencoforum/draft"
	"sencoforum/incoming"
	"sencoforum/intake"
	"sencoforum/membership"
	"sencoforum/store"
)

// startAudit proves that every accepted message is accounted for, before any
// port opens, and mends what a changed clock left behind.
func (h *house) startAudit() error {
	var report intake.Report
	err := h.db.View(func(tx *store.Tx) (err error) {
		report, err = intake.Audit(tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("start-up audit: %w", err)
	}
	for _, fault := range report.Faults {
		h.log.Error("start-up audit: " + fault)
	}
	h.log.Info("start-up audit", "accepted", report.Accepted, "faults", len(report.Faults))
	if h.capped = h.capWaiting(); errors.Is(h.capped, store.ErrFull) {
		h.log.Error("no room on disk: posts whose delay was shortened wait for their old time", "cause", h.capped)
		return nil
	}
	return h.capped
}

func (h *house) capWaiting() error {
	capped := 0
	err := h.db.Update(func(tx *store.Tx) (err error) {
		capped, err = archive.CapWaiting(tx, time.Now())
		return err
	})
	if err == nil && capped > 0 {
		h.log.Warn("posts wait no longer than their list's delay; was the clock set back?", "posts", capped)
	}
	return err
}

// fullPause is how long what needs room on a full disk waits before it tries
// again.
const fullPause = 5 * time.Second

// capLater does what the start had no room for.
func (h *house) capLater(ctx context.Context) error {
	for errors.Is(h.capped, store.ErrFull) {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(fullPause):
		}
		h.capped = h.capWaiting()
	}
	return h.capped
}

// finishThreads does what a change of threads or topics left when it was interrupted. On a full disk the next command or start does.
func (h *house) finishThreads(ctx context.Context) error {
	err := archive.Finish(ctx, h.db)
	if err == nil {
		err = archive.ClearTopics(ctx, h.db)
	}
	if errors.Is(err, store.ErrFull) {
		h.log.Error("no room on disk: posts are still between two threads, or tagged with a topic that was removed", "cause", err)
		return nil
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// run works until ctx ends or a part fails; the first error ends all.
func (h *house) run(ctx context.Context) error {
	if err := h.watch.Quieten(); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return h.capLater(ctx) })
	g.Go(func() error { return h.finishThreads(ctx) })
	g.Go(func() error { return h.publisher.Run(ctx) })
	g.Go(func() error { return h.expander.Run(ctx) })
	g.Go(func() error { return h.digests.Run(ctx) })
	g.Go(func() error { return h.overview.Run(ctx) })
	if h.search != nil {
		g.Go(func() error { return h.search.Run(ctx) })
		g.Go(func() error { return h.search.RunAlike(ctx) })
	}
	g.Go(func() error { return h.queue.Run(ctx) })
	g.Go(func() error { return h.watch.Run(ctx) })
	g.Go(func() error { return incoming.NewKeeper(h.desk).Run(ctx) })
	g.Go(func() error { return incoming.NewTeller(h.desk).Run(ctx) })
	g.Go(func() error { return h.panel.Run(ctx, h.db, time.Now) })
	g.Go(func() error { return membership.NewKeeper(h.log, h.db, h.host, time.Now).Run(ctx) })
	g.Go(func() error { return h.reports.Run(ctx, h.db) })
	g.Go(func() error { return newNights(h).run(ctx) })
	g.Go(func() error { return bounce.NewChecker(h.log, h.db, h.bounces, h.dns).Run(ctx) })
	g.Go(func() error { return h.relay.Run(ctx, h.log) })
	g.Go(func() error { return h.acts.Run(ctx, h.db) })
	g.Go(func() error { return h.healthLetters(ctx) })
	g.Go(func() error { return h.readers(ctx) })
	g.Go(func() error { return draft.NewKeeper(h.log, h.db, time.Now).Run(ctx) })
	if h.smtp != nil {
		g.Go(func() error { return h.smtp.Run(ctx) })
	}
	g.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case <-h.db.Failed():
			return fmt.Errorf("the store can no longer be trusted and the server stops: %w", h.db.Err())
		}
	})
	return g.Wait()
}
