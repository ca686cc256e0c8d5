package bounce

import "time"

// The numbers of the scoring rules.
const (
	ProbeScore  = 3  // points on so many days bring a probe
	ProbeDays   = 3  // a probe that is not refused within so many days has arrived
	ForgetDays  = 21 // without a dead bounce the points are forgotten
	FullDays    = 30 // of nothing but Full, and the member is asked by the backup address
	fullGapDays = 14 // a longer silence means that mail went in: every member gets at least a digest a week
)

// Day is a calendar day, counted from 1 January 1970. Zero is no day.
type Day int32

// DayOf returns the calendar day of t in the time zone of t, which should be the list's.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// State is what the score of one member's address is made of. The zero State is that of an address that works. It is
// a plain value: the caller stores it.
type State struct {
	Points   int // 0 to ProbeScore-1: calendar days with a dead bounce that are not forgotten
	LastDead Day // of the last dead bounce that scored

	ProbeSent Day // the open probe; zero is none

	FullSince Day // the first Full of a run without anything else; zero is none
	FullLast  Day // the last Full of that run
	FullAsked bool

	Suspended bool // no mail goes there until a person or the member ends it, with a new State
}

// Event is what came back from an address: a bounce, or a refusal in our own session.
type Event struct {
	Class Class

	// Arrived means that the host took a mail, or reported success; Class is not looked at.
	Arrived bool

	Probe  bool // it came back from the probe, by its own token
	Frozen bool // school holidays: nothing scores
	Broken bool // the circuit breaker is open for its post or its provider: nothing scores
}

// Action is what follows from an event.
type Action int

// The actions. The caller does them; the returned State counts on it.
const (
	Nothing   Action = iota
	SendProbe        // one message with a token of its own
	Suspend          // no more mail, ask by the backup address, tell the moderators once
	AskBackup        // the mailbox has been full for long: ask by the backup address
)

// String names the action for logs.
func (a Action) String() string {
	return [...]string{"nothing", "send-probe", "suspend", "ask-backup"}[a]
}

// Score returns the state after an event on a day, and what to do. Only Dead scores, at most once a day; only a probe
// that is refused as dead within ProbeDays suspends. A day before one that was seen already counts as that one, so a
// clock that was stepped back scores nothing twice.
func Score(s State, e Event, day Day) (State, Action) {
	if s.Suspended {
		return s, Nothing
	}
	s = s.on(day)
	switch {
	case e.Arrived:
		return s.withoutFull(), Nothing
	case e.Class == Dead:
		s = s.withoutFull()
		if e.Frozen || e.Broken {
			return s, Nothing
		}
		return s.dead(e.Probe, day)
	case e.Class == Full:
		return s.full(day)
	case e.Class == Delay:
		return s, Nothing
	}
	return s.withoutFull(), Nothing
}

// on forgets what time has forgotten, and what a clock that ran ahead left in the future.
func (s State) on(day Day) State {
	if s.LastDead != 0 && (day-s.LastDead >= ForgetDays || s.LastDead-day >= ForgetDays) {
		s.Points, s.LastDead = 0, 0
	}
	if s.ProbeSent != 0 && day-s.ProbeSent > ProbeDays {
		s.ProbeSent = 0
	}
	return s
}

// dead is a dead bounce that may score. One of a probe that is no longer open counts as any other.
func (s State) dead(probe bool, day Day) (State, Action) {
	if probe && s.ProbeSent != 0 {
		return State{Suspended: true}, Suspend
	}
	if s.LastDead != 0 && day <= s.LastDead {
		return s, Nothing
	}
	s.LastDead = day
	if s.Points++; s.Points < ProbeScore {
		return s, Nothing
	}
	s.Points, s.ProbeSent = 0, day
	return s, SendProbe
}

func (s State) full(day Day) (State, Action) {
	if s.FullSince == 0 || day-s.FullLast > fullGapDays {
		s = s.withoutFull()
		s.FullSince = day
	}
	s.FullLast = max(s.FullLast, day)
	if s.FullAsked || day-s.FullSince < FullDays {
		return s, Nothing
	}
	s.FullAsked = true
	return s, AskBackup
}

// without takes back the point of a day, and the probe that it brought.
func (s State) without(day Day) State {
	switch {
	case s.Suspended || s.LastDead != day:
	case s.ProbeSent == day && s.Points == 0:
		s.ProbeSent, s.Points = 0, ProbeScore-1
	case s.Points > 0:
		s.Points--
	}
	return s
}

func (s State) withoutFull() State {
	s.FullSince, s.FullLast, s.FullAsked = 0, 0, false
	return s
}
