package watch

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// noteOpen counts the alarms that are open after a look, for the metrics.
func (w *Watch) noteOpen(all []facts, whole Alarm) {
	open := map[Kind]int{}
	if whole.Open() {
		open[whole.Kind]++
	}
	for i := range all {
		if a := all[i].Alarm; a.Open() {
			open[a.Kind]++
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opened = open
}

// Register gives the watch's figures to monitoring. What is counted by provider, queue counts; here stand the alarms.
func (w *Watch) Register(r prometheus.Registerer) error {
	var errs []error
	for _, kind := range []Kind{Nothing, Refuses, Unreachable, Defers, RefusesMany} {
		errs = append(errs, r.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "sencoforum_watch_alarms",
			Help: "Mail providers that do not take our mail as they should. refuses: everything. unreachable: no way there. " +
				"defers: puts off far more than usual. many: refuses far more than usual. nothing: 1 when nobody takes any mail.",
			ConstLabels: prometheus.Labels{"kind": string(kind)},
		}, func() float64 {
			w.mu.Lock()
			defer w.mu.Unlock()
			return float64(w.opened[kind])
		})))
	}
	return errors.Join(errs...)
}
