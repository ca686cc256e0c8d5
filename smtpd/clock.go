package smtpd

import "time"

// clock is the pace of one message: when it began and how much has come.
type clock struct {
	start time.Time
	n     int64
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
