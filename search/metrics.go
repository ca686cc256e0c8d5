package search

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// figures are what monitoring reads of search.
type figures struct {
	times   *prometheus.HistogramVec
	partial prometheus.Counter
	failed  prometheus.Counter
	indexed prometheus.Counter
	broken  prometheus.Counter
}

func newFigures() *figures {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	return &figures{
		times: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sencoforum_search_seconds", Help: "How long searches took, by what was asked: words, a phrase, or filters alone.",
			Buckets: []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2},
		}, []string{"kind"}),
		partial: counter("sencoforum_search_partial_total", "Searches that were cut short because they took too long."),
		failed:  counter("sencoforum_search_failed_total", "Searches that could not be answered."),
		indexed: counter("sencoforum_search_indexed_posts_total", "Posts that were put into an index, each time that they were."),
		broken:  counter("sencoforum_search_broken_total", "Searches that found the index broken, so that it was made anew."),
	}
}

// searched counts a search.
func (f *figures) searched(q Query, took time.Duration, partial bool, err error) {
	f.times.WithLabelValues(kindOf(q)).Observe(took.Seconds())
	if partial {
		f.partial.Inc()
	}
	if err != nil {
		f.failed.Inc()
	}
}

func kindOf(q Query) string {
	if len(q.Clauses) == 0 {
		return "filters"
	}
	for _, c := range q.Clauses {
		for _, t := range c.Terms {
			if t.Phrase {
				return "phrase"
			}
		}
	}
	return "words"
}

// states reads how far the index is.
type states struct {
	x                                                      *Index
	bytes, posts, behind, residue, skipped, percent, alike *prometheus.Desc
}

// Register gives r the figures of search. Reading them costs one snapshot and a look at the files of the index.
func (x *Index) Register(r prometheus.Registerer) error {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("sencoforum_search_"+name, help, nil, nil)
	}
	all := []prometheus.Collector{x.figures.times, x.figures.partial, x.figures.failed, x.figures.indexed, x.figures.broken, &states{
		x:       x,
		bytes:   desc("index_bytes", "Bytes of the search index on disk, with the one that is being made."),
		posts:   desc("posts", "Posts that members can see, which is what a search looks at."),
		behind:  desc("lag_changes", "Changes in the archive that searches do not know yet."),
		residue: desc("residue_posts", "Posts whose words were taken out, and which the files of the index may still hold until the next night."),
		skipped: desc("skipped_posts", "Posts that could not be indexed and are not found by their words: a person must look."),
		percent: desc("complete_percent", "How much of the index is made; less than 100 while it is made anew."),
		alike:   desc("alike_waiting_discussions", "Discussions for which it is still to be found what is like them, so that their pages name none or older ones."),
	}}
	for _, c := range all {
		if err := r.Register(c); err != nil {
			return fmt.Errorf("register figures of search: %w", err)
		}
	}
	return nil
}

// Describe implements prometheus.Collector.
func (s *states) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.bytes, s.posts, s.behind, s.residue, s.skipped, s.percent, s.alike} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (s *states) Collect(to chan<- prometheus.Metric) {
	p, err := s.x.Progress()
	if err != nil {
		to <- prometheus.NewInvalidMetric(s.bytes, fmt.Errorf("read figures of search: %w", err))
		return
	}
	gauge := func(d *prometheus.Desc, v float64) { to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	gauge(s.bytes, float64(p.Bytes))
	gauge(s.posts, float64(p.Posts))
	gauge(s.behind, float64(p.Behind))
	gauge(s.residue, float64(p.Residue))
	gauge(s.skipped, float64(p.Skipped))
	gauge(s.percent, float64(p.Percent))
	gauge(s.alike, float64(s.x.alike.waiting.Load()))
}

func slogCause(err error) slog.Attr { return slog.Any("cause", err) }

// An analyserPool keeps analysers with the stems they remember.
type analyserPool struct {
	mu   sync.Mutex
	free []*analyser
}

func (p *analyserPool) get() *analyser {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		a := p.free[n-1]
		p.free = p.free[:n-1]
		return a
	}
	return newAnalyser()
}

func (p *analyserPool) put(a *analyser) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) < 4 {
		p.free = append(p.free, a)
	}
}
