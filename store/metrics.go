package store

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count commits. A nil *metrics counts nothing.
type metrics struct {
	seconds prometheus.Histogram
	failed  map[failure]prometheus.Counter
	all     []prometheus.Collector
}

// failure is why a commit was not made.
type failure string

const (
	failedFull    failure = "full"    // no room: nothing was written, the store goes on
	failedRefused failure = "refused" // a row could not be written, mostly over a damaged page; the store goes on
	failedBroken  failure = "broken"  // an input or output error: the store is at its end
)

func newMetrics() *metrics {
	m := &metrics{
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "sencoforum_store_commit_seconds",
			Help:    "How long commits took, from the first write until they were safe on disk.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}),
		failed: map[failure]prometheus.Counter{},
	}
	failed := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sencoforum_store_commit_failures_total",
		Help: "Commits that failed. full: no room on disk, nothing was written. refused: a row could not be written. " +
			"broken: the disk reported an error and the server must stop.",
	}, []string{"cause"})
	for _, why := range []failure{failedFull, failedRefused, failedBroken} {
		m.failed[why] = failed.WithLabelValues(string(why))
	}
	m.all = []prometheus.Collector{m.seconds, failed}
	return m
}

func (m *metrics) committed(took time.Duration) {
	if m != nil {
		m.seconds.Observe(took.Seconds())
	}
}

func (m *metrics) failedFor(why failure) {
	if m != nil {
		m.failed[why].Inc()
	}
}

// Register gives r the figures of this store: commits, the transactions that shared them, what they cost and which
// failed, and the room that is left. They count since Open. Reading them costs two system calls and no scan.
func (db *DB) Register(r prometheus.Registerer) error {
	count := func(name, help string, n func() uint64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(n()) })
	}
	show := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	all := slices.Concat(db.metrics.all, []prometheus.Collector{
		count("sencoforum_store_commits_total", "Commits that are safe on disk.", db.commits.Load),
		count("sencoforum_store_transactions_total",
			"Transactions in these commits; divided by the commits, how many shared one.", db.transactions.Load),
		count("sencoforum_store_written_bytes_total", "Bytes of keys and values in these commits.", db.written.Load),
		show("sencoforum_store_file_bytes", "Size of the store's file, free space inside it included.",
			func() float64 { return float64(db.Stats().Size) }),
		show("sencoforum_store_disk_free_bytes", "Bytes on the store's disk that the server may still use.", db.free),
		show("sencoforum_store_failed", "1 after the disk reported an error: nothing more is written and the server stops.",
			func() float64 {
				if db.Err() != nil {
					return 1
				}
				return 0
			}),
	})
	var errs []error
	for _, c := range all {
		errs = append(errs, r.Register(c))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("register figures of the store: %w", err)
	}
	return nil
}

// free is the room on disk, or no number when the system does not say.
func (db *DB) free() float64 {
	n, err := db.Free()
	if err != nil {
		return math.NaN()
	}
	return float64(n)
}
