package smtpd

import "time"

// clock is the pace of one message: when it began and how much has come.
type clock struct {
	start time.Time
	n     int64

	// The last time at which another stretch of it, which is worth slowTime at
	// the minimum rate, was complete.
	mark time.Time
	at   int64 // n of that time
}

func newClock(now time.Time) clock { return clock{start: now, mark: now} }

// count adds octets that have come.
func (c *clock) count(octets int, l Limits) {
	c.n += int64(octets)
	if c.n-c.at >= int64(l.Rate)*int64(slowTime/time.Second) {
		c.at, c.mark = c.n, time.Now()
	}
}

// deadline returns when the next octets must be here. The rate is an average
// after a grace time, so that a short silence costs a fast sender nothing.
func (c clock) deadline(l Limits, now time.Time, stray bool) time.Time {
	earned := time.Duration(float64(c.n) / float64(l.Rate) * float64(time.Second))
	at := c.start.Add(min(l.Grace+earned, l.Transfer))
	if stray {
		at = earlier(at, now.Add(l.Stray))
	}
	return at
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
