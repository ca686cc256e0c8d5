package incoming

import (
	"errors"

	"sencoforum/bounce"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// watchReturn counts a copy that came back for the provider of the member whose it was.
func (d *Desk) watchReturn(tx *store.Tx, c token.Claims, class bounce.Class) error {
	if d.cfg.Watch == nil {
		return nil
	}
	p, err := list.GetPerson(tx, list.PersonID(c.A))
	if errors.Is(err, list.ErrNoPerson) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.cfg.Watch.Reported(tx, class.String(), p.Address.Domain)
}
