package incoming

import (
	"strconv"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/command"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/store"
)

// request takes mail to the robot. What a verified member orders about themselves is done and answered; somebody who only
// wants to join is answered as at the address for that, and somebody in whose name an unverified mail wants to leave is asked. What
// is not understood is answered, or goes to people.
func (d *Desk) request(in *arrival) error {
	if in.form == nil && in.auth == list.Unverified {
		if r := readAt(in, command.RequestAddress, d.cfg.Now()); r.Outcome == command.Done && r.Word.Name == "leave" {
			return d.leaving(in)
		}
	}
	return d.requestAt(in, command.RequestAddress)
}

// requestAt takes mail to the robot, written to it or as an answer to what it found.
func (d *Desk) requestAt(in *arrival, at command.Place) error {
	if err := d.takesRequest(in, list.CaseSender); err != nil {
		return err
	}
	if len(d.automatic(in)) > 0 || !mayAnswer(in) {
		return d.toPeople(in)
	}
	q := command.Request{At: at, Today: d.cfg.Now().In(calendar.London()), Lists: []string{in.dest.List.Name, in.dest.List.Title}}
	var m *list.Membership
	err := d.db.View(func(tx *store.Tx) (err error) {
		if _, m, err = authorOf(tx, in); m != nil {
			q.Moderator, q.Paused = m.Role.Moderates(), m.Paused(d.cfg.Now())
		}
		q.Post = int(askedAbout(in))
		return err
	})
	if err != nil {
		return err
	}
	r := command.Read(command.Of(in.msg, q))
	if r.Outcome == command.Done && r.Word.Name == "join" {
		return d.joinAs(in, list.DeliveryMode(r.Args.Mode))
	}
	if m != nil {
		if done, err := d.readArchive(in, m.Person, r); done {
			return err
		}
	}
	o, ok := orderOf(r)
	if ok && m != nil {
		return d.obey(in, m.Person, d.asOffered(in, o))
	}
	if done, err := d.info(in, r, m); done || err != nil {
		return err
	}
	if done, err := d.wordToRobot(in); done || err != nil {
		return err
	}
	switch n, err := d.answersDigest(in); {
	case err != nil:
		return err
	case n != 0 && m != nil:
		return d.toDigest(in, n)
	}
	u := puzzle{at: at, reading: r, staff: q.Moderator}
	if m == nil {
		u.why = "We do not know this address, so nothing was done. Are you a member under another address? Then write from that one."
		u.words = [][2]string{{"join", "become a member"}, {"help", "all words"}}
	}
	return d.notRead(in, u)
}

// askedAbout is the post about whose question we asked the member who answers, by what the mail refers to or else by the number at
// the end of its subject; 0 for none.
func askedAbout(in *arrival) archive.Number {
	l := in.dest.List
	if n := notice.AskedAbout(l, append(in.msg.InReplyTo(), in.msg.References()...)); n != 0 {
		return n
	}
	stem, reply := message.Stem(in.msg.Subject(), l.SubjectTag)
	at := strings.LastIndex(stem, " #")
	if !reply || at < 0 {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimSpace(stem[at+2:]), 10, 32)
	if err != nil {
		return 0
	}
	return archive.Number(n)
}

// asOffered is an order as it was meant: a pause without a day, in answer to the offer of one over the summer, goes on until the day
// that the offer names.
func (d *Desk) asOffered(in *arrival, o membership.Order) membership.Order {
	if o.Word != membership.WordPause || o.Value != "" {
		return o
	}
	term := notice.SummerOffered(in.dest.List, append(in.msg.InReplyTo(), in.msg.References()...))
	if term.After(d.cfg.Now()) {
		o.Value = term.Format("2 January 2006")
	}
	return o
}

// toPeople lets people read what the robot does not do.
func (d *Desk) toPeople(in *arrival) error {
	if in.dest.Kind == list.KindConfirm {
		return d.toOwners(in)
	}
	return d.forPeople(in)
}

