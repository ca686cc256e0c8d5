package web

import (
	"testing"
	"time"
)

func TestStamps(t *testing.T) {
	now := time.Date(2026, 7, 10, 8, 0, 0, 0, time.UTC) // 09:00 in London
	for name, c := range map[string]struct {
		at   time.Time
		want string
	}{
		"an hour ago":                        {now.Add(-time.Hour), "today, 08:00"},
		"before midnight, within a day":      {now.Add(-10 * time.Hour), "yesterday, 23:00"},
		"a day ago":                          {now.Add(-24 * time.Hour), "Thu 9 Jul 2026, 09:00"},
		"while the page was made":            {now.Add(time.Second), "today, 09:00"},
		"tomorrow, by a clock that is wrong": {now.Add(24 * time.Hour), "Sat 11 Jul 2026, 09:00"},
		"in winter":                          {time.Date(2025, 12, 1, 9, 0, 0, 0, time.UTC), "Mon 1 Dec 2025, 09:00"},
	} {
		if got := stampOf(c.at, now).Text; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0 replies", 1: "1 reply", 999: "999 replies", 1204: "1,204 replies", 1234567: "1,234,567 replies"} {
		if got := plural(n, "reply", "replies"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for n, want := range map[int]string{19: "", 28: "20", 204: "200", 1204: "1,200"} {
		if got := about(n); got != want {
			t.Errorf("about %d: %q, want %q", n, got, want)
		}
	}
}
