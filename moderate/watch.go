package moderate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// How many items one look takes, how often the clock is looked at at least, and how long an item waits that made trouble.
const (
	dueBatch   = 50
	lookEvery  = 10 * time.Minute
	troubled   = time.Hour
	tidyTokens = 100
)

// Run watches the clock of what waits until ctx ends. What a crash interrupts is done at the next start: every deed is one
// transaction, with the mails that belong to it.
func (p *Panel) Run(ctx context.Context, db *store.DB, now func() time.Time) error {
	err := db.Keep(ctx, lookEvery, func(ctx context.Context) (time.Duration, error) { return p.Step(ctx, db, now()) }, hold.DueTable)
	if err != nil {
		return fmt.Errorf("look after what waits for moderators: %w", err)
	}
	return nil
}

// Step does all that is due now, and returns how long nothing will be.
func (p *Panel) Step(ctx context.Context, db *store.DB, now time.Time) (time.Duration, error) {
	for ctx.Err() == nil {
		var all []hold.Number
		var next time.Time
		err := db.View(func(tx *store.Tx) (err error) { all, next, err = hold.Due(tx, now, dueBatch); return err })
		if err != nil {
			return 0, err
		}
		for _, n := range all {
			if err := p.lookAt(db, n, now); err != nil {
				return 0, err
			}
		}
		if len(all) > 0 {
			continue
		}
		if err := p.notes(db, now); err != nil {
			return 0, err
		}
		wait := lookEvery
		if !next.IsZero() {
			wait = min(wait, max(next.Sub(now), time.Second))
		}
		return wait, nil
	}
	return lookEvery, nil
}

// lookAt does what is due about one item. One that makes trouble is put off, so that it keeps no other waiting.
func (p *Panel) lookAt(db *store.DB, n hold.Number, now time.Time) error {
	var did deed
	err := db.Update(func(tx *store.Tx) (err error) { did, err = p.look(tx, n, now); return err })
	if err == nil {
		if did != "" && did != dueForget {
			p.log.Info("held: "+string(did), "item", n.Code())
		}
		return nil
	}
	if store.Trouble(err) {
		return err
	}
	p.log.Error("what is due about a held message cannot be done and is put off", "item", n.Code(), "due", string(did), "cause", err)
	return db.Update(func(tx *store.Tx) error {
		it, err := hold.Get(tx, n)
		if errors.Is(err, hold.ErrNoItem) {
			return nil
		}
		if err != nil {
			return err
		}
		it.Next = now.Add(troubled)
		return hold.Save(tx, it)
	})
}

// look does the first deed that is due about an item.
func (p *Panel) look(tx *store.Tx, n hold.Number, now time.Time) (deed, error) {
	it, err := hold.Get(tx, n)
	if errors.Is(err, hold.ErrNoItem) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	a, ok := p.due(it, now)
	if !ok {
		return "", p.save(tx, it)
	}
	l, err := list.Get(tx, it.List)
	if err != nil {
		return a, err
	}
	switch a {
	case dueFinish:
		return a, p.finish(tx, l, it, now)
	case dueForget:
		return a, hold.Remove(tx, it)
	case dueBack:
		return a, p.giveBack(tx, l, it, now)
	case dueNotSent:
		return a, p.notAnswered(tx, l, it, now)
	case dueTell:
		err = p.tellDuty(tx, l, &it, now)
	case dueOthers:
		err = p.tellOthers(tx, l, &it, now)
	case dueLate:
		it.Late = true
		err = p.late(tx, l, it, now)
	case dueRemind:
		it.Reminded = true
		err = p.askAuthor(tx, l, it, now, true)
	case duePass:
		it.Asked = now
		err = p.tellDuty(tx, l, &it, now)
	}
	if err != nil {
		return a, err
	}
	return a, p.save(tx, it)
}

