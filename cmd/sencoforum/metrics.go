package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sencoforum/config"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/search"
)

// instruments are what monitoring on this host reads: figures, and whether the server lives and takes mail. What is
// wrong with them never ends the server.
type instruments struct {
	log      *slog.Logger
	listener net.Listener // nil: nobody asks
	house    *house
	others   []any             // more that may have figures: the courier, the door
	stopping []<-chan struct{} // no more mail is taken once one of them is closed
}

// counting is a room that has figures.
type counting interface {
	Register(r prometheus.Registerer) error
}

// listenMetrics opens the port of the instruments, or none.
func listenMetrics(cfg config.Metrics) (net.Listener, error) {
	if cfg.Listen == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen for monitoring: %w; choose another port in metrics.listen", err)
	}
	return l, nil
}

// Bounds of the instruments. Nothing but a few programs on this host reads them.
const (
	scrapesAtOnce = 4
	scrapeTime    = 10 * time.Second
	maxHeader     = 8 << 10
	endScrapes    = time.Second
)

// start answers from now on, until the returned function is called. Mail is taken already.
func (i instruments) start(ctx context.Context) (stop func()) {
	if i.listener == nil {
		return func() {}
	}
	registry := prometheus.NewRegistry()
	if err := i.register(registry, time.Now()); err != nil {
		i.log.Error("some figures are missing from the metrics", "cause", err)
	}
	s := &http.Server{
		Handler:           i.handler(registry),
		ReadHeaderTimeout: scrapeTime,
		ReadTimeout:       scrapeTime,
		WriteTimeout:      2 * scrapeTime,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(i.log.Handler(), slog.LevelWarn),
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := s.Serve(i.listener); !errors.Is(err, http.ErrServerClosed) {
			i.log.Error("monitoring cannot be answered any more", "cause", err)
		}
	}()
	i.log.Info("answering monitoring", "listening", i.listener.Addr().String())
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endScrapes)
		defer cancel()
		if s.Shutdown(ctx) != nil {
			s.Close()
		}
		<-ended
	}
}

// handler answers GET and HEAD on three paths, and nothing else.
func (i instruments) handler(figures prometheus.Gatherer) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(figures, promhttp.HandlerOpts{
		ErrorLog:            slog.NewLogLogger(i.log.Handler(), slog.LevelWarn),
		ErrorHandling:       promhttp.ContinueOnError,
		MaxRequestsInFlight: scrapesAtOnce,
		Timeout:             scrapeTime,
		DisableCompression:  true, // it does not leave this host
	}))
	mux.HandleFunc("GET /healthz", i.healthz)
	mux.HandleFunc("GET /readyz", i.readyz)
	return mux
}

// register gathers the figures of all rooms. ready is when mail was taken.
func (i instruments) register(r prometheus.Registerer, ready time.Time) error {
	h := i.house
	errs := []error{
		r.Register(collectors.NewGoCollector(collectors.WithGoCollectorMemStatsMetricsDisabled())),
		r.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})),
		r.Register(buildFigure()),
		r.Register(figure("sencoforum_ready_timestamp_seconds",
			"When the server began to take mail. Less process_start_time_seconds, it is how long the start took.",
			float64(ready.UnixMilli())/1000)),
		r.Register(figure("sencoforum_min_free_bytes", "Free bytes on disk below which all mail is put off (smtp.min_free).",
			float64(minFree(h.cfg)))),
		intake.Register(r, h.db),
		hold.Register(r, h.db),
	}
	for _, room := range append([]any{h.db, h.publisher, h.expander, h.queue, h.reports, h.watch, h.search}, i.others...) {
		if c, ok := room.(counting); ok && room != (*search.Index)(nil) {
			errs = append(errs, c.Register(r))
		}
	}
	return errors.Join(errs...)
}

// buildFigure says which program this is, always 1.
func buildFigure() prometheus.Collector {
	b := thisBuild()
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: "sencoforum_build_info", Help: "Which program this is; always 1.",
		ConstLabels: prometheus.Labels{"version": b.Version, "commit": b.Commit, "go": b.Go, "schema": strconv.Itoa(b.Schema)}})
	g.Set(1)
	return g
}

// figure is one that does not change.
func figure(name, help string, value float64) prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	g.Set(value)
	return g
}
