package membership

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/calendar"
)

// withYear and withoutYear are the forms in which a date is read; in both the day comes before the month.
var (
	withYear    = []string{time.DateOnly, "2/1/2006", "2.1.2006", "2-1-2006", "2/1/06", "2 January 2006", "2 Jan 2006", "Monday 2 January 2006", "Mon 2 Jan 2006"}
	withoutYear = []string{"2/1", "2 January", "2 Jan", "Monday 2 January"}
)

// ParseDate reads a date as people in Britain write it (2/9/2027 and 2 September 2027 are in September), or as
// 2027-09-02, and returns the beginning of that day in London. A date without a year is the next such day after now.
func ParseDate(s string, now time.Time) (time.Time, error) {
	words := strings.Join(strings.Fields(strings.ReplaceAll(s, ",", " ")), " ")
	loc := calendar.London()
	for _, form := range withYear {
		if t, err := time.ParseInLocation(form, words, loc); err == nil {
			return t, nil
		}
	}
	for _, form := range withoutYear {
		t, err := time.ParseInLocation(form+" 2006", words+" 2000", loc) // a leap year, so that 29 February is read
		if err == nil {
			return comingDay(t.Month(), t.Day(), now.In(loc))
		}
	}
	return time.Time{}, fmt.Errorf("cannot read the date %q; write it like 2 September 2027, 2/9/2027 or 2027-09-02", s)
}

// comingDay is the next day of that name after now.
func comingDay(month time.Month, day int, now time.Time) (time.Time, error) {
	for year := now.Year(); year <= now.Year()+8; year++ {
		t := time.Date(year, month, day, 0, 0, 0, 0, now.Location())
		if t.Day() == day && t.After(now) {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("there is no %d %s in the coming years", day, month)
}

// ParseMoment reads a date, or a date with its time in London such as 2026-11-22 11:58.
func ParseMoment(s string, now time.Time) (time.Time, error) { return parseMoment(s, now) }

// parseMoment reads a date, or a date with its time as FormatMoment writes it.
func parseMoment(s string, now time.Time) (time.Time, error) {
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(form, strings.TrimSpace(s), calendar.London()); err == nil {
			return t, nil
		}
	}
	return ParseDate(s, now)
}

// formatMoment writes a time so that parseMoment reads it back to the second; the zero time is empty.
func formatMoment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.London()).Format(time.RFC3339)
}
