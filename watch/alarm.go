package watch

import "time"

// everybody stands for all providers in the table of alarms. No provider has this name.
const everybody = "*"

// Times of alarms.
const (
	remindEvery = 24 * time.Hour
	relapse     = 2 * time.Hour // an alarm that comes back within so long after it was over is the old one
)

// An Alarm is the latest trouble of one provider.
type Alarm struct {
	Kind   Kind      `json:"kind"`
	Since  time.Time `json:"since"`            // the trouble's
	Raised time.Time `json:"raised"`           // when we knew
	Told   time.Time `json:"told"`             // the last mail about it
	Closed time.Time `json:"closed,omitzero"`  // zero while it lasts
	Quiet  bool      `json:"quiet,omitempty"`  // nobody was told that it came back, nor will be told that it is over
	People int       `json:"people,omitempty"` // who get nothing meanwhile
}

// Open reports that the trouble lasts.
func (a Alarm) Open() bool { return a.Kind != "" && a.Closed.IsZero() }

// step is what happens to an alarm at one look.
type step uint8

const (
	stay   step = iota
	raise       // tell that it began
	remind      // tell that it lasts
	finish      // tell that it is over
	keep        // write it, tell nobody
)

// next decides what becomes of an alarm. kind and since are what judge said.
func next(a Alarm, kind Kind, since time.Time, f *facts) (Alarm, step) {
	switch {
	case !a.Open() && kind == "":
		return a, stay
	case !a.Open():
		again := a.Kind != "" && f.Now.Sub(a.Closed) < relapse
		told := f.Now
		if again {
			told = a.Told
		}
		a = Alarm{Kind: kind, Since: since, Raised: f.Now, Told: told, Quiet: again, People: f.People}
		if again {
			return a, keep
		}
		return a, raise
	case over(f):
		a.Closed = f.Now
		if a.Quiet {
			return a, keep
		}
		return a, finish
	case lapsed(f):
		a.Closed = f.Now
		return a, keep
	case f.Now.Sub(a.Told) >= remindEvery:
		a.Told, a.Quiet, a.People = f.Now, false, f.People
		return a, remind
	case kind == Refuses && a.Kind != Refuses:
		a.Kind = kind // the queue keeps what is refused
		return a, keep
	}
	return a, stay
}

// nextForAll decides the same of the alarm about everybody. since is what nobody said, yes whether it said so.
func nextForAll(a Alarm, since time.Time, yes bool, all []facts, now time.Time) (Alarm, step) {
	f := facts{Now: now, Alarm: a}
	for i := range all {
		if t := all[i].Record.Accepted; t.After(f.Record.Accepted) {
			f.Record.Accepted = t
		}
		if t := all[i].Record.Answer.At; t.After(f.Record.Answer.At) {
			f.Record.Answer = all[i].Record.Answer
		}
		f.State.Waiting += all[i].waiting()
		f.People += all[i].People
	}
	if a.Open() && f.Record.Accepted.After(a.Raised) {
		a.Closed = now
		if a.Quiet {
			return a, keep
		}
		return a, finish
	}
	kind := Kind("")
	if yes {
		kind = Nothing
	}
	if a.Open() {
		f.Record.Accepted = time.Time{}
	}
	return next(a, kind, since, &f)
}
