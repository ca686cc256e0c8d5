package hold

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"sencoforum/list"
	"sencoforum/store"
)

// figures reads the counters of all lists, so they survive a restart.
type figures struct {
	db               *store.DB
	waiting, dropped *prometheus.Desc
}

// Register gives r the figures of what waits for an answer. They name no list. Reading them costs one snapshot and two
// counters for each list.
func Register(r prometheus.Registerer, db *store.DB) error {
	err := r.Register(&figures{
		db: db,
		waiting: prometheus.NewDesc("sencoforum_hold_items",
			"Messages that wait for somebody's answer before they are posts, on all lists.", nil, nil),
		dropped: prometheus.NewDesc("sencoforum_hold_dropped_total",
			"Messages that were given up unanswered because their list kept too many, the oldest of strangers first.", nil, nil),
	})
	if err != nil {
		return fmt.Errorf("register figures of what waits: %w", err)
	}
	return nil
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(to chan<- *prometheus.Desc) {
	to <- f.waiting
	to <- f.dropped
}

// Collect implements prometheus.Collector.
func (f *figures) Collect(to chan<- prometheus.Metric) {
	var wait, gone uint64
	err := f.db.View(func(tx *store.Tx) (err error) {
		wait, gone, err = sums(tx)
		return err
	})
	if err != nil {
		to <- prometheus.NewInvalidMetric(f.waiting, fmt.Errorf("read figures of what waits: %w", err))
		return
	}
	to <- prometheus.MustNewConstMetric(f.waiting, prometheus.GaugeValue, float64(wait))
	to <- prometheus.MustNewConstMetric(f.dropped, prometheus.CounterValue, float64(gone))
}

// sums adds up what waits and what was given up for want of room.
func sums(tx *store.Tx) (wait, gone uint64, err error) {
	for l, err := range list.All(tx) {
		if err != nil {
			return 0, 0, err
		}
		n, err := Count(tx, l.ID)
		if err != nil {
			return 0, 0, err
		}
		d, err := Dropped(tx, l.ID)
		if err != nil {
			return 0, 0, err
		}
		wait, gone = wait+n, gone+d
	}
	return wait, gone, nil
}
