package incoming

import (
	"sencoforum/command"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/store"
)

// leaving takes mail to the address by which members leave. Of a message that nobody could check, whoever From names, a
// member is asked at the stored address whether it is theirs; the session says the same to everybody.
func (d *Desk) leaving(in *arrival) error {
	if err := d.takesRequest(in, ""); err != nil {
		return err
	}
	if signs := d.automatic(in); len(signs) > 0 {
		return d.keep(in, intake.Discarded, list.Verdict{Reasons: append([]string{"automatic"}, signs...)})
	}
	if in.auth != list.Verified {
		return d.askLater(in, membership.Request{Purpose: membership.ToLeave, Address: in.from.Address})
	}
	if done, err := d.stays(in); done || err != nil {
		return err
	}
	if done, err := d.leave(in); done || err != nil {
		return err
	}
	return d.forPeople(in)
}

// stays does what a member wants who writes to the address for leaving with nothing but a delivery mode as its subject: other
// emails, and not none for ever. It reports false for anything else.
func (d *Desk) stays(in *arrival) (done bool, err error) {
	if _, reply := message.Stem(in.msg.Subject(), ""); reply || !mayAnswer(in) {
		return false, nil
	}
	r := command.Read(command.Request{At: command.Goodbye, Text: in.msg.Subject(), Today: d.cfg.Now()})
	o, ok := orderOf(r)
	if !ok || modeOf(r) == "" {
		return false, nil
	}
	var m *list.Membership
	err = d.db.View(func(tx *store.Tx) (err error) {
		_, m, err = authorOf(tx, in)
		return err
	})
	if err != nil || m == nil {
		return false, err
	}
	return true, d.obey(in, m.Person, o)
}

// leave takes mail to the address by which members leave, which is also where
// the button of a mail program writes to. A verified member leaves at once, and
// what the mail says does not matter. It reports false for anybody else: people
// see to that.
func (d *Desk) leave(in *arrival) (done bool, err error) {
	var person list.PersonID
	err = d.db.View(func(tx *store.Tx) error {
		p, m, err := authorOf(tx, in)
		if m != nil {
			person = p.ID
		}
		return err
	})
	if err != nil || person == 0 {
		return false, err
	}
	n := intake.New{Record: in.record([]string{"leave"}), State: intake.Handled, Key: in.key}
	err = d.update(func(tx *store.Tx) error {
		_, again, err := intake.Known(tx, in.key)
		if err != nil {
			return err
		}
		if again {
			return in.putDuplicate(tx)
		}
		if _, err := intake.Put(tx, n); err != nil {
			return err
		}
		_, err = membership.Leave(tx, membership.By{Now: d.cfg.Now(), How: membership.ByMail}, d.cfg.Host, in.dest.List.ID, person)
		return err
	})
	if err == nil {
		d.log.Info("left", "list", in.dest.List.Name, "person", uint32(person), "by", membership.ByMail)
	}
	return err == nil, err
}
