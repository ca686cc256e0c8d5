package watch

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// reportFigures count since the start. Whoever reports is not named in them.
type reportFigures struct {
	reports  *prometheus.CounterVec // by kind and result
	messages *prometheus.CounterVec // by source and result
	sessions *prometheus.CounterVec // by result
	deferred prometheus.Counter
}

// unknownKind is the kind of a report that could not be read.
const unknownKind = "unknown"

func newReportFigures() *reportFigures {
	f := &reportFigures{
		reports: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sencoforum_watch_reports_total",
			Help: "Reports of other hosts on our mail, by kind and by what became of them. foreign: about no domain of ours. stale: about " +
				"a day long ago."}, []string{"kind", "result"}),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sencoforum_watch_report_messages_total",
			Help: "Mail with our domain in From that verified reporters saw, by whether it came from us and passed DMARC."}, []string{"source", "result"}),
		sessions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sencoforum_watch_report_sessions_total",
			Help: "Connections that verified reporters made to bring us mail, by whether encryption worked as it should."}, []string{"result"}),
		deferred: prometheus.NewCounter(prometheus.CounterOpts{Name: "sencoforum_watch_reports_deferred_total",
			Help: "Reports that were put off because too many came on one day."}),
	}
	for _, r := range ReportResults {
		for _, k := range []string{string(ReportDMARC), string(ReportTLS), unknownKind} {
			if (k == unknownKind) == (r == ReportUnreadable) {
				f.reports.WithLabelValues(k, string(r))
			}
		}
	}
	for _, result := range []string{"passed", "failed"} {
		f.messages.WithLabelValues("ours", result)
		f.messages.WithLabelValues("others", result)
	}
	f.sessions.WithLabelValues("ok")
	f.sessions.WithLabelValues("failed")
	return f
}

// Register gives r the figures of the reports. They count since NewReportBook.
func (b *ReportBook) Register(r prometheus.Registerer) error {
	f := b.figures
	if err := errors.Join(r.Register(f.reports), r.Register(f.messages), r.Register(f.sessions), r.Register(f.deferred)); err != nil {
		return fmt.Errorf("register figures of the reports: %w", err)
	}
	return nil
}

// Deferred counts a report that was put off.
func (b *ReportBook) Deferred() { b.figures.deferred.Inc() }

// Count counts a report once its transaction has been committed, and logs it.
func (b *ReportBook) Count(a ArrivedReport, t TakenReport) {
	kind := string(a.Report.Kind)
	if t.Result == ReportUnreadable {
		kind = unknownKind
	}
	b.figures.reports.WithLabelValues(kind, string(t.Result)).Inc()
	var mail, own MailCount
	var ok, failed uint64
	for _, p := range t.parts {
		s := ReportSum{}
		s.Add(p)
		mail.Add(s.Mail)
		own.Add(s.Own)
		ok += s.SessionsOK
		failed += s.SessionsFailed
	}
	if a.Verified {
		b.figures.messages.WithLabelValues("ours", "passed").Add(float64(own.Passed()))
		b.figures.messages.WithLabelValues("ours", "failed").Add(float64(own.Failed))
		b.figures.messages.WithLabelValues("others", "passed").Add(float64(mail.Passed() - own.Passed()))
		b.figures.messages.WithLabelValues("others", "failed").Add(float64(mail.Failed - own.Failed))
		b.figures.sessions.WithLabelValues("ok").Add(float64(ok))
		b.figures.sessions.WithLabelValues("failed").Add(float64(failed))
	}
	attrs := []any{"kind", kind, "result", string(t.Result), "sender", a.Sender, "verified", a.Verified}
	switch {
	case a.Err != nil:
		attrs = append(attrs, "cause", a.Err.Error())
	case kind == string(ReportTLS):
		attrs = append(attrs, "sessions", ok+failed, "failed", failed)
	default:
		attrs = append(attrs, "messages", mail.Messages, "failed", mail.Failed, "own_failed", own.Failed)
	}
	b.log.Info("report", attrs...)
	for _, d := range t.alarmed {
		b.log.Warn("a report shows trouble, and the operator is told", "kind", kind, "domain", d, "sender", a.Sender)
	}
}
