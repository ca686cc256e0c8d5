package calendar

import (
	"strconv"
	"strings"
	"time"
)

// A Period is some days on end in London: From is the first moment of the first, To the first moment after the last. The
// zero time stands for no beginning, or no end.
type Period struct{ From, To time.Time }

// The years in which a period is read.
const (
	firstYear = 1970
	lastYear  = 2099
)

var monthNames = map[string]time.Month{
	"january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5, "june": 6, "jun": 6,
	"july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9, "october": 10, "oct": 10, "november": 11, "nov": 11,
	"december": 12, "dec": 12,
}

var dayNames = map[string]time.Weekday{
	"monday": 1, "mon": 1, "tuesday": 2, "tue": 2, "tues": 2, "wednesday": 3, "wed": 3, "thursday": 4, "thu": 4, "thur": 4, "thurs": 4,
	"friday": 5, "fri": 5, "saturday": 6, "sat": 6, "sunday": 0, "sun": 0,
}

var numberNames = map[string]int{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12}

// ParsePeriod reads a time in the past as people in Britain write it: a day (2/9/2014, 2 Sept 2014, yesterday), a month
// (September 2014, sept 14, 9/2014), a year (2014), a school year (2014/15), a term (autumn term 2019, last term), some time
// up to today (last 3 weeks), years (2010-2014, 1990s), and two of these with "to" between them, or one behind "since" or
// "before". The day comes before the month. A day or month without a year is the last one that has begun. It returns
// false for everything else.
//
// Of terms only the longest that is usual counts: the autumn term is from September to December, the spring term from
// January to April, and the summer term from April to August.
func ParsePeriod(text string, now time.Time) (Period, bool) {
	if len(text) > 100 {
		return Period{}, false
	}
	text = strings.NewReplacer(",", " ", "’", "'", "–", "-", "—", "-", "..", " to ").Replace(strings.ToLower(text))
	words := strings.Fields(text)
	if len(words) > 0 {
		switch words[0] {
		case "since":
			p, ok := one(words[1:], now)
			return Period{From: p.From}, ok
		case "before":
			p, ok := one(words[1:], now)
			return Period{To: p.From}, ok
		case "from", "between":
			words = words[1:]
		}
	}
	for i, w := range words {
		if w == "to" || w == "until" || w == "-" || w == "and" {
			first, ok1 := one(words[:i], now)
			last, ok2 := one(words[i+1:], now)
			return Period{first.From, last.To}, ok1 && ok2 && first.From.Before(last.To)
		}
	}
	return one(words, now)
}

// one reads a period without a second one.
func one(words []string, now time.Time) (Period, bool) {
	y, m, d := now.In(London()).Date()
	today := midnight(y, m, d)
	var kept []string
	for _, w := range words {
		if w != "the" && w != "of" && w != "in" && w != "term" && w != "school" {
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		return Period{}, false
	}
	for _, read := range []func([]string, time.Time) (Period, bool){relative, termOf, monthOf, dayWithMonth, figures} {
		if p, ok := read(kept, today); ok {
			return p, p.From.Year() >= firstYear && p.From.Year() <= lastYear
		}
	}
	if len(words) == 2 && words[0] == "last" && words[1] == "term" || len(words) == 2 && words[0] == "this" && words[1] == "term" {
		return nearTerm(words[0] == "last", today), true
	}
	return Period{}, false
}

// midnight begins a day in London.
func midnight(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, London()) }

// spanFrom returns the days, months or years from a day on.
func spanFrom(y int, m time.Month, d int, years, months, days int) Period {
	return Period{midnight(y, m, d), midnight(y+years, m+time.Month(months), d+days)}
}

// relative reads "today", "last year", "last 3 weeks", "two months ago" and "last Monday".
func relative(words []string, today time.Time) (Period, bool) {
	y, m, d := today.Date()
	switch words[0] {
	case "today":
		return spanFrom(y, m, d, 0, 0, 1), len(words) == 1
	case "yesterday":
		return spanFrom(y, m, d-1, 0, 0, 1), len(words) == 1
	}
	last := words[0] == "last" || words[0] == "past" || words[0] == "previous"
	this := words[0] == "this"
	if (last || this) && len(words) == 2 {
		return nearby(words[1], last, today)
	}
	if last && len(words) == 3 {
		from, ok := back(words[1], words[2], today)
		return Period{from, midnight(y, m, d+1)}, ok
	}
	if len(words) == 3 && words[2] == "ago" {
		from, ok := back(words[0], words[1], today)
		return Period{from, from.AddDate(0, 0, 1)}, ok
	}
	if wd, ok := dayNames[words[0]]; ok && len(words) == 1 {
		return lastWeekday(wd, today), true
	}
	return Period{}, false
}

