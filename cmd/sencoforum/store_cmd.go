package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sencoforum/audit"
	"sencoforum/config"
	"sencoforum/store"
)

func storeCommand(o *rootOptions) *cobra.Command {
	c := group("store", "Write the store anew, without what was deleted", storeCompactCommand(o))
	c.Annotations = map[string]string{minor: unnamed}
	return c
}

func storeCompactCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "compact",
		Short: "Write the store anew, without what was deleted",
		Long: "Write the store into a new file that holds nothing of what was deleted, and put it in the\n" +
			"place of the old one. Needs 1.2 times the store's size free on its disk. Mail that comes\n" +
			"meanwhile waits, and after 30 seconds is put off (451).",
		Example: "  sencoforum store compact",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.reach(cmd, func(_ context.Context, a *admin) error {
				done, err := a.compact()
				if errors.Is(err, store.ErrFull) {
					return usage("%w", err)
				}
				if err != nil {
					return err
				}
				return a.show(map[string]int64{"before": done.Before, "after": done.After}, func(t *text) {
					t.say("The store was %s and is %s.", size(done.Before), size(done.After))
				})
			})
		},
	}
}

// compact compacts the store and records that.
func (a *admin) compact() (store.Compacted, error) {
	done, err := compacted(a.db)
	if err != nil {
		return done, err
	}
	return done, a.db.Update(func(tx *store.Tx) error {
		return a.record(tx, audit.Entry{Action: "store compact"})
	})
}

// size is a number of bytes for people, such as "1.4 GB".
func size(n int64) string {
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"GB", 1 << 30}, {"MB", 1 << 20}, {"kB", 1 << 10}} {
		if n >= unit.bytes {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(unit.bytes), unit.name)
		}
	}
	return config.Size(n).String()
}
