package membership

import (
	"testing"
	"time"

	"sencoforum/calendar"
)

func TestWhenRulesAreRecalled(t *testing.T) {
	dates, err := calendar.Parse(calendar.Typical())
	if err != nil {
		t.Fatal(err)
	}
	h := calendar.Hours{Dates: dates, Nation: calendar.England}
	for name, c := range map[string]struct {
		at   string
		want bool
	}{
		"the first of a month is a school day":              {"2026-10-01 07:00", true},
		"before seven people sleep":                         {"2026-10-01 06:59", false},
		"a Sunday is no school day":                         {"2026-11-01 12:00", false},
		"the Monday behind it is":                           {"2026-11-02 12:00", true},
		"a server that was down makes up for it":            {"2026-11-06 12:00", true},
		"a week later it is too late":                       {"2026-11-09 12:00", false},
		"in January it goes after the holidays":             {"2027-01-04 07:00", true},
		"on the first of January nobody is at school":       {"2027-01-01 12:00", false},
		"August has none":                                   {"2026-08-03 12:00", false},
		"in summer time the clock on the wall counts":       {"2026-06-01 07:00", true},
		"the first school day of a month may be its middle": {"2026-04-13 12:00", true},
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", c.at, calendar.London())
		if err != nil {
			t.Fatal(err)
		}
		month, due := rulesDue(h, at)
		if due != c.want || month.Day() != 1 || month.Month() != at.Month() {
			t.Errorf("%s: %v, the month begins %s", name, due, month)
		}
	}
}

// Over years there is one time for reminders in most months, never two, and never one in the holidays.
func TestRulesAreRecalledAtMostOnceAMonth(t *testing.T) {
	dates, err := calendar.Parse(calendar.Typical())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range calendar.Nations() {
		h := calendar.Hours{Dates: dates, Nation: n}
		months := map[string]bool{}
		for at := time.Date(2025, 9, 1, 0, 0, 0, 0, calendar.London()); at.Year() < 2028; at = at.Add(time.Hour) {
			month, due := rulesDue(h, at)
			if !due {
				continue
			}
			if h.Holiday(at) || month.Month() == time.August && n != calendar.Scotland {
				t.Errorf("%s: %s lies in the holidays", n, at)
			}
			months[month.Format("2006-01")] = true
		}
		if len(months) < 24 || len(months) > 28 {
			t.Errorf("%s: reminders in %d of 28 months", n, len(months))
		}
	}
}
