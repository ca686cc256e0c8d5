package digest

import (
	"time"

	"sencoforum/calendar"
	"sencoforum/list"
)

// A Day is a day of the lists' clock as a number that people can read, such as 20261123.
type Day uint32

func dayOf(t time.Time) Day {
	y, m, d := t.In(calendar.London()).Date()
	return Day(y*10000 + int(m)*100 + d)
}

// A Schedule says when the issues of a kind go. A period begins at the moment of an issue and has the day of that moment for a
// key: the key makes an issue once, whatever the clock does.
type Schedule struct {
	Kind         Kind
	Weekday      time.Weekday // of the weekly kind
	Hour, Minute int
}

// ScheduleOf is the schedule of a kind on a list.
func ScheduleOf(l list.List, k Kind) Schedule {
	h, m := l.DigestTime()
	return Schedule{Kind: k, Weekday: l.DigestDay(), Hour: h, Minute: m}
}

// Latest returns the moment of the latest issue at or before now. Days are counted on the clock of the lists, so a week in
// which that clock changes has a day of 23 or of 25 hours.
func (s Schedule) Latest(now time.Time) time.Time {
	now = now.In(calendar.London())
	back := 0
	if s.Kind == Weekly {
		back = int(now.Weekday()-s.Weekday+7) % 7
	}
	if at := s.on(now, -back); !at.After(now) {
		return at
	}
	return s.on(now, -back-s.days())
}

// Next returns the moment of the first issue after now.
func (s Schedule) Next(now time.Time) time.Time { return s.on(s.Latest(now), s.days()) }

// Before returns the moment of the issue before one.
func (s Schedule) Before(at time.Time) time.Time { return s.on(at.In(calendar.London()), -s.days()) }

func (s Schedule) days() int {
	if s.Kind == Weekly {
		return 7
	}
	return 1
}

func (s Schedule) on(day time.Time, days int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d+days, s.Hour, s.Minute, 0, 0, calendar.London())
}

// Due returns the moment of the issue that is due, if one is. made tells for which days there was one: a missed issue is made up
// for once, and of several that were missed only the last; one of a day that was had before, because the clock was set back, is
// not made again.
func (s Schedule) Due(now time.Time, made func(Day) (bool, error)) (at time.Time, due bool, err error) {
	at = s.Latest(now)
	had, err := made(dayOf(at))
	return at, err == nil && !had, err
}