// obey does an order of a member and keeps the message as handled, in one transaction.
func (d *Desk) obey(in *arrival, person list.PersonID, o membership.Order) error {
	n := intake.New{Record: in.record([]string{"order " + string(o.Word)}), State: intake.Handled, Key: in.key}
	var again bool
	err := d.update(func(tx *store.Tx) (err error) {
		if _, again, err = intake.Known(tx, in.key); err != nil {
			return err
		}
		if again {
			return in.putDuplicate(tx)
		}
		if _, err := intake.Put(tx, n); err != nil {
			return err
		}
		return d.obeyIn(tx, in, person, o)
	})
	if err == nil {
		in.end = ending{fate: Ordered, why: []string{o.Read}}
		d.log.Info("order", "list", in.dest.List.Name, "word", string(o.Word), "person", uint32(person), "again", again)
	}
	return err
}

// obeyIn does an order that a message gives. It is answered as often as an address may be answered in a day.
func (d *Desk) obeyIn(tx *store.Tx, in *arrival, person list.PersonID, o membership.Order) error {
	o.Answers = answers(in)
	a := moderate.Asker{List: in.dest.List.ID, Address: in.from.Address}
	if err := a.Read(tx, d.cfg.Now()); err != nil {
		return err
	}
	if o.Word != membership.WordLeave { // a goodbye is no answer: it goes out in any case
		turn, err := a.Answer(tx, d.cfg.Now())
		if err != nil {
			return err
		}
		o.Quiet, o.Last = !turn.May, turn.Last
	}
	return membership.Obey(tx, membership.By{Now: d.cfg.Now(), How: membership.ByMail}, d.cfg.Host, in.dest.List.ID, person, o)
}

// harmless are the orders that a member can take back alone. A token that went to their mailbox is enough for them.
var harmless = map[membership.Word]bool{
	membership.WordEvery: true, membership.WordQuestions: true, membership.WordDaily: true, membership.WordWeekly: true,
	membership.WordNone: true, membership.WordPause: true, membership.WordResume: true, membership.WordMute: true,
	membership.WordFollow: true, membership.WordReminders: true,
}

// readAt reads what somebody answers, or writes to a place.
func readAt(in *arrival, at command.Place, now time.Time) command.Reading {
	return command.Read(command.Of(in.msg, command.Request{At: at, Today: now.In(calendar.London())}))
}

// orderWords are the names of commands that are orders about a membership.
var orderWords = map[string]membership.Order{
	"every": {Word: membership.WordEvery}, "questions": {Word: membership.WordQuestions}, "daily": {Word: membership.WordDaily},
	"weekly": {Word: membership.WordWeekly}, "none": {Word: membership.WordNone}, "pause": {Word: membership.WordPause},
	"resume": {Word: membership.WordResume}, "status": {Word: membership.WordStatus}, "leave": {Word: membership.WordLeave},
	"own on": {Word: membership.WordOwn, Value: "on"}, "own off": {Word: membership.WordOwn, Value: "off"},
	"ack on": {Word: membership.WordAck, Value: "on"}, "ack off": {Word: membership.WordAck, Value: "off"},
	"show me": {Word: membership.WordShow}, "hide me": {Word: membership.WordHide}, "mute": {Word: membership.WordMute},
	"follow": {Word: membership.WordFollow}, "address": {Word: membership.WordAddress}, "backup": {Word: membership.WordBackup},
	"solved": {Word: membership.WordSolved}, "not solved": {Word: membership.WordNotSolved},
	"reminders on": {Word: membership.WordReminders, Value: "on"}, "reminders off": {Word: membership.WordReminders, Value: "off"},
	"backup off": {Word: membership.WordBackup, Value: "off"}, "my data": {Word: membership.WordData},
}

// orderOf is the order that a command is.
func orderOf(r command.Reading) (membership.Order, bool) {
	o, ok := orderWords[r.Word.Name]
	if !ok || r.Outcome != command.Done || r.Word.Who != command.Anyone {
		return o, false
	}
	o.Read = r.Read
	switch {
	case !r.Args.Until.IsZero():
		o.Value = r.Args.Until.Format("2 January 2006")
	case r.Args.Address != "":
		o.Value = r.Args.Address
	}
	o.Post = archive.Number(r.Args.Post)
	return o, true
}
