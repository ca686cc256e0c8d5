package digest

import (
	"time"

	"sencoforum/calendar"
	"sencoforum/list"
)

// rests reports whether the issue of a moment is left out because schools are on holiday; what it would have said stands in the
// next one. A bank holiday alone is no reason. Thin is: of the weekly issues in a holiday every second one, from the second on,
// and of the daily ones those of the day on which the weekly one goes. It is pure.
func rests(h calendar.Hours, s Schedule, how list.Holidays, at time.Time) bool {
	switch {
	case how == list.HolidaysUsual || !h.Break(at):
		return false
	case how == list.HolidaysPause:
		return true
	case s.Kind == Daily:
		return at.In(calendar.London()).Weekday() != s.Weekday
	}
	rest := true
	for before := s.Before(at); h.Break(before); before = s.Before(before) {
		rest = !rest
	}
	return rest
}

// sinceWhen is the moment from which an issue says what was written, where that is longer ago than a period; else the zero time.
func (p plan) sinceWhen() time.Time {
	const late = 12 * time.Hour // an issue may have been made up for
	if p.joined.Before(ScheduleOf(p.list, p.kind).Before(p.at).Add(-late)) {
		return p.joined
	}
	return time.Time{}
}
