package smtpd

import (
	"testing"
	"time"
)

func TestDeadline(t *testing.T) {
	start := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	tests := []struct {
		name  string
		n     int64
		after time.Duration // since the start
		stray bool
		want  time.Duration // since the start
	}{
		{"nothing for the grace time", 0, 0, false, 30 * time.Second},
		{"octets buy time at the minimum rate", 40 << 10, 20 * time.Second, false, 40 * time.Second},
		{"time bought is not renewed by waiting", 40 << 10, 39 * time.Second, false, 40 * time.Second},
		{"no message may take longer than the transfer time", 15 << 20, time.Minute, false, 10 * time.Minute},
		{"a stray CR shortens the wait", 400 << 10, 20 * time.Second, true, 35 * time.Second},
		{"a stray CR does not lengthen it", 0, 25 * time.Second, true, 30 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := clock{start: start, n: tt.n}
			got := c.deadline(DefaultLimits(), start.Add(tt.after), tt.stray).Sub(start)
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
