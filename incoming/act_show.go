package incoming

import (
	"fmt"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/store"
)

// Words of moderators that change nothing: what is known of a member, and figures.

// figures are what the word stats is answered with. They read every post, so they are gathered before anything is written.
func (d *Desk) figures(l list.List) (n notice.Figures, err error) {
	now := moderate.Local(d.cfg.Now())
	before := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location()).AddDate(0, -1, 0)
	err = d.db.View(func(tx *store.Tx) (err error) {
		if n.Now, err = moderate.HealthOf(tx, l, now); err != nil {
			return err
		}
		if n.Before, err = moderate.HealthOf(tx, l, before); err != nil {
			return err
		}
		waiting, err := hold.Waiting(tx, l.ID)
		n.Waiting = len(waiting)
		return err
	})
	return n, err
}

// shows answers a word that changes nothing.
func (d *Desk) shows(tx *store.Tx, s *staff) error {
	s.did, s.what.Post = s.ask.word, 0
	if s.ask.word == "stats" {
		n := s.figures
		n.Read = s.ask.line
		return d.cfg.Acts.Tell(tx, s.in.dest.List, s.who, 0, s.hand, n)
	}
	a, err := message.ParseAddress(s.ask.who)
	if err != nil {
		return d.undone(tx, s, fmt.Sprintf("I cannot read that address. Please write it like: %s jane@school.example", s.ask.word))
	}
	m, err := membership.Find(tx, s.in.dest.List.ID, a)
	if err != nil {
		return d.unable(tx, s, err)
	}
	n := notice.MemberShown{Person: m.Person, Membership: m.Membership, Read: s.ask.line}
	n.Membership.Joined, n.Membership.PausedUntil = moderate.Local(m.Membership.Joined), moderate.Local(m.Membership.PausedUntil)
	waiting, err := hold.Waiting(tx, s.in.dest.List.ID)
	if err != nil {
		return err
	}
	for _, it := range waiting {
		if it.Author == m.Person.ID {
			n.Waits = append(n.Waits, it.Number.Code())
		}
	}
	if err := s.hand.Look(tx, s.in.dest.List.ID, m.Person.ID); err != nil {
		return err
	}
	return d.cfg.Acts.Tell(tx, s.in.dest.List, s.who, 0, s.hand, n)
}
