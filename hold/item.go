package hold

import (
	"errors"
	"fmt"
	"iter"
	"slices"
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
// for the address that we know. Spam is of rows of old: a filter called a
// member's message spam, and its author was asked. Doubt means that a verified
// member is asked whether the message is really for everybody. Moderation means
// that moderators decide.
const (
	Unverified Reason = "unverified"
	Stranger   Reason = "stranger"
	Spam       Reason = "spam"
	Doubt      Reason = "doubt"
	Moderation Reason = "moderation"
)

// Kind says what waits.
type Kind string

// The kinds. The empty one is a message to the list.
const (
	Post        Kind = ""
	Application Kind = "application" // somebody asks to join
	Role        Kind = "role"        // a moderator has a new address, and the role waits for another moderator's word
)

// An Item is something that waits.
type Item struct {
	Number  Number          `json:"number"`
	Kind    Kind            `json:"kind,omitempty"`
	Message intake.ID       `json:"message"` // 0 for an application
	List    list.ID         `json:"list"`
	Reason  Reason          `json:"reason"`
	From    message.Address `json:"from"`
	Author  list.PersonID   `json:"author,omitempty"` // whose address From is; 0 for a stranger's
	Key     intake.Key      `json:"key"`
	Named   int             `json:"named,omitempty"` // how many addresses a stranger has named as theirs
	Since   time.Time       `json:"since"`
	Until   time.Time       `json:"until,omitzero"` // when it is deleted without an answer; zero: the clock below decides

	Findings []list.Finding `json:"findings,omitempty"` // every reason to hold it
	Verified bool           `json:"verified,omitempty"` // the message really came from From; else its author said so
	Name     string         `json:"name,omitempty"`     // of somebody who wants to join
	Words    string         `json:"words,omitempty"`    // what they wrote about themselves, or said when they were asked
	Wish     Wish           `json:"wish,omitzero"`      // what somebody asks for who is decided about
	Post     uint32         `json:"post,omitempty"`     // its number in the archive, once it has one
	Changed  bool           `json:"changed,omitempty"`  // a moderator took words or files out
	Affirmed bool           `json:"affirmed,omitempty"` // its author was asked and wants it sent
	Hints    []string       `json:"hints,omitempty"`    // what its author may want to look at once it is taken: kinds and places
	Clock
}

// A Wish is what is decided about a person, beside who they are.
type Wish struct {
	Mode list.DeliveryMode `json:"mode,omitempty"` // of somebody who wants to join: how posts are to come
	How  string            `json:"how,omitempty"`  // by what means they asked, as package membership has it
	Left time.Time         `json:"left,omitzero"`  // of somebody who wants to come back: when they left
	Role list.Role         `json:"role,omitempty"` // that is to be given back
}

// OnPerson reports an item that is about a person and holds no message.
func (it Item) OnPerson() bool { return it.Kind == Application || it.Kind == Role }

// A Clock is what has happened to an item and what comes next. The zero one is that of an item that waits for its writer.
type Clock struct {
	Next     time.Time `json:"next,omitzero"`      // when it has to be looked at
	Asked    time.Time `json:"asked,omitzero"`     // since when the moderators have it; zero: they do not
	Told     []Told    `json:"told,omitempty"`     // who of them was told
	All      bool      `json:"all,omitempty"`      // those who are not on duty were told too
	Reminded bool      `json:"reminded,omitempty"` // its author was reminded
	Late     bool      `json:"late,omitempty"`     // its writer and the owners were told that it still waits
	Claim    *Claim    `json:"claim,omitempty"`    // who has it
	Decision *Decision `json:"decision,omitempty"` // nil while it waits
}

// Told is a moderator who was told of an item.
type Told struct {
	Person list.PersonID `json:"person"`
	At     time.Time     `json:"at"`
}

// A Claim says which moderator looks after an item, and until when the others know.
type Claim struct {
	Person list.PersonID `json:"person"`
	Until  time.Time     `json:"until"`
}

// A Verdict is what was decided.
type Verdict string

// The verdicts.
const (
	Approved  Verdict = "approved"
	Rejected  Verdict = "rejected"
	Discarded Verdict = "discarded"
	Withdrawn Verdict = "withdrawn" // its author took it back
	Unheard   Verdict = "unheard"   // nobody decided in time: it went back to its author
)

// A Decision is the one that counts: the first.
type Decision struct {
	Verdict Verdict       `json:"verdict"`
	Trust   bool          `json:"trust,omitempty"`  // approved, and its author is not held any more
	Person  list.PersonID `json:"person,omitempty"` // the moderator; 0 for the operator, the author and the clock
	Reason  string        `json:"reason,omitempty"` // for the author; forgotten when it has been told
	At      time.Time     `json:"at"`
	Due     time.Time     `json:"due"`            // when it takes effect: until then it can be undone
	Done    bool          `json:"done,omitempty"` // it has taken effect
}

// WithModerators reports an item that moderators may decide about now.
func (it Item) WithModerators() bool { return !it.Asked.IsZero() && it.Decision == nil }

// Finished reports an item whose decision has taken effect. It only tells what was decided.
func (it Item) Finished() bool { return it.Decision != nil && it.Decision.Done }

// WasTold reports whether a moderator was told of the item.
func (it Item) WasTold(p list.PersonID) bool {
	return slices.ContainsFunc(it.Told, func(t Told) bool { return t.Person == p })
}

// ClaimedBy is who has the item at a moment, 0 for nobody.
func (it Item) ClaimedBy(now time.Time) list.PersonID {
	if it.Claim == nil || !now.Before(it.Claim.Until) {
		return 0
	}
	return it.Claim.Person
}

// MaxItems is how many items a list keeps. Beyond that the oldest goes, of
// strangers first, and is counted.
const MaxItems = 1000

// ErrNoItem is returned for a number that no item has, or has any more.
var ErrNoItem = errors.New("nothing waits under that number")

func (it Item) order() orderKey {
	c := ofStrangers
	switch {
	case it.Author == 0 && it.Kind == Post:
	case it.Asked.IsZero():
		c = ofMembers
	default:
		c = ofModerators
	}
	return orderKey{A: it.List, B: store.Pair[class, Number]{A: c, B: it.Number}}
}

func (it Item) expiry() expiryKey {
	return expiryKey{A: uint64(it.Until.UnixNano()), B: it.Number}
}

func (it Item) due() expiryKey {
	return expiryKey{A: uint64(it.Next.UnixNano()), B: it.Number}
}

// Put stores an item, gives it its number and returns it.
func Put(tx *store.Tx, it Item) (Item, error) {
	n, err := numbers.Next(tx)
	if err != nil {
		return it, err
	}
	it.Number = Number(n)
	return it, enter(tx, it)
}

// enter writes an item and all by which it is found.
func enter(tx *store.Tx, it Item) error {
	if err := items.Put(tx, it.Number, it); err != nil {
		return err
	}
	if !it.Next.IsZero() {
		if err := due.Put(tx, it.due(), struct{}{}); err != nil {
			return err
		}
	}
	if it.Finished() {
		return nil
	}
	if err := order.Put(tx, it.order(), struct{}{}); err != nil {
		return err
	}
	if !it.Until.IsZero() {
		if err := expiry.Put(tx, it.expiry(), struct{}{}); err != nil {
			return err
		}
	}
	if it.Key != "" {
		if err := keys.Put(tx, it.Key, it.Number); err != nil {
			return err
		}
	}
	_, err := waiting(it.List).Add(tx, 1)
	return err
}

// leave takes away all by which a stored item is found.
func leave(tx *store.Tx, it Item) error {
	errs := []error{items.Delete(tx, it.Number)}
	if !it.Next.IsZero() {
		errs = append(errs, due.Delete(tx, it.due()))
	}
	if !it.Finished() {
		errs = append(errs, order.Delete(tx, it.order()))
		if !it.Until.IsZero() {
			errs = append(errs, expiry.Delete(tx, it.expiry()))
		}
		if it.Key != "" {
			errs = append(errs, keys.Delete(tx, it.Key))
		}
		_, err := waiting(it.List).Add(tx, -1)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Save stores a changed item, or returns ErrNoItem.
func Save(tx *store.Tx, it Item) error {
	was, err := Get(tx, it.Number)
	if err != nil {
		return err
	}
	return errors.Join(leave(tx, was), enter(tx, it))
}

// Get returns an item, or ErrNoItem.
func Get(tx *store.Tx, n Number) (Item, error) {
	it, ok, err := items.Get(tx, n)
	if err == nil && !ok {
		err = fmt.Errorf("item %d: %w", n, ErrNoItem)
	}
	return it, err
}

// OfPerson returns the item about a person that waits on a list, or whose decision has not taken effect: of a kind, and from
// an address.
func OfPerson(tx *store.Tx, l list.ID, k Kind, from message.Address) (it Item, found bool, err error) {
	for row, err := range store.Prefix(order, tx, l) {
		if err != nil {
			return it, false, err
		}
		if it, err = Get(tx, row.Key.B.B); err != nil {
			return it, false, err
		}
		if it.Kind == k && it.From.Key() == from.Key() {
			return it, true, nil
		}
	}
	return Item{}, false, nil
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
// caller's to say, in the same transaction. The error is ErrNoItem for one that is not there.
func Remove(tx *store.Tx, it Item) error {
	it, err := Get(tx, it.Number)
	if err != nil {
		return err
	}
	for row, err := range store.Prefix(granted, tx, it.Number) {
		if err != nil {
			return err
		}
		if err := errors.Join(tokens.Delete(tx, row.Key.B), granted.Delete(tx, row.Key)); err != nil {
			return err
		}
	}
	for row, err := range store.Prefix(named, tx, it.Number) {
		if err != nil {
			return err
		}
		if err := named.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	return leave(tx, it)
}

// Count returns how many items of a list wait.
func Count(tx *store.Tx, l list.ID) (uint64, error) { return waiting(l).Value(tx) }

// Dropped returns how many items of a list were given up for want of room.
func Dropped(tx *store.Tx, l list.ID) (uint64, error) { return dropped(l).Value(tx) }

// Surplus takes out one item of a list that keeps too many: the oldest of
// strangers, or else the oldest. It reports false when there is room, or when only
// such are left as moderators have to decide about: those never go. The caller
// discards the message.
func Surplus(tx *store.Tx, l list.ID) (it Item, found bool, err error) {
	n, err := Count(tx, l)
	if err != nil || n <= MaxItems {
		return it, false, err
	}
	for row, err := range store.Prefix(order, tx, l) {
		if err != nil {
			return it, false, err
		}
		if row.Key.B.A == ofModerators {
			break
		}
		if it, err = Get(tx, row.Key.B.B); err != nil {
			return it, false, err
		}
		if _, err := dropped(l).Add(tx, 1); err != nil {
			return it, false, err
		}
		return it, true, Remove(tx, it)
	}
	return Item{}, false, nil
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

// Forget takes away how often a person was asked and told, and every token that was given to them; what is kept of their
// items that were decided shows neither their address nor words any more.
func Forget(tx *store.Tx, p list.PersonID) error {
	for row, err := range store.Prefix(asked, tx, p) {
		if err != nil {
			return err
		}
		if err := asked.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	if err := errors.Join(forgetSaid(tx, p), forgetDecided(tx, p), forgetSearches(tx, p), forgetSaved(tx, p)); err != nil {
		return err
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
