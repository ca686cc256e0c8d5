package watch

import (
	"time"

	"sencoforum/queue"
)

// Kind is what is wrong with a provider.
type Kind string

// The kinds of trouble, the worst first. Nothing is about all providers together.
const (
	Nothing     Kind = "nothing"     // nobody takes anything: the fault is ours
	Refuses     Kind = "refuses"     // it refuses everybody
	Unreachable Kind = "unreachable" // no connection, or no way to it
	Defers      Kind = "defers"      // it puts off far more than it used to
	RefusesMany Kind = "many"        // it refuses far more than it used to
)

// The numbers of the rules.
const (
	enough       = 10               // copies that say something about a provider; also the people of one that is not small
	few          = 3                // refusals without an acceptance, of two posts, that say as much
	shareRefused = 80               // of 100 tried, for "refuses everybody"
	shareMany    = 20               // of 100, for "refuses many" and "puts off many"
	soon         = 15 * time.Minute // without an acceptance, while copies wait for a connection
	late         = time.Hour        // that the oldest copy waits, for "puts off"
	veryLate     = 24 * time.Hour   // for a small provider, whose mail server may be off for an evening
	calm         = 6 * time.Hour    // that an alarm about a share lasts at least
	forgotten    = 10 * 24 * time.Hour
)

// facts is what is known of a provider at one moment.
type facts struct {
	Now    time.Time
	Record record
	State  queue.ProviderState // of what waits; zero when nothing does
	People int                 // who should get mail there
	Recent Tally               // this hour and the one before
	Usual  Tally               // the 14 days before that
	Alarm  Alarm               // the latest; may be over
}

// stopped reports a run without an acceptance that needs no knowledge of the provider: so many were refused that it is not
// about them.
func (r run) stopped() bool {
	refused := r.Refused + r.Dead
	return refused >= enough && r.Refused > 0 && 100*refused >= shareRefused*(refused+r.Deferred)
}

// stoppedSmall reports a run of refusals at a provider of whom we see little. Dead addresses and full mailboxes say nothing
// there, nor does a single post, which may be refused for what is in it.
func (r run) stoppedSmall(people int) bool {
	least := uint64(few)
	if people < enough {
		least = 2
	}
	return r.Refused >= least && r.Dead == 0 && r.Deferred == 0 && r.Posts[1] != 0
}

// calledDead reports that a provider calls every address dead, which it used to take mail for.
func (r run) calledDead(before Tally) bool {
	return r.Dead >= enough && r.Deferred == 0 && before.Accepted >= enough
}

// oldest is how long the oldest copy has waited.
func (f *facts) oldest() time.Duration {
	if f.State.Oldest.IsZero() {
		return 0
	}
	return f.Now.Sub(f.State.Oldest)
}

func (f *facts) waiting() int { return f.State.Waiting + f.State.Later }

// judge says what is wrong with a provider and since when, or nothing.
func judge(f *facts) (Kind, time.Time) {
	rec := f.Record
	silent := f.Now.Sub(rec.Accepted)
	small := f.People < enough
	switch {
	case rec.Bad.stopped() || rec.Bad.stoppedSmall(f.People) || rec.Bad.calledDead(f.Usual.plus(f.Recent)):
		if rec.Answer.Class == classNoDomain {
			return Unreachable, rec.Bad.Since // its domain cannot be found
		}
		return Refuses, rec.Bad.Since
	case f.State.Resting && !small && f.waiting() >= enough && f.oldest() >= soon && silent >= soon:
		return Unreachable, f.State.Oldest
	case small && f.waiting() > 0 && f.oldest() >= veryLate && silent >= veryLate && rec.Answer.Class != classFull:
		if f.State.Resting {
			return Unreachable, f.State.Oldest
		}
		return Defers, f.State.Oldest
	case !small && f.waiting() > 0 && f.oldest() >= late && deferring(f.Recent, f.Usual):
		return Defers, f.State.Oldest
	case !small && refusing(f.Recent, f.Usual):
		return RefusesMany, rec.Answer.At
	}
	return "", time.Time{}
}

// deferring reports that a provider puts off more than one in five attempts, and at least twice as many as it used to.
func deferring(recent, usual Tally) bool {
	bad, all := deferrals(recent)
	was, of := deferrals(usual)
	return all >= few && 100*bad > shareMany*all && above(bad, all, was, of)
}

func deferrals(t Tally) (bad, all uint64) {
	bad = t.Deferred - t.Full
	return bad, bad + t.Accepted + t.Refusals()
}

// refusing reports the same of copies that were refused, at once or later.
func refusing(recent, usual Tally) bool {
	bad, all := refusals(recent)
	was, of := refusals(usual)
	return bad >= enough && 100*bad > shareMany*all && above(bad, all, was, of)
}

func refusals(t Tally) (bad, all uint64) {
	bad = t.Refusals() + t.Returns() - t.Refused[classFull] - t.Returned[classFull] - t.Returned[classDelay]
	return bad, max(bad, t.Accepted+t.Refusals())
}

// above reports that bad of all is at least twice the share that was usual. What was never seen is not usual.
func above(bad, all, was, of uint64) bool {
	return of == 0 || bad*of >= 2*was*all
}

// over reports that the trouble of an open alarm has ended. Only mail that is taken ends it.
func over(f *facts) bool {
	a, rec := f.Alarm, f.Record
	taken := rec.Accepted.After(a.Raised)
	switch a.Kind {
	case Refuses:
		good := rec.Good
		return taken && (good.Accepted >= enough || good.Accepted > 0 && (f.waiting() == 0 || f.Now.Sub(good.Since) >= soon))
	case Unreachable:
		return taken && !f.State.Resting
	case Defers:
		return taken && (f.waiting() == 0 || f.oldest() < late/2)
	}
	return taken && f.Now.Sub(a.Raised) >= calm && !refusing(f.Recent, Tally{})
}

// lapsed reports an open alarm that nothing has been heard of for so long that nobody should hear of it again.
func lapsed(f *facts) bool {
	return f.waiting() == 0 && f.Now.Sub(f.Record.Answer.At) > forgotten
}

// nobody reports that no provider takes anything, and since when: of those that do not, the trouble of at least two
// began after the last acceptance anywhere. Otherwise it is that provider's trouble. A
// provider that has an alarm of its own is left out.
func nobody(all []facts) (since time.Time, yes bool) {
	var taken, now time.Time
	for i := range all {
		if now = all[i].Now; all[i].Record.Accepted.After(taken) {
			taken = all[i].Record.Accepted
		}
	}
	names, rows, refused, hard := 0, 0, uint64(0), false
	for i := range all {
		f := &all[i]
		began := f.began()
		if f.Alarm.Open() || f.waiting() == 0 || began.IsZero() || !began.After(taken) {
			continue
		}
		names, rows, refused = names+1, rows+f.waiting(), refused+f.Record.Bad.Refused+f.Record.Bad.Dead
		hard = hard || f.State.Resting || f.Record.Bad.Refused > 0
		if since.IsZero() || began.Before(since) {
			since = began
		}
	}
	if names < 2 || rows < enough || !hard || refused < enough && now.Sub(since) < soon {
		return time.Time{}, false
	}
	return since, true
}

// began is when a provider began to take nothing; zero when it takes mail, or was not tried.
func (f *facts) began() time.Time {
	switch {
	case !f.Record.Bad.Since.IsZero():
		return f.Record.Bad.Since
	case f.State.Resting:
		return f.State.Oldest
	}
	return time.Time{}
}
