package smtpd

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the figures of a server. None has a label that strangers choose.
type metrics struct {
	open     *prometheus.GaugeVec   // by protocol
	results  *prometheus.CounterVec // by result
	messages *prometheus.CounterVec // by protocol and answer
	octets   *prometheus.CounterVec // by protocol
	receive  prometheus.Histogram
}

// What becomes of a connection.
const (
	taken      = "taken"
	turnedAway = "turned_away"
	displaced  = "displaced"
)

// answers are the classes of replies to a message: 2xx, 5xx, 4xx.
const (
	accepted = "accepted"
	refused  = "refused"
	deferred = "deferred"
)

func newMetrics() *metrics {
	m := &metrics{
		open: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "sencoforum_smtp_connections", Help: "Mail connections open now.",
		}, []string{"protocol"}),
		results: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sencoforum_smtp_connections_total",
			Help: "Mail connections taken, turned away before the greeting, and taken but displaced by a newcomer.",
		}, []string{"result"}),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sencoforum_smtp_messages_total", Help: "Messages that were answered after their text.",
		}, []string{"protocol", "answer"}),
		octets: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sencoforum_smtp_received_bytes_total", Help: "Bytes of messages that came in, whatever the answer.",
		}, []string{"protocol"}),
		receive: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "sencoforum_smtp_receive_seconds",
			Help:    "Time from the end of a message to the answer, which is when it is safe.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}),
	}
	for _, p := range []protocol{overSMTP, overLMTP} { // so that a figure is there before its first event
		m.open.WithLabelValues(string(p))
		m.octets.WithLabelValues(string(p))
		for _, answer := range []string{accepted, refused, deferred} {
			m.messages.WithLabelValues(string(p), answer)
		}
	}
	for _, r := range []string{taken, turnedAway, displaced} {
		m.results.WithLabelValues(r)
	}
	return m
}

// Register adds the figures of this server to r, which may have those of other
// rooms, but of no second Server.
func (s *Server) Register(r prometheus.Registerer) error {
	m := s.metrics
	var errs []error
	for _, c := range []prometheus.Collector{m.open, m.results, m.messages, m.octets, m.receive} {
		errs = append(errs, r.Register(c))
	}
	return errors.Join(errs...)
}

func (m *metrics) result(of string) { m.results.WithLabelValues(of).Inc() }

// message counts the answer to a message.
func (m *metrics) message(p protocol, code int) {
	answer := deferred
	switch code / 100 {
	case 2:
		answer = accepted
	case 5:
		answer = refused
	}
	m.messages.WithLabelValues(string(p), answer).Inc()
}
