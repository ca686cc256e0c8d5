package calendar

import (
	"testing"
	"time"
)

// clock reads a moment of British time.
func clock(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, London())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// term has a holiday from Monday 21 December 2026 to Sunday 3 January 2027.
func term(t *testing.T) Hours {
	t.Helper()
	c, err := Parse("england 2026-12-21 2027-01-03 Christmas")
	if err != nil {
		t.Fatal(err)
	}
	return Hours{Dates: c, Nation: England}
}

// ceiling: flat table
func TestHoursOfWork(t *testing.T) {
	h := term(t)
	for _, c := range []struct {
		name string
		got  time.Time
		want string
	}{
		{"nothing waits at noon", h.Awake(clock(t, "2026-11-26 12:00")), "2026-11-26 12:00"},
		{"21:00 is quiet", h.Awake(clock(t, "2026-11-26 21:00")), "2026-11-27 07:00"},
		{"a minute before is not", h.Awake(clock(t, "2026-11-26 20:59")), "2026-11-26 20:59"},
		{"so is the small hours", h.Awake(clock(t, "2026-11-27 03:00")), "2026-11-27 07:00"},
		{"in a demonstration it is never quiet", Hours{NeverQuiet: true}.Awake(clock(t, "2026-11-27 03:00")), "2026-11-27 03:00"},
		{"07:00 is the end of it", h.Awake(clock(t, "2026-11-27 07:00")), "2026-11-27 07:00"},
		{"four hours on one day", h.After(clock(t, "2026-11-26 12:00"), 4*time.Hour), "2026-11-26 16:00"},
		{"four hours over the night", h.After(clock(t, "2026-11-26 19:30"), 4*time.Hour), "2026-11-27 09:30"},
		{"four hours from the night on", h.After(clock(t, "2026-11-26 23:00"), 4*time.Hour), "2026-11-27 11:00"},
		{"four hours on a Saturday", h.After(clock(t, "2026-11-28 08:00"), 4*time.Hour), "2026-11-28 12:00"},
		{"four hours over Christmas", h.After(clock(t, "2026-12-20 19:00"), 4*time.Hour), "2027-01-04 09:00"},
		{"to the end of the day", h.After(clock(t, "2026-11-26 17:00"), 4*time.Hour), "2026-11-26 21:00"},
		{"two school days in the week", h.SchoolDays(clock(t, "2026-11-23 10:15"), 2), "2026-11-25 10:15"},
		{"two school days over the weekend", h.SchoolDays(clock(t, "2026-11-26 10:15"), 2), "2026-11-30 10:15"},
		{"two school days from a Saturday", h.SchoolDays(clock(t, "2026-11-28 10:15"), 2), "2026-12-01 10:15"},
		{"two school days over Christmas", h.SchoolDays(clock(t, "2026-12-17 10:15"), 2), "2027-01-04 10:15"},
		{"ten school days", h.SchoolDays(clock(t, "2026-11-23 10:15"), 10), "2026-12-07 10:15"},
		{"the same clock in summer time", h.SchoolDays(clock(t, "2027-03-26 10:15"), 1), "2027-03-29 10:15"},
		{"the note of today", h.Morning(clock(t, "2026-11-26 07:29")), "2026-11-26 07:30"},
		{"the note of tomorrow", h.Morning(clock(t, "2026-11-26 07:30")), "2026-11-27 07:30"},
		{"the note of Monday", h.Morning(clock(t, "2026-11-27 12:00")), "2026-11-30 07:30"},
		{"the note after Christmas", h.Morning(clock(t, "2026-12-18 12:00")), "2027-01-04 07:30"},
		{"without holidays", Hours{}.Morning(clock(t, "2026-12-24 12:00")), "2026-12-25 07:30"},
	} {
		if got := c.got.In(London()).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if h.SchoolDay(clock(t, "2026-12-22 09:00")) || h.SchoolDay(clock(t, "2026-11-28 09:00")) || !h.SchoolDay(clock(t, "2026-11-27 09:00")) {
		t.Error("school days are not told from others")
	}
}

// Whatever the moment, time only goes forward, and the ends of waits lie where people are at work.
func TestHoursOnlyGoForward(t *testing.T) {
	h := term(t)
	for at := clock(t, "2026-10-20 00:00"); at.Before(clock(t, "2027-04-10 00:00")); at = at.Add(97 * time.Minute) {
		four := h.After(at, 4*time.Hour)
		if four.Sub(at) < 4*time.Hour || h.Holiday(four) {
			t.Fatalf("four hours after %s is %s", at, four)
		}
		if day := h.SchoolDays(at, 1); !day.After(at) || !h.SchoolDay(day) {
			t.Fatalf("a school day after %s is %s", at, day)
		}
		if m := h.Morning(at); !m.After(at) || !h.SchoolDay(m) || h.Quiet(m) {
			t.Fatalf("the morning after %s is %s", at, m)
		}
		if a := h.Awake(at); a.Before(at) || h.Quiet(a) || a.Sub(at) > 10*time.Hour+time.Hour {
			t.Fatalf("awake after %s is %s", at, a)
		}
	}
}

func TestSummerIsTheNextLongHoliday(t *testing.T) {
	c, err := Parse("england 2026-12-21 2027-01-03 Christmas\nengland 2027-07-24 2027-08-31 summer\nengland 2026-07-22 2026-09-04 summer\nwales 2026-07-20 2026-08-31 summer")
	if err != nil {
		t.Fatal(err)
	}
	h := Hours{Dates: c, Nation: England}
	for _, k := range []struct{ at, begins, term string }{
		{"2026-03-01 12:00", "2026-07-22", "2026-09-07"}, // after the weekend
		{"2026-07-21 23:59", "2026-07-22", "2026-09-07"},
		{"2026-07-22 00:00", "2027-07-24", "2027-09-01"},
		{"2026-12-01 12:00", "2027-07-24", "2027-09-01"},
	} {
		begins, term, known := h.Summer(clock(t, k.at))
		if !known || begins.Format(time.DateOnly) != k.begins || term.Format(time.DateOnly) != k.term {
			t.Errorf("%s: %s, %s, %v", k.at, begins, term, known)
		}
	}
	if _, _, known := h.Summer(clock(t, "2027-07-24 00:00")); known {
		t.Error("a summer that the calendar does not know")
	}
	if _, _, known := (Hours{Dates: c}).Summer(clock(t, "2026-03-01 12:00")); known {
		t.Error("a summer of no nation")
	}
}
