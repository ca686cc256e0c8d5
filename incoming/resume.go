package incoming

import (
	"errors"

	"sencoforum/bounce"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
)

// answerable finds the list of a token that is no question about a message: one that brings a former member back, or that
// ends a suspension. The error is membership.ErrNoReturn, or membership.ErrReturned together with the list.
func (d *Desk) answerable(tx *store.Tx, tok string) (list.ID, error) {
	l, err := membership.ReturnTo(tx, d.cfg.Now(), tok)
	if !errors.Is(err, membership.ErrNoReturn) || d.cfg.Bounces == nil {
		return l.ID, err
	}
	l, err = d.cfg.Bounces.ResumeOf(tx, tok)
	switch {
	case errors.Is(err, bounce.ErrNoResume):
		return 0, membership.ErrNoReturn
	case errors.Is(err, bounce.ErrResumed):
		return l.ID, membership.ErrReturned
	}
	return l.ID, err
}

// answeredElse takes an answer to a mail that asked about no message. The word that the mail offered does what it offered,
// and everything else goes to the moderators.
func (d *Desk) answeredElse(in *arrival, tok string) error {
	ends := false
	err := d.db.View(func(tx *store.Tx) error {
		if d.cfg.Bounces == nil {
			return nil
		}
		_, err := d.cfg.Bounces.ResumeOf(tx, tok)
		ends = err == nil || errors.Is(err, bounce.ErrResumed)
		if ends || errors.Is(err, bounce.ErrNoResume) {
			return nil
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case ends && wantsMail(in.msg, d.cfg.Now()):
		return d.resume(in, tok)
	case !ends && wantsBack(in.msg, d.cfg.Now()):
		return d.comeBack(in, tok)
	}
	return d.toOwners(in)
}

// resume lets mail go again to a member to whom it had stopped.
func (d *Desk) resume(in *arrival, tok string) error {
	n := intake.New{Record: in.record([]string{"resume"}), Raw: store.NewBlob(d.traced(in)), State: intake.Handled, Key: in.key}
	var again bool
	var who list.PersonID
	err := d.db.Update(func(tx *store.Tx) (err error) {
		if _, again, err = intake.Known(tx, in.key); err != nil {
			return err
		}
		if again {
			return in.putDuplicate(tx)
		}
		if who, err = d.cfg.Bounces.Resume(tx, tok, membership.ByMail); err != nil {
			return err
		}
		_, err = intake.Put(tx, n)
		return err
	})
	switch {
	case errors.Is(err, bounce.ErrResumed), errors.Is(err, bounce.ErrNoResume):
		return in.texts.Refuse(list.CaseToken)
	case err != nil:
		return err
	case again:
		d.log.Info("duplicate", "to", string(in.dest.Kind))
	default:
		d.log.Info("gets mail again", "list", in.dest.List.Name, "person", who, "by", membership.ByMail)
	}
	return nil
}
