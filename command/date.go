package command

import (
	"strconv"
	"strings"
	"time"
)

// maxAhead is how far in the future a date may lie.
const maxAhead = 2 * 366 * 24 * time.Hour

var months = map[string]time.Month{
	"january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5, "june": 6, "jun": 6,
	"july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9, "october": 10, "oct": 10, "november": 11, "nov": 11,
	"december": 12, "dec": 12,
}

var weekdays = map[string]time.Weekday{
	"monday": 1, "mon": 1, "tuesday": 2, "tue": 2, "tues": 2, "wednesday": 3, "wed": 3, "thursday": 4, "thu": 4, "thur": 4, "thurs": 4,
	"friday": 5, "fri": 5, "saturday": 6, "sat": 6, "sunday": 0, "sun": 0,
}

var counts = map[string]int{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12}

// date reads a day as people in Britain write it: "2/9", "2 September", "Sept 2nd 2027", "5.1.27", "2027-09-02", "next Monday",
// "tomorrow", with a weekday before it where that is right. Without a year it is the next such day after today. It returns
// false for what is no day, no such day, today or earlier, more than two years away, or on another weekday.
func date(words []string, today time.Time) (time.Time, bool) {
	year, month, day := today.Date()
	today = time.Date(year, month, day, 0, 0, 0, 0, today.Location())
	want, named := time.Weekday(0), false
	if len(words) > 0 {
		switch words[0] {
		case "tomorrow":
			return today.AddDate(0, 0, 1), len(words) == 1
		case "next":
			if len(words) != 2 {
				return time.Time{}, false
			}
			wd, ok := weekdays[words[1]]
			return nextWeekday(today, wd), ok
		}
		if want, named = weekdays[words[0]]; named {
			if words = words[1:]; len(words) == 0 {
				return nextWeekday(today, want), true
			}
		}
	}
	d, ok := dayOf(dropFiller(words), today)
	switch {
	case !ok, !d.After(today), d.Sub(today) > maxAhead, named && d.Weekday() != want:
		return time.Time{}, false
	}
	return d, true
}

func nextWeekday(today time.Time, wd time.Weekday) time.Time {
	n := (int(wd) - int(today.Weekday()) + 7) % 7
	if n == 0 {
		n = 7
	}
	return today.AddDate(0, 0, n)
}

// dropFiller leaves "the" and "of" out: "the 2nd of September".
func dropFiller(words []string) []string {
	var out []string
	for _, w := range words {
		if w != "the" && w != "of" {
			out = append(out, w)
		}
	}
	return out
}

// dayOf reads a day without its weekday.
func dayOf(words []string, today time.Time) (time.Time, bool) {
	switch len(words) {
	case 1:
		return numbered(words[0], today)
	case 2, 3:
		d, okDay := dayNumber(words[0])
		m, okMonth := months[words[1]]
		if !okDay || !okMonth {
			d, okDay = dayNumber(words[1])
			m, okMonth = months[words[0]]
		}
		if !okDay || !okMonth {
			return time.Time{}, false
		}
		y := 0
		if len(words) == 3 {
			var ok bool
			if y, ok = yearOf(words[2]); !ok {
				return time.Time{}, false
			}
		}
		return exactDay(y, m, d, today)
	}
	return time.Time{}, false
}

// numbered reads "2/9", "2.9.27", "2-9-2027", "2027-09-02" and "5th".
func numbered(word string, today time.Time) (time.Time, bool) {
	if strings.HasSuffix(word, "st") || strings.HasSuffix(word, "nd") || strings.HasSuffix(word, "rd") || strings.HasSuffix(word, "th") {
		return dayOfMonth(word, today)
	}
	sep := "/"
	for _, s := range []string{".", "-"} {
		if strings.Contains(word, s) {
			sep = s
		}
	}
	parts := strings.Split(strings.TrimRight(word, "."), sep)
	if len(parts) < 2 || len(parts) > 3 {
		return time.Time{}, false
	}
	if len(parts) == 3 && len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	d, ok1 := number(parts[0])
	m, ok2 := number(parts[1])
	y, ok3 := 0, true
	if len(parts) == 3 {
		y, ok3 = yearOf(parts[2])
	}
	if !ok1 || !ok2 || !ok3 || m < 1 || m > 12 {
		return time.Time{}, false
	}
	return exactDay(y, time.Month(m), d, today)
}

// dayOfMonth reads "the 5th": the next one.
func dayOfMonth(word string, today time.Time) (time.Time, bool) {
	d, ok := dayNumber(word)
	if !ok {
		return time.Time{}, false
	}
	for i := range 3 {
		y, m, _ := today.AddDate(0, 0, 1-today.Day()).AddDate(0, i, 0).Date()
		if t, ok := realDay(y, m, d, today.Location()); ok && t.After(today) {
			return t, true
		}
	}
	return time.Time{}, false
}

// exactDay is a day of a month; year 0 is the next such day after today.
func exactDay(y int, m time.Month, d int, today time.Time) (time.Time, bool) {
	if y != 0 {
		return realDay(y, m, d, today.Location())
	}
	for y = today.Year(); y <= today.Year()+1; y++ {
		if t, ok := realDay(y, m, d, today.Location()); ok && t.After(today) {
			return t, true
		}
	}
	return time.Time{}, false
}

func realDay(y int, m time.Month, d int, in *time.Location) (time.Time, bool) {
	t := time.Date(y, m, d, 0, 0, 0, 0, in)
	return t, d >= 1 && t.Day() == d && t.Month() == m
}

// dayNumber reads "2" and "2nd".
func dayNumber(word string) (int, bool) {
	for _, end := range []string{"st", "nd", "rd", "th"} {
		if rest, ok := strings.CutSuffix(word, end); ok {
			word = rest
			break
		}
	}
	n, ok := number(word)
	return n, ok && n >= 1 && n <= 31
}

// yearOf reads "2027" and "27".
func yearOf(word string) (int, bool) {
	n, ok := number(word)
	switch {
	case !ok:
		return 0, false
	case len(word) == 2:
		return 2000 + n, true
	}
	return n, len(word) == 4
}

func number(word string) (int, bool) {
	if word == "" || len(word) > 4 || strings.Trim(word, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(word)
	return n, err == nil
}

// length reads "2 weeks", "a fortnight", "10 days", "three months", and returns the day after that time.
func length(words []string, today time.Time) (time.Time, bool) {
	y, m, d := today.Date()
	today = time.Date(y, m, d, 0, 0, 0, 0, today.Location())
	if len(words) > 0 && (words[0] == "the" || words[0] == "about") {
		return time.Time{}, false
	}
	if len(words) != 2 {
		return time.Time{}, false
	}
	n, ok := counts[words[0]]
	if !ok {
		n, ok = number(words[0])
	}
	if !ok || n < 1 || n > 731 {
		return time.Time{}, false
	}
	var t time.Time
	switch strings.TrimSuffix(words[1], "s") {
	case "day":
		t = today.AddDate(0, 0, n)
	case "week", "wk":
		t = today.AddDate(0, 0, 7*n)
	case "fortnight":
		t = today.AddDate(0, 0, 14*n)
	case "month":
		t = monthsOn(today, n)
	case "year":
		t = monthsOn(today, 12*n)
	default:
		return time.Time{}, false
	}
	return t, t.Sub(today) <= maxAhead
}

// monthsOn adds months, and stays in the last of them where it is short.
func monthsOn(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, t.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}
