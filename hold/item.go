package hold

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// Reason says why a message waits.
type Reason string

// Unverified means that nothing shows that the message came from the address
// in From: its author is asked, at the stored address, whether it did. Stranger
// means that it did, and that no member has that address: its writer is asked
// for the address that we know. Spam means that a filter calls a member's
// message spam: its author is asked as well.
const (
	Unverified Reason = "unverified"
	Stranger   Reason = "stranger"
	Spam       Reason = "spam"
)

// An Item is a message that waits.
type Item struct {
	Number  Number          `json:"number"`
	Message intake.ID       `json:"message"`
	List    list.ID         `json:"list"`
	Reason  Reason          `json:"reason"`
	From    message.Address `json:"from"`
	Author  list.PersonID   `json:"author,omitempty"` // whose address From is; 0 for a stranger's
	Key     intake.Key      `json:"key"`
	Named   int             `json:"named,omitempty"` // how many addresses a stranger has named as theirs
	Since   time.Time       `json:"since"`
	Until   time.Time       `json:"until"` // when it is deleted without an answer
}

// MaxItems is how many items a list keeps. Beyond that the oldest goes, of
// strangers first, and is counted.
const MaxItems = 1000

// ErrNoItem is returned for a number that no item has, or has any more.
var ErrNoItem = errors.New("nothing waits under that number")

func (it Item) order() orderKey {
	c := ofStrangers
	if it.Author != 0 {
		c = ofMembers
	}
	return orderKey{A: it.List, B: store.Pair[class, Number]{A: c, B: it.Number}}
}

func (it Item) expiry() expiryKey {
	return expiryKey{A: uint64(it.Until.UnixNano()), B: it.Number}
}

// Put stores an item, gives it its number and returns it.
func Put(tx *store.Tx, it Item) (Item, error) {
	n, err := numbers.Next(tx)
	if err != nil {
		return it, err
	}
	it.Number = Number(n)
	if err := items.Put(tx, it.Number, it); err != nil {
		return it, err
	}
	if err := order.Put(tx, it.order(), struct{}{}); err != nil {
		return it, err
	}
	if err := expiry.Put(tx, it.expiry(), struct{}{}); err != nil {
		return it, err
	}
	if err := keys.Put(tx, it.Key, it.Number); err != nil {
		return it, err
	}
	_, err = waiting(it.List).Add(tx, 1)
	return it, err
}

// Get returns an item, or ErrNoItem.
func Get(tx *store.Tx, n Number) (Item, error) {
	it, ok, err := items.Get(tx, n)
	if err == nil && !ok {
		err = fmt.Errorf("item %d: %w", n, ErrNoItem)
	}
	return it, err
}

// OfStranger returns the items of a list that wait because no member has the
// address in From, oldest first, at most most of them.
func OfStranger(tx *store.Tx, l list.ID, from message.Address, most int) (all []Item, err error) {
	for row, err := range store.Prefix(order, tx, l) {
		if err != nil {
			return nil, err
		}
		if row.Key.B.A != ofStrangers || len(all) == most {
			break
		}
		it, err := Get(tx, row.Key.B.B)
		if err != nil {
			return nil, err
		}
		if it.Reason == Stranger && it.From.Key() == from.Key() {
			all = append(all, it)
		}
	}
	return all, nil
}

// Known returns the item of a message that came before.
func Known(tx *store.Tx, k intake.Key) (Number, bool, error) { return keys.Get(tx, k) }

// Remove takes an item out, with its tokens and what was named for it. What becomes of the message is the
// caller's to say, in the same transaction.
func Remove(tx *store.Tx, it Item) error {
	for row, err := range store.Prefix(granted, tx, it.Number) {
		if err != nil {
			return err
		}
		if err := errors.Join(tokens.Delete(tx, row.Key.B), granted.Delete(tx, row.Key)); err != nil {
			return err
		}
	}
	if _, err := waiting(it.List).Add(tx, -1); err != nil {
		return err
	}
	for row, err := range store.Prefix(named, tx, it.Number) {
		if err != nil {
			return err
		}
		if err := named.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	return errors.Join(items.Delete(tx, it.Number), order.Delete(tx, it.order()), expiry.Delete(tx, it.expiry()), keys.Delete(tx, it.Key))
}

// Count returns how many items of a list wait.
func Count(tx *store.Tx, l list.ID) (uint64, error) { return waiting(l).Value(tx) }

// Dropped returns how many items of a list were given up for want of room.
func Dropped(tx *store.Tx, l list.ID) (uint64, error) { return dropped(l).Value(tx) }

// Surplus takes out one item of a list that keeps too many: the oldest of
// strangers, or else the oldest. It reports false when there is room. The
// caller discards the message.
func Surplus(tx *store.Tx, l list.ID) (it Item, found bool, err error) {
	n, err := Count(tx, l)
	if err != nil || n <= MaxItems {
		return it, false, err
	}
	for row, err := range store.Prefix(order, tx, l) {
		if err != nil {
			return it, false, err
		}
		if it, err = Get(tx, row.Key.B.B); err != nil {
			return it, false, err
		}
		if _, err := dropped(l).Add(tx, 1); err != nil {
			return it, false, err
		}
		return it, true, Remove(tx, it)
	}
	return it, false, fmt.Errorf("list %d keeps %d items and none is found", l, n)
}

// Expired takes out the items whose time has passed, at most most of them. The
// caller discards their messages.
func Expired(tx *store.Tx, now time.Time, most int) (gone []Item, err error) {
	for row, err := range expiry.All(tx) {
		if err != nil {
			return nil, err
		}
		if row.Key.A > uint64(now.UnixNano()) || len(gone) == most {
			break
		}
		it, err := Get(tx, row.Key.B)
		if err != nil {
			return nil, err
		}
		if err := Remove(tx, it); err != nil {
			return nil, err
		}
		gone = append(gone, it)
	}
	return gone, nil
}

// All yields every item in order of number.
func All(tx *store.Tx) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for row, err := range items.All(tx) {
			if !yield(row.Value, err) || err != nil {
				return
			}
		}
	}
}

// Forget takes away how often a person was asked, and every token that was given to them.
func Forget(tx *store.Tx, p list.PersonID) error {
	for row, err := range store.Prefix(asked, tx, p) {
		if err != nil {
			return err
		}
		if err := asked.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	for row, err := range granted.All(tx) {
		if err != nil {
			return err
		}
		g, ok, err := tokens.Get(tx, row.Key.B)
		if err != nil {
			return err
		}
		if ok && g.Person == p {
			if err := errors.Join(tokens.Delete(tx, row.Key.B), granted.Delete(tx, row.Key)); err != nil {
				return err
			}
		}
	}
	return nil
}
