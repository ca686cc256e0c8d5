package incoming

import (
	"strings"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/store"
)

// forPeople takes a message to the owners, to the postmaster, or to a service
// address whose words no robot reads yet: it is kept and passed on to people.
//
// Owners and postmaster take mail from everybody, so that complaints always
// arrive; the rest only from verified senders.
func (d *Desk) forPeople(in *arrival) error {
	if in.form != nil {
		return in.texts.Refuse(list.FormCase(in.form))
	}
	open := in.dest.Kind == list.KindOwner || in.dest.Kind == list.KindOperator
	switch {
	case in.auth == list.Verified, open && in.auth != list.Failed:
	case in.auth == list.Unknown:
		return in.texts.Refuse(list.CaseLater)
	default:
		return in.texts.Refuse(list.CaseSender)
	}
	if err := d.mayCome(in); err != nil {
		return err
	}
	if in.dest.Kind == list.KindOperator || in.dest.Kind == list.KindOwner {
		if err := d.complained(in); err != nil {
			return err
		}
	}
	if signs := d.automatic(in); len(signs) > 0 {
		return d.keep(in, intake.Discarded, list.Verdict{Reasons: append([]string{"automatic"}, signs...)})
	}
	if in.dest.Kind == list.KindRequest {
		if done, err := d.wordToRobot(in); done || err != nil {
			return err
		}
	}
	var to []list.Person
	err := d.db.View(func(tx *store.Tx) (err error) {
		to, err = d.people.Recipients(tx, in.dest)
		return err
	})
	if err != nil {
		return err
	}
	return d.passOn(in, to)
}

// How many mails to the owners of a list one address may write in a day that is no member's or was not checked, and how many such
// addresses together. What is more is put off, and comes the next day.
const (
	strangersLetters = 10
	strangersInAll   = 200
)

// mayWrite counts a mail to the owners from somebody who is no member, or who was not checked, and reports whether it may come in.
func (d *Desk) mayWrite(tx *store.Tx, in *arrival) (bool, error) {
	if in.dest.Kind != list.KindOwner {
		return true, nil
	}
	_, m, err := authorOf(tx, in)
	if err != nil || m != nil && in.auth == list.Verified {
		return err == nil, err
	}
	return moderate.Stranger{List: in.dest.List.ID, From: in.from.Address, Checked: in.auth == list.Verified}.MayWrite(tx, d.cfg.Now(), strangersLetters, strangersInAll)
}

// mayCome refuses a message that is in a loop or says that it comes from us.
func (d *Desk) mayCome(in *arrival) error {
	return d.db.View(func(tx *store.Tx) error {
		refusal, err := d.sendable(tx, in)
		return orError(refusal, err)
	})
}

// sendable applies the rules about loops and our own addresses.
func (d *Desk) sendable(tx *store.Tx, in *arrival) (*list.Refusal, error) {
	loop, err := looped(tx, in)
	if err != nil {
		return nil, err
	}
	if loop != "" {
		return in.texts.Refuse(list.CaseLoop), nil
	}
	us, err := ours(tx, in.from.Address)
	if err != nil || !us {
		return nil, err
	}
	return in.texts.Refuse(list.CaseFromUs), nil
}

// orError keeps a nil refusal from becoming an error that is not nil.
func orError(r *list.Refusal, err error) error {
	if r != nil {
		return r
	}
	return err
}

// automatic returns the signs that a machine wrote the message and nobody needs
// to read it. Reports to the postmaster are written by machines too, and are
// what that address is for: only answers count there.
func (d *Desk) automatic(in *arrival) []string {
	if in.dest.Kind == list.KindOperator {
		if strings.Contains(strings.ToLower(in.msg.Header.Get("Auto-Submitted")), "auto-replied") {
			return []string{"auto-replied"}
		}
		return nil
	}
	signs := in.msg.Automatic()
	if in.env.From.IsZero() {
		signs = append(signs, "null envelope sender")
	}
	return signs
}

// passOn stores the message with a queue row for each person. Where there is
// nobody, it is kept and shown to the operator as not processed.
func (d *Desk) passOn(in *arrival, to []list.Person) error {
	if err := d.redact(in, true); err != nil {
		return err
	}
	n := intake.New{Record: in.record(nil), Raw: store.NewBlob(d.traced(in)), State: intake.Handled, Key: in.key}
	var again bool
	err := d.update(func(tx *store.Tx) error {
		var err error
		if _, again, err = intake.Known(tx, in.key); err != nil {
			return err
		}
		if again {
			return in.putDuplicate(tx)
		}
		if may, err := d.mayWrite(tx, in); err != nil || !may {
			return orError(in.texts.Refuse(list.CaseBusy), err)
		}
		id, err := intake.Put(tx, n)
		if err != nil {
			return err
		}
		if len(to) == 0 {
			return intake.Move(tx, id, intake.Status{State: intake.Shunted, Since: in.env.Received, Reason: "nobody to pass it on to"})
		}
		return d.people.Forward(tx, id, in.dest.List.ID, to)
	})
	if err != nil {
		return err
	}
	switch {
	case again:
		d.log.Info("duplicate", "to", string(in.dest.Kind))
	case len(to) == 0:
		d.log.Error("mail for people reaches nobody and was set aside: name an operator, or a moderator", "to", string(in.dest.Kind))
	default:
		d.log.Info("passed on to people", "to", string(in.dest.Kind), "people", len(to))
	}
	return nil
}
