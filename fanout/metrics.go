package fanout

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sencoforum/archive"
	"sencoforum/store"
)

// figuresMost is how many skipped changes are counted for one reading; more are shown as that many.
const figuresMost = 1000

// figures reads how far the expander is behind the change record.
type figures struct {
	e       *Expander
	changes *prometheus.Desc
	seconds *prometheus.Desc
	skipped *prometheus.Desc
}

// Register gives r the figures of the fan-out: its lag behind the change record, in changes and in time, and what it
// set aside. Reading them costs one snapshot and a few rows.
func (e *Expander) Register(r prometheus.Registerer) error {
	err := r.Register(&figures{
		e: e,
		changes: prometheus.NewDesc("sencoforum_fanout_lag_changes",
			"Changes in the archive that have not become copies in the queue yet.", nil, nil),
		seconds: prometheus.NewDesc("sencoforum_fanout_lag_seconds",
			"For how long the oldest published post has waited for its copies to be queued; 0 when none waits.", nil, nil),
		skipped: prometheus.NewDesc("sencoforum_fanout_skipped_changes",
			"Posts that could not be sent and were set aside: a person must look, with sencoforum queue list --shunted.", nil, nil),
	})
	if err != nil {
		return fmt.Errorf("register figures of the fan-out: %w", err)
	}
	return nil
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{f.changes, f.seconds, f.skipped} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (f *figures) Collect(to chan<- prometheus.Metric) {
	l, err := f.e.lag()
	if err != nil {
		to <- prometheus.NewInvalidMetric(f.changes, fmt.Errorf("read figures of the fan-out: %w", err))
		return
	}
	to <- prometheus.MustNewConstMetric(f.changes, prometheus.GaugeValue, float64(l.changes))
	to <- prometheus.MustNewConstMetric(f.seconds, prometheus.GaugeValue, l.since.Seconds())
	to <- prometheus.MustNewConstMetric(f.skipped, prometheus.GaugeValue, float64(l.skipped))
}

// lag is how far the expander is behind.
type lag struct {
	changes int64
	since   time.Duration // the oldest post that waits was published
	skipped int
}

func (e *Expander) lag() (l lag, err error) {
	err = e.db.View(func(tx *store.Tx) error {
		at, err := place.Get(tx)
		if err != nil {
			return err
		}
		last, err := archive.LastSeq(tx)
		if err != nil {
			return err
		}
		l.changes = max(0, int64(last)-int64(at.Seq))
		if at.Within > 0 {
			l.changes++ // the one that is half done
		}
		if l.since, err = e.waited(tx, at); err != nil {
			return err
		}
		for _, err := range skipped.All(tx) {
			if err != nil {
				return err
			}
			if l.skipped++; l.skipped == figuresMost {
				break
			}
		}
		return nil
	})
	return l, err
}

// waited is for how long the post at the cursor has been published.
func (e *Expander) waited(tx *store.Tx, at store.Position) (time.Duration, error) {
	next, ok, err := nextChange(tx, at)
	if err != nil || !ok {
		return 0, err
	}
	post, err := archive.Get(tx, next.Post)
	if err != nil || next.Event != archive.EventPublished || post.Imported {
		return 0, err // nothing is sent for it
	}
	return max(0, e.now().Sub(post.Published)), nil
}