// nearby reads what stands behind "last" or "this".
func nearby(unit string, last bool, today time.Time) (Period, bool) {
	y, m, d := today.Date()
	n := 0
	if last {
		n = 1
	}
	switch unit {
	case "week":
		monday := d - (int(today.Weekday())+6)%7 - 7*n
		return spanFrom(y, m, monday, 0, 0, 7), true
	case "month":
		return spanFrom(y, m-time.Month(n), 1, 0, 1, 0), true
	case "year":
		return spanFrom(y-n, 1, 1, 1, 0, 0), true
	}
	if wd, ok := dayNames[unit]; ok && last {
		return lastWeekday(wd, today), true
	}
	if month, ok := monthNames[unit]; ok {
		p, _ := monthOf([]string{unit}, today)
		if last && month == m {
			p = spanFrom(y-1, month, 1, 0, 1, 0)
		}
		return p, true
	}
	return Period{}, false
}

// lastWeekday is the last such day before today.
func lastWeekday(wd time.Weekday, today time.Time) Period {
	y, m, d := today.Date()
	ago := (int(today.Weekday()) - int(wd) + 7) % 7
	if ago == 0 {
		ago = 7
	}
	return spanFrom(y, m, d-ago, 0, 0, 1)
}

// back is the day so many weeks or months before today.
func back(count, unit string, today time.Time) (time.Time, bool) {
	n, ok := numberNames[count]
	if !ok {
		n, ok = figure(count, 1, 3)
	}
	if !ok || n < 1 {
		return time.Time{}, false
	}
	switch strings.TrimSuffix(unit, "s") {
	case "day":
		return today.AddDate(0, 0, -n), true
	case "week", "wk":
		return today.AddDate(0, 0, -7*n), true
	case "fortnight":
		return today.AddDate(0, 0, -14*n), true
	case "month":
		return today.AddDate(0, -n, 0), true
	case "year", "yr":
		return today.AddDate(-n, 0, 0), true
	}
	return time.Time{}, false
}

// termOf reads "autumn 2019"; the words "term" and "of" were left out. Without a year it is the last that has begun.
func termOf(words []string, today time.Time) (Period, bool) {
	of := func(y int) (Period, bool) {
		switch words[0] {
		case "autumn":
			return spanFrom(y, time.September, 1, 0, 4, 0), true
		case "spring":
			return spanFrom(y, time.January, 1, 0, 4, 0), true
		case "summer":
			return spanFrom(y, time.April, 1, 0, 5, 0), true
		}
		return Period{}, false
	}
	switch len(words) {
	case 1:
		p, ok := of(today.Year())
		if ok && p.From.After(today) {
			return of(today.Year() - 1)
		}
		return p, ok
	case 2:
		y, ok := yearFigures(words[1], true)
		p, isTerm := of(y)
		return p, ok && isTerm
	}
	return Period{}, false
}

// nearTerm is the term of today, or the one before it.
func nearTerm(last bool, today time.Time) Period {
	y := today.Year()
	terms := []Period{
		{midnight(y-1, time.April, 1), midnight(y-1, time.September, 1)},
		{midnight(y-1, time.September, 1), midnight(y, time.January, 1)},
		{midnight(y, time.January, 1), midnight(y, time.May, 1)},
		{midnight(y, time.April, 1), midnight(y, time.September, 1)},
		{midnight(y, time.September, 1), midnight(y+1, time.January, 1)},
	}
	at := 1
	for i, p := range terms {
		if !today.Before(p.From) {
			at = i
		}
	}
	if last {
		at--
	}
	return terms[at]
}

// monthOf reads "September", "September 2014", "sept 14" and "Sept '14". Two figures behind a month are a year: the
// longer time leaves nothing out.
func monthOf(words []string, today time.Time) (Period, bool) {
	m, ok := monthNames[strings.TrimSuffix(words[0], ".")]
	if !ok || len(words) > 2 {
		return Period{}, false
	}
	y := today.Year()
	if len(words) == 2 {
		y, ok = yearFigures(words[1], true)
	} else if m > today.Month() {
		y--
	}
	return spanFrom(y, m, 1, 0, 1, 0), ok
}

