package incoming

import (
	"errors"

	"sencoforum/command"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
)

// confirmable refuses an address whose token answers no question of ours, brings nobody back to the list and ends no
// suspension. One that was used for these is refused only when the message is known (confirm), because a relay that did not hear our 250 brings
// the same message again.
func (d *Desk) confirmable(tx *store.Tx, dest list.Destination) error {
	of := list.ID(0)
	_, it, err := hold.Look(tx, dest.Token, d.cfg.Now())
	if err == nil {
		of = it.List
	} else if errors.Is(err, hold.ErrSpent) {
		if of, err = ofPost(tx, dest.Token); errors.Is(err, hold.ErrSpent) {
			of, err = d.answerable(tx, dest.Token)
		}
		if errors.Is(err, membership.ErrNoReturn) {
			of, err = d.searchOf(tx, dest.Token)
		}
	}
	switch {
	case err != nil && !errors.Is(err, membership.ErrReturned) && !errors.Is(err, membership.ErrNoReturn):
		return err
	case errors.Is(err, membership.ErrNoReturn), of != dest.List.ID:
		return d.texts(dest.List).Refuse(list.CaseToken)
	}
	return nil
}

// confirm takes an answer to a mail that we sent to one person. The token in the address went to that person's mailbox
// alone, so it says who answers also where nothing else does; only a sender whose own domain disowns the mail is refused.
// One word does what the mail offered. Whatever else people answer goes to the moderators, and machines change nothing.
// The token is not stored, as what a moderator reads could act for somebody else.
func (d *Desk) confirm(in *arrival) error {
	switch {
	case in.form != nil:
		return in.texts.Refuse(list.FormCase(in.form))
	case in.auth == list.Failed:
		return in.texts.Refuse(list.CaseSender)
	}
	tok := in.dest.Token
	if err := d.hideTokens(in); err != nil {
		return err
	}
	if err := d.mayCome(in); err != nil {
		return err
	}
	if signs := d.automatic(in); len(signs) > 0 {
		return d.keep(in, intake.Discarded, list.Verdict{Reasons: append([]string{"automatic"}, signs...)})
	}
	var g hold.Grant
	var it hold.Item
	err := d.db.View(func(tx *store.Tx) (err error) {
		g, it, err = hold.Look(tx, tok, d.cfg.Now())
		return err
	})
	at := command.Own
	if err == nil {
		at = d.placeOfItem(it)
		err = d.answered(in, it, g)
	}
	if errors.Is(err, hold.ErrSpent) {
		err = d.stopPost(in, tok)
	}
	switch {
	case errors.Is(err, hold.ErrSpent):
		is, err := d.isSearch(tok)
		switch {
		case err != nil:
			return err
		case is:
			return d.answerToSearch(in)
		}
		return d.answeredElse(in, tok)
	case errors.Is(err, errNotYes) && at == 0:
		return d.toOwners(in)
	case errors.Is(err, errNotYes):
		return d.unanswered(in, tok, at)
	case errors.Is(err, hold.ErrNoItem): // another answer was quicker
		return in.texts.Refuse(list.CaseToken)
	}
	return err
}

// placeOfItem is what a mail about something that waits asks of who answers it; 0 where it asks for more than a word.
func (d *Desk) placeOfItem(it hold.Item) command.Place {
	switch {
	case it.Kind == hold.Application, it.Reason == hold.Stranger:
		return 0
	case it.Reason == hold.Moderation, it.Reason == hold.Doubt:
		return placeOfWriter(it)
	}
	return command.WasYou
}

// toOwners treats an answer as mail to the moderators.
func (d *Desk) toOwners(in *arrival) error {
	in.dest.Kind, in.dest.Token = list.KindOwner, ""
	return d.forPeople(in)
}

// comeBack does what a return token is for.
func (d *Desk) comeBack(in *arrival, back string, mode list.DeliveryMode) error {
	n := intake.New{Record: in.record([]string{"return"}), Raw: store.NewBlob(d.traced(in)), State: intake.Handled, Key: in.key}
	var again bool
	var home membership.Homecoming
	err := d.update(func(tx *store.Tx) (err error) {
		if _, again, err = intake.Known(tx, in.key); err != nil {
			return err
		}
		if again {
			return in.putDuplicate(tx)
		}
		if home, err = membership.ReturnAs(tx, membership.By{Now: d.cfg.Now(), How: membership.ByMail}, d.cfg.Host, back, mode); err != nil {
			return err
		}
		_, err = intake.Put(tx, n)
		return err
	})
	switch {
	case errors.Is(err, membership.ErrNobody):
		return d.toOwners(in)
	case errors.Is(err, membership.ErrReturned), errors.Is(err, membership.ErrNoReturn):
		return in.texts.Refuse(list.CaseToken)
	case err != nil:
		return err
	case again:
		d.log.Info("duplicate", "to", string(in.dest.Kind))
	case home.Asked:
		d.log.Info("asked to come back", "list", in.dest.List.Name, "person", home.Person)
	default:
		d.log.Info("came back", "list", in.dest.List.Name, "person", home.Person, "by", membership.ByMail)
	}
	return nil
}

// hideTokens takes tokens out of what is stored of a message. Its key stays as it came.
func (d *Desk) hideTokens(in *arrival) error {
	env := *in.env
	env.To = in.dest.List.Service("confirm")
	in.env = &env
	return d.redact(in, true)
}
