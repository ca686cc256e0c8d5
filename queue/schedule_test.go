package queue

import (
	"testing"
	"time"
)

func TestRetryDelay(t *testing.T) {
	for _, c := range []struct {
		name   string
		n      int
		jitter float64
		want   time.Duration
	}{
		{"the first pause is a minute", 1, 0, time.Minute},
		{"jitter adds up to a quarter", 1, 1, 75 * time.Second},
		{"it doubles", 2, 0, 2 * time.Minute},
		{"and doubles", 8, 0, 128 * time.Minute},
		{"with jitter half way", 8, 0.5, 144 * time.Minute},
		{"the last pause is below four hours", 9, 0, 192 * time.Minute},
		{"and at most four hours", 9, 1, 4 * time.Hour},
		{"for ever", 1000, 1, 4 * time.Hour},
		{"a number below one counts as one", 0, 0, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := retryDelay(c.n, c.jitter); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestPauseDelay(t *testing.T) {
	for _, c := range []struct {
		n      int
		jitter float64
		want   time.Duration
	}{
		{1, 0, 15 * time.Second}, {2, 0, 30 * time.Second}, {7, 0, 16 * time.Minute}, {8, 0, 24 * time.Minute}, {99, 1, 30 * time.Minute},
	} {
		if got := pauseDelay(c.n, c.jitter); got != c.want {
			t.Errorf("failure %d, jitter %v: got %v, want %v", c.n, c.jitter, got, c.want)
		}
	}
}

func TestDecide(t *testing.T) {
	queued := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	end := queued.Add(DefaultLifetime)
	for _, c := range []struct {
		name     string
		attempts int
		outcome  Outcome
		now      time.Time
		want     Outcome
		next     time.Time
	}{
		{"what was delivered stays so", 0, Delivered, queued, Delivered, time.Time{}},
		{"what was delivered late, too", 40, Delivered, end.Add(time.Hour), Delivered, time.Time{}},
		{"a failure is final", 0, Failed, queued, Failed, time.Time{}},
		{"dropped is final", 3, Dropped, queued, Dropped, time.Time{}},
		{"the first deferral waits a minute", 0, Deferred, queued, Deferred, queued.Add(time.Minute)},
		{"the third waits four", 2, Deferred, queued.Add(time.Hour), Deferred, queued.Add(64 * time.Minute)},
		{"the last attempt is made at the end of the lifetime", 30, Deferred, end.Add(-time.Hour), Deferred, end},
		{"a deferral at the end is the end", 30, Deferred, end, Expired, time.Time{}},
		{"a row found after its lifetime has one attempt", 0, Deferred, end.Add(48 * time.Hour), Expired, time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, next := decide(&Row{Queued: queued, Attempts: c.attempts}, c.outcome, c.now, DefaultLifetime, 0)
			if got != c.want || !next.Equal(c.next) {
				t.Errorf("got %v, %v, want %v, %v", got, next, c.want, c.next)
			}
		})
	}
}
