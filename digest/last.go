package digest

import (
	"errors"
	"slices"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// payLast makes the last issue of a member who is owed one.
func (e *Editor) payLast() (paid bool, err error) {
	var owed []list.Owed
	err = e.db.View(func(tx *store.Tx) (err error) {
		owed, err = list.LastDigests(tx, 1)
		return err
	})
	if err != nil || len(owed) == 0 {
		return false, err
	}
	o := owed[0]
	i, err := e.lastOf(o)
	if err != nil && !errors.Is(err, list.ErrNoList) && !errors.Is(err, list.ErrNoMember) {
		return false, err
	}
	return true, e.db.Update(func(tx *store.Tx) error {
		if err := list.PaidLastDigest(tx, o); err != nil || len(i.Items) == 0 {
			return err
		}
		_, err := put(tx, i)
		return err
	})
}

// lastOf is what a member is owed: what came since the last issue of their old mode and is in none of their new one.
func (e *Editor) lastOf(o list.Owed) (i Issue, err error) {
	k, ok := kindOf(o.Mode)
	if !ok {
		return i, nil
	}
	var p plan
	err = e.db.View(func(tx *store.Tx) error {
		l, err := list.Get(tx, o.List)
		if err != nil {
			return err
		}
		m, err := list.Member(tx, o.List, o.Person)
		if err != nil {
			return err
		}
		if p, err = e.planOf(tx, l, k, e.cfg.Now()); err != nil {
			return err
		}
		p.from = max(p.from, archive.Seq(m.JoinedSeq))
		if m.Mode == list.ModeDaily {
			daily, _, err := places.Get(tx, placeKey{A: l.ID, B: Daily})
			if err != nil {
				return err
			}
			p.to = daily.To
		}
		return nil
	})
	if err != nil || p.to <= p.from {
		return i, err
	}
	if i, err = e.build(p); err != nil {
		return i, err
	}
	i.Items = slices.DeleteFunc(i.Items, func(it Item) bool { return it.Posts == 0 })
	i.Only, i.Last, i.Joined = o.Person, true, 0
	return i, nil
}
