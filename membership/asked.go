package membership

import (
	"errors"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// Whoever asked a question is asked once, some time later, what came of it. The keeper goes through the posts in the order of
// their numbers: a post is looked at once, in the transaction that puts the mail and moves on, so a crash neither loses nor doubles
// one.

// nudged is how far the keeper has come.
type nudged struct {
	Next  archive.Number `json:"next"`  // the first post that was not looked at
	Begun time.Time      `json:"begun"` // questions that were asked before are old news
}

var nudges = store.NewTable("membership.nudges", store.Uint32Key[uint32](), store.JSON[nudged]())

// When a question is asked about; nudgeBatch bounds the posts that one transaction looks at.
const (
	nudgeAfter = 14 * 24 * time.Hour
	nudgeBatch = 200
)

// nudge asks about questions that are old enough, on school days and not at night.
func (k *Keeper) nudge() (more bool, next time.Time, err error) {
	now := k.now()
	if !k.host.Hours.SchoolDay(now) || k.host.Hours.Quiet(now) {
		return false, next, nil
	}
	var at nudged
	var known, some bool
	err = k.db.View(func(tx *store.Tx) (err error) {
		if at, known, err = nudges.Get(tx, 0); err != nil || !known {
			return err
		}
		for p, err := range archive.All(tx, at.Next) {
			some = err == nil && !ripe(p).After(now)
			return err
		}
		return nil
	})
	if err != nil || known && !some {
		return false, next, err
	}
	err = k.db.Update(func(tx *store.Tx) (err error) {
		more, err = k.host.nudgeSome(tx, now)
		return err
	})
	return more, next, err
}

// ripe is when a post is looked at. What is imported is old already.
func ripe(p archive.Post) time.Time {
	if p.Imported {
		return time.Time{}
	}
	return p.Accepted.Add(nudgeAfter)
}

// nudgeSome looks at some posts, and reports whether there may be more.
func (h Host) nudgeSome(tx *store.Tx, now time.Time) (more bool, err error) {
	at, known, err := nudges.Get(tx, 0)
	if err != nil {
		return false, err
	}
	if !known {
		at = nudged{Next: 1, Begun: now.Add(-nudgeAfter)}
	}
	looked := 0
	for p, err := range archive.All(tx, at.Next) {
		if err != nil {
			return false, err
		}
		if looked == nudgeBatch || ripe(p).After(now) {
			more = looked == nudgeBatch
			break
		}
		looked++
		at.Next = p.Number + 1
		if p.Imported || p.Accepted.Before(at.Begun) {
			continue
		}
		if err := h.nudgeAbout(tx, p, now); err != nil {
			return false, err
		}
	}
	return more, nudges.Put(tx, 0, at)
}

// nudgeAbout asks the writer of a post, where it is a question that is still open for them.
func (h Host) nudgeAbout(tx *store.Tx, p archive.Post, now time.Time) error {
	if p.Author == 0 || !p.Shown() || !p.Facts.Asks {
		return nil
	}
	m, err := list.Member(tx, p.List, p.Author)
	if errors.Is(err, list.ErrNoMember) {
		return nil
	}
	if err != nil || m.Suspended || m.Unmailed || m.Mode == list.ModeNone || m.Paused(now) {
		return err
	}
	if d, err := DetailsOf(tx, p.List, p.Author); err != nil || d.NoReminders {
		return err
	}
	answers, open, err := stillAsked(tx, p)
	if err != nil || !open {
		return err
	}
	return h.askWhatCame(tx, p, answers, now)
}

// stillAsked reports whether a post began a discussion with a question, and its writer has neither said that it is solved, nor
// written after the latest answer, nor muted it; and how many answers there are.
func stillAsked(tx *store.Tx, p archive.Post) (answers int, open bool, err error) {
	s, err := archive.Summarize(tx, p.Number)
	if err != nil && !errors.Is(err, archive.ErrNoThread) {
		return 0, false, err
	}
	if err != nil || s.First != p.Number || !s.Question || s.Solved || s.Closed {
		return 0, false, nil
	}
	choice, err := list.ChoiceOf(tx, uint32(s.Thread), p.Author)
	if err != nil || choice == list.Mute {
		return 0, false, err
	}
	var answered, wrote time.Time
	for q, err := range archive.Posts(tx, s.Thread) {
		switch {
		case err != nil:
			return 0, false, err
		case !q.Shown() || q.Number == p.Number:
		case q.Author == p.Author:
			wrote = later(wrote, q.Accepted)
		case q.Facts.Answers:
			answers++
			answered = later(answered, q.Accepted)
		}
	}
	return answers, answers == 0 || !wrote.After(answered), nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// askWhatCame puts the mail. Its Message-ID is that of the question, so that an answer of one word is understood.
func (h Host) askWhatCame(tx *store.Tx, p archive.Post, answers int, now time.Time) error {
	l, err := list.Get(tx, p.List)
	if err != nil {
		return err
	}
	who, err := list.GetPerson(tx, p.Author)
	if err != nil {
		return err
	}
	n := notice.WasItSolved{Post: p.Number, Subject: p.Subject, Asked: p.Accepted, Answers: answers, Everyone: l.ReplyAddress(h.Keys, uint32(p.Number))}
	m, err := n.Compose(notice.To{List: l, Person: who, ID: n.AskedID(), Now: now})
	if err != nil {
		return err
	}
	return queue.PutLetter(tx, queue.Letter{
		From: l.ReturnAddress(h.Keys, who.ID, 0, now), To: who.Address, Header: m.Header, Body: m.Body,
		Priority: queue.Normal, Member: uint32(who.ID), Queued: now,
	})
}
