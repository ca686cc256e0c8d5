package hold

import (
	"errors"
	"time"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// DueTable is the table to watch for news: an item has to be looked at at another time.
const DueTable = "hold.due"

// Due returns the items that have to be looked at now, the longest overdue first, at most most of them, and the moment of
// the first that must wait; the zero time when there is none.
func Due(tx *store.Tx, now time.Time, most int) (all []Number, next time.Time, err error) {
	for row, err := range due.All(tx) {
		if err != nil {
			return nil, next, err
		}
		if row.Key.A > uint64(now.UnixNano()) {
			return all, time.Unix(0, int64(row.Key.A)), nil
		}
		if all = append(all, row.Key.B); len(all) == most {
			break
		}
	}
	return all, next, nil
}

// Waiting returns the items of a list that moderators have to decide about, oldest first.
func Waiting(tx *store.Tx, l list.ID) (all []Item, err error) {
	for row, err := range store.Prefix(order, tx, l) {
		if err != nil {
			return nil, err
		}
		it, err := Get(tx, row.Key.B.B)
		if err != nil {
			return nil, err
		}
		if it.WithModerators() {
			all = append(all, it)
		}
	}
	return all, nil
}

// Unanswered counts the items of a list that wait for whoever wrote them.
func Unanswered(tx *store.Tx, l list.ID) (n int, err error) {
	for row, err := range store.Prefix(order, tx, l) {
		if err != nil {
			return 0, err
		}
		it, err := Get(tx, row.Key.B.B)
		if err != nil {
			return 0, err
		}
		if it.Asked.IsZero() {
			n++
		}
	}
	return n, nil
}

// Decided returns the items of a list that moderators decided about since a moment, newest first.
func Decided(tx *store.Tx, l list.ID, since time.Time) (all []Item, err error) {
	for row, err := range items.Back(tx) {
		if err != nil {
			return nil, err
		}
		it := row.Value
		if it.List == l && it.Decision != nil && !it.Asked.IsZero() && !it.Decision.At.Before(since) {
			all = append(all, it)
		}
	}
	return all, nil
}

// MaySay reports whether a person may be told something again that is told at most once in a time, and notes that they are.
func MaySay(tx *store.Tx, p list.PersonID, what string, now time.Time, every time.Duration) (bool, error) {
	k := saidKey{A: p, B: what}
	last, ok, err := said.Get(tx, k)
	if err != nil || ok && now.Before(last.Add(every)) {
		return false, err
	}
	return true, said.Put(tx, k, now)
}

func forgetSaid(tx *store.Tx, p list.PersonID) error {
	for row, err := range store.Prefix(said, tx, p) {
		if err != nil {
			return err
		}
		if err := said.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	return nil
}

// forgetDecided takes what shows a person out of what is kept of their items.
func forgetDecided(tx *store.Tx, p list.PersonID) error {
	for it, err := range All(tx) {
		if err != nil {
			return err
		}
		if it.Author != p || !it.Finished() {
			continue
		}
		if err := Save(tx, it.Anonymous()); err != nil {
			return err
		}
	}
	return errors.Join(forgetPosted(tx, p))
}

// Anonymous is what is kept of an item that was decided: numbers and moments, no address, no name and no words.
func (it Item) Anonymous() Item {
	it.From, it.Name, it.Words, it.Hints = message.Address{}, "", "", nil
	for i := range it.Findings {
		it.Findings[i].Notes = nil
	}
	if it.Decision != nil {
		d := *it.Decision
		d.Reason = ""
		it.Decision = &d
	}
	return it
}

// NotedAt returns when the moderators of a list had their last morning note.
func NotedAt(tx *store.Tx, l list.ID) (time.Time, error) {
	t, _, err := noted.Get(tx, l)
	return t, err
}

// Note says that they had one now.
func Note(tx *store.Tx, l list.ID, now time.Time) error { return noted.Put(tx, l, now) }
