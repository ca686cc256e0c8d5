package moderate

import (
	"crypto/sha256"
	"fmt"
	"time"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// An Asker is an address that writes to the robot of a list. What it got is kept under a digest of it.
type Asker struct {
	List    list.ID
	Address message.Address
}

// How many answers of the robot an address gets in a day, and how often at most it is asked what it means.
const (
	mostReplies = 10
	askEvery    = 10 * time.Minute
)

// A Turn says whether a mail to the robot may be answered.
type Turn struct {
	May  bool
	Last bool // it is the last answer of the day
}

// Answer counts an answer of the robot to an address: so many on one day of UTC.
func (a Asker) Answer(tx *store.Tx, now time.Time) (t Turn, err error) {
	today := fmt.Sprintf("replies %05d ", token.DayOf(now))
	if err := tidyTallies(tx, "replies ", func(what string, _ tally) bool { return what < today }); err != nil {
		return t, err
	}
	key := a.key(today)
	n, _, err := tallies.Get(tx, key)
	if err != nil || n.N >= mostReplies {
		return t, err
	}
	if n.N++; n.N == 1 {
		n.Since = now
	}
	return Turn{May: true, Last: n.N == mostReplies}, tallies.Put(tx, key, n)
}

// NotRead counts a mail in which the robot found no command, and reports whether people should read it: it is the second in a
// row, yesterday's included, or the address was asked a moment ago.
func (a Asker) NotRead(tx *store.Tx, now time.Time) (people bool, err error) {
	before := fmt.Sprintf("asked %05d ", token.DayOf(now)-1)
	if err := tidyTallies(tx, "asked ", func(what string, _ tally) bool { return what < before }); err != nil {
		return false, err
	}
	n, err := a.asked(tx, now)
	if err != nil {
		return false, err
	}
	people = n.N > 0 || !n.Since.IsZero() && now.Sub(n.Since) < askEvery
	return people, a.note(tx, now, tally{Since: now, N: n.N + 1})
}

// Read notes that the robot did what an address wrote, so that the next mail it does not understand is the first again.
func (a Asker) Read(tx *store.Tx, now time.Time) error {
	n, err := a.asked(tx, now)
	if err != nil || n.N == 0 {
		return err
	}
	return a.note(tx, now, tally{Since: n.Since})
}

// asked is how often in a row an address was asked, today or since yesterday, and when last.
func (a Asker) asked(tx *store.Tx, now time.Time) (n tally, err error) {
	for _, d := range []uint16{token.DayOf(now), token.DayOf(now) - 1} {
		n, ok, err := tallies.Get(tx, a.key(fmt.Sprintf("asked %05d ", d)))
		if err != nil || ok {
			return n, err
		}
	}
	return n, nil
}

func (a Asker) note(tx *store.Tx, now time.Time, n tally) error {
	return tallies.Put(tx, a.key(fmt.Sprintf("asked %05d ", token.DayOf(now))), n)
}

// key is that of a count. It bears the number of the list, and nothing that names a person.
func (a Asker) key(what string) store.Pair[string, list.PersonID] {
	sum := sha256.Sum256([]byte(a.Address.Key()))
	return store.Pair[string, list.PersonID]{A: fmt.Sprintf("%s%x", what, sum[:16]), B: list.PersonID(a.List)}
}
