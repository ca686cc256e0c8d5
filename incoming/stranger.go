package incoming

import (
	"errors"
	"fmt"

	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// How somebody who writes from an address that we do not know is let in: they are asked for the one that we know
// (askWriter), their reply names it (named), the keeper asks whoever reads there (askNamed), and a yes there links both and
// sends what waits (isThem). At no point does the writer learn whether an address is a member's: the session stores and
// answers every name alike, and whose it is, is looked at when the session is over.

// askWriter asks the writer of a message, who was verified and is no member, for the address that we know. It asks nobody
// where the list leaves strangers to its moderators, where a machine may not answer, and nobody twice a day.
func (d *Desk) askWriter(tx *store.Tx, in *arrival, it hold.Item) (bool, error) {
	if in.dest.List.Strangers() != list.NonMemberAsk || !mayAnswer(in) {
		return false, nil
	}
	us, err := ours(tx, in.env.From)
	if err != nil || us {
		return false, err
	}
	may, err := hold.MayMail(tx, it.From, d.cfg.Now())
	if err != nil || !may {
		return false, err
	}
	tok, err := hold.Allow(tx, it, 0, it.Until)
	if err != nil {
		return false, err
	}
	to := d.writer(in.dest.List, it)
	mail, err := notice.NotKnown{Subject: in.msg.Subject(), Token: tok, Days: d.daysLeft(it)}.Compose(to)
	if err != nil {
		return false, err
	}
	return true, d.putLetter(tx, to, mail)
}

// mayAnswer reports whether a message may be answered by a machine at all: its sender is verified and nothing about it
// says that another machine wrote it, or that a list sent it (RFC 3834 §2).
func mayAnswer(in *arrival) bool {
	return in.auth == list.Verified && !in.env.From.IsZero() && !message.IsProgram(in.env.From) && len(in.msg.MaybeAutomatic()) == 0
}

// writer is the address that a stranger's message came from, as one to write to.
func (d *Desk) writer(l list.List, it hold.Item) notice.To {
	return notice.To{
		List: l, Person: list.Person{Address: it.From}, Now: d.cfg.Now(),
		ID: fmt.Sprintf("unknown.%d.%d.%d", d.cfg.Now().UnixNano(), it.Number, it.Named),
	}
}

// named takes the reply in which the writer of a message says under which address we know them. Who names none in the
// first lines, or has named three already, is heard by people.
func (d *Desk) named(in *arrival, it hold.Item) error {
	read := ownAddresses(in.msg.Text())
	var again bool
	count := 0
	err := d.db.Update(func(tx *store.Tx) error {
		var err error
		if _, again, err = intake.Known(tx, in.key); err != nil {
			return err
		}
		if again { // the sender did not hear our answer
			return in.putDuplicate(tx)
		}
		if it, err = hold.Get(tx, it.Number); err != nil {
			return err
		}
		all, err := others(tx, read, it)
		if err != nil {
			return err
		}
		if count = len(all); count == 0 {
			return errNotYes
		}
		return d.takeNames(tx, in, it, all)
	})
	if err == nil {
		d.log.Info("addresses named", "list", in.dest.List.Name, "again", again, "count", count)
	}
	return err
}

// others are the addresses that count as named: as many as may be named still, without the writer's own and ours.
func others(tx *store.Tx, read []message.Address, it hold.Item) (all []message.Address, err error) {
	for _, a := range read {
		us, err := ours(tx, a)
		if err != nil {
			return nil, err
		}
		if !us && a.Key() != it.From.Key() && len(all) < maxNamed-it.Named {
			all = append(all, a)
		}
	}
	return all, nil
}

// takeNames stores a reply as handled, with the addresses that it names, and answers it.
func (d *Desk) takeNames(tx *store.Tx, in *arrival, it hold.Item, all []message.Address) error {
	it, err := hold.Name(tx, it.Number, all)
	if err != nil {
		return err
	}
	if _, err := intake.Put(tx, intake.New{Record: in.record([]string{"address named"}), State: intake.Handled, Key: in.key}); err != nil {
		return err
	}
	to := d.writer(in.dest.List, it)
	mail, err := notice.AddressNamed{Read: all, Left: maxNamed - it.Named}.Compose(to)
	if err != nil {
		return err
	}
	return d.putLetter(tx, to, mail)
}

// askNamed looks at an address that was named: if it is a member's, that member is asked there, once a day at most,
// whether the writer of the message is them. held is the message.
func (d *Desk) askNamed(tx *store.Tx, n hold.Naming, held *arrival) error {
	if err := hold.Unname(tx, n); err != nil {
		return err
	}
	it, err := hold.Get(tx, n.Item)
	if err != nil {
		return err
	}
	to := notice.To{List: held.dest.List, Now: d.cfg.Now()}
	var member bool
	if to.Person, member, err = memberAt(tx, it.List, n.Address); err != nil || !member {
		return err
	}
	tok, may, err := d.mayAskNamed(tx, it, to.Person.ID)
	if err != nil || !may {
		return err
	}
	to.ID = fmt.Sprintf("isthisyou.%d.%d.%d", d.cfg.Now().UnixNano(), it.Number, to.Person.ID)
	mail, err := notice.IsThisYou{From: it.From, Subject: held.msg.Subject(), Token: tok, Days: d.daysLeft(it)}.Compose(to)
	if err != nil {
		return err
	}
	return d.putLetter(tx, to, mail)
}

// mayAskNamed makes the token for a member's answer, unless the member had such a mail today at any address of theirs.
func (d *Desk) mayAskNamed(tx *store.Tx, it hold.Item, p list.PersonID) (string, bool, error) {
	person, err := list.GetPerson(tx, p)
	if err != nil {
		return "", false, err
	}
	may, err := hold.MayMail(tx, person.Address, d.cfg.Now())
	if err != nil || !may {
		return "", false, err
	}
	tok, err := hold.Allow(tx, it, p, it.Until)
	return tok, err == nil, err
}

// memberAt returns the person who has an address and may post to a list, with that address, as it is stored, as the one
// to write to. It reports false for an address that is nobody's.
func memberAt(tx *store.Tx, l list.ID, a message.Address) (list.Person, bool, error) {
	m, err := membership.Find(tx, l, a)
	if membership.Unknown(err) || err == nil && m.Membership.NoPosting {
		return list.Person{}, false, nil
	}
	for _, stored := range m.Person.Addresses() {
		if stored.Key() == a.Key() {
			m.Person.Address = stored
		}
	}
	return m.Person, err == nil, err
}

// maxReleased bounds how many messages one yes sends.
const maxReleased = 20

// isThem takes the yes of a member to a message from an address that we did not know: from now on both addresses are
// theirs, and what waits from the new one goes on as theirs. Where the address belongs to somebody else already, such as
// the same person before they left and joined anew, it stays there and the messages go on all the same.
func (d *Desk) isThem(reply *arrival, it hold.Item, g hold.Grant) error {
	var person list.Person
	var member list.Membership
	var more []hold.Item
	err := d.db.View(func(tx *store.Tx) (err error) {
		if member, err = list.Member(tx, it.List, g.Person); err != nil {
			return err
		}
		if person, err = list.GetPerson(tx, g.Person); err != nil {
			return err
		}
		more, err = hold.OfStranger(tx, it.List, it.From, maxReleased)
		return err
	})
	if errors.Is(err, list.ErrNoMember) { // left meanwhile
		return errNotYes
	}
	if err != nil {
		return err
	}
	items := []hold.Item{it}
	for _, o := range more {
		if o.Number != it.Number {
			items = append(items, o)
		}
	}
	all := make([]waiting, 0, len(items))
	for _, o := range items {
		held, err := d.reopen(o)
		if err != nil {
			return err
		}
		held.auth = list.Verified
		sub, _, err := d.factsNow(held)
		if err != nil {
			return err
		}
		sub.Author = &member
		w, err := d.onward(held, o, person, sub)
		if err != nil {
			return err
		}
		all = append(all, w)
	}
	return d.release(reply, all, func(tx *store.Tx) error {
		by := membership.By{Now: d.cfg.Now(), How: membership.ByMail}
		_, err := membership.Link(tx, by, d.cfg.Host, reply.dest.List, g.Person, it.From)
		return err
	})
}