// giveBack sends a message back that nobody decided about.
func (p *Panel) giveBack(tx *store.Tx, l list.List, it hold.Item, now time.Time) error {
	it.Decision = &hold.Decision{Verdict: hold.Unheard, At: now, Due: now}
	if err := (Decider{By: By{Actor: "server", Now: now}, Proof: "the clock"}).tell(tx, it, "return", ""); err != nil {
		return err
	}
	if err := p.outcome(tx, l, it, 0, now, notice.Told{Line: notice.OutcomeLine(it.Kind, hold.Unheard, "", Local(now))}); err != nil {
		return err
	}
	if err := hold.Save(tx, it); err != nil {
		return err
	}
	return p.finish(tx, l, it, now)
}

// late tells the writer that the message still waits, and the owners that nobody has decided.
func (p *Panel) late(tx *store.Tx, l list.List, it hold.Item, now time.Time) error {
	back := Local(backOn(it, p.cfg.Hours))
	if it.Kind == hold.Post {
		if err := p.writerLate(tx, l, it, now, back); err != nil {
			return err
		}
	}
	all, err := list.Moderating(tx, l.ID)
	if err != nil {
		return err
	}
	n := notice.Late{Days: lateAfter, Back: back}
	if n.Matter, err = p.matter(tx, l, it); err != nil {
		return err
	}
	for _, m := range all {
		if m.Membership.Role != list.RoleOwner {
			continue
		}
		if n.Token, err = hold.AllowModerator(tx, m.Person.ID, now.Add(tokenLife), it.Number); err != nil {
			return err
		}
		if err := p.send(tx, toModerator(l, m.Person, it, now, !it.WasTold(m.Person.ID)), n); err != nil {
			return err
		}
	}
	return nil
}

func (p *Panel) writerLate(tx *store.Tx, l list.List, it hold.Item, now, back time.Time) error {
	return p.toWaiting(tx, l, it, now, func(subject, tok string) composed {
		return notice.StillWaiting{Subject: subject, Token: tok, Days: lateAfter, Back: back}
	})
}

// notes sends the morning note of each list whose time has come, and forgets old tokens.
func (p *Panel) notes(db *store.DB, now time.Time) error {
	if !p.cfg.Hours.SchoolDay(now) || p.cfg.Hours.Quiet(now) {
		return nil
	}
	open, err := p.unanswered(db, now)
	if err != nil {
		return err
	}
	return db.Update(func(tx *store.Tx) error {
		var lists []list.List
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			lists = append(lists, l)
		}
		for _, l := range lists {
			if err := p.note(tx, l, open[l.ID], now); err != nil {
				return err
			}
		}
		_, err := hold.Tidy(tx, now, tidyTokens)
		return err
	})
}

// note sends the morning note of a list, once on a school day from 07:30 on, where anything has waited for four hours, or where
// decisions are told in it.
func (p *Panel) note(tx *store.Tx, l list.List, open []archive.Summary, now time.Time) error {
	due, last, err := p.noteDue(tx, l, now)
	if err != nil || !due {
		return err
	}
	if err := hold.Note(tx, l.ID, now); err != nil {
		return err
	}
	n, items, err := p.morning(tx, l, last, now)
	if err != nil || len(n.Waiting)+len(n.Outcomes) == 0 {
		return err
	}
	n.Archive = p.archive
	if n.Open, err = p.openNotes(tx, open); err != nil {
		return err
	}
	all, err := list.Moderating(tx, l.ID)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Membership.Suspended {
			continue
		}
		if len(items) > 0 {
			if n.Token, err = hold.AllowModerator(tx, m.Person.ID, now.Add(tokenLife), items...); err != nil {
				return err
			}
		}
		to := notice.To{List: l, Person: m.Person, Now: now, ID: fmt.Sprintf("morning.%d.%d.%d", now.Unix(), l.ID, m.Person.ID)}
		if err := p.send(tx, to, n); err != nil {
			return err
		}
	}
	return nil
}

