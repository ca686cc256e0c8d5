package queue

import (
	"cmp"
	"time"
)

// A Stay is what [Config.Hold] says of a copy that the other side refused for good.
type Stay struct {
	Until time.Time // the copy is tried again then; zero: the refusal holds, and the row ends
	All   bool      // its provider refuses everybody: all rows for it wait until then, but for the urgent ones
}

// stay asks whether a refusal for good is to be believed. The row counts this attempt. What was to stay beyond its lifetime
// has expired.
func (l *ledger) stay(provider string, r Row, res Result) (o Outcome, next time.Time, all bool, err error) {
	if l.cfg.Hold == nil {
		return Failed, time.Time{}, false, nil
	}
	r.Payload = nil
	r.Attempts++
	s, err := l.cfg.Hold(l.tx, Attempt{Provider: provider, Row: r, Result: res})
	if err != nil || s.Until.IsZero() {
		return Failed, time.Time{}, false, err
	}
	end := r.Queued.Add(l.cfg.Lifetime)
	if !l.now.Before(end) {
		return Expired, time.Time{}, s.All, nil
	}
	if s.Until.After(end) {
		s.Until = end
	}
	return Deferred, s.Until, s.All, nil
}

// rest is a provider that refuses everybody. Its rows wait, but for one after each pause, which shows whether that has
// changed.
type rest struct {
	until time.Duration
	pause time.Duration
	last  Result // the refusal that began it
}

// who is whose rest concerns a domain's rows: its provider, or the domain itself where that is not known.
func (d *domain) who() string { return cmp.Or(d.provider, d.name) }

// Rest makes a provider rest that is known to refuse everybody, from before a start perhaps, unless it rests already. Its
// rows wait for pause, but for the urgent ones; then one of them is tried.
func (q *Queue) Rest(provider string, pause time.Duration, last Result) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.rests[provider] == nil {
		q.hush(provider, pause, tidy(last))
	}
}

// hush makes all rows of a provider wait. Call it with mu held.
func (q *Queue) hush(provider string, pause time.Duration, last Result) {
	now := q.now()
	if r := q.rests[provider]; r != nil {
		r.until, r.pause, r.last = now+pause, pause, last
		return
	}
	q.rests[provider] = &rest{until: now + pause, pause: pause, last: last}
	q.log.Warn("a provider refuses everybody and rests", "provider", provider, "pause", pause.Round(time.Second))
	for h := range q.busy {
		for _, e := range q.leave(h, func(e *entry) bool { return e.domain.who() == provider && e.priority != Urgent }) {
			q.line(h, e)
		}
	}
}

// wake ends the rest of a provider that took a copy: all its rows are due. Call it with mu held.
func (q *Queue) wake(provider string) {
	if q.rests[provider] == nil {
		return
	}
	delete(q.rests, provider)
	q.log.Info("a provider takes mail again", "provider", provider)
	now := q.now()
	for _, e := range q.later.extract(func(e *entry) bool { return e.domain.who() == provider }) {
		e.domain.later--
		e.next = now
		q.place(e, now)
	}
}

// askAgain lets one of the rows that are to be tried again go to each provider that rests. Call it with mu held.
func (q *Queue) askAgain(changed []stored) {
	for i := range changed {
		if r := q.rests[q.domain(changed[i].Domain).who()]; r != nil && !changed[i].dropped {
			r.until = q.now()
		}
	}
}

// kept reports whether a row that is due may not go because its provider rests, and has then put it where it belongs: it
// waits for the end of the rest, or its lifetime is over. Call it with mu held.
func (q *Queue) kept(e entry) bool {
	if len(q.rests) == 0 || e.priority == Urgent {
		return false
	}
	r := q.rests[e.domain.who()]
	if r == nil {
		return false
	}
	now := q.now()
	switch {
	case e.expired(now):
		over := r.last
		over.Outcome = Expired
		q.conclude(e, over)
	case now >= r.until:
		r.until = now + r.pause // this row shows how the provider stands; the others wait for the next pause
		return false
	default:
		e.next = min(r.until, time.Duration(e.expires)*time.Second)
		e.domain.later++
		q.later.push(e)
	}
	return true
}
