package incoming

import (
	"errors"
	"time"

	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// How long a message waits for its author to say that it is theirs, and how
// many such questions one person gets in a day.
const (
	keepUnverified = 7 * 24 * time.Hour
	questionsADay  = 3
)

// kept says in the log why a message waits.
var kept = map[hold.Reason]string{
	hold.Unverified: "kept: sender not verified",
	hold.Stranger:   "kept: its writer is no member",
	hold.Doubt:      "kept: its author is asked",
	hold.Moderation: "kept: moderators decide",
}

// holdBack keeps a message that waits for an answer. Where nothing shows who
// wrote it everybody gets the same answer in the session; if From is a member's
// address, the address that is stored is asked whether the message is theirs, and
// nobody else is told. A stranger of whom we know that they wrote it is asked for
// another address.
func (d *Desk) holdBack(in *arrival, reason hold.Reason, author list.Person, v list.Verdict) error {
	blob := store.NewBlob(d.traced(in))
	var again, asked bool
	err := d.update(func(tx *store.Tx) error {
		var err error
		if _, again, err = hold.Known(tx, in.key); err != nil {
			return err
		}
		if again { // the sender did not hear our answer
			return in.putDuplicate(tx)
		}
		id, err := intake.Put(tx, intake.New{Record: in.record(v.Reasons), Raw: blob, State: intake.Held})
		if err != nil {
			return err
		}
		it, err := hold.Put(tx, hold.Item{
			Message: id, List: in.dest.List.ID, Reason: reason, From: in.from.Address, Author: author.ID,
			Key: in.key, Since: in.env.Received, Until: in.env.Received.Add(keepUnverified),
		})
		if err != nil {
			return err
		}
		if asked, err = d.ask(tx, in, it, author); err != nil {
			return err
		}
		return d.makeRoom(tx, it.List)
	})
	if err != nil {
		return err
	}
	d.log.Info(kept[reason], "list", in.dest.List.Name, "again", again, "asked", asked, "reasons", v.Reasons)
	return nil
}

// wait keeps a message that its author is asked about, or that moderators decide about, for every reason there is. Everybody
// whom that concerns is told in the same transaction.
func (d *Desk) wait(in *arrival, reason hold.Reason, author list.Person, v list.Verdict) error {
	blob := store.NewBlob(d.traced(in))
	var again bool
	var it hold.Item
	err := d.update(func(tx *store.Tx) error {
		var err error
		if again, err = knownOrHeld(tx, in); err != nil {
			return err
		}
		if again {
			return in.putDuplicate(tx)
		}
		if author.ID != 0 && !list.Found(v.Findings, list.CauseStranger) {
			if err := stillMember(tx, in, author.ID); err != nil {
				return err
			}
		}
		id, err := intake.Put(tx, intake.New{Record: in.record(v.Reasons), Raw: blob, State: intake.Held})
		if err != nil {
			return err
		}
		it, err = d.putWaiting(tx, in, hold.Item{Message: id, Reason: reason, Author: author.ID, Since: in.env.Received, Findings: v.Findings, Verified: true})
		if err != nil {
			return err
		}
		return d.makeRoom(tx, it.List)
	})
	if err == nil && !again {
		in.end = endingOf(it)
	}
	if err == nil {
		d.log.Info(kept[reason], "list", in.dest.List.Name, "again", again, "item", it.Number.Code(), "reasons", v.Reasons)
	}
	return err
}

// putWaiting hands an item to the moderators, or to its author first, and notes the post as one that its author sent. The same
// text again and again holds everything.
func (d *Desk) putWaiting(tx *store.Tx, in *arrival, it hold.Item) (hold.Item, error) {
	it.List, it.From, it.Key, it.Hints = in.dest.List.ID, in.from.Address, in.key, in.hints
	if list.Found(it.Findings, list.CauseStranger) {
		it.Author = 0
	}
	if it.Author != 0 {
		if err := hold.Sent(tx, it.List, it.Author, in.digest, d.cfg.Now(), in.dest.List.LatestPosts()); err != nil {
			return it, err
		}
	}
	it, err := d.cfg.Panel.Put(tx, d.cfg.Now(), it)
	if err != nil || !in.flood {
		return it, err
	}
	return it, d.cfg.Panel.Flood(tx, d.cfg.Now(), in.dest.List.ID)
}

// knownOrHeld reports whether another session was quicker with the same message.
func knownOrHeld(tx *store.Tx, in *arrival) (bool, error) {
	_, known, err := intake.Known(tx, in.key)
	if err != nil || known {
		return known, err
	}
	_, known, err = hold.Known(tx, in.key)
	return known, err
}

// ask mails the question to a member, unless a machine wrote the message, the
// person has had enough questions today, or is no member of this list.
func (d *Desk) ask(tx *store.Tx, in *arrival, it hold.Item, author list.Person) (bool, error) {
	if it.Reason == hold.Stranger {
		return d.askWriter(tx, in, it)
	}
	if author.ID == 0 || len(d.automatic(in)) > 0 {
		return false, nil
	}
	if _, err := list.Member(tx, it.List, author.ID); err != nil {
		if errors.Is(err, list.ErrNoMember) {
			err = nil
		}
		return false, err
	}
	may, err := hold.MayAsk(tx, author.ID, d.cfg.Now(), questionsADay)
	if err != nil || !may {
		return false, err
	}
	tok, err := hold.Allow(tx, it, author.ID, it.Until)
	if err != nil {
		return false, err
	}
	mail, err := notice.WasThisYou{
		List: in.dest.List, To: author, Subject: in.msg.Subject(), Token: tok, Help: d.cfg.HelpURL,
		Days: d.daysLeft(it), Now: d.cfg.Now(),
	}.Compose()
	if err != nil {
		return false, err
	}
	return true, d.putLetter(tx, notice.To{List: in.dest.List, Person: author}, mail)
}

// putLetter puts a mail of the robot's into the queue.
func (d *Desk) putLetter(tx *store.Tx, to notice.To, mail notice.Mail) error {
	return queue.PutLetter(tx, queue.Letter{
		From: to.List.ReturnAddress(d.keys, to.Person.ID, 0, d.cfg.Now()), To: to.Person.Address, Header: mail.Header, Body: mail.Body,
		Member: uint32(to.Person.ID), Priority: queue.Urgent, Queued: d.cfg.Now(),
	})
}

// daysLeft is for how many days a message is kept from now on, at least 1.
func (d *Desk) daysLeft(it hold.Item) int {
	const day = 24 * time.Hour
	return max(1, int((it.Until.Sub(d.cfg.Now())+day-1)/day))
}

// makeRoom discards what a list cannot keep any more.
func (d *Desk) makeRoom(tx *store.Tx, l list.ID) error {
	it, found, err := hold.Surplus(tx, l)
	if err != nil || !found {
		return err
	}
	return intake.Move(tx, it.Message, intake.Status{State: intake.Discarded, Since: d.cfg.Now(), Reason: "too many messages of unverified senders"})
}
