package calendar

import (
	"testing"
	"time"
)

// periods are texts and their first day and the day behind the last, read on Friday 27 November 2026.
var periods = []struct{ text, from, to string }{
	{"2/9/2014", "2014-09-02", "2014-09-03"},
	{"02.09.14", "2014-09-02", "2014-09-03"},
	{"2-9-2014", "2014-09-02", "2014-09-03"},
	{"2014-09-02", "2014-09-02", "2014-09-03"},
	{"2 September 2014", "2014-09-02", "2014-09-03"},
	{"2nd of Sept 14", "2014-09-02", "2014-09-03"},
	{"Tuesday 2 September 2014", "2014-09-02", "2014-09-03"},
	{"September 2nd, 2014", "2014-09-02", "2014-09-03"},
	{"29/2/2016", "2016-02-29", "2016-03-01"},
	{"1 May", "2026-05-01", "2026-05-02"},
	{"24 december", "2025-12-24", "2025-12-25"},
	{"2/9", "2026-09-02", "2026-09-03"},
	{"september 2014", "2014-09-01", "2014-10-01"},
	{"sept 14", "2014-09-01", "2014-10-01"},
	{"Sept. '98", "1998-09-01", "1998-10-01"},
	{"may 10", "2010-05-01", "2010-06-01"},
	{"9/2014", "2014-09-01", "2014-10-01"},
	{"2014-09", "2014-09-01", "2014-10-01"},
	{"december", "2025-12-01", "2026-01-01"},
	{"2014", "2014-01-01", "2015-01-01"},
	{"2014/15", "2014-09-01", "2015-09-01"},
	{"2014-15", "2014-09-01", "2015-09-01"},
	{"2014/2015", "2014-09-01", "2015-09-01"},
	{"1999/00", "1999-09-01", "2000-09-01"},
	{"2010-2014", "2010-01-01", "2015-01-01"},
	{"2010 to 2014", "2010-01-01", "2015-01-01"},
	{"2010..2014", "2010-01-01", "2015-01-01"},
	{"from sept 2013 until 2/9/2014", "2013-09-01", "2014-09-03"},
	{"between 2001 and 2003", "2001-01-01", "2004-01-01"},
	{"1990s", "1990-01-01", "2000-01-01"},
	{"90s", "1990-01-01", "2000-01-01"},
	{"since 2014", "2014-01-01", ""},
	{"before September 2014", "", "2014-09-01"},
	{"autumn term 2019", "2019-09-01", "2020-01-01"},
	{"the spring term of 2020", "2020-01-01", "2020-05-01"},
	{"summer 2019", "2019-04-01", "2019-09-01"},
	{"summer term", "2026-04-01", "2026-09-01"},
	{"last term", "2026-04-01", "2026-09-01"},
	{"this term", "2026-09-01", "2027-01-01"},
	{"today", "2026-11-27", "2026-11-28"},
	{"yesterday", "2026-11-26", "2026-11-27"},
	{"this week", "2026-11-23", "2026-11-30"},
	{"last week", "2026-11-16", "2026-11-23"},
	{"last month", "2026-10-01", "2026-11-01"},
	{"last year", "2025-01-01", "2026-01-01"},
	{"last 3 weeks", "2026-11-06", "2026-11-28"},
	{"past two years", "2024-11-27", "2026-11-28"},
	{"two months ago", "2026-09-27", "2026-09-28"},
	{"last friday", "2026-11-20", "2026-11-21"},
	{"monday", "2026-11-23", "2026-11-24"},
	{"last november", "2025-11-01", "2025-12-01"},
	{"Easter", "-", "-"},
	{"", "-", "-"},
	{"31/2/2014", "-", "-"},
	{"2/13/2014", "-", "-"},
	{"30 feb", "-", "-"},
	{"1066", "-", "-"},
	{"20145", "-", "-"},
	{"2014 to", "-", "-"},
	{"2014-2010", "-", "-"},
	{"the term", "-", "-"},
	{"2014 pupils", "-", "-"},
}

func TestParsePeriod(t *testing.T) {
	now := time.Date(2026, 11, 27, 18, 0, 0, 0, London())
	for _, c := range periods {
		p, ok := ParsePeriod(c.text, now)
		from, to := dayString(p.From), dayString(p.To)
		if !ok {
			from, to = "-", "-"
		}
		if from != c.from || to != c.to {
			t.Errorf("%q is from %q to %q, want %q to %q", c.text, from, to, c.from, c.to)
		}
	}
}

func dayString(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if t.Location() != London() || t.Hour() != 0 || t.Minute() != 0 {
		return t.String()
	}
	return t.Format(time.DateOnly)
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2/9/2014", "last 3 weeks", "autumn term 2019", "1990s", "from 1/1/2001 to 2014/15", "sept '14", "29 feb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		now := time.Date(2026, 11, 27, 18, 0, 0, 0, time.UTC)
		p, ok := ParsePeriod(text, now)
		if ok && !p.From.IsZero() && !p.To.IsZero() && !p.From.Before(p.To) {
			t.Errorf("%q is from %v to %v", text, p.From, p.To)
		}
		for _, end := range []time.Time{p.From, p.To} {
			if ok && !end.IsZero() && !end.Equal(midnight(end.In(London()).Date())) {
				t.Errorf("%q: %v begins no day", text, end)
			}
		}
	})
}
