package incoming

import (
	"errors"

	"sencoforum/bounce"
	"sencoforum/command"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/store"
)

// answerable finds the list of a token that is no question about a message: one that confirms a request, that brings a former
// member back, or that ends a suspension. The error is membership.ErrNoReturn, or membership.ErrReturned together with the list.
func (d *Desk) answerable(tx *store.Tx, tok string) (list.ID, error) {
	of, _, err := membership.ConfirmTo(tx, d.cfg.Now(), tok)
	switch {
	case errors.Is(err, membership.ErrConfirmed):
		return of, membership.ErrReturned
	case !errors.Is(err, membership.ErrNoConfirm):
		return of, err
	}
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
	var confirms membership.Purpose
	err := d.db.View(func(tx *store.Tx) error {
		_, p, err := membership.ConfirmTo(tx, d.cfg.Now(), tok)
		if err == nil || errors.Is(err, membership.ErrConfirmed) {
			confirms = p
			return nil
		}
		if !errors.Is(err, membership.ErrNoConfirm) {
			return err
		}
		if d.cfg.Bounces == nil {
			return nil
		}
		_, err = d.cfg.Bounces.ResumeOf(tx, tok)
		ends = err == nil || errors.Is(err, bounce.ErrResumed)
		if ends || errors.Is(err, bounce.ErrNoResume) {
			return nil
		}
		return err
	})
	at := readAt(in, command.Suspended, d.cfg.Now())
	switch {
	case err != nil:
		return err
	case confirms != "":
		return d.confirmedRequest(in, tok, confirms)
	case ends && at.Outcome == command.Done && at.Word.Name == "address":
		return d.moveDead(in, tok, at.Args.Address)
	case ends && wantsMail(in.msg, d.cfg.Now()):
		return d.resume(in, tok)
	case !ends:
		if mode, back := wantsBack(in.msg, d.cfg.Now()); back {
			return d.comeBack(in, tok, mode)
		}
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

// moveDead takes the word address in answer to a mail about a suspension: the new address is asked, and the old one, which is
// dead, is not.
func (d *Desk) moveDead(in *arrival, tok, address string) error {
	to, err := message.ParseAddress(address)
	if err != nil {
		return d.toOwners(in)
	}
	n := intake.New{Record: in.record([]string{"another address"}), Raw: store.NewBlob(d.traced(in)), State: intake.Handled, Key: in.key}
	err = d.update(func(tx *store.Tx) error {
		_, again, err := intake.Known(tx, in.key)
		if err != nil {
			return err
		}
		if again {
			return in.putDuplicate(tx)
		}
		l, p, err := d.cfg.Bounces.SuspensionOf(tx, tok)
		if err != nil {
			return err
		}
		if err := membership.MoveDead(tx, membership.By{Now: d.cfg.Now(), How: membership.ByMail}, l, p, to); err != nil {
			return err
		}
		_, err = intake.Put(tx, n)
		return err
	})
	if errors.Is(err, bounce.ErrNoResume) || errors.Is(err, list.ErrNoPerson) {
		return in.texts.Refuse(list.CaseToken)
	}
	if err == nil {
		d.log.Info("another address is asked", "list", in.dest.List.Name)
	}
	return err
}
