package archive

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sencoforum/store"
)

// figuresMost is how many waiting posts are counted for one reading; more are shown as that many.
const figuresMost = 10_000

// figures reads how far publishing has come.
type figures struct {
	p       *Publisher
	posts   *prometheus.Desc
	changes *prometheus.Desc
	waiting *prometheus.Desc
	overdue *prometheus.Desc
}

// Register gives r the figures of the archive: posts, changes of what members can see, and how publishing keeps up.
// Reading them costs one snapshot and the waiting posts, which are those of the last minutes.
func (p *Publisher) Register(r prometheus.Registerer) error {
	err := r.Register(&figures{
		p: p,
		posts: prometheus.NewDesc("sencoforum_archive_posts_total",
			"Posts that were given a number, since the store was made.", nil, nil),
		changes: prometheus.NewDesc("sencoforum_archive_changes_total",
			"Changes of what members can see, which the followers work through. Most are a post's publishing.", nil, nil),
		waiting: prometheus.NewDesc("sencoforum_archive_waiting_posts",
			fmt.Sprintf("Accepted posts that are not published yet, because their sending delay runs; at most %d are counted.", figuresMost),
			nil, nil),
		overdue: prometheus.NewDesc("sencoforum_archive_overdue_seconds",
			"For how long the first waiting post should have been published; 0 when none is late.", nil, nil),
	})
	if err != nil {
		return fmt.Errorf("register figures of the archive: %w", err)
	}
	return nil
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{f.posts, f.changes, f.waiting, f.overdue} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (f *figures) Collect(to chan<- prometheus.Metric) {
	s, err := f.p.standing()
	if err != nil {
		to <- prometheus.NewInvalidMetric(f.posts, fmt.Errorf("read figures of the archive: %w", err))
		return
	}
	to <- prometheus.MustNewConstMetric(f.posts, prometheus.CounterValue, float64(s.posts))
	to <- prometheus.MustNewConstMetric(f.changes, prometheus.CounterValue, float64(s.changes))
	to <- prometheus.MustNewConstMetric(f.waiting, prometheus.GaugeValue, float64(s.waiting))
	to <- prometheus.MustNewConstMetric(f.overdue, prometheus.GaugeValue, s.overdue.Seconds())
}

// standing is how far publishing has come.
type standing struct {
	posts, changes uint64
	waiting        int
	overdue        time.Duration
}

func (p *Publisher) standing() (s standing, err error) {
	err = p.db.View(func(tx *store.Tx) (err error) {
		if s.posts, err = numbers.Value(tx); err != nil {
			return err
		}
		if s.changes, err = sequences.Value(tx); err != nil {
			return err
		}
		for row, err := range waiting.All(tx) {
			if err != nil {
				return err
			}
			if s.waiting == 0 {
				s.overdue = max(0, p.now().Sub(time.Unix(0, int64(row.Key.A))))
			}
			if s.waiting++; s.waiting == figuresMost {
				return nil
			}
		}
		return nil
	})
	return s, err
}
