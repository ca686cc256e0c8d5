package moderate

import (
	"errors"
	"strings"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// Apply brings the moderators a person to decide about: somebody who wants to join, or whose role waits. Who asks again while
// the first time waits adds to that; where it is decided already nothing comes of the second.
func (p *Panel) Apply(tx *store.Tx, now time.Time, it hold.Item) (hold.Item, error) {
	it.Reason, it.Since, it.Verified = hold.Moderation, now, true
	was, found, err := hold.OfPerson(tx, it.List, it.Kind, it.From)
	switch {
	case err != nil:
		return it, err
	case !found:
		return p.Put(tx, now, it)
	case was.Decision != nil:
		return was, nil
	}
	l, err := list.Get(tx, it.List)
	if err != nil {
		return was, err
	}
	words := strings.TrimSpace(it.Words)
	was.Wish = it.Wish
	if words == "" || strings.Contains(was.Words, words) {
		return was, p.save(tx, was)
	}
	was.Words = bounded(was.Words+"\n\n"+words, maxWords)
	if err := p.save(tx, was); err != nil {
		return was, err
	}
	return was, p.again(tx, l, was, By{Now: now})
}

// mayDecide reports why something cannot be decided about a person. To give a role is more than to let a message through: it
// needs what acts on people need. The notice that is answered is the mail with the token, so its answer is the second step.
func (p *Panel) mayDecide(by Decider, it hold.Item, d hold.Decision) error {
	if d.Verdict != hold.Approved {
		return nil
	}
	switch {
	case it.Kind == hold.Application && p.cfg.People.Admit == nil, it.Kind == hold.Role && p.cfg.People.Restore == nil:
		return ErrNoAdmit
	case it.Kind == hold.Role && !by.strong():
		return ErrWeakProof
	}
	return nil
}

// finishPerson does what was decided about a person. One that is discarded hears nothing.
func (p *Panel) finishPerson(tx *store.Tx, l list.List, it hold.Item, now time.Time) error {
	by, do := By{Actor: actorOf(it.Decision.Person), Now: now}, p.cfg.People
	yes, no := do.Admit, do.Decline
	if it.Kind == hold.Role {
		yes, no = do.Restore, do.Refuse
	}
	var err error
	switch it.Decision.Verdict {
	case hold.Approved:
		if yes == nil {
			return ErrNoAdmit
		}
		err = yes(tx, by, it)
	case hold.Rejected, hold.Unheard:
		if no == nil {
			return nil
		}
		err = no(tx, by, it)
	}
	var not *NotDoneError
	if !errors.As(err, &not) {
		return err
	}
	return p.tellTold(tx, l, it, 0, now, notice.Told{Line: "Nothing came of this.", More: not.Why})
}
