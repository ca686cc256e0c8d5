package watch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"sencoforum/queue"
	"sencoforum/store"
)

// lookEvery is how often the figures are looked at.
const lookEvery = time.Minute

// usualDays is how long ago a provider's figures still say what is usual for it.
const usualDays = 14

// Run looks at the figures until ctx ends or the store fails, and removes what is old. Want of room, and records that are
// damaged, end nothing: it does later what it could not do now.
func (w *Watch) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	counted, stop := w.db.Watch(providers.Name(), alarms.Name())
	defer stop()
	var kept time.Time
	for {
		select {
		case <-ctx.Done():
			return w.flush() // what is lost on the way is a minute of figures
		case <-tick.C:
		}
		todo := []func() error{w.flush}
		if w.mayChange(counted) {
			todo = append(todo, w.Look)
		}
		if now := w.cfg.Now(); now.Sub(kept) >= foldEvery || now.Before(kept) {
			kept = now
			todo = append(todo, func() error { return w.keep(ctx) })
		}
		for _, do := range todo {
			err := do()
			switch {
			case errors.Is(err, store.ErrFull):
			case errors.Is(err, store.ErrDamaged):
				w.damaged.Log(w.log, slog.Any("cause", err))
			case err != nil:
				return fmt.Errorf("watch providers: %w", err)
			}
		}
	}
}

// mayChange reports that a look may see something new: copies wait, something was counted, or not all was well at the last one.
func (w *Watch) mayChange(counted <-chan struct{}) bool {
	select {
	case <-counted:
		w.calm = false
	default:
	}
	return !w.calm || w.cfg.Waiting != nil && len(w.cfg.Waiting()) > 0
}

// change is an alarm that is to be written, and what to tell.
type change struct {
	provider string // or everybody
	alarm    Alarm
	step     step
	facts    facts
}

// Look judges every provider once, and writes and tells what has changed. Run does so each minute.
func (w *Watch) Look() error {
	var states []queue.ProviderState
	if w.cfg.Waiting != nil {
		states = w.cfg.Waiting()
	}
	var all []facts
	var whole Alarm
	err := w.db.View(func(tx *store.Tx) (err error) {
		if all, err = w.gather(tx, states); err != nil {
			return err
		}
		whole, _, err = alarms.Get(tx, everybody)
		return err
	})
	if err != nil {
		return err
	}
	changes := decide(all, whole, w.cfg.Now())
	if err := w.tell(changes); err != nil {
		return err
	}
	for _, c := range changes {
		for i := range all {
			if all[i].State.Provider == c.provider {
				all[i].Alarm = c.alarm
			}
		}
		if c.provider == everybody {
			whole = c.alarm
		}
	}
	w.quieten(all)
	w.noteOpen(all, whole)
	w.calm = !whole.Open() && !slices.ContainsFunc(all, func(f facts) bool { return f.questionable() })
	return nil
}

// decide says what is to be changed. While nobody takes anything, no single provider is accused; nor shortly after, of what
// began before.
func decide(all []facts, whole Alarm, now time.Time) (changes []change) {
	since, yes := nobody(all)
	after, did := nextForAll(whole, since, yes, all, now)
	if did != stay {
		changes = append(changes, change{provider: everybody, alarm: after, step: did, facts: sum(all)})
	}
	for i := range all {
		f := &all[i]
		kind, since := judge(f)
		echo := now.Sub(after.Closed) < 2*probePause && since.Before(after.Closed)
		if !f.Alarm.Open() && (after.Open() || echo) {
			continue
		}
		if alarm, did := next(f.Alarm, kind, since, f); did != stay {
			changes = append(changes, change{provider: f.State.Provider, alarm: alarm, step: did, facts: *f})
		}
	}
	return changes
}

