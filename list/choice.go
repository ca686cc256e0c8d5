package list

import (
	"fmt"

	"sencoforum/store"
)

// Choice is what a member chose about one thread. A thread is named by its number, which the archive gives.
type Choice byte

// The choices. Nothing is stored for NoChoice.
const (
	NoChoice Choice = 0
	Follow   Choice = 'f' // its replies come at once also to somebody who else gets only new discussions
	Mute     Choice = 'm' // nothing more of it comes
)

var choiceCodec = store.ValueCodec[Choice]{
	Append: func(b []byte, c Choice) ([]byte, error) { return append(b, byte(c)), nil },
	Parse: func(b []byte) (Choice, error) {
		if len(b) != 1 || b[0] != byte(Follow) && b[0] != byte(Mute) {
			return NoChoice, fmt.Errorf("%d bytes are no choice about a thread", len(b))
		}
		return Choice(b[0]), nil
	},
}

type (
	choiceKey = store.Pair[uint32, PersonID]
	chosenKey = store.Pair[PersonID, uint32]
)

// Choose stores what a person chose about a thread; NoChoice takes it back.
func Choose(tx *store.Tx, thread uint32, p PersonID, c Choice) error {
	key, back := choiceKey{A: thread, B: p}, chosenKey{A: p, B: thread}
	if c == NoChoice {
		if err := choices.Delete(tx, key); err != nil {
			return err
		}
		return chosen.Delete(tx, back)
	}
	if err := choices.Put(tx, key, c); err != nil {
		return err
	}
	return chosen.Put(tx, back, c)
}

// ChoiceOf is what a person chose about a thread.
func ChoiceOf(tx *store.Tx, thread uint32, p PersonID) (Choice, error) {
	c, _, err := choices.Get(tx, choiceKey{A: thread, B: p})
	return c, err
}

// Choices are what people chose about a thread, of those from a number on. It is nil where nobody did.
func Choices(tx *store.Tx, thread uint32, from PersonID) (all map[PersonID]Choice, err error) {
	for row, err := range store.PrefixFrom(choices, tx, thread, from) {
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = map[PersonID]Choice{}
		}
		all[row.Key.B] = row.Value
	}
	return all, nil
}

// Chosen are the threads about which a person chose something. It is nil where there is none.
func Chosen(tx *store.Tx, p PersonID) (all map[uint32]Choice, err error) {
	for row, err := range store.Prefix(chosen, tx, p) {
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = map[uint32]Choice{}
		}
		all[row.Key.B] = row.Value
	}
	return all, nil
}

// UniteChoices makes what was chosen about one thread true of another, of which it has become a part. Who chose something
// about both keeps a mute.
func UniteChoices(tx *store.Tx, from, into uint32) error {
	all, err := Choices(tx, from, 0)
	if err != nil {
		return err
	}
	for p, c := range all {
		old, err := ChoiceOf(tx, into, p)
		if err != nil {
			return err
		}
		if old == Mute {
			c = Mute
		}
		if err := Choose(tx, from, p, NoChoice); err != nil {
			return err
		}
		if err := Choose(tx, into, p, c); err != nil {
			return err
		}
	}
	return nil
}

// CopyChoices makes what was chosen about one thread true of another as well, which was split off it.
func CopyChoices(tx *store.Tx, from, into uint32) error {
	all, err := Choices(tx, from, 0)
	if err != nil {
		return err
	}
	for p, c := range all {
		if err := Choose(tx, into, p, c); err != nil {
			return err
		}
	}
	return nil
}

// forgetChoices takes away all that a person chose.
func forgetChoices(tx *store.Tx, p PersonID) error {
	all, err := Chosen(tx, p)
	if err != nil {
		return err
	}
	for thread := range all {
		if err := Choose(tx, thread, p, NoChoice); err != nil {
			return err
		}
	}
	return nil
}
