// Package percent sums times up.
package percent

import (
	"slices"
	"time"
)

// Of are percentiles of times, in milliseconds; those of no times are all 0.
type Of struct {
	N   int     `json:"n"`
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Sum sorts the times and sums them up.
func Sum(d []time.Duration) Of {
	if len(d) == 0 {
		return Of{}
	}
	slices.Sort(d)
	at := func(q float64) float64 {
		return float64(d[min(len(d)-1, int(q*float64(len(d))))].Microseconds()) / 1000
	}
	return Of{len(d), at(.5), at(.9), at(.95), at(.99), at(1)}
}
