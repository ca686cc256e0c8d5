package hold

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// A Grant is what a token lets its holder do: answer for one item, as one
// person. The token itself was mailed to that person alone and is not stored.
type Grant struct {
	Item   Number        `json:"item"`
	Person list.PersonID `json:"person"` // 0: whoever wrote the message, at the address in its From
	Until  time.Time     `json:"until"`

	Moderator bool     `json:"moderator,omitempty"` // the person decides, and not as the writer
	Batch     []Number `json:"batch,omitempty"`     // of a moderator: several items, by their place from 1; Item is 0
	Post      uint32   `json:"post,omitempty"`      // of an author: a post that waits to be sent; Item is 0

	Search *Searched `json:"search,omitempty"` // of whoever searched by email; Item is 0
}

// ErrSpent is returned for a token that was never given out, is too old, or
// whose item was decided already.
var ErrSpent = errors.New("that token is not valid any more")

// Allow makes a token for a person's answer and returns it. It is stored hashed,
// so this is the only moment at which it is known.
func Allow(tx *store.Tx, it Item, p list.PersonID, until time.Time) (string, error) {
	return grant(tx, Grant{Item: it.Number, Person: p, Until: until})
}

// grant makes a token for an answer.
func grant(tx *store.Tx, g Grant) (string, error) {
	t := token.Random()
	digest, err := token.Hash(t)
	if err != nil {
		return "", err
	}
	return t, errors.Join(tokens.Put(tx, digest, g), granted.Put(tx, grantedKey{A: g.Item, B: digest}, struct{}{}))
}

// Look returns what a token stands for, or ErrSpent.
func Look(tx *store.Tx, t string, now time.Time) (Grant, Item, error) {
	digest, err := token.Hash(t)
	if err != nil {
		return Grant{}, Item{}, fmt.Errorf("%w: %w", ErrSpent, err)
	}
	g, ok, err := tokens.Get(tx, digest)
	if err != nil {
		return g, Item{}, err
	}
	if !ok || g.Moderator || g.Post != 0 || !now.Before(g.Until) {
		return g, Item{}, ErrSpent
	}
	it, err := Get(tx, g.Item)
	if errors.Is(err, ErrNoItem) || err == nil && it.Decision != nil {
		err = ErrSpent
	}
	return g, it, err
}

// AllowModerator makes a token by which a moderator decides about one item, or about several that came in one mail.
func AllowModerator(tx *store.Tx, p list.PersonID, until time.Time, all ...Number) (string, error) {
	g := Grant{Person: p, Until: until, Moderator: true}
	if len(all) == 1 {
		g.Item = all[0]
	} else {
		g.Batch = all
	}
	return grant(tx, g)
}

// LookModerator returns what a moderator's token stands for, also when its time has passed or its item was decided: the
// caller answers that. The error is ErrSpent for one that is none, or whose item is gone.
func LookModerator(tx *store.Tx, t string) (Grant, error) {
	g, err := find(tx, t)
	if err == nil && !g.Moderator {
		err = ErrSpent
	}
	return g, err
}

// AllowPost makes a token by which the author of a post that waits to be sent takes it back.
func AllowPost(tx *store.Tx, p list.PersonID, post uint32, until time.Time) (string, error) {
	return grant(tx, Grant{Person: p, Until: until, Post: post})
}

// LookPost returns what such a token stands for, or ErrSpent.
func LookPost(tx *store.Tx, t string) (Grant, error) {
	g, err := find(tx, t)
	if err == nil && g.Post == 0 {
		err = ErrSpent
	}
	return g, err
}

func find(tx *store.Tx, t string) (Grant, error) {
	digest, err := token.Hash(t)
	if err != nil {
		return Grant{}, fmt.Errorf("%w: %w", ErrSpent, err)
	}
	g, ok, err := tokens.Get(tx, digest)
	if err == nil && !ok {
		err = ErrSpent
	}
	return g, err
}

// keepSpent is how long a token of no single item is known after its time, so that its holder hears that it is too old.
const keepSpent = 30 * 24 * time.Hour

// Tidy forgets tokens of no single item whose time has long passed, at most most of them; those of an item go with it. It
// returns how many went.
func Tidy(tx *store.Tx, now time.Time, most int) (gone int, err error) {
	for row, err := range store.Prefix(granted, tx, Number(0)) {
		if err != nil {
			return gone, err
		}
		if gone == most {
			break
		}
		g, ok, err := tokens.Get(tx, row.Key.B)
		if err != nil {
			return gone, err
		}
		if ok && now.Before(g.Until.Add(keepSpent)) {
			continue
		}
		if err := errors.Join(tokens.Delete(tx, row.Key.B), granted.Delete(tx, row.Key)); err != nil {
			return gone, err
		}
		gone++
	}
	return gone, nil
}

// MayAsk counts a question to a person and reports whether it may be mailed: no
// more than most in one day, as token.DayOf counts them.
func MayAsk(tx *store.Tx, p list.PersonID, now time.Time, most int) (bool, error) {
	today := uint32(token.DayOf(now))
	n := 0
	for row, err := range store.Prefix(asked, tx, p) {
		switch {
		case err != nil:
			return false, err
		case row.Key.B == today:
			n = row.Value
		default: // of another day: it says nothing any more
			if err := asked.Delete(tx, row.Key); err != nil {
				return false, err
			}
		}
	}
	if n >= most {
		return false, nil
	}
	return true, asked.Put(tx, askedKey{A: p, B: today}, n+1)
}

// mailedKey finds an address in the table of those that had their mail of a day. The address itself is not stored.
func mailedKey(a message.Address, day uint16) store.Pair[uint32, string] {
	sum := sha256.Sum256([]byte(a.Key()))
	return store.Pair[uint32, string]{A: uint32(day), B: string(sum[:16])}
}

// tidyMost bounds how many rows of days that are over one question forgets: more than it adds, so that they do not pile up.
const tidyMost = 8

// MayMail counts a mail to an address because of a stranger's message, and reports whether it may be sent: one in a day,
// as token.DayOf counts them, whatever the message and the list.
func MayMail(tx *store.Tx, a message.Address, now time.Time) (bool, error) {
	today := mailedKey(a, token.DayOf(now))
	if err := tidyMailed(tx, today.A); err != nil {
		return false, err
	}
	has, err := mailed.Has(tx, today)
	if err != nil || has {
		return false, err
	}
	return true, mailed.Put(tx, today, struct{}{})
}

func tidyMailed(tx *store.Tx, today uint32) error {
	var old []store.Pair[uint32, string]
	for row, err := range mailed.All(tx) {
		if err != nil {
			return err
		}
		if row.Key.A >= today || len(old) == tidyMost {
			break
		}
		old = append(old, row.Key)
	}
	for _, k := range old {
		if err := mailed.Delete(tx, k); err != nil {
			return err
		}
	}
	return nil
}
