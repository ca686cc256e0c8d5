package courier

import (
	"context"
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"sencoforum/queue"
)

// metrics count connections and routes. A nil *metrics counts nothing.
type metrics struct {
	connections *prometheus.CounterVec // by tls
	failures    *prometheus.CounterVec // by stage
	routes      *prometheus.CounterVec // by result
	guards      *prometheus.CounterVec // by policy and result
}

// stages say how far a connection came that failed, for each thing that it may have been at.
var stages = map[string]string{
	"look up its address": "dns",
	"connect":             "connect",
	"greeting":            "greeting", "EHLO": "greeting", "HELO": "greeting",
	"STARTTLS": "tls", "TLS": "tls",
	"AUTH": "login",
}

// otherStage is that of a failure that is none of these.
const otherStage = "other"

func newMetrics() *metrics {
	m := &metrics{
		connections: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sencoforum_courier_connections_total",
			Help: "Connections to mail hosts that were made and introduced, by whether they are encrypted."}, []string{"tls"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sencoforum_courier_connection_failures_total",
			Help: "Addresses of mail hosts that could not be used, by how far we came. login: the mail service refused user or password."},
			[]string{"stage"}),
		routes: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sencoforum_courier_routes_total",
			Help: "Look-ups of the mail host of a domain. failed: there is none. deferred: the DNS did not answer."}, []string{"result"}),
		guards: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sencoforum_courier_tls_results_total",
			Help: "Connections to mail hosts of domains, and questions for the policies of domains (MTA-STS), by the mode of the policy and " +
				"the result in the words of RFC 8460. none: encryption is not verified."}, []string{"policy", "result"}),
	}
	for _, tls := range []string{"yes", "no"} {
		m.connections.WithLabelValues(tls)
	}
	for _, stage := range stages {
		m.failures.WithLabelValues(stage)
	}
	m.failures.WithLabelValues(otherStage)
	for _, result := range []string{"found", "failed", "deferred"} {
		m.routes.WithLabelValues(result)
	}
	for _, mode := range stsModes {
		for _, r := range results {
			m.guards.WithLabelValues(mode, string(r))
		}
	}
	return m
}

// Register gives r the figures of the courier. They count since New.
func (c *SMTP) Register(r prometheus.Registerer) error {
	err := errors.Join(r.Register(c.metrics.connections), r.Register(c.metrics.failures), r.Register(c.metrics.routes), r.Register(c.metrics.guards))
	if err != nil {
		return fmt.Errorf("register figures of the courier: %w", err)
	}
	return nil
}

// connected counts one address that was tried. What our own end broke off is no failure.
func (m *metrics) connected(ctx context.Context, s *session, err error) {
	var t *trouble
	switch {
	case m == nil || err != nil && ctx.Err() != nil:
	case err == nil && s.conn != s.raw:
		m.connections.WithLabelValues("yes").Inc()
	case err == nil:
		m.connections.WithLabelValues("no").Inc()
	case errors.As(err, &t) && stages[t.doing] != "":
		m.failures.WithLabelValues(stages[t.doing]).Inc()
	default:
		m.failures.WithLabelValues(otherStage).Inc()
	}
}

// routed counts one look-up.
func (m *metrics) routed(err error) {
	if m == nil {
		return
	}
	result := "found"
	var route *queue.RouteError
	switch {
	case errors.As(err, &route) && route.Result.Outcome == queue.Failed:
		result = "failed"
	case err != nil:
		result = "deferred"
	}
	m.routes.WithLabelValues(result).Inc()
}

// guarded counts what came of guarding one connection, or of asking for a policy.
func (m *metrics) guarded(policy stsMode, r result) {
	if m != nil {
		m.guards.WithLabelValues(policy.String(), string(r)).Inc()
	}
}
