package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"sencoforum/archive"
	"sencoforum/config"
	"sencoforum/digest"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// How long the page waits for a digest, and how often it looks: the queue brings it at once, but on its own.
const (
	demoWait = 5 * time.Second
	demoLook = 50 * time.Millisecond
)

// Digest mails somebody the weekly email of now, and waits until it was captured.
func (d demoPages) Digest(ctx context.Context, l list.List, p list.Person) (bool, error) {
	n, err := d.digests.SendTo(l, digest.Weekly, p.ID)
	if err != nil || n == 0 {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, demoWait)
	defer cancel()
	look := time.NewTicker(demoLook)
	defer look.Stop()
	for {
		came, err := d.came(l, p.Address, n)
		if came || err != nil {
			return true, err
		}
		select {
		case <-ctx.Done(): // it comes later
			return true, nil
		case <-look.C:
		}
	}
}

// came reports whether the latest mail to an address is a copy of an issue.
func (d demoPages) came(l list.List, to message.Address, n digest.Number) (bool, error) {
	all, err := d.capture.Mails(to, 1)
	if err != nil || len(all) == 0 {
		return false, err
	}
	return digest.Answered(l, []string{message.Parse(all[0]).MessageID()}) == n, nil
}

// isDemo reports whether a demo filled a directory. Its archive is all imported, and its digests are made of it nevertheless.
func isDemo(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, demoMark))
	return err == nil
}

// demoWeeks is of how many weeks a demo has digests.
const demoWeeks = 5

// publishDigests makes the digests that would have gone out in the last weeks. No member of a new demo gets digests, so none is mailed.
func publishDigests(db *store.DB, cfg config.Config, now time.Time) error {
	keys, err := openKeys(cfg.Data)
	if err != nil {
		return err
	}
	at := now.AddDate(0, 0, -7*demoWeeks)
	log := slog.New(slog.DiscardHandler)
	e := digest.NewEditor(log, db, digest.Config{Keys: keys, Overview: archive.NewOverview(log, db), Imported: true, Now: func() time.Time { return at }})
	for ; !at.After(now); at = at.AddDate(0, 0, 1) {
		for more := true; more; {
			if more, err = e.Step(); err != nil {
				return err
			}
		}
	}
	return nil
}
