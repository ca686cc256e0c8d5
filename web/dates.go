package web

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/calendar"
)

var london = calendar.London()

// A stamp is a moment as people read it, and as programs do.
type stamp struct{ ISO, Text string }

// stampOf writes a moment with its time: "today, 08:12" within a day.
func stampOf(at, now time.Time) stamp {
	if at.Sub(now) < time.Minute && at.After(now) { // it came while the page was made
		now = at
	}
	at, now = at.In(london), now.In(london)
	s := stamp{ISO: at.Format(time.RFC3339), Text: at.Format("Mon 2 Jan 2006, 15:04")}
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, london)
	switch {
	case at.After(now) || now.Sub(at) >= 24*time.Hour:
	case !at.Before(midnight):
		s.Text = "today, " + at.Format("15:04")
	default:
		s.Text = "yesterday, " + at.Format("15:04")
	}
	return s
}

// brief writes a moment of long ago without its time, where many stand below each other.
func brief(at, now time.Time) stamp {
	s := stampOf(at, now)
	if !strings.Contains(s.Text, "day, ") {
		s.Text = at.In(london).Format("2 Jan 2006")
	}
	return s
}

// full writes a moment with its day and time, however near it is.
func full(at time.Time) stamp {
	at = at.In(london)
	return stamp{ISO: at.Format(time.RFC3339), Text: at.Format("Mon 2 Jan 2006, 15:04")}
}

// day writes a date as people here do.
func day(at time.Time) string { return at.In(london).Format("Monday 2 January 2006") }

// date writes a date of which nobody needs the day of the week.
func date(at time.Time) string { return at.In(london).Format("2 January 2006") }

// plural writes a number with what it counts: "1 reply", "1,204 replies".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
