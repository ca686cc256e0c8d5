package incoming

import (
	"context"
	"fmt"
	"time"

	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/store"
)

// A Keeper does what no session waits for: it looks at the addresses that strangers named as theirs, and gives up what
// nobody answers for.
type Keeper struct {
	desk *Desk
}

// NewKeeper returns a keeper of what a desk holds back.
func NewKeeper(d *Desk) *Keeper { return &Keeper{desk: d} }

// expireBatch bounds one transaction, and expireEvery is how often it is looked
// at least. askAfter is how long a named address waits, so that nothing about its
// session can depend on whose it is.
const (
	expireBatch = 100
	expireEvery = time.Hour
	askAfter    = time.Second
)

// Run works until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	return k.desk.db.Keep(ctx, expireEvery, func(ctx context.Context) (time.Duration, error) {
		pause(ctx, askAfter)
		return 0, k.Step(ctx)
	}, hold.NamedTable)
}

// pause waits, or returns early when ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// Step does all that is due now.
func (k *Keeper) Step(ctx context.Context) error {
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = k.ask(); err != nil {
			return fmt.Errorf("ask at named addresses: %w", err)
		}
	}
	for gone := 1; gone > 0 && ctx.Err() == nil; {
		var err error
		if gone, err = k.step(); err != nil {
			return fmt.Errorf("give up held messages: %w", err)
		}
	}
	return nil
}

// ask looks at one address that was named, and reports false when there is none. One that makes trouble is given up, or
// it would keep all others waiting.
func (k *Keeper) ask() (bool, error) {
	d := k.desk
	var n hold.Naming
	var it hold.Item
	var found bool
	err := d.db.View(func(tx *store.Tx) (err error) {
		if n, found, err = hold.FirstNamed(tx); err != nil || !found {
			return err
		}
		it, err = hold.Get(tx, n.Item)
		return err
	})
	if !found {
		return false, err
	}
	var held *arrival
	if err == nil {
		held, err = d.reopen(it)
	}
	if err == nil {
		err = d.db.Update(func(tx *store.Tx) error { return d.askNamed(tx, n, held) })
	}
	if err == nil || store.Trouble(err) {
		return true, err
	}
	d.log.Error("a named address could not be looked at and was given up", "item", uint64(n.Item), "cause", err)
	return true, d.db.Update(func(tx *store.Tx) error { return hold.Unname(tx, n) })
}

func (k *Keeper) step() (gone int, err error) {
	d := k.desk
	err = d.db.Update(func(tx *store.Tx) error {
		all, err := hold.Expired(tx, d.cfg.Now(), expireBatch)
		if err != nil {
			return err
		}
		gone = len(all)
		for _, it := range all {
			status := intake.Status{State: intake.Discarded, Since: d.cfg.Now(), Reason: "nobody said that it was theirs"}
			if err := intake.Move(tx, it.Message, status); err != nil {
				return err
			}
		}
		return nil
	})
	if gone > 0 && err == nil {
		d.log.Info("held messages given up", "count", gone)
	}
	return gone, err
}