// sum is what all providers together are.
func sum(all []facts) (s facts) {
	for i := range all {
		f := &all[i]
		s.Now = f.Now
		s.People += f.People
		s.wait(f.State)
		if f.Record.Answer.At.After(s.Record.Answer.At) {
			s.Record.Answer = f.Record.Answer
		}
	}
	return s
}

// gather collects what is known of every provider that anything is known of, in the order of their names. Of those that are
// well it reads one record.
func (w *Watch) gather(tx *store.Tx, states []queue.ProviderState) ([]facts, error) {
	now := w.cfg.Now()
	byName := map[string]*facts{}
	for row, err := range providers.All(tx) {
		if errors.Is(err, store.ErrDamaged) {
			continue
		}
		if err != nil {
			return nil, err
		}
		byName[row.Key] = &facts{Now: now, Record: row.Value, State: queue.ProviderState{Provider: row.Key}}
	}
	for _, s := range states {
		name := s.Provider
		if w.known(name) { // it is a domain: after a start the queue knows no provider
			name = w.Provider(name)
		}
		f := byName[name]
		if f == nil {
			f = &facts{Now: now, State: queue.ProviderState{Provider: name}}
			byName[name] = f
		}
		f.wait(s)
	}
	for row, err := range alarms.All(tx) {
		if err != nil {
			return nil, err
		}
		if f := byName[row.Key]; f != nil {
			f.Alarm = row.Value
		}
	}
	var all []facts
	for name, f := range byName {
		if f.questionable() {
			if err := w.inspect(tx, name, f); err != nil {
				return nil, err
			}
		}
		all = append(all, *f)
	}
	slices.SortFunc(all, func(a, b facts) int { return strings.Compare(a.State.Provider, b.State.Provider) })
	return all, nil
}

// wait adds what waits for one of a provider's domains.
func (f *facts) wait(s queue.ProviderState) {
	at := &f.State
	at.Waiting += s.Waiting
	at.Later += s.Later
	at.Resting = at.Resting || s.Resting
	at.LastError = cmp.Or(at.LastError, s.LastError)
	at.Held = cmp.Or(at.Held, s.Held)
	if at.Oldest.IsZero() || !s.Oldest.IsZero() && s.Oldest.Before(at.Oldest) {
		at.Oldest = s.Oldest
	}
}

// questionable reports a provider that must be looked at closely.
func (f *facts) questionable() bool {
	t := f.Record.Now
	return f.Alarm.Open() || !f.Record.Bad.Since.IsZero() || f.waiting() > 0 || t.Refusals()+t.Returns()+t.Deferred > 0
}

// inspect reads more about a provider: who is there, and what is usual where that matters.
func (w *Watch) inspect(tx *store.Tx, name string, f *facts) error {
	if f.Now.Sub(w.census.at) >= censusEvery || f.Now.Before(w.census.at) {
		c, err := w.takeCensus(tx)
		if err != nil {
			return err
		}
		w.census = c
	}
	f.People = w.census.of(name)
	hour := hourOf(f.Now)
	if f.Record.Hour == hour {
		f.Recent = f.Record.Now
	}
	before, err := tallyOf(tx, name, f.Record, hour-1, hour)
	if err != nil {
		return err
	}
	f.Recent = f.Recent.plus(before)
	if deferring(f.Recent, Tally{}) || refusing(f.Recent, Tally{}) {
		f.Usual, err = tallyOf(tx, name, f.Record, hour-24*usualDays, hour-1)
	}
	return err
}

// tallyOf adds up the hours from one to before another, of the record too.
func tallyOf(tx *store.Tx, name string, rec record, from, to uint32) (t Tally, err error) {
	if from <= rec.Hour && rec.Hour < to {
		t = rec.Now
	}
	for row, err := range store.PrefixFrom(hours, tx, name, from) {
		if errors.Is(err, store.ErrDamaged) {
			continue
		}
		if err != nil {
			return t, err
		}
		if row.Key.B >= to {
			break
		}
		t = t.plus(row.Value)
	}
	return t, nil
}
