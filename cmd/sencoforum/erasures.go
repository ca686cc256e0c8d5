package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sencoforum/audit"
	"sencoforum/bounce"
	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/moderate"
	"sencoforum/relay"
	"sencoforum/store"
	"sencoforum/token"
	"sencoforum/watch"
)

// newEraser opens the ledger of a data directory and builds what takes things out.
func newEraser(db *store.DB, keys *token.Keyring, dir string) (*moderate.Eraser, error) {
	ledger, err := moderate.OpenLedger(dir)
	if err != nil {
		return nil, err
	}
	e := moderate.NewEraser(db, keys, ledger)
	e.Elsewhere = func(tx *store.Tx, p list.PersonID) error {
		return errors.Join(membership.Forget(tx, p), bounce.Forget(tx, p), relay.Forget(tx, p))
	}
	e.Words = func(tx *store.Tx, since time.Time) error {
		return errors.Join(bounce.ForgetWords(tx), watch.ForgetWords(tx, since))
	}
	return e, nil
}

// eraserOf is the server's, or one of its own where no server runs.
func (a *admin) eraserOf() (*moderate.Eraser, error) {
	if a.eraser != nil {
		return a.eraser, nil
	}
	keys, err := openKeys(a.cfg.Data)
	if err != nil {
		return nil, err
	}
	a.eraser, err = newEraser(a.db, keys, a.cfg.Data)
	return a.eraser, err
}

// applyLedger takes out again what an older store, put back from a backup, brought with it. No port is open yet.
func (h *house) applyLedger() error {
	done, err := h.eraser.Apply()
	for _, fault := range done.Faults {
		h.log.Error("ledger of erasures: " + fault)
	}
	if errors.Is(err, store.ErrFull) {
		return fmt.Errorf("no room on disk to take out again what the ledger of erasures names; make room and start again: %w", err)
	}
	if err != nil || done.Acts == 0 {
		return err
	}
	h.log.Warn("this store is from before some erasures; they were done again", "acts", done.Acts)
	words, err := compactNow(h.db, atOnce)
	if err == nil {
		h.log.Info("after the erasures: " + words)
	}
	return err
}

// atOnce is the size up to which a store is compacted as a part of an act; a larger one is at night.
const atOnce = 2 << 30

// compactNow compacts a store of at most that size, or says in a sentence why it does not.
func compactNow(db *store.DB, most int64) (string, error) {
	if now := db.Stats().Size; now > most {
		return fmt.Sprintf("The store has %s: it is written anew at 03:00, and until then free pages of its file hold what was deleted.", size(now)), nil
	}
	done, err := compacted(db)
	if errors.Is(err, store.ErrFull) {
		return fmt.Sprintf("The store could not be written anew, and free pages of its file hold what was deleted: %v. "+
			"It is tried again at 03:00; or make room and run: sencoforum store compact", err), nil
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("The store was written anew: %s before, %s now.", size(done.Before), size(done.After)), nil
}

// compacted compacts the store and notes that nothing is left of the acts that were counted before it began.
func compacted(db *store.DB) (done store.Compacted, err error) {
	var n uint64
	err = db.View(func(tx *store.Tx) (err error) {
		n, err = moderate.Residue.Value(tx)
		return err
	})
	if err != nil {
		return done, err
	}
	if done, err = db.Compact(); err != nil || n == 0 {
		return done, err
	}
	return done, db.Update(func(tx *store.Tx) error {
		_, err := moderate.Residue.Add(tx, -int64(n))
		return err
	})
}

// nights does once each night what needs nobody: the retention, and the compaction that an erasure left to do.
type nights struct {
	log    *slog.Logger
	db     *store.DB
	eraser *moderate.Eraser
	now    func() time.Time
}

func newNights(h *house) nights {
	return nights{log: h.log, db: h.db, eraser: h.eraser, now: time.Now}
}

// nightHour is when, in the time zone of the lists.
const nightHour = 3

// nextNight is the next moment at which the night's work is due.
func nextNight(now time.Time) time.Time {
	now = now.In(calendar.London())
	due := time.Date(now.Year(), now.Month(), now.Day(), nightHour, 0, 0, 0, now.Location())
	if !due.After(now) {
		due = due.AddDate(0, 0, 1)
	}
	return due
}

// run works until ctx ends.
func (n nights) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(nextNight(n.now()).Sub(n.now())):
		}
		if err := n.work(); store.Trouble(err) && !errors.Is(err, store.ErrFull) {
			return err
		} else if err != nil {
			n.log.Error("the night's work is not done", "cause", err)
		}
	}
}

func (n nights) work() error {
	done, broken := n.eraser.Retain(moderate.By{Actor: "server", Now: n.now()}, false)
	if broken != nil && !errors.Is(broken, audit.ErrBroken) {
		return broken
	}
	if done.Total() > 0 {
		n.log.Info("kept long enough", "purged", done.Purged, "texts", done.Texts, "failures", done.Failures, "posts", done.Posts, "record", done.Record)
	}
	if done.Total() > done.Record { // what went of the record is in it already
		err := n.db.Update(func(tx *store.Tx) error {
			return audit.Append(tx, audit.Entry{At: n.now(), Actor: "server", Action: "retention", Detail: fmt.Sprintf("%d gone", done.Total())})
		})
		if err != nil {
			return err
		}
	}
	var residue uint64
	err := n.db.View(func(tx *store.Tx) (err error) {
		residue, err = moderate.Residue.Value(tx)
		return err
	})
	if err != nil || residue == 0 {
		return errors.Join(err, broken)
	}
	words, err := compactNow(n.db, 1<<62)
	if err == nil {
		n.log.Info("compaction", "said", words)
	}
	return errors.Join(err, broken)
}
