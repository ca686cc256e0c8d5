package queue

import "time"

// stopwatch adds up the time in which something was so. It is guarded by the queue's mutex.
type stopwatch struct {
	on    bool
	since time.Duration
	total time.Duration
}

// set starts or stops it. The time is asked for only then.
func (w *stopwatch) set(on bool, now func() time.Duration) {
	switch {
	case on && !w.on:
		w.since = now()
	case !on && w.on:
		w.total += now() - w.since
	}
	w.on = on
}

// seconds is what it shows.
func (w *stopwatch) seconds(now time.Duration) float64 {
	if w.on {
		return (w.total + now - w.since).Seconds()
	}
	return w.total.Seconds()
}

// clock looks whether the queue is busy, and whether it is held up by its own book-keeping: copies are due, all places
// are taken, and some of them by outcomes that wait for their commit. The scheduler calls it, and a connection that gets no
// row. Call it with mu held.
func (q *Queue) clock() {
	q.busyTime.set(q.ready > 0 || len(q.out) > 0, q.now)
	q.stalledTime.set(q.ready > 0 && q.places >= q.cfg.UnsettledMax && q.places > q.flying, q.now)
}
