package intake

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"sencoforum/store"
)

// figures reads the counters that each 250 and each step of a message moves, so they survive a restart.
type figures struct {
	db          *store.DB
	accepted    *prometheus.Desc
	purged      *prometheus.Desc
	messages    *prometheus.Desc
	unaccounted *prometheus.Desc
}

// Register gives r the figures of the intake: how many messages were accepted, where they stand now, and whether all
// are accounted for. Reading them costs one snapshot and some thirty counters, however many messages there are.
func Register(r prometheus.Registerer, db *store.DB) error {
	err := r.Register(&figures{
		db: db,
		accepted: prometheus.NewDesc("sencoforum_intake_accepted_total",
			"Messages that were answered with 250, since the store was made.", nil, nil),
		purged: prometheus.NewDesc("sencoforum_intake_purged_total",
			"Messages that were kept for their time and then removed.", nil, nil),
		messages: prometheus.NewDesc("sencoforum_intake_messages",
			"Messages by where they stand. held: for a moderator. waiting: the sending delay of a post. expanding, expanded: "+
				"being sent. shunted: put aside, a person must look.", []string{"state"}, nil),
		unaccounted: prometheus.NewDesc("sencoforum_intake_unaccounted_messages",
			"Accepted messages that no state accounts for. Anything but 0 is a fault: run sencoforum audit.", nil, nil),
	})
	if err != nil {
		return fmt.Errorf("register figures of the intake: %w", err)
	}
	return nil
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{f.accepted, f.purged, f.messages, f.unaccounted} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (f *figures) Collect(to chan<- prometheus.Metric) {
	b, err := readBooks(f.db)
	if err != nil {
		to <- prometheus.NewInvalidMetric(f.accepted, fmt.Errorf("read figures of the intake: %w", err))
		return
	}
	to <- prometheus.MustNewConstMetric(f.accepted, prometheus.CounterValue, float64(b.accepted))
	to <- prometheus.MustNewConstMetric(f.purged, prometheus.CounterValue, float64(b.purged))
	to <- prometheus.MustNewConstMetric(f.unaccounted, prometheus.GaugeValue,
		float64(b.accepted)-float64(b.purged)-float64(b.alive))
	for s, n := range b.live {
		to <- prometheus.MustNewConstMetric(f.messages, prometheus.GaugeValue, float64(n), string(s))
	}
}

// books is what the counters say.
type books struct {
	accepted, purged, alive uint64
	live                    map[State]uint64
}

func readBooks(db *store.DB) (b books, err error) {
	err = db.View(func(tx *store.Tx) error {
		b = books{live: map[State]uint64{}}
		var err error
		if b.accepted, err = accepted.Value(tx); err != nil {
			return err
		}
		for _, s := range States {
			n, err := live(s).Value(tx)
			if err != nil {
				return err
			}
			gone, err := purged(s).Value(tx)
			if err != nil {
				return err
			}
			b.live[s], b.alive, b.purged = n, b.alive+n, b.purged+gone
		}
		return nil
	})
	return b, err
}
