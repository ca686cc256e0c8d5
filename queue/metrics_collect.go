package queue

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"sencoforum/store"
)

// Register gives r the figures of the queue: what waits and where, what became of copies, and what putting that on
// record costs. It counts since New. Reading them costs one counter of the store and a look at each next hop and each
// domain that has rows.
func (q *Queue) Register(r prometheus.Registerer) error {
	errs := []error{r.Register(newFigures(q))}
	for _, c := range q.metrics.all {
		errs = append(errs, r.Register(c))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("register figures of the queue: %w", err)
	}
	return nil
}

// figures reads how the queue stands.
type figures struct {
	q *Queue

	depth, rows, kinds, operators, hops, unrouted, held *prometheus.Desc
	unsettled, limit, connections, halted               *prometheus.Desc
	busy, stalled                                       *prometheus.Desc
}

func newFigures(q *Queue) *figures {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("sencoforum_queue_"+name, help, labels, nil)
	}
	return &figures{
		q:     q,
		depth: desc("depth", "Copies in the store that still have to go, those that were put aside left out."),
		rows: desc("rows", "Copies in the running queue. due: could go now. later: deferred until their time. unrouted: the "+
			"way to their domain is not known. sending: at the mail host. settling: their outcome is being put on record.", "state"),
		kinds: desc("kind_rows", "Copies in the running queue by kind. post: for members. people: mail for moderators and the "+
			"operator.", "kind"),
		operators: desc("operator_rows", "Copies in the running queue by who runs the receiving host, as far as it is one of "+
			"the large ones. unknown: the way to their domain is not known.", "operator"),
		hops: desc("hops", "Mail hosts in use. failing: the last connection failed, and it rests before the next one.",
			"operator", "state"),
		unrouted: desc("unrouted_domains", "Domains whose mail host could not be found; they are asked for again."),
		held: desc("held_rows", "Copies that are due and wait for the pace at which mail goes to an operator. throttled: it said that we "+
			"send too fast. rate: its copies a minute. warm_up: its copies a day, at first.", "operator", "reason"),
		unsettled: desc("unsettled", "Copies that were handed over and whose outcome is not on record. A crash now would "+
			"repeat at most these."),
		limit:       desc("unsettled_limit", "The most that unsettled may become (delivery.unsettled_max)."),
		connections: desc("connections", "Connections to mail hosts that are open or being opened."),
		halted:      desc("halted", "1 while nothing is sent because the store has no room."),
		busy:        desc("busy_seconds_total", "Time in which copies were due or on their way."),
		stalled: desc("stalled_seconds_total", "Of the busy time, that in which copies were due and none could be handed "+
			"over, because outcomes had to be put on record first."),
	}
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{f.depth, f.rows, f.kinds, f.operators, f.hops, f.unrouted, f.held,
		f.unsettled, f.limit, f.connections, f.halted, f.busy, f.stalled} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (f *figures) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, n float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, n, labels...)
	}
	counter := func(d *prometheus.Desc, n float64) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, n)
	}
	s := f.q.standing()
	for state, n := range s.states {
		gauge(f.rows, float64(n), state)
	}
	for kind, n := range s.kinds {
		gauge(f.kinds, float64(n), kind)
	}
	for operator, n := range s.operators {
		gauge(f.operators, float64(n), operator)
	}
	for h, n := range s.hops {
		gauge(f.hops, float64(n), h.operator, h.state)
	}
	for h, n := range s.held {
		gauge(f.held, float64(n), h.operator, h.state)
	}
	gauge(f.unrouted, float64(s.unrouted))
	gauge(f.unsettled, float64(s.unsettled))
	gauge(f.limit, float64(f.q.cfg.UnsettledMax))
	gauge(f.connections, float64(s.connections))
	gauge(f.halted, s.halted)
	counter(f.busy, s.busy)
	counter(f.stalled, s.stalled)
	err := f.q.db.View(func(tx *store.Tx) error {
		n, err := Depth(tx)
		if err == nil {
			gauge(f.depth, float64(n))
		}
		return err
	})
	if err != nil {
		to <- prometheus.NewInvalidMetric(f.depth, fmt.Errorf("read figures of the queue: %w", err))
	}
}

// standing is how the queue stands at one moment, by label.
type standing struct {
	states, kinds, operators map[string]int
	hops                     map[hopLabels]int
	held                     map[hopLabels]int // the state is the reason
	unrouted                 int
	unsettled, connections   int
	halted                   float64
	busy, stalled            float64 // seconds
}

// hopLabels are what is told apart of mail hosts.
type hopLabels struct{ operator, state string }

func (q *Queue) standing() standing {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now()
	s := standing{
		kinds: map[string]int{}, operators: map[string]int{}, hops: map[hopLabels]int{}, held: map[hopLabels]int{},
		unsettled: q.places, connections: q.total.open,
		busy: q.busyTime.seconds(now), stalled: q.stalledTime.seconds(now),
	}
	if q.halted {
		s.halted = 1
	}
	for _, reason := range holds[1:] {
		s.held[hopLabels{operatorOther, reason}] = 0
	}
	for i, n := range q.kinds.rows {
		if i > 0 || n > 0 {
			s.kinds[q.kinds.names[i]] = n
		}
	}
	parked := 0
	for _, d := range q.domains {
		parked += len(d.parked)
		if d.failures > 0 {
			s.unrouted++
		}
		label := operatorUnknown
		if d.hop != nil {
			label = q.operatorLabel(d.hop.Operator)
		}
		s.operators[label] += d.rows
	}
	for _, h := range q.hops {
		label, state := q.operatorLabel(h.Operator), "working"
		if h.failures > 0 {
			state = "failing"
		}
		s.hops[hopLabels{label, state}]++
		if at, why := h.pool.opens(now, q.cfg.Now); at > now && h.ready.len() > 0 {
			s.held[hopLabels{label, holds[why]}] += h.ready.len()
		}
	}
	s.states = map[string]int{
		"due": q.ready, "later": q.later.len(), "unrouted": parked, "sending": q.flying, "settling": len(q.out) - q.flying,
	}
	return s
}

// maxKinds is how many kinds of rows are told apart; all further ones are counted as "other".
const maxKinds = 16

// kinds counts the rows in memory by kind. It is guarded by the queue's mutex.
type kinds struct {
	names []string
	rows  []int
}

// index is the number of a kind.
func (k *kinds) index(name string) uint8 {
	for i, known := range k.names {
		if known == name {
			return uint8(i)
		}
	}
	if len(k.names) == maxKinds {
		return 0
	}
	k.names, k.rows = append(k.names, name), append(k.rows, 0)
	return uint8(len(k.names) - 1)
}
