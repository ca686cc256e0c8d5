package membership

import (
	"errors"
	"fmt"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// A Batch is how members who were added from a file come to hear of it: so many a day.
type Batch struct {
	PerDay int       `json:"per_day"`
	By     string    `json:"by"` // who said so, as in the audit log
	Day    time.Time `json:"day,omitzero"`
	Sent   int       `json:"sent,omitempty"` // on that day

	From list.PersonID `json:"from,omitempty"` // before whom nobody waited
}

// MaxPerDay bounds a batch: a new server that mails more strangers a day is taken for a spammer.
const MaxPerDay = 5000

const batchesTable = "membership.batches"

var batches = store.NewTable(batchesTable, store.Uint32Key[list.ID](), store.JSON[Batch]())

// ErrNobodyWaits says that every member of a list has heard from it.
var ErrNobodyWaits = errors.New("every member gets mail already; only members who were added with --wait are invited")

// Invite asks somebody to join, as Ask does: whoever says yes is a member without approval.
func Invite(tx *store.Tx, by By, l list.ID, m Member) error {
	r := Request{List: l, Purpose: ToInvite, Address: m.Person.Address, Name: m.Person.Name, Mode: m.Membership.Mode}
	if err := Ask(tx, by, r, noNetwork); err != nil {
		return err
	}
	return audit.Append(tx, audit.Entry{At: by.Now, Actor: by.Actor, Action: "member invite", List: uint32(l)})
}

// InviteWaiting lets the members who wait hear that they are on the list, so many a day, and begins at once in the hours of
// the day. It returns how many wait. Zero a day ends it. The error is ErrNobodyWaits.
func InviteWaiting(tx *store.Tx, by By, l list.ID, perDay int) (waiting int, err error) {
	if perDay < 0 || perDay > MaxPerDay {
		return 0, fmt.Errorf("%d a day; write 1 to %d, or 0 to stop", perDay, MaxPerDay)
	}
	if waiting, err = Waiting(tx, l); err != nil {
		return 0, err
	}
	b, _, err := batches.Get(tx, l)
	if err != nil {
		return waiting, err
	}
	b.PerDay, b.By = perDay, by.Actor
	switch {
	case perDay == 0:
		err = batches.Delete(tx, l)
	case waiting == 0:
		return 0, ErrNobodyWaits
	default:
		err = batches.Put(tx, l, b)
	}
	if err != nil {
		return waiting, err
	}
	return waiting, audit.Append(tx, audit.Entry{At: by.Now, Actor: by.Actor, Action: "invite imported", List: uint32(l), Detail: fmt.Sprintf("%d a day", perDay)})
}

// Waiting counts the members of a list who have not heard from it.
func Waiting(tx *store.Tx, l list.ID) (n int, err error) {
	for m, err := range list.Members(tx, l, 0) {
		if err != nil {
			return n, err
		}
		if m.Unmailed {
			n++
		}
	}
	return n, nil
}

// inviteBatch bounds how many members one transaction tells.
const inviteBatch = 20

// invite tells the next members of a batch, in the hours of the day.
func (k *Keeper) invite() (more bool, next time.Time, err error) {
	told := 0
	err = k.db.Update(func(tx *store.Tx) error {
		more, next, told = false, time.Time{}, 0
		now := k.now()
		var all []store.Row[list.ID, Batch]
		for row, err := range batches.All(tx) {
			if err != nil {
				return err
			}
			all = append(all, row)
		}
		for _, row := range all {
			n, at, err := k.host.tellBatch(tx, By{Now: now, Actor: row.Value.By}, row.Key, row.Value)
			if err != nil {
				return err
			}
			told += n
			more = more || n > 0
			if !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
		return nil
	})
	if told > 0 && err == nil {
		k.log.Info("members who waited were told", "count", told)
	}
	return more, next, err
}

// tellBatch tells some members of one list, and returns how many, and when to go on where there are none now.
func (h Host) tellBatch(tx *store.Tx, by By, l list.ID, b Batch) (n int, next time.Time, err error) {
	today := midnight(by.Now)
	if !b.Day.Equal(today) {
		b.Day, b.Sent = today, 0
	}
	switch {
	case wakes(by.Now).After(by.Now): // in quiet hours
		return 0, wakes(by.Now), nil
	case b.Sent >= b.PerDay:
		return 0, wakes(today.AddDate(0, 0, 1)), nil
	}
	in, err := list.Get(tx, l)
	if err != nil {
		return 0, next, err
	}
	all, err := firstWaiting(tx, l, b.From, min(inviteBatch, b.PerDay-b.Sent))
	if err == nil && len(all) == 0 && b.From > 0 { // somebody may have been added since
		all, err = firstWaiting(tx, l, 0, min(inviteBatch, b.PerDay-b.Sent))
	}
	if err != nil {
		return 0, next, err
	}
	if len(all) == 0 {
		return 0, next, batches.Delete(tx, l)
	}
	for _, m := range all {
		if err := h.tellWaiting(tx, by, in, m); err != nil {
			return 0, next, err
		}
	}
	b.Sent, b.From = b.Sent+len(all), all[len(all)-1].Person+1
	return len(all), next, batches.Put(tx, l, b)
}

func firstWaiting(tx *store.Tx, l list.ID, from list.PersonID, most int) (all []list.Membership, err error) {
	for m, err := range list.Members(tx, l, from) {
		if err != nil {
			return nil, err
		}
		if len(all) == most {
			break
		}
		if m.Unmailed {
			all = append(all, m)
		}
	}
	return all, nil
}

// tellWaiting lets posts go to a member from now on, and tells them so.
func (h Host) tellWaiting(tx *store.Tx, by By, l list.List, m list.Membership) error {
	p, err := list.GetPerson(tx, m.Person)
	if err != nil {
		return err
	}
	last, err := archive.LastSeq(tx)
	if err != nil {
		return err
	}
	m.Unmailed, m.JoinedSeq = false, uint64(last)
	if err := list.SaveMember(tx, m); err != nil {
		return err
	}
	return h.mail(tx, by, notice.To{List: l, Person: p}, "moved", func(t notice.To) (notice.Mail, error) { return notice.WeHaveMoved(t, m) })
}

// midnight is the beginning of the day in London.
func midnight(t time.Time) time.Time {
	t = t.In(calendar.London())
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}
