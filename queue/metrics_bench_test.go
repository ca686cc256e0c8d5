package queue

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"
)

// BenchmarkSettleMetrics settles rows through a courier that answers at once, with and without the figures, in turn. It
// compares processor time, which what else the machine does changes least.
func BenchmarkSettleMetrics(b *testing.B) {
	const n = 10_000
	var took [2]time.Duration // without, with
	settleAll := func(with int) {
		r := newRig(b)
		r.courier.route = smarthost
		r.putBatch(1, "school.example", n)
		q := r.queue()
		if with == 0 {
			q.metrics = nil
		}
		ctx, cancel := context.WithCancel(b.Context())
		done := make(chan error, 1)
		began := processor(b)
		go func() { done <- q.Run(ctx) }()
		for r.tally(1).Open > 0 {
			time.Sleep(time.Millisecond)
		}
		took[with] += processor(b) - began
		cancel()
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	for i := 0; b.Loop(); i++ {
		settleAll(i % 2)
		settleAll(1 - i%2)
	}
	b.ReportMetric(float64(took[0].Nanoseconds())/float64(n*b.N), "ns/plain-row")
	b.ReportMetric(float64(took[1].Nanoseconds())/float64(n*b.N), "ns/counted-row")
	b.ReportMetric(float64(took[1])/float64(took[0]), "ratio")
}

// processor is the time that this process has used.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCountDelivery is what the figures of one delivered row cost by themselves.
func BenchmarkCountDelivery(b *testing.B) {
	m := newMetrics()
	q := &Queue{}
	now := time.Now()
	group := []settlement{{id: 1}}
	done := []settled{{row: Row{Queued: now.Add(-time.Minute)}, result: Result{Outcome: Delivered}}}
	for b.Loop() {
		q.clock()
		m.attempted("Microsoft 365", Delivered, 20*time.Millisecond)
		m.settled(group, done, now)
	}
}

// BenchmarkStanding is one reading of the queue's figures, with rows for 2,500 domains.
func BenchmarkStanding(b *testing.B) {
	r := newRig(b)
	for i := range 5 {
		var rows []Row
		for j := range 500 {
			rows = append(rows, mail(fmt.Sprintf("m@school%d.example", 500*i+j)))
		}
		r.put(rows...)
	}
	q := r.queue()
	if err := q.load(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if s := q.standing(); s.states["unrouted"] != 2500 {
			b.Fatalf("%+v", s)
		}
	}
}