// dayWithMonth reads "2 September 2014", "2nd Sept 14", "September 2nd, 2014" and "2 September".
func dayWithMonth(words []string, today time.Time) (Period, bool) {
	if _, named := dayNames[words[0]]; named {
		words = words[1:]
	}
	if len(words) < 2 || len(words) > 3 {
		return Period{}, false
	}
	d, isDay := ordinal(words[0])
	m, isMonth := monthNames[strings.TrimSuffix(words[1], ".")]
	if !isDay || !isMonth {
		d, isDay = ordinal(words[1])
		m, isMonth = monthNames[strings.TrimSuffix(words[0], ".")]
	}
	if !isDay || !isMonth {
		return Period{}, false
	}
	if len(words) == 2 {
		return pastDay(m, d, today)
	}
	y, ok := yearFigures(words[2], true)
	p, exists := dayOn(y, m, d)
	return p, ok && exists
}

// figures reads what is one word of figures: years, days and months.
func figures(words []string, today time.Time) (Period, bool) {
	if len(words) != 1 {
		return Period{}, false
	}
	w := words[0]
	if y, ok := yearFigures(w, false); ok {
		return spanFrom(y, 1, 1, 1, 0, 0), true
	}
	if decade, ok := strings.CutSuffix(strings.ReplaceAll(w, "'", ""), "s"); ok {
		y, ok := yearFigures(decade, true)
		return spanFrom(y, 1, 1, 10, 0, 0), ok && y%10 == 0
	}
	sep := strings.IndexAny(w, "/.-")
	if sep < 0 {
		return Period{}, false
	}
	parts := strings.Split(w, w[sep:sep+1])
	if len(parts) == 2 {
		return twoFigures(parts[0], parts[1], w[sep], today)
	}
	if len(parts) != 3 {
		return Period{}, false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	d, ok1 := figure(parts[0], 1, 2)
	m, ok2 := figure(parts[1], 1, 2)
	y, ok3 := yearFigures(parts[2], true)
	p, exists := dayOn(y, time.Month(m), d)
	return p, ok1 && ok2 && ok3 && exists
}

// twoFigures reads 2014/15 and 2014-15 (a school year), 2010-2014 (years), 2014-09 and 9/2014 (a month), 2/9 (a day). What
// could be two of these is the first of them.
func twoFigures(a, b string, sep byte, today time.Time) (Period, bool) {
	first, isYear := yearFigures(a, false)
	second, isToo := yearFigures(b, false)
	short, isShort := figure(b, 2, 2)
	switch {
	case isYear && isShort && short == (first+1)%100, isYear && isToo && sep == '/' && second == first+1:
		return spanFrom(first, time.September, 1, 1, 0, 0), true
	case isYear && isToo:
		return Period{midnight(first, 1, 1), midnight(second+1, 1, 1)}, first <= second
	case isYear:
		m, ok := figure(b, 1, 2)
		return spanFrom(first, time.Month(m), 1, 0, 1, 0), ok && m >= 1 && m <= 12
	case isToo:
		m, ok := figure(a, 1, 2)
		return spanFrom(second, time.Month(m), 1, 0, 1, 0), ok && m >= 1 && m <= 12
	}
	d, ok1 := figure(a, 1, 2)
	m, ok2 := figure(b, 1, 2)
	if !ok1 || !ok2 || m < 1 || m > 12 {
		return Period{}, false
	}
	return pastDay(time.Month(m), d, today)
}

// dayOn is a day that exists.
func dayOn(y int, m time.Month, d int) (Period, bool) {
	p := spanFrom(y, m, d, 0, 0, 1)
	return p, m >= 1 && m <= 12 && d >= 1 && p.From.Month() == m && p.From.Day() == d
}

// pastDay is the last such day that has begun. A leap day may be eight years ago.
func pastDay(m time.Month, d int, today time.Time) (Period, bool) {
	for y := today.Year(); y > today.Year()-9; y-- {
		if p, ok := dayOn(y, m, d); ok && !p.From.After(today) {
			return p, true
		}
	}
	return Period{}, false
}

// ordinal reads "2", "2nd" and "02".
func ordinal(w string) (int, bool) {
	for _, end := range []string{"st", "nd", "rd", "th"} {
		if rest, ok := strings.CutSuffix(w, end); ok {
			w = rest
			break
		}
	}
	return figure(w, 1, 2)
}

// yearFigures reads "2014" and, when it may be short, "14" and "'14": from 1970 to 2069.
func yearFigures(w string, short bool) (int, bool) {
	if n, ok := figure(w, 4, 4); ok {
		return n, n >= firstYear && n <= lastYear
	}
	n, ok := figure(strings.TrimPrefix(w, "'"), 2, 2)
	if n < 70 {
		return 2000 + n, ok && short
	}
	return 1900 + n, ok && short
}

// figure reads a number that has so many figures.
func figure(w string, least, most int) (int, bool) {
	if len(w) < least || len(w) > most || strings.Trim(w, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(w)
	return n, err == nil
}
