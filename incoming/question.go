package incoming

import (
	"errors"
	"fmt"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/store"
)

// errNotYes says that a reply to a question is not the word that was asked for.
var errNotYes = errors.New("the reply does not say yes")

// answered takes the reply to a question about one message. A yes from the
// mailbox that was asked makes the message go on as one whose author is known:
// it meets the rest of the rules, and is a post if they let it be one.
func (d *Desk) answered(in *arrival, it hold.Item, g hold.Grant) error {
	switch {
	case it.Reason == hold.Moderation || it.Reason == hold.Doubt:
		return d.writerSays(in, it)
	case g.Person == 0:
		return d.named(in, it)
	case !saysYes(in.msg, d.cfg.Now()):
		return errNotYes
	case it.Reason == hold.Stranger:
		return d.isThem(in, it, g)
	}
	held, err := d.reopen(it)
	if err != nil {
		return err
	}
	held.auth = list.Verified
	sub, author, err := d.factsNow(held)
	if err != nil {
		return err
	}
	if author.ID != g.Person { // the address belongs to somebody else by now
		return errNotYes
	}
	w, err := d.onward(held, it, author, sub)
	if err != nil {
		return err
	}
	return d.release(in, []waiting{w}, func(*store.Tx) error { return nil })
}

// reopen reads a held message again, as it came.
func (d *Desk) reopen(it hold.Item) (*arrival, error) {
	var rec intake.Record
	var raw []byte
	var dest list.Destination
	err := d.db.View(func(tx *store.Tx) (err error) {
		if rec, err = intake.Get(tx, it.Message); err != nil {
			return err
		}
		if raw, err = intake.Raw(tx, it.Message); err != nil {
			return err
		}
		dest.Kind = list.Kind(rec.Kind)
		dest.List, err = list.Get(tx, it.List)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read held message %d: %w", it.Number, err)
	}
	in := &arrival{env: &rec.Envelope, dest: dest, texts: d.texts(dest.List), raw: raw, msg: message.Parse(raw), id: rec.MessageID, key: it.Key, item: it.Number, answers: archive.Number(rec.Answers)}
	in.from, _ = in.msg.From()
	return in, nil
}

func (d *Desk) factsNow(in *arrival) (sub list.Submission, author list.Person, err error) {
	d.look(in)
	err = d.db.View(func(tx *store.Tx) (err error) {
		sub, author, err = d.facts(tx, in)
		return err
	})
	return sub, author, err
}

// waiting is a held message on its way on: as it came, who answered for it, and what the policy says of it now.
type waiting struct {
	held    *arrival
	item    hold.Item
	author  list.Person
	verdict list.Verdict
	order   *membership.Order // it says nothing but this to the robot; nil: it is a post
}

// release ends the wait of messages, of which the first is the one that was asked
// about, and stores the reply as handled, in one transaction with what also
// belongs to the answer.
func (d *Desk) release(reply *arrival, all []waiting, also func(*store.Tx) error) error {
	err := d.update(func(tx *store.Tx) error {
		if _, err := hold.Get(tx, all[0].item.Number); err != nil { // decided meanwhile
			return err
		}
		if _, err := intake.Put(tx, intake.New{Record: reply.record([]string{"yes"}), State: intake.Handled}); err != nil {
			return err
		}
		if err := also(tx); err != nil {
			return err
		}
		for _, w := range all {
			if err := d.goOn(tx, w); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, w := range all {
		d.log.Info("released: its author said yes", "list", w.held.dest.List.Name, "action", string(w.verdict.Action), "message", uint64(w.item.Message))
	}
	return nil
}

// goOn takes one message out of the book of what waits, and makes it a post or discards it.
func (d *Desk) goOn(tx *store.Tx, w waiting) error {
	if _, err := hold.Get(tx, w.item.Number); errors.Is(err, hold.ErrNoItem) {
		return nil // of several that wait, one has been decided meanwhile
	} else if err != nil {
		return err
	}
	if err := hold.Remove(tx, w.item); err != nil {
		return err
	}
	if w.order != nil {
		return d.instead(tx, w)
	}
	if w.verdict.Action == list.Moderate || w.verdict.Action == list.AskAuthor {
		return d.waitOn(tx, w)
	}
	if w.verdict.Action != list.Accept {
		return intake.Move(tx, w.item.Message, intake.Status{State: intake.Discarded, Since: d.cfg.Now(), Reason: w.verdict.Reasons[0]})
	}
	if err := stillMember(tx, w.held, w.author.ID); err != nil {
		return err
	}
	if err := intake.Move(tx, w.item.Message, intake.Status{State: intake.Waiting, Since: d.cfg.Now(), Reason: "its author said yes"}); err != nil {
		return err
	}
	if err := intake.Claim(tx, w.item.Message, w.item.Key); err != nil {
		return err
	}
	post, err := d.newPost(w.held, w.author).To(tx, w.held.answers)
	if err != nil {
		return err
	}
	post.Intake = w.item.Message
	stored, err := archive.Accept(tx, post)
	if err != nil {
		return err
	}
	return d.taken(tx, w.held, stored)
}

// waitOn hands a message to the moderators, or to its author once more, of which it is known by now whose it is.
func (d *Desk) waitOn(tx *store.Tx, w waiting) error {
	if err := stillMember(tx, w.held, w.author.ID); err != nil {
		return err
	}
	reason := hold.Moderation
	if w.verdict.Action == list.AskAuthor {
		reason = hold.Doubt
	}
	_, err := d.putWaiting(tx, w.held, hold.Item{
		Message: w.item.Message, Reason: reason, Author: w.author.ID, Since: w.item.Since, Findings: w.verdict.Findings,
	})
	return err
}
