package moderate

import (
	"errors"
	"fmt"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/store"
)

// An Applied is what the ledger had to do again in this store, and what it could not.
type Applied struct {
	Acts   int
	Faults []string
}

// byLedger is who does it.
func byLedger(at time.Time) By { return By{Actor: "server", Now: at} }

// Apply compares the ledger with the store and does again what this store does not know of, because it is a copy from
// before. It is part of the start, before any port opens. A store that is up to date costs a look at each post and message named.
func (e *Eraser) Apply() (a Applied, err error) {
	if e.ledger.secret == nil {
		return a, nil
	}
	all, faults, err := e.ledger.entries()
	if err != nil {
		return a, err
	}
	a.Faults = faults
	if err := e.ledger.ready(e.db); err != nil {
		return a, err
	}
	seen := map[archive.Number]entry{} // the last word on who may see it
	var forgotten []entry
	for _, en := range all {
		switch en.Act {
		case actErase, actRedact, actMessage:
			again := e.again
			if en.Act == actMessage {
				again = e.messageAgain
			}
			did, err := again(en)
			if store.Trouble(err) {
				return a, err
			}
			if err != nil {
				a.Faults = append(a.Faults, err.Error())
			}
			if did {
				a.Acts++
			}
		case actHide, actShow:
			seen[en.Post] = en
		case actForget:
			forgotten = append(forgotten, en)
		}
	}
	for _, en := range seen {
		did, err := e.seeAgain(en)
		if err != nil {
			return a, err
		}
		if did {
			a.Acts++
		}
	}
	n, err := e.forgetAgain(forgotten)
	a.Acts += n
	return a, err
}

// again erases or redacts a post once more, where that has not been done in this store. The post of that number may be
// another one: numbers are given out anew in a store from before.
func (e *Eraser) again(en entry) (bool, error) {
	p, r, m, err := e.look(en.Post)
	if errors.Is(err, archive.ErrNoPost) || err == nil && !e.ledger.is(p, en) {
		return false, e.blockAgain(en)
	}
	if err != nil {
		return false, fmt.Errorf("apply ledger to post %d: %w", en.Post, err)
	}
	by := byLedger(en.At)
	switch {
	case p.State == archive.Erased:
		return false, nil
	case en.Act == actErase:
		var t Trace
		var key intake.Key
		if m != nil {
			key = intake.KeyOf(r, m)
			if t, err = e.trace(newNeedle(p, r, m)); err != nil {
				return false, err
			}
		}
		if p.IsSealed(en.At) { // it was erased after the hold had ended
			if p, err = e.unseal(p, en.At); err != nil {
				return false, err
			}
		}
		return true, e.erase(by, p, en.Gone, key, t)
	case !p.Redacted.Before(en.At):
		return false, nil
	}
	plan, err := e.plan(en.Post, en.redaction(e.ledger.secret, mark(by)))
	if err != nil {
		return false, err
	}
	n := newNeedle(plan.Post, plan.record, plan.message)
	n.subject, n.files = nil, nil
	if plan.Trace, err = e.trace(n); err != nil {
		return false, err
	}
	return true, e.redact(by, plan, en.Gone, intake.KeyOf(r, m))
}

// messageAgain erases mail that is no post once more. The message of that number may be another one, or a post by now: a store
// from before gives its numbers out anew.
func (e *Eraser) messageAgain(en entry) (bool, error) {
	var same bool
	err := e.db.View(func(tx *store.Tx) error {
		gone, before, err := e.ledger.goneMessage(tx, en.Message)
		if same = err == nil && !before && gone.ID == en.Gone.ID && (en.Gone.Content == "" || gone.Content == en.Gone.Content); !same {
			return err
		}
		return noPost(tx, en.Message)
	})
	if errors.Is(err, intake.ErrNoMessage) || errors.Is(err, ErrIsPost) || err == nil && !same {
		return false, nil
	}
	if err == nil {
		err = e.eraseMessage(byLedger(en.At), en.Message)
	}
	if err != nil {
		return false, fmt.Errorf("apply ledger to message %d: %w", en.Message, err)
	}
	return true, nil
}

// unseal ends a safeguarding hold in a store from before.
func (e *Eraser) unseal(p archive.Post, at time.Time) (archive.Post, error) {
	err := e.db.Update(func(tx *store.Tx) (err error) {
		p, err = archive.Hide(tx, p.Number, archive.Seal{}, at)
		return err
	})
	return p, err
}

// blockAgain makes sure that content which this store does not have does not come in.
func (e *Eraser) blockAgain(en entry) error {
	var done bool
	err := e.db.View(func(tx *store.Tx) (err error) {
		done, err = intake.IsBlocked(tx, en.Gone)
		return err
	})
	if err != nil || done {
		return err
	}
	return e.db.Update(func(tx *store.Tx) error {
		return intake.Block(tx, en.Gone, "", 0, en.Act == actErase)
	})
}

// seeAgain hides or shows a post once more.
func (e *Eraser) seeAgain(en entry) (did bool, err error) {
	err = e.db.Update(func(tx *store.Tx) error {
		did = false
		p, err := archive.Get(tx, en.Post)
		if errors.Is(err, archive.ErrNoPost) || err == nil && !e.ledger.is(p, en) {
			return nil
		}
		switch {
		case err != nil:
			return err
		case en.Act == actHide && (p.State == archive.Published || p.State == archive.Waiting):
			_, err = archive.Hide(tx, en.Post, archive.Seal{Reason: "see the ledger of erasures", Until: en.Until}, en.At)
		case en.Act == actShow && p.State == archive.Hidden:
			_, err = archive.Show(tx, en.Post, en.At)
		default:
			return nil
		}
		did = true
		return err
	})
	return did, err
}

// forgetAgain forgets people whom this store still knows. Who came back after that under the same address is somebody new.
func (e *Eraser) forgetAgain(entries []entry) (done int, err error) {
	if len(entries) == 0 {
		return 0, nil
	}
	byDigest := map[string]entry{}
	for _, en := range entries {
		for _, d := range en.Addresses {
			byDigest[d] = en
		}
	}
	type known struct {
		list.Person
		entry
	}
	var found []known
	err = e.db.View(func(tx *store.Tx) error {
		for p, err := range list.People(tx) {
			if err != nil {
				return err
			}
			for _, a := range p.Addresses() {
				if en, ok := byDigest[e.ledger.secret.Digest("address "+a.Key())]; ok && p.Created.Before(en.At) {
					found = append(found, known{p, en})
					break
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, k := range found {
		by := byLedger(k.At)
		f, err := e.PlanForget(by, k.Person.ID)
		if err != nil {
			return done, err
		}
		if err := e.forget(by, k.Person, k.Posts, &f); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}
