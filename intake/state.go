package intake

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/store"
)

// State is where a message stands. A message that is being received has none:
// nothing durable exists before the transaction that is answered with 250.
type State string

// The states. Accepted is passed through within one transaction: what is
// accepted is Held, Waiting, or no post at all.
const (
	Accepted  State = "accepted"
	Held      State = "held"
	Waiting   State = "waiting"   // accepted as a post; its sending delay runs
	Expanding State = "expanding" // published; its recipients are being read
	Expanded  State = "expanded"  // a queue row exists for each recipient
	Done      State = "done"      // every row is final
	Rejected  State = "rejected"
	Withdrawn State = "withdrawn"
	Shunted   State = "shunted" // could not be processed; kept until a person acts
	Erased    State = "erased"
	Handled   State = "handled"   // no post: passed on to people, or a returned copy
	Discarded State = "discarded" // automatic mail, or thrown away by a moderator
	Duplicate State = "duplicate" // known already; the row without the raw message
)

// States lists every state, in the order of a message's life.
var States = []State{
	Accepted, Held, Waiting, Expanding, Expanded, Done,
	Rejected, Withdrawn, Shunted, Erased, Handled, Discarded, Duplicate,
}

// next holds the legal steps of a message. Every state may become Shunted or
// Erased as well.
var next = map[State][]State{
	Accepted:  {Held, Waiting, Handled, Discarded, Duplicate, Done},
	Held:      {Waiting, Handled, Rejected, Withdrawn, Discarded}, // Handled: it went to one person
	Waiting:   {Held, Expanding, Withdrawn},
	Expanding: {Expanded},
	Expanded:  {Done},
	Done:      {Expanded}, // copies that were stopped go out after all
	Shunted:   {Waiting, Expanding, Expanded, Handled, Discarded},
}

// Legal reports whether a message may go from one state to another. Staying
// is legal, so that a step may be run again.
func Legal(from, to State) bool {
	if from == to {
		return true
	}
	if to == Shunted {
		return from != Erased && from != Duplicate
	}
	return to == Erased || slices.Contains(next[from], to)
}

// Status is a message's state, since when, and why where a reason is needed. It is stored by store.Compact: the numbers of its
// fields are for ever.
type Status struct {
	State  State     `json:"state" cbor:"1,keyasint,omitempty"`
	Since  time.Time `json:"since" cbor:"2,keyasint,omitempty"`
	Reason string    `json:"reason,omitempty" cbor:"3,keyasint,omitempty"`
}

// Errors of the intake.
var (
	ErrNoMessage = errors.New("no such message")
	ErrIllegal   = errors.New("a message cannot take that step")
)

// StatusOf returns the state of a message, or ErrNoMessage.
func StatusOf(tx *store.Tx, id ID) (Status, error) {
	s, ok, err := states.Get(tx, id)
	if err == nil && !ok {
		err = fmt.Errorf("message %d: %w", id, ErrNoMessage)
	}
	return s, err
}

// Move takes a message to another state. It returns ErrIllegal for a step that
// does not exist.
func Move(tx *store.Tx, id ID, to Status) error {
	from, err := StatusOf(tx, id)
	if err != nil {
		return err
	}
	if !Legal(from.State, to.State) {
		return fmt.Errorf("message %d from %s to %s: %w", id, from.State, to.State, ErrIllegal)
	}
	if from.State != to.State {
		if err := count(tx, from.State, to.State); err != nil {
			return err
		}
	}
	return states.Put(tx, id, to)
}

func count(tx *store.Tx, from, to State) error {
	if _, err := live(from).Add(tx, -1); err != nil {
		return err
	}
	_, err := live(to).Add(tx, 1)
	return err
}
