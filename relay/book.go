package relay

import (
	"time"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// A Letter is a message of one member to another that was put into the intake.
type Letter struct {
	Message intake.ID
	Key     intake.Key
	Way     Way
	From    list.PersonID
	Came    time.Time // when it came, where it has waited; zero: now
}

// Send lets a letter leave: it is entered, counted, and gets its queue row.
func (b *Book) Send(tx *store.Tx, l Letter) error {
	now := b.now()
	e := Entry{At: now, Key: l.Key, List: l.Way.List.ID, Post: l.Way.Post.Number, From: l.From, To: l.Way.To.ID}
	if !l.Came.IsZero() {
		e.At = l.Came
	}
	if err := entries.Put(tx, l.Message, e); err != nil {
		return err
	}
	if err := received.Put(tx, receivedKey{A: e.To, B: l.Message}, struct{}{}); err != nil {
		return err
	}
	d, err := today(tx, l.From, now)
	if err != nil {
		return err
	}
	d.Sent++
	if err := days.Put(tx, l.From, d); err != nil {
		return err
	}
	return queue.Put(tx, queue.Row{
		Kind: Kind, Member: uint32(e.To), Domain: l.Way.To.Address.Domain, Payload: payload(l.Message),
		Priority: queue.Normal, Queued: now,
	})
}

// Enter keeps of a mail that is not relayed when it came, so that the row of the intake goes in time.
func (b *Book) Enter(tx *store.Tx, id intake.ID, k intake.Key, l list.ID) error {
	return entries.Put(tx, id, Entry{At: b.now(), Key: k, List: l})
}

// Written is how many messages a person has written today, for all lists together.
func (b *Book) Written(tx *store.Tx, p list.PersonID) (int, error) {
	d, err := today(tx, p, b.now())
	return d.Sent, err
}

// today is what a person did on the day of now.
func today(tx *store.Tx, p list.PersonID, now time.Time) (Day, error) {
	d, _, err := days.Get(tx, p)
	if day := token.DayOf(now); d.Day != day {
		d = Day{Day: day}
	}
	return d, err
}

// Muted reports whether a reader wants no messages of a writer.
func (b *Book) Muted(tx *store.Tx, reader, writer list.PersonID) (bool, error) {
	return muted.Has(tx, mutedKey{A: reader, B: writer})
}

// latest is the last message that a person got from another about a post, if it is not forgotten yet.
func latest(tx *store.Tx, to, from list.PersonID, way Way) (id intake.ID, last Entry, found bool, err error) {
	for row, err := range store.Prefix(received, tx, to) {
		if err != nil {
			return 0, last, false, err
		}
		e, ok, err := entries.Get(tx, row.Key.B)
		if err != nil {
			return 0, last, false, err
		}
		if ok && e.From == from && e.Post == way.Post.Number {
			id, last, found = row.Key.B, e, true
		}
	}
	return id, last, found, nil
}
