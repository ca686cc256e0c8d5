package watch

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"sencoforum/queue"
	"sencoforum/store"
)

// A Standing is how our mail fares at one provider, for people.
type Standing struct {
	Provider string
	People   int   // who should get mail there
	Day      Tally // of the last 24 hours, and the running one
	Week     Tally // of the last 7 days
	Waiting  int   // copies that have not gone; known only while a queue runs
	Oldest   time.Time
	Accepted time.Time // the last copy that was taken; zero for none
	Answer   Answer    // the last that was not
	Error    string    // the last error on the way there, while it is not tried
	Held     string    // why copies wait although nothing failed: the pace at which mail goes there
	Alarm    Alarm     // the latest
}

// Said is the last answer as one line; empty when there was none.
func (a Answer) Said() string {
	if a.At.IsZero() {
		return ""
	}
	return a.result().Line()
}

func (a Answer) result() queue.Result {
	return queue.Result{Outcome: queue.Deferred, Host: a.Host, Code: a.Code, Enhanced: a.Enhanced, Text: a.Text}
}

// Meaning is what the answer means, in package bounce's words.
func (a Answer) Meaning() string { return classes[min(a.Class, classUnknown)] }

// Standings returns every provider that has members or of which anything is known: those with an open alarm first, then
// those with the most people. The alarm about all, if it is open, is that of the Standing with the name "*".
func (w *Watch) Standings(tx *store.Tx) ([]Standing, error) {
	var states []queue.ProviderState
	if w.cfg.Waiting != nil {
		states = w.cfg.Waiting()
	}
	all, err := w.gather(tx, states)
	if err != nil {
		return nil, err
	}
	who, err := w.takeCensus(tx)
	if err != nil {
		return nil, err
	}
	var out []Standing
	whole, _, err := alarms.Get(tx, everybody)
	if err != nil {
		return nil, err
	}
	if whole.Open() {
		out = append(out, Standing{Provider: everybody, People: who.of(everybody), Alarm: whole})
	}
	seen := map[string]bool{}
	for i := range all {
		s, err := w.standing(tx, &all[i])
		if err != nil {
			return nil, err
		}
		s.People = who.of(s.Provider)
		seen[s.Provider] = true
		out = append(out, s)
	}
	for name := range who.people {
		if !seen[name] {
			out = append(out, Standing{Provider: name, People: who.of(name)})
		}
	}
	slices.SortFunc(out, compareStandings)
	return out, nil
}

func compareStandings(a, b Standing) int {
	rank := func(s Standing) int {
		switch {
		case s.Provider == everybody:
			return 0
		case s.Alarm.Open():
			return 1
		}
		return 2
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.People, a.People), strings.Compare(a.Provider, b.Provider))
}

func (w *Watch) standing(tx *store.Tx, f *facts) (Standing, error) {
	name, hour := f.State.Provider, hourOf(f.Now)
	s := Standing{
		Provider: name, Waiting: f.waiting(), Oldest: f.State.Oldest,
		Accepted: f.Record.Accepted, Answer: f.Record.Answer, Alarm: f.Alarm,
	}
	s.Held = f.State.Held
	if f.State.Resting {
		s.Error = f.State.LastError
	}
	var err error
	if s.Day, err = tallyOf(tx, name, f.Record, hour-24, hour+1); err != nil {
		return s, err
	}
	s.Week, err = tallyOf(tx, name, f.Record, hour-7*24, hour+1)
	return s, err
}

// DayTally is what came of the copies of one day, in UTC.
type DayTally struct {
	Day time.Time
	Tally
}

// LastDays returns the days of a provider on which there was anything, the newest first, at most most of the last 400.
func (w *Watch) LastDays(tx *store.Tx, provider string, most int) ([]DayTally, error) {
	sums := map[uint32]Tally{}
	rec, _, err := providers.Get(tx, provider)
	if err != nil {
		return nil, err
	}
	if rec.Now != (Tally{}) {
		sums[rec.Hour/24] = rec.Now
	}
	for row, err := range store.Prefix(hours, tx, provider) {
		if err != nil {
			return nil, err
		}
		sums[row.Key.B/24] = sums[row.Key.B/24].plus(row.Value)
	}
	for row, err := range store.Prefix(days, tx, provider) {
		if err != nil {
			return nil, err
		}
		sums[row.Key.B] = sums[row.Key.B].plus(row.Value)
	}
	var out []DayTally
	for day, t := range sums {
		out = append(out, DayTally{Day: time.Unix(int64(day)*86400, 0).UTC(), Tally: t})
	}
	slices.SortFunc(out, func(a, b DayTally) int { return b.Day.Compare(a.Day) })
	return out[:min(most, len(out))], nil
}
