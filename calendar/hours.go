package calendar

import (
	"slices"
	"time"
)

// Hours say when people who look after a forum are at work: on which days schools are open, and at which times of the day.
// The zero Hours know no holidays. All times of the day are British time.
type Hours struct {
	Dates  Calendar
	Nation Nation // whose holidays count; none where empty

	NeverQuiet bool // nobody sleeps, as in a demonstration, which people look at in the evening, too
}

// The times of the day, in hours and minutes: moderation hours are from 07:00 to 21:00, the rest is quiet; the morning note
// goes at 07:30.
const (
	dayBegins   = 7 * time.Hour
	dayEnds     = 21 * time.Hour
	noteAt      = 7*time.Hour + 30*time.Minute
	mostHoliday = 400 // days that are looked through for one that is none
)

// Holiday reports whether a moment lies in the holidays.
func (h Hours) Holiday(at time.Time) bool {
	return h.Nation != "" && h.Dates.Holiday(at, h.Nation)
}

// breakDays is how long a holiday is at least in which people are away: a bank holiday alone is shorter, and so is a long weekend.
const breakDays = 5

// Break reports whether a moment lies in holidays of several days.
func (h Hours) Break(at time.Time) bool {
	if h.Nation == "" {
		return false
	}
	day := dateOf(at.In(London()))
	return slices.ContainsFunc(h.Dates.holidays[h.Nation], func(s span) bool {
		return s.first <= day && day <= s.last && !s.first.midnight().AddDate(0, 0, breakDays-1).After(s.last.midnight())
	})
}

// SchoolDay reports whether a moment lies on a Monday to Friday outside the holidays.
func (h Hours) SchoolDay(at time.Time) bool {
	switch at.In(London()).Weekday() {
	case time.Saturday, time.Sunday:
		return false
	}
	return !h.Holiday(at)
}

// Quiet reports whether a moment lies between 21:00 and 07:00, when nothing is mailed that can wait.
func (h Hours) Quiet(at time.Time) bool {
	if h.NeverQuiet {
		return false
	}
	since := sinceMidnight(at)
	return since < dayBegins || since >= dayEnds
}

// Awake is the moment itself, or the 07:00 after it where it is quiet.
func (h Hours) Awake(at time.Time) time.Time {
	if !h.Quiet(at) {
		return at
	}
	if sinceMidnight(at) < dayBegins {
		return on(at, 0, dayBegins)
	}
	return on(at, 1, dayBegins)
}

// After is the moment at which so many moderation hours have passed: those from 07:00 to 21:00 of each day in term, also
// of weekends.
func (h Hours) After(at time.Time, hours time.Duration) time.Time {
	for day := range mostHoliday {
		from, to := on(at, day, dayBegins), on(at, day, dayEnds)
		if h.Holiday(from) {
			continue
		}
		if from.Before(at) {
			from = at
		}
		if open := to.Sub(from); open > 0 {
			if hours <= open {
				return from.Add(hours)
			}
			hours -= open
		}
	}
	return at.Add(mostHoliday * 24 * time.Hour)
}

// SchoolDays is the moment n school days later: the same time of the day on the n-th school day after that day.
func (h Hours) SchoolDays(at time.Time, n int) time.Time {
	since := sinceMidnight(at)
	for day := 1; day <= mostHoliday; day++ {
		to := on(at, day, since)
		if h.SchoolDay(to) {
			if n--; n <= 0 {
				return to
			}
		}
	}
	return at.Add(mostHoliday * 24 * time.Hour)
}

// Morning is the first 07:30 of a school day after a moment.
func (h Hours) Morning(at time.Time) time.Time {
	for day := range mostHoliday {
		if t := on(at, day, noteAt); t.After(at) && h.SchoolDay(t) {
			return t
		}
	}
	return at.Add(mostHoliday * 24 * time.Hour)
}

// summerDays is how long a holiday is at least that people call the summer.
const summerDays = 28 * 24 * time.Hour

// Summer returns the first day of the next summer holidays that begin after a moment, and the first school day after them; false
// where the calendar knows none.
func (h Hours) Summer(at time.Time) (begins, term time.Time, known bool) {
	for _, s := range h.Dates.holidays[h.Nation] {
		first, last := s.first.midnight(), s.last.midnight()
		if last.Sub(first) < summerDays || !first.After(at) || known && !first.Before(begins) {
			continue
		}
		begins, term, known = first, h.SchoolDays(last, 1), true
	}
	return begins, term, known
}

// midnight is the beginning of a day in Britain.
func (d date) midnight() time.Time {
	return time.Date(int(d)/10000, time.Month(int(d)/100%100), int(d)%100, 0, 0, 0, 0, London())
}

// sinceMidnight is the time of the day as a clock on the wall shows it.
func sinceMidnight(at time.Time) time.Duration {
	t := at.In(London())
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
}

// on is a time of the day so many days after the day of a moment, as a clock on the wall shows it.
func on(at time.Time, days int, since time.Duration) time.Time {
	y, m, d := at.In(London()).Date()
	return time.Date(y, m, d+days, int(since/time.Hour), int(since/time.Minute)%60, int(since/time.Second)%60, int(since%time.Second), London())
}
