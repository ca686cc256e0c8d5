package moderate

import (
	"errors"
	"fmt"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// Stop hides a post everywhere at once and ends its copies: those that wait are dropped when their turn comes. All moderators
// are told by whom and how many members have it, with the words recall, erase and release. It needs no second step. A post that
// is hidden already stays so, and whoever asked alone is told. The error is ErrNotOut for one that was withdrawn or erased. After
// the commit, Hid puts what was done into the ledger beside the store.
func (a *Acts) Stop(tx *store.Tx, h Hand, n archive.Number) (archive.Post, error) {
	p, err := archive.Get(tx, n)
	if err != nil {
		return p, err
	}
	asker, err := mustModerate(tx, p.List, h)
	if err != nil {
		return p, err
	}
	again := p.State == archive.Hidden
	if !again {
		if p, err = archive.Hide(tx, n, archive.Seal{}, h.Now); errors.Is(err, archive.ErrErased) {
			return p, fmt.Errorf("stop post %d: %w", n, ErrNotOut)
		}
		if err == nil {
			err = errors.Join(h.note(tx, "post stop", p.List, 0, uint64(n)), endOfPost(tx, h, n))
		}
		if err != nil {
			return p, err
		}
	}
	to := []list.Person{asker}
	if !again {
		if to, err = a.circle(tx, p.List); err != nil {
			return p, err
		}
	}
	return p, a.tellStopped(tx, h, p, to, again)
}

// Hid writes into the ledger beside the store that a post was hidden, so that an older store, put back, hides it again.
func (a *Acts) Hid(p archive.Post, at time.Time) error {
	if a.cfg.Eraser == nil {
		return nil
	}
	return a.cfg.Eraser.noteVisible(p, entry{Act: actHide, At: at})
}

// tellStopped tells moderators of a post that was stopped, with what may be answered.
func (a *Acts) tellStopped(tx *store.Tx, h Hand, p archive.Post, to []list.Person, again bool) error {
	l, err := list.Get(tx, p.List)
	if err != nil {
		return err
	}
	by, err := calledBy(tx, h.Person)
	if err != nil {
		return err
	}
	counts, err := queue.Tally(tx, uint64(p.Number))
	if err != nil {
		return err
	}
	for _, who := range to {
		r := ofPost(l, who, p.Number, h.Now)
		if who.ID != 0 {
			tok, err := allow(tx, Pending{Use: UseOffer, List: l.ID, Person: who.ID, Post: p.Number, Until: h.Now.Add(offerLife)}, h.Now)
			if err != nil {
				return err
			}
			r = r.Tokened("mod", tok)
		}
		if who.ID == h.Person {
			r.Answers = h.Answers
		}
		n := notice.Stopped{Post: lineOf(p), By: by, At: london(h.Now), Have: counts.Delivered, Of: max(p.Audience, counts.Delivered), Again: again}
		if err := a.mail(tx, r, n); err != nil {
			return err
		}
	}
	return nil
}

// Look reads what the words about a post refer to: the post, and how many have it.
func have(tx *store.Tx, n archive.Number) (p archive.Post, delivered int, err error) {
	if p, err = archive.Get(tx, n); err != nil {
		return p, 0, err
	}
	counts, err := queue.Tally(tx, uint64(n))
	return p, counts.Delivered, err
}
