package membership

import (
	"time"

	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// Before the summer holidays members who get single posts are offered a pause, once a year; in digests the offer stands in the last
// one. The keeper goes through the members of a list in the order of their numbers: the transaction that puts the mails of some
// moves on as well, so a crash neither loses nor doubles one.

// summered is how far the keeper has come with a list.
type summered struct {
	Begins time.Time     `json:"begins"` // of the holidays
	Next   list.PersonID `json:"next"`   // the first member who was not looked at
	Done   bool          `json:"done,omitempty"`
}

var summers = store.NewTable("membership.summers", store.Uint32Key[list.ID](), store.JSON[summered]())

// summerBefore is how long before the holidays the offer is made; summerBatch bounds the members that one transaction looks at.
const (
	summerBefore = 7 * 24 * time.Hour
	summerBatch  = 200
)

// summer offers pauses in the last week before the summer holidays, on school days and not at night.
func (k *Keeper) summer() (more bool, next time.Time, err error) {
	now := k.now()
	n, due := summerDue(k.host.Hours, now)
	if !due {
		return false, next, nil
	}
	var of list.List
	err = k.db.View(func(tx *store.Tx) error {
		more = false
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			at, _, err := summers.Get(tx, l.ID)
			if err != nil {
				return err
			}
			if !at.Begins.Equal(n.Begins) || !at.Done {
				of, more = l, true
				return nil
			}
		}
		return nil
	})
	if err != nil || !more {
		return false, next, err
	}
	return true, next, k.db.Update(func(tx *store.Tx) error { return k.host.summerSome(tx, of, n, now) })
}

// summerDue reports whether offers are made at a moment, and of what. It is pure.
func summerDue(h calendar.Hours, now time.Time) (n notice.SummerPause, due bool) {
	begins, term, known := h.Summer(now)
	if !known || begins.Sub(now) > summerBefore || !h.SchoolDay(now) || h.Quiet(now) {
		return n, false
	}
	return notice.SummerPause{Begins: begins, Term: term}, true
}

// summerSome makes the offer to some members of a list.
func (h Host) summerSome(tx *store.Tx, l list.List, n notice.SummerPause, now time.Time) error {
	at, _, err := summers.Get(tx, l.ID)
	if err != nil {
		return err
	}
	if !at.Begins.Equal(n.Begins) {
		at = summered{Begins: n.Begins}
	}
	looked := 0
	at.Done = true
	for m, err := range list.Members(tx, l.ID, at.Next) {
		if err != nil {
			return err
		}
		if looked == summerBatch {
			at.Done = false
			break
		}
		looked++
		at.Next = m.Person + 1
		if err := h.offerSummer(tx, l, m, n, now); err != nil {
			return err
		}
	}
	return summers.Put(tx, l.ID, at)
}

// offerSummer makes the offer to a member who gets single posts now, and did not say that they want no reminders.
func (h Host) offerSummer(tx *store.Tx, l list.List, m list.Membership, n notice.SummerPause, now time.Time) error {
	if m.Suspended || m.Unmailed || m.Mode == list.ModeNone || m.Mode.Digested() || m.Paused(now) {
		return nil
	}
	if d, err := DetailsOf(tx, m.List, m.Person); err != nil || d.NoReminders {
		return err
	}
	who, err := list.GetPerson(tx, m.Person)
	if err != nil {
		return err
	}
	c, err := n.Compose(notice.To{List: l, Person: who, Now: now})
	if err != nil {
		return err
	}
	return queue.PutLetter(tx, queue.Letter{
		From: l.ReturnAddress(h.Keys, who.ID, 0, now), To: who.Address, Header: c.Header, Body: c.Body,
		Priority: queue.Bulk, Member: uint32(who.ID), Queued: now,
	})
}
