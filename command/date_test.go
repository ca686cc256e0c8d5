package command

import (
	"strings"
	"testing"
	"time"
)

var friday = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

func TestDate(t *testing.T) {
	for text, want := range map[string]string{
		"2/9": "2027-09-02", "2.9.27": "2027-09-02", "2-9-2027": "2027-09-02", "02/09/2027": "2027-09-02", "2027-09-02": "2027-09-02",
		"2 september": "2027-09-02", "2nd sept": "2027-09-02", "the 2nd of september": "2027-09-02", "september 2nd": "2027-09-02",
		"2 september 2028": "2028-09-02", "28 november": "2026-11-28", "27 november": "2027-11-27", "28/11": "2026-11-28",
		"next monday": "2026-11-30", "monday": "2026-11-30", "friday": "2026-12-04", "next friday": "2026-12-04", "tomorrow": "2026-11-28",
		"tuesday 5 january": "2027-01-05", "the 5th": "2026-12-05", "28th": "2026-11-28", "31st": "2026-12-31", "29 february": "", "29/2/2028": "2028-02-29",
		"easter": "", "september": "", "31/2": "", "9/13": "", "32/1": "", "monday 5 january": "", "yesterday": "", "1 january 2020": "", "today": "",
		"2 september 2031": "", "christmas": "", "": "", "2": "", "2 9": "", "2/9/27/1": "", "next": "", "next week": "", "27/11/2026": "", "0/1": "",
	} {
		got, ok := date(strings.Fields(text), friday)
		if text := got.Format(time.DateOnly); ok != (want != "") || ok && text != want {
			t.Errorf("%q: got %s %t, want %q", text, got.Format(time.DateOnly), ok, want)
		}
	}
}

func TestLength(t *testing.T) {
	for text, want := range map[string]string{
		"2 weeks": "2026-12-11", "two weeks": "2026-12-11", "a fortnight": "2026-12-11", "1 day": "2026-11-28", "10 days": "2026-12-07",
		"a month": "2026-12-27", "three months": "2027-02-27", "a year": "2027-11-27", "0 days": "", "999 days": "", "a while": "", "ever": "",
		"the holidays": "", "10 years": "", "": "",
	} {
		got, ok := length(strings.Fields(text), friday)
		if text := got.Format(time.DateOnly); ok != (want != "") || ok && text != want {
			t.Errorf("%q: got %s %t, want %q", text, got.Format(time.DateOnly), ok, want)
		}
	}
}

// A month later than the last of a month is the last of a shorter one.
func TestMonthsOn(t *testing.T) {
	if got := monthsOn(time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC), 1).Format(time.DateOnly); got != "2027-02-28" {
		t.Errorf("a month after 31 January is %s", got)
	}
}

// The day is one of the list's time zone, also late at night in summer.
func TestDateInTheZoneOfTheList(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Skip(err)
	}
	got, ok := date([]string{"tomorrow"}, time.Date(2027, 6, 30, 23, 30, 0, 0, time.UTC).In(london))
	if !ok || got.Format(time.RFC3339) != "2027-07-02T00:00:00+01:00" {
		t.Errorf("got %s", got.Format(time.RFC3339))
	}
}
