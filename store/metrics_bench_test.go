package store

import (
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkCommitMetrics commits small transactions one by one, some with and some without the figures, by chance, so
// that what the engine and the machine do meanwhile touches both alike.
func BenchmarkCommitMetrics(b *testing.B) {
	db, body := openBench(b), benchBody()
	counted := db.metrics
	var took, commits [2]float64 // without, with
	n := uint64(0)
	for b.Loop() {
		with := rand.IntN(2)
		db.metrics = []*metrics{nil, counted}[with] // nothing is being committed now
		began := time.Now()
		n++
		if err := accept(db, n, body); err != nil {
			b.Fatal(err)
		}
		took[with] += float64(time.Since(began).Nanoseconds()) / 1000
		commits[with]++
	}
	plain, figures := took[0]/max(1, commits[0]), took[1]/max(1, commits[1])
	b.ReportMetric(plain, "µs/plain")
	b.ReportMetric(figures, "µs/counted")
	b.ReportMetric(figures/max(1, plain), "ratio")
}

// BenchmarkCountCommit is what the figures of one commit cost by themselves.
func BenchmarkCountCommit(b *testing.B) {
	m := newMetrics()
	for b.Loop() {
		m.committed(3 * time.Millisecond)
	}
}
