package queue

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"
)

// BenchmarkSettle puts 25,000 rows in chunks of 500 and settles them through a courier that answers at once.
func BenchmarkSettle(b *testing.B) {
	const n = 25000
	for b.Loop() {
		r := newRig(b)
		r.courier.route = smarthost
		began := time.Now()
		r.putBatch(1, "school.example", n)
		put := time.Since(began)
		size := r.db.Stats().Written

		before := r.db.Stats()
		began = time.Now()
		_, stop := r.run()
		for r.tally(1).Open > 0 {
			time.Sleep(time.Millisecond)
		}
		took := time.Since(began)
		stop()
		after := r.db.Stats()
		b.ReportMetric(n/put.Seconds(), "puts/s")
		b.ReportMetric(n/took.Seconds(), "rows/s")
		b.ReportMetric(float64(after.Commits-before.Commits), "commits")
		b.ReportMetric(float64(size)/n, "writtenB/row")
		b.ReportMetric(float64(after.Size)/n, "fileB/row")
	}
}

// BenchmarkLoad measures what a waiting row costs in memory and how fast 25,000 are loaded.
func BenchmarkLoad(b *testing.B) {
	const n = 25000
	r := newRig(b)
	r.putBatch(1, "school.example", n)
	for b.Loop() {
		q := r.queue()
		before := heapInUse()
		began := time.Now()
		if err := q.load(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(n/time.Since(began).Seconds(), "rows/s")
		b.ReportMetric(float64(heapInUse()-before)/n, "memB/row")
		if d := q.domains["school.example"]; len(d.parked) != n {
			b.Fatalf("%d rows loaded", len(d.parked))
		}
	}
}

func heapInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkManyHops settles 10,000 rows, each to a hop of its own; half of the hops are one operator's.
func BenchmarkManyHops(b *testing.B) {
	const n = 10000
	for b.Loop() {
		r := newRig(b)
		r.courier.route = func(_ context.Context, domain string) (Hop, error) {
			h := Hop{Key: domain, Operator: domain, Limit: 5}
			if len(domain)%2 == 0 {
				h.Operator = "cloud"
			}
			return h, nil
		}
		var rows []Row
		for i := range n {
			rows = append(rows, mail(fmt.Sprintf("ann@%x.example", i*7919)))
		}
		r.put(rows...)
		began := time.Now()
		_, stop := r.run()
		for r.depth() > 0 {
			time.Sleep(time.Millisecond)
		}
		b.ReportMetric(n/time.Since(began).Seconds(), "rows/s")
		stop()
	}
}
