package calendar

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestHolidaysHaveBothTheirDays(t *testing.T) {
	c, err := Parse("# dates\nEngland 2026-07-22 2026-08-31 summer\n\nscotland 2026-06-25 2026-06-25 # one day\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct {
		at     string
		nation Nation
		want   bool
	}{
		{"2026-07-21T22:59:59Z", England, false},
		{"2026-07-21T23:00:00Z", England, true}, // midnight in British summer time
		{"2026-08-31T22:59:59Z", England, true},
		{"2026-08-31T23:00:00Z", England, false},
		{"2026-07-22T01:00:00+05:00", England, false}, // still the day before in Britain
		{"2026-08-01T12:00:00Z", Scotland, false},
		{"2026-06-25T12:00:00Z", Scotland, true},
		{"2026-06-25T12:00:00Z", Wales, false},
		{"2026-08-01T12:00:00Z", "", false},
	} {
		if got := c.Holiday(at(t, k.at), k.nation); got != k.want {
			t.Errorf("%s in %q: %v", k.at, k.nation, got)
		}
	}
	if (Calendar{}).Holiday(at(t, "2026-08-01T12:00:00Z"), England) {
		t.Error("no calendar has a holiday")
	}
	if c.Ends(at(t, "2026-07-21T12:00:00Z"), England) || !c.Ends(at(t, "2026-07-22T12:00:00Z"), England) || !c.Ends(at(t, "2020-01-01T12:00:00Z"), Wales) {
		t.Error("a calendar ends where no holiday is to come")
	}
}

// TestTypicalDates: the dates that everybody has are those of three school years in all nations, and schools are on
// holiday for 12 to 16 weeks of each.
func TestTypicalDates(t *testing.T) {
	c, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range Nations() {
		for year := 2025; year < 2028; year++ {
			days := 0
			for day := time.Date(year, 9, 1, 12, 0, 0, 0, time.UTC); day.Before(time.Date(year+1, 9, 1, 12, 0, 0, 0, time.UTC)); day = day.AddDate(0, 0, 1) {
				if c.Holiday(day, n) {
					days++
				}
			}
			if days < 12*7 || days > 16*7 {
				t.Errorf("%s has %d days of holiday in %d/%d", n, days, year, year+1)
			}
			if !c.Holiday(time.Date(year, 12, 25, 12, 0, 0, 0, time.UTC), n) || c.Holiday(time.Date(year, 11, 27, 12, 0, 0, 0, time.UTC), n) {
				t.Errorf("%s %d: Christmas is a holiday, and the end of November is none", n, year)
			}
		}
		last := date(0)
		for _, s := range c.holidays[n] {
			if s.first <= last {
				t.Errorf("%s: the holiday that begins on %d is not in its place", n, s.first)
			}
			last = s.last
		}
	}
}

func TestLoadNamesTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"england 2026-01-01 2026-01-02\nfrance 2026-01-01 2026-01-02": `line 2: "france" is no nation`,
		"england 2026-01-01":            "line 1: a day is missing",
		"england 2026-02-30 2026-03-01": `line 1: "2026-02-30" is no day`,
		"england 1.2.2026 2026-03-01":   `line 1: "1.2.2026" is no day`,
		"england 2026-03-02 2026-03-01": "line 1: the last day is before the first",
		"england 2026-03-02 2027-03-01": "line 1: that is more than 100 days",
	} {
		path := filepath.Join(t.TempDir(), "dates.txt")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("a file that is not there was read")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Typical())
	f.Add("england 2026-01-01 2026-01-02 # x\n\nwales")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil && !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("no line: %v", err)
		}
		c.Holiday(time.Unix(0, 0), England)
	})
}
