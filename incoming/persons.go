package incoming

import (
	"errors"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/moderate"
	"sencoforum/store"
)

// People wait for moderators as messages do: package membership says what they ask for, package moderate who decides and when.
// This is where the two meet.

// Asking returns a host whose requests that people decide about become items for the moderators.
func Asking(h membership.Host, p *moderate.Panel) membership.Host {
	h.Apply = func(tx *store.Tx, by membership.By, app membership.Application) error {
		_, err := p.Apply(tx, by.Now, hold.Item{
			Kind: hold.Application, List: app.List, From: app.Address, Name: app.Name, Words: app.Words,
			Wish: hold.Wish{Mode: app.Mode, How: app.How, Left: app.Left},
		})
		return err
	}
	h.Reinstate = func(tx *store.Tx, by membership.By, r membership.RoleRequest) error {
		_, err := p.Apply(tx, by.Now, hold.Item{
			Kind: hold.Role, List: r.List, From: r.Address, Author: r.Person, Wish: hold.Wish{Role: r.Role},
		})
		return err
	}
	return h
}

// Deciding returns what is done when moderators have decided about people.
func Deciding(h membership.Host) moderate.Decided {
	by := func(b moderate.By, it hold.Item) membership.By {
		return membership.By{Actor: b.Actor, Now: b.Now, How: it.Wish.How}
	}
	return moderate.Decided{
		Admit: func(tx *store.Tx, b moderate.By, it hold.Item) error {
			_, err := membership.Admit(tx, by(b, it), h, applicationOf(it), it.Decision.Trust)
			switch {
			case errors.Is(err, list.ErrAlreadyMember): // let in by another way meanwhile
				return nil
			case errors.Is(err, membership.ErrBarred):
				return &moderate.NotDoneError{Why: "The address is banned, or its owner wrote that they want no more of our emails."}
			}
			return err
		},
		Decline: func(tx *store.Tx, b moderate.By, it hold.Item) error {
			if it.Decision.Verdict == hold.Unheard {
				return membership.Undecided(tx, by(b, it), h, applicationOf(it))
			}
			return membership.Decline(tx, by(b, it), h, applicationOf(it), it.Decision.Reason)
		},
		Restore: func(tx *store.Tx, b moderate.By, it hold.Item) error {
			err := membership.RestoreRole(tx, by(b, it), h, roleOf(it))
			if errors.Is(err, membership.ErrMoved) {
				return &moderate.NotDoneError{Why: "They have left, or have yet another address by now."}
			}
			return err
		},
		Refuse: func(tx *store.Tx, b moderate.By, it hold.Item) error {
			return membership.KeepMember(tx, by(b, it), h, roleOf(it), it.Decision.Reason)
		},
	}
}

func applicationOf(it hold.Item) membership.Application {
	return membership.Application{
		List: it.List, Address: it.From, Name: it.Name, Words: it.Words, Mode: it.Wish.Mode, How: it.Wish.How, At: it.Since, Left: it.Wish.Left,
	}
}

func roleOf(it hold.Item) membership.RoleRequest {
	return membership.RoleRequest{List: it.List, Person: it.Author, Address: it.From, Role: it.Wish.Role}
}
