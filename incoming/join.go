package incoming

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"sencoforum/command"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/store"
)

// join takes mail to the address by which people join. What it says does not matter, but for a delivery mode in its subject, or
// as its only word. Whoever
// was verified gets a mail in which they confirm, from the keeper of memberships, so that nothing about this session depends
// on whose address it is.
func (d *Desk) join(in *arrival) error {
	if err := d.takesRequest(in, list.CaseJoin); err != nil {
		return err
	}
	switch signs := d.automatic(in); {
	case len(signs) > 0:
		return d.keep(in, intake.Discarded, list.Verdict{Reasons: append([]string{"automatic"}, signs...)})
	case !mayAnswer(in): // a machine may not answer it, but a person can
		return d.forPeople(in)
	}
	return d.joinAs(in, wantsMode(in.msg, d.cfg.Now()))
}

// wantsMode is the delivery mode that somebody asks for who joins; empty for none.
func wantsMode(m *message.Message, now time.Time) list.DeliveryMode {
	if mode := modeIn(m.Subject()); mode != "" {
		return mode
	}
	return modeOf(command.Read(command.Of(m, command.Request{At: command.Join, Today: now})))
}

// joinAs takes the request of a verified sender to join, with the delivery mode that they ask for, if any.
func (d *Desk) joinAs(in *arrival, mode list.DeliveryMode) error {
	return d.askLater(in, membership.Request{
		Purpose: membership.ToJoin, Address: in.from.Address, Name: list.CleanName(in.from.Name), Mode: mode, Proved: true,
	})
}

// takesRequest refuses a message to a service address whose form, sender or way is wrong. One that is only not verified is
// refused with the given case, or taken where there is none.
func (d *Desk) takesRequest(in *arrival, unproved list.Case) error {
	switch {
	case in.form != nil:
		return in.texts.Refuse(list.FormCase(in.form))
	case in.auth == list.Unknown:
		return in.texts.Refuse(list.CaseLater)
	case in.auth == list.Failed:
		return in.texts.Refuse(list.CaseSender)
	case in.auth != list.Verified && unproved != "":
		return in.texts.Refuse(unproved)
	}
	return d.mayCome(in)
}

// askLater stores a message as handled, together with the request that it makes. The text of the message is not kept.
func (d *Desk) askLater(in *arrival, r membership.Request) error {
	r.List = in.dest.List.ID
	var again bool
	err := d.update(func(tx *store.Tx) (err error) {
		if _, again, err = intake.Known(tx, in.key); err != nil {
			return err
		}
		if again {
			return in.putDuplicate(tx)
		}
		n := intake.New{Record: in.record([]string{"asks to " + string(r.Purpose)}), State: intake.Handled, Key: in.key}
		if _, err := intake.Put(tx, n); err != nil {
			return err
		}
		return membership.Ask(tx, membership.By{Now: d.cfg.Now(), How: membership.ByMail}, r, d.network(in))
	})
	if errors.Is(err, membership.ErrCrowded) {
		return in.texts.Refuse(list.CaseRequests)
	}
	if err == nil {
		d.log.Info("request taken", "list", in.dest.List.Name, "purpose", string(r.Purpose), "again", again)
	}
	return err
}

// network is the client whose requests are counted: none for a mail server of our own in front.
func (d *Desk) network(in *arrival) netip.Addr {
	if d.trusts(in.env.Client) {
		return netip.Addr{}
	}
	return in.env.Client
}

// mostWords is how many words a subject may have in which one is taken for a delivery mode.
const mostWords = 3

// modeIn finds the one word of a short subject that is a delivery mode.
func modeIn(subject string) list.DeliveryMode {
	words := strings.Fields(strings.ToLower(subject))
	if len(words) > mostWords {
		return ""
	}
	for _, w := range words {
		switch m := list.DeliveryMode(strings.Trim(w, ".,!")); m {
		case list.ModeEvery, list.ModeQuestions, list.ModeDaily, list.ModeWeekly, list.ModeNone:
			return m
		}
	}
	return ""
}

// modeOf is the delivery mode that a reading comes to; empty for none.
func modeOf(r command.Reading) list.DeliveryMode {
	if r.Outcome != command.Done {
		return ""
	}
	switch m := list.DeliveryMode(r.Word.Name); m {
	case list.ModeEvery, list.ModeQuestions, list.ModeDaily, list.ModeWeekly, list.ModeNone:
		return m
	}
	return ""
}

// confirmedRequest takes the answer to a mail in which somebody confirms what they, or somebody in their name, asked for.
func (d *Desk) confirmedRequest(in *arrival, tok string, p membership.Purpose) error {
	at := command.Confirming
	if p == membership.ToJoin || p == membership.ToInvite {
		at = command.Join
	}
	r := readAt(in, at, d.cfg.Now())
	never := r.Word.Name == "never"
	if r.Outcome != command.Done || r.Word.Name != "yes" && !never {
		return d.unanswered(in, tok, at)
	}
	n := intake.New{Record: in.record([]string{"confirms " + string(p)}), Raw: store.NewBlob(d.traced(in)), State: intake.Handled, Key: in.key}
	by := membership.By{Now: d.cfg.Now(), How: membership.ByMail}
	var again bool
	var done membership.Confirmed
	err := d.update(func(tx *store.Tx) (err error) {
		done = membership.Confirmed{}
		if _, again, err = intake.Known(tx, in.key); err != nil {
			return err
		}
		if again {
			return in.putDuplicate(tx)
		}
		if never {
			_, err = membership.Never(tx, by, tok)
		} else {
			a := membership.Answer{Name: in.from.Name, Mode: list.DeliveryMode(r.Args.Mode), Words: r.Args.Text, Read: r.Read, Answers: answers(in)}
			done, err = membership.Confirm(tx, by, d.cfg.Host, tok, a)
		}
		if err != nil {
			return err
		}
		_, err = intake.Put(tx, n)
		return err
	})
	switch {
	case errors.Is(err, membership.ErrNobody): // the operator has to see to it
		return d.toOwners(in)
	case errors.Is(err, membership.ErrConfirmed), errors.Is(err, membership.ErrNoConfirm):
		return in.texts.Refuse(list.CaseToken)
	case err != nil:
		return err
	}
	d.log.Info("confirmed", "list", in.dest.List.Name, "purpose", string(p), "never", never, "again", again, "person", done.Person)
	return nil
}

// answers is the Message-ID that an answer names; none where it has no form that a field may hold.
func answers(in *arrival) string {
	if len(in.id) > 250 || !strings.HasPrefix(in.id, "<") || !strings.HasSuffix(in.id, ">") || strings.ContainsFunc(in.id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return in.id
}
