package queue

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count what becomes of copies. A nil *metrics counts nothing.
type metrics struct {
	outcomes counters // at the commit
	shunted  prometheus.Counter
	delay    prometheus.Histogram // of delivered copies, since they were put
	settle   prometheus.Histogram // commits of outcomes
	attempts *prometheus.CounterVec
	by       map[string]*counters // attempts of those operators that had one, by label; guarded by the queue's mutex
	took     prometheus.Histogram // attempts
	throttle *prometheus.CounterVec

	all []prometheus.Collector
}

// counters are one for each outcome; nil for those that cannot be.
type counters [Deferred + 1]prometheus.Counter

func newMetrics() *metrics {
	m := &metrics{
		by: map[string]*counters{},
		shunted: prometheus.NewCounter(prometheus.CounterOpts{Name: "sencoforum_queue_shunted_total",
			Help: "Copies that could not be composed and were put aside: a person must look, with sencoforum queue list --shunted."}),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "sencoforum_queue_delivery_delay_seconds",
			Help:    "For delivered copies, the time from the queue until their delivery was on record.",
			Buckets: []float64{1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600, 5 * 24 * 3600}}),
		settle: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "sencoforum_queue_settle_seconds",
			Help:    "How long it took to put a group of outcomes on record, the wait for other transactions included.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5}}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "sencoforum_queue_attempt_seconds",
			Help:    "How long one attempt took, from composing a copy until the other side had answered.",
			Buckets: []float64{.001, .005, .01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}}),
	}
	outcomes := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sencoforum_queue_deliveries_total",
		Help: "What became of copies, counted when it is on record. delivered: taken by the next host. failed: refused for good. " +
			"deferred: to be tried again. expired: given up after days. dropped: not wanted any more, never sent."},
		[]string{"outcome"})
	for _, o := range []Outcome{Delivered, Failed, Dropped, Expired, Deferred} {
		m.outcomes[o] = outcomes.WithLabelValues(o.String())
	}
	m.attempts = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sencoforum_queue_attempts_total",
		Help: "Attempts to hand a copy over, by who runs the receiving host, as far as it is one of the large ones."},
		[]string{"operator", "outcome"})
	m.throttle = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sencoforum_queue_throttled_total",
		Help: "How often an operator said that we send too fast, and got less for a while. What it says during a pause is not counted."},
		[]string{"operator"})
	for _, label := range []string{operatorOther, operatorSmarthost} {
		m.throttle.WithLabelValues(label) // there is something to see before it happens
	}
	m.all = []prometheus.Collector{outcomes, m.shunted, m.delay, m.settle, m.attempts, m.took, m.throttle}
	return m
}

// attempted counts what the courier said of one copy, by an operator's label. Call it with the queue's mutex held.
func (m *metrics) attempted(label string, o Outcome, took time.Duration) {
	if m == nil {
		return
	}
	by := m.by[label]
	if by == nil {
		by = new(counters)
		for _, o := range []Outcome{Delivered, Failed, Deferred} {
			by[o] = m.attempts.WithLabelValues(label, o.String())
		}
		m.by[label] = by
	}
	if c := by[o]; c != nil { // a courier may say that a copy was dropped or is too old
		c.Inc()
	}
	m.took.Observe(took.Seconds())
}

// tooFast counts a pause that an operator was given. Call it with the queue's mutex held.
func (m *metrics) tooFast(label string) {
	if m != nil {
		m.throttle.WithLabelValues(label).Inc()
	}
}

// settled counts what a commit has put on record. now is the time of day.
func (m *metrics) settled(group []settlement, done []settled, now time.Time) {
	if m == nil {
		return
	}
	for i := range done {
		d := &done[i]
		switch {
		case d.gone:
		case d.shunted:
			m.shunted.Inc()
		case group[i].domain != "": // it only goes by another way
		default:
			m.outcomes[d.result.Outcome].Inc()
			if d.result.Outcome == Delivered {
				m.delay.Observe(max(0, now.Sub(d.row.Queued)).Seconds())
			}
		}
	}
}

// committed notes how long a commit of outcomes took.
func (m *metrics) committed(took time.Duration) {
	if m != nil {
		m.settle.Observe(took.Seconds())
	}
}
