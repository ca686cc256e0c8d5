package incoming

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"strings"

	"sencoforum/command"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/store"
)

// What the robot does not understand does nothing, and its writer hears so, with the nearest words. A long mail, and the second
// in a row, goes to people. An address gets ten answers a day, of which the last says so; a machine, and a sender who was not
// verified, gets none.

// A puzzle is a mail of a verified person's in which there is no command that can be done.
type puzzle struct {
	at      command.Place
	reading command.Reading
	why     string // why nothing was done, where it was understood and cannot be done
	token   string // of the mail that was answered: the next answer goes there again; empty: to the robot
	staff   bool   // its writer moderates the list

	words [][2]string // lines to offer, where they are not those of the reading
}

// sentence says why nothing was done.
func (u puzzle) sentence() string {
	return cmp.Or(u.why, u.reading.Sentence(), "I know that word, but it does nothing here.")
}

// writerOf is who is answered: whoever wrote the message, at the address it came from.
func writerOf(tx *store.Tx, in *arrival) (list.Person, *list.Membership, error) {
	p, m, err := authorOf(tx, in)
	p.Address = in.from.Address
	return p, m, err
}

// notRead answers a puzzle, or hands it over to people, in the transaction that keeps the message.
func (d *Desk) notRead(in *arrival, u puzzle) error {
	if err := d.redact(in, true); err != nil {
		return err
	}
	blob := store.NewBlob(d.traced(in))
	said := ""
	err := d.update(func(tx *store.Tx) error {
		_, again, err := intake.Known(tx, in.key)
		if err != nil {
			return err
		}
		if said = "a duplicate"; again {
			return in.putDuplicate(tx)
		}
		said, err = d.puzzled(tx, in, u, blob)
		return err
	})
	if err == nil {
		d.log.Info("not understood", "list", in.dest.List.Name, "why", string(u.reading.Why), "said", said)
	}
	return err
}

// puzzled stores a puzzle and says for the log how it was answered.
func (d *Desk) puzzled(tx *store.Tx, in *arrival, u puzzle, blob store.Blob) (said string, err error) {
	now := d.cfg.Now()
	asker := moderate.Asker{List: in.dest.List.ID, Address: in.from.Address}
	again, err := asker.NotRead(tx, now)
	if err != nil {
		return "", err
	}
	turn, err := asker.Answer(tx, now)
	if err != nil {
		return "", err
	}
	who, _, err := writerOf(tx, in)
	if err != nil {
		return "", err
	}
	letter := *in
	letter.dest.Kind = list.KindOwner // people answer it like any mail to them
	people := turn.May && (again || u.reading.HandOver)
	if people {
		if turn.May, err = d.mayWrite(tx, &letter); err != nil {
			return "", err
		}
	}
	if people && turn.May {
		id, err := intake.Put(tx, intake.New{Record: letter.record([]string{"not read"}), Raw: blob, State: intake.Handled, Key: in.key})
		if err != nil {
			return "", err
		}
		return d.handOver(tx, in, moderate.Handing{Message: id, List: in.dest.List, To: who, Answers: answers(in), Read: in.dest.List.Hide(d.keys)(u.reading.Read), Last: turn.Last})
	}
	if _, err := intake.Put(tx, intake.New{Record: in.record([]string{"not read"}), State: intake.Handled, Key: in.key}); err != nil {
		return "", err
	}
	if !turn.May {
		return "nothing: it was answered often enough today", nil
	}
	hide := in.dest.List.Hide(d.keys) // a line may be a link of ours
	n := notice.Unknown{Read: hide(u.reading.Read), Why: hide(u.sentence()), Words: u.words, Token: u.token}
	if n.Words == nil {
		n.Words = command.Choices(u.at, u.reading, u.staff)
	}
	return "nothing was done", d.tell(tx, in, who, turn, "unread", n)
}

// handOver gives a mail to people. Where there is nobody it is set aside, for whoever runs the server.
func (d *Desk) handOver(tx *store.Tx, in *arrival, h moderate.Handing) (said string, err error) {
	n, err := d.people.HandOver(tx, h)
	if err != nil || n > 0 {
		return "passed to people", err
	}
	d.log.Error("mail for people reaches nobody and was set aside: name an operator, or a moderator", "to", string(in.dest.Kind))
	return "set aside", intake.Move(tx, h.Message, intake.Status{State: intake.Shunted, Since: d.cfg.Now(), Reason: "nobody to pass it on to"})
}

// composed is a mail of the robot's.
type composed interface {
	Compose(notice.To) (notice.Mail, error)
}

// tell puts an answer to a message into the queue. word begins its Message-ID.
func (d *Desk) tell(tx *store.Tx, in *arrival, who list.Person, turn moderate.Turn, word string, n composed) error {
	to := notice.To{
		List: in.dest.List, Person: who, Now: d.cfg.Now(), Answers: answers(in), Last: turn.Last,
		ID: fmt.Sprintf("%s.%d.%d.%s", word, in.dest.List.ID, who.ID, strings.ToLower(rand.Text()[:10])),
	}
	mail, err := n.Compose(to)
	if err != nil {
		return err
	}
	return d.putLetter(tx, to, mail)
}

// unanswered takes an answer to a mail with a token in which no word of that mail was found. Only somebody who was verified is
// answered; whatever anybody else writes there goes to people.
func (d *Desk) unanswered(in *arrival, tok string, at command.Place) error {
	if in.auth != list.Verified || !mayAnswer(in) {
		return d.toOwners(in)
	}
	r := readAt(in, at, d.cfg.Now())
	if r.Outcome == command.Done && r.Word.Name == "help" {
		return d.inform(in, help(at, r, false))
	}
	u := puzzle{at: at, reading: r, token: tok}
	if r.Outcome == command.Done {
		u.why = "I could not do that. It may have been done before, or what you name is not there."
	}
	return d.notRead(in, u)
}
