package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"
)

// usage is what all descendants used since the start or the last reset.
type usage struct {
	Seconds   float64 `json:"seconds"`
	CPU       float64 `json:"cpu_seconds"` // user and system time
	Peak      float64 `json:"peak_mb"`     // highest sum of proportional set sizes (shared pages counted once), as sampled
	PeakAnon  float64 `json:"peak_anon_mb"`
	Now       float64 `json:"now_mb"`
	NowAnon   float64 `json:"now_anon_mb"` // without the pages of files, such as the map of a database
	Processes int     `json:"processes"`
	Exit      int     `json:"exit"`
}

// meter adds up usage. Its methods may be called from several goroutines.
type meter struct {
	mu        sync.Mutex
	start     time.Time
	cpuBefore float64
	now, peak memory
	processes int
}

func newMeter() *meter { return &meter{start: time.Now()} }

// watch samples the memory until ctx ends. Reading the sizes costs time of its own, which is kept to some 2 %.
func (m *meter) watch(ctx context.Context, every time.Duration) {
	for ctx.Err() == nil {
		start := time.Now()
		m.sample()
		select {
		case <-ctx.Done():
		case <-time.After(max(every, 50*time.Since(start))):
		}
	}
}

func (m *meter) sample() {
	var sum memory
	all := descendants(os.Getpid())
	for _, d := range all {
		size := sizeOf(d.pid)
		sum.kb += size.kb
		sum.anonKB += size.anonKB
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now, m.processes = sum, len(all)
	m.peak = memory{kb: max(m.peak.kb, sum.kb), anonKB: max(m.peak.anonKB, sum.anonKB)}
}

func (m *meter) usage() usage {
	cpu := cpuSeconds()
	m.mu.Lock()
	defer m.mu.Unlock()
	return usage{
		Seconds: time.Since(m.start).Seconds(), CPU: cpu - m.cpuBefore,
		Peak: mb(m.peak.kb), PeakAnon: mb(m.peak.anonKB), Now: mb(m.now.kb), NowAnon: mb(m.now.anonKB),
		Processes: m.processes,
	}
}

func mb(kb int64) float64 { return float64(kb) / 1024 }

// reset begins a new interval.
func (m *meter) reset() {
	cpu := cpuSeconds()
	m.mu.Lock()
	m.start, m.cpuBefore, m.peak = time.Now(), cpu, memory{}
	m.mu.Unlock()
	m.sample()
}

// cpuSeconds is the time of all descendants: those that were reaped, and those that live with the children that they
// reaped themselves.
func cpuSeconds() float64 {
	var dead syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &dead); err != nil {
		return 0 // cannot happen with these arguments
	}
	sum := time.Duration(dead.Utime.Nano() + dead.Stime.Nano()).Seconds()
	for _, d := range descendants(os.Getpid()) {
		sum += d.cpu()
	}
	return sum
}

func (m *meter) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /usage", func(w http.ResponseWriter, _ *http.Request) {
		m.sample()
		json.NewEncoder(w).Encode(m.usage())
	})
	mux.HandleFunc("POST /reset", func(http.ResponseWriter, *http.Request) { m.reset() })
	return mux
}
