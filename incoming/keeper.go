package incoming

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/store"
)

// A Keeper gives up what nobody answers for.
type Keeper struct {
	desk *Desk
}

// NewKeeper returns a keeper of what a desk holds back.
func NewKeeper(d *Desk) *Keeper { return &Keeper{desk: d} }

// expireBatch bounds one transaction, and expireEvery is how often it is looked
// at least.
const (
	expireBatch = 100
	expireEvery = time.Hour
)

// Run discards held messages whose time has passed, until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	for {
		gone, err := k.step()
		switch {
		case errors.Is(err, store.ErrFull): // there is no hurry
		case err != nil:
			return fmt.Errorf("give up held messages: %w", err)
		case gone > 0:
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(expireEvery):
		}
	}
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
