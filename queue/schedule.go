package queue

import "time"

// The times of the schedule. Each pause is stretched by up to a quarter, so that rows that failed together do not
// come back together.
const (
	retryFirst = time.Minute
	retryLast  = 4 * time.Hour
	pauseFirst = 15 * time.Second // of a hop or a domain that cannot be used
	pauseLast  = 30 * time.Minute
)

// DefaultLifetime is how long a row is tried when Config says nothing else.
const DefaultLifetime = 5 * 24 * time.Hour

// retryDelay is the time from attempt number n (1 is the first) to the next. jitter is from 0 to below 1.
func retryDelay(n int, jitter float64) time.Duration {
	return growing(retryFirst, retryLast, n, jitter)
}

// pauseDelay is how long a hop rests after its n-th failure in a row.
func pauseDelay(n int, jitter float64) time.Duration {
	return growing(pauseFirst, pauseLast, n, jitter)
}

// growing doubles first n-1 times and adds up to a quarter, never beyond last.
func growing(first, last time.Duration, n int, jitter float64) time.Duration {
	d := first
	for ; n > 1 && d < last; n-- {
		d *= 2
	}
	d = min(d, last*4/5)
	return d + time.Duration(jitter*float64(d/4))
}

// decide says what becomes of a row after an attempt: its final outcome, or Deferred and when to try again. The last
// attempt is made when the lifetime ends.
func decide(r *Row, o Outcome, now time.Time, lifetime time.Duration, jitter float64) (Outcome, time.Time) {
	switch o {
	case Delivered, Failed, Dropped, Expired:
		return o, time.Time{}
	}
	end := r.Queued.Add(lifetime)
	if !now.Before(end) {
		return Expired, time.Time{}
	}
	next := now.Add(retryDelay(r.Attempts+1, jitter))
	if next.After(end) {
		next = end
	}
	return Deferred, next
}
