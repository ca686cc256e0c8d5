package membership

import (
	"time"

	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// What is mailed to many members at one time goes out in walks: the keeper goes through the members of a list in the order of their
// numbers, and the transaction that puts the mails of some moves on as well, so a crash neither loses nor doubles one.

// walked is how far the keeper has come with a list.
type walked struct {
	Begins time.Time     `json:"begins"` // what the walk is about: the first day of the holidays, or of the month
	Next   list.PersonID `json:"next"`   // the first member who was not looked at
	Done   bool          `json:"done,omitempty"`
}

type walkTable = store.Table[list.ID, walked]

// walkBatch bounds the members that one transaction looks at.
const walkBatch = 200

// unwalked is a list, of those that take part, whose walk about something is not done; false where there is none.
func unwalked(tx *store.Tx, at walkTable, begins time.Time, takesPart func(list.List) bool) (of list.List, found bool, err error) {
	for l, err := range list.All(tx) {
		if err != nil {
			return of, false, err
		}
		w, _, err := at.Get(tx, l.ID)
		if err != nil {
			return of, false, err
		}
		if takesPart(l) && (!w.Begins.Equal(begins) || !w.Done) {
			return l, true, nil
		}
	}
	return of, false, nil
}

// walkOn looks at the next members of a list and moves on.
func walkOn(tx *store.Tx, at walkTable, l list.ID, begins time.Time, do func(list.Membership) error) error {
	w, _, err := at.Get(tx, l)
	if err != nil {
		return err
	}
	if !w.Begins.Equal(begins) {
		w = walked{Begins: begins}
	}
	looked := 0
	w.Done = true
	for m, err := range list.Members(tx, l, w.Next) {
		if err != nil {
			return err
		}
		if looked == walkBatch {
			w.Done = false
			break
		}
		looked++
		w.Next = m.Person + 1
		if err := do(m); err != nil {
			return err
		}
	}
	return at.Put(tx, l, w)
}

// remindable reports whether a member may be sent what nobody asked for: they get mail now, and did not say that they want no
// reminders.
func remindable(tx *store.Tx, m list.Membership, now time.Time) (bool, error) {
	if m.Suspended || m.Unmailed || m.Mode == list.ModeNone || m.Paused(now) {
		return false, nil
	}
	d, err := DetailsOf(tx, m.List, m.Person)
	return err == nil && !d.NoReminders, err
}

// bulk puts a mail that goes to many into the queue.
func (h Host) bulk(tx *store.Tx, to notice.To, compose func(notice.To) (notice.Mail, error)) error {
	c, err := compose(to)
	if err != nil {
		return err
	}
	return queue.PutLetter(tx, queue.Letter{
		From: to.List.ReturnAddress(h.Keys, to.Person.ID, 0, to.Now), To: to.Person.Address, Header: c.Header, Body: c.Body,
		Priority: queue.Bulk, Member: uint32(to.Person.ID), Queued: to.Now,
	})
}
