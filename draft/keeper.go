package draft

import (
	"context"
	"log/slog"
	"time"

	"sencoforum/store"
)

// How often a Keeper looks, and how many forms one transaction takes.
const (
	expireEvery = time.Hour
	expireBatch = 50
)

// A Keeper gives up what was kept too long.
type Keeper struct {
	log *slog.Logger
	db  *store.DB
	now func() time.Time
}

// NewKeeper returns a keeper.
func NewKeeper(log *slog.Logger, db *store.DB, now func() time.Time) *Keeper {
	return &Keeper{log: log, db: db, now: now}
}

// Run works until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	return k.db.Keep(ctx, expireEvery, func(ctx context.Context) (time.Duration, error) { return 0, k.Step(ctx) })
}

// Step does all that is due now.
func (k *Keeper) Step(ctx context.Context) error {
	for ctx.Err() == nil {
		var gone int
		due := false
		err := k.db.View(func(tx *store.Tx) (err error) { // a transaction for nothing would be one more in every hour
			due, err = anyForm(tx)
			return err
		})
		if err == nil && due {
			err = k.db.Update(func(tx *store.Tx) (err error) { gone, err = Expire(tx, k.now(), expireBatch); return err })
		}
		if err != nil || gone == 0 {
			return err
		}
		k.log.Info("files that were not sent were given up", "forms", gone)
	}
	return nil
}

func anyForm(tx *store.Tx) (bool, error) {
	for _, err := range forms.All(tx) {
		return err == nil, err
	}
	return false, nil
}