// noteDue reports whether the morning note of a list is due, and when the last one was.
func (p *Panel) noteDue(tx *store.Tx, l list.List, now time.Time) (due bool, last time.Time, err error) {
	last, err = hold.NotedAt(tx, l.ID)
	return err == nil && !now.Before(p.cfg.Hours.Morning(midnight(now).Add(-time.Second))) && last.Before(midnight(now)), last, err
}

// midnight is the beginning of a day in Britain.
func midnight(t time.Time) time.Time {
	y, m, d := Local(t).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, Local(t).Location())
}

// morning gathers the note: what waits for more than four hours, and what was decided since the day before.
func (p *Panel) morning(tx *store.Tx, l list.List, last, now time.Time) (n notice.Morning, items []hold.Number, err error) {
	if n, items, err = p.queue(tx, l, now, now.Add(-noteAfter)); err != nil {
		return n, nil, err
	}
	return n, items, p.decidedLately(tx, l, last, now, &n)
}

// Queue answers a moderator who asks what waits, with a token for all of it.
func (p *Panel) Queue(tx *store.Tx, a Answer) error {
	n, items, err := p.queue(tx, a.List, a.Now, a.Now)
	if err != nil {
		return err
	}
	n.Asked = true
	if len(items) > 0 {
		if n.Token, err = hold.AllowModerator(tx, a.Who.ID, a.Now.Add(tokenLife), items...); err != nil {
			return err
		}
	}
	return p.send(tx, notice.To{List: a.List, Person: a.Who, Now: a.Now, ID: idAt("waiting", a.Who.ID, a.Now), Answers: a.Replies}, n)
}

// queue gathers what moderators were asked about up to a moment.
func (p *Panel) queue(tx *store.Tx, l list.List, now, upTo time.Time) (n notice.Morning, items []hold.Number, err error) {
	n.Web = p.cfg.Web
	waiting, err := hold.Waiting(tx, l.ID)
	if err != nil {
		return n, nil, err
	}
	slices.SortFunc(waiting, func(a, b hold.Item) int { return a.Asked.Compare(b.Asked) })
	for _, it := range waiting {
		if it.Asked.After(upTo) {
			continue
		}
		w := notice.Wait{Since: Local(it.Asked), Back: !backOn(it, p.cfg.Hours).After(midnight(now).AddDate(0, 0, 2))}
		if w.Matter, err = p.matter(tx, l, it); err != nil {
			return n, nil, err
		}
		if w.Claimed, err = firstName(tx, it.ClaimedBy(now)); err != nil {
			return n, nil, err
		}
		n.Waiting, items = append(n.Waiting, w), append(items, it.Number)
	}
	n.Unverified, err = hold.Unanswered(tx, l.ID)
	return n, items, err
}

// decidedLately counts what was decided yesterday, and names it where decisions are told in the note.
func (p *Panel) decidedLately(tx *store.Tx, l list.List, last, now time.Time, n *notice.Morning) error {
	since := midnight(now).AddDate(0, 0, -1)
	if !last.IsZero() && last.Before(since) {
		since = last
	}
	decided, err := hold.Decided(tx, l.ID, since)
	if err != nil {
		return err
	}
	for _, it := range decided {
		switch it.Decision.Verdict {
		case hold.Approved:
			n.Approved++
		case hold.Rejected, hold.Unheard:
			n.Returned++
		case hold.Discarded:
			n.Discarded++
		}
		if l.OutcomesOf() != list.OutcomesDaily && !p.cfg.Hours.Quiet(it.Decision.At) {
			continue
		}
		name, err := firstName(tx, it.Decision.Person)
		if err != nil {
			return err
		}
		n.Outcomes = append(n.Outcomes, "#"+it.Number.Code()+": "+notice.OutcomeLine(it.Kind, it.Decision.Verdict, name, Local(it.Decision.At)))
	}
	return nil
}
