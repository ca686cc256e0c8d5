package moderate

import (
	"errors"
	"fmt"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/store"
)

// ErrNobody says that a message cannot be passed on, because the list has no moderator and the server no operator.
var ErrNobody = errors.New("there is nobody to pass it on to")

// ErrNotForPeople says that a message was not set aside, or is no mail to people.
var ErrNotForPeople = errors.New("this is no mail to people that was set aside")

// Retry passes on a message that was set aside because there was nobody to pass it on to.
func (f *Forwarder) Retry(tx *store.Tx, id intake.ID) error {
	r, err := intake.Get(tx, id)
	if err != nil {
		return err
	}
	status, err := intake.StatusOf(tx, id)
	if err != nil {
		return err
	}
	if status.State != intake.Shunted || list.Kind(r.Kind) == list.KindPost {
		return fmt.Errorf("message %d: %w", id, ErrNotForPeople)
	}
	l, err := list.Get(tx, list.ID(r.List))
	if err != nil {
		return err
	}
	to, err := f.Recipients(tx, list.Destination{Kind: list.Kind(r.Kind), List: l})
	if err != nil {
		return err
	}
	if len(to) == 0 {
		return fmt.Errorf("message %d: %w", id, ErrNobody)
	}
	if err := f.Forward(tx, id, l.ID, to); err != nil {
		return err
	}
	return intake.Move(tx, id, intake.Status{State: intake.Handled, Since: f.now()})
}
