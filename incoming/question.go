package incoming

import (
	"errors"
	"fmt"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// errNotYes says that a reply to a question is not the word that was asked for.
var errNotYes = errors.New("the reply does not say yes")

// answered takes the reply to a question about one message. A yes from the
// mailbox that was asked makes the message go on as one whose author is known:
// it meets the rest of the rules, and is a post if they let it be one.
func (d *Desk) answered(in *arrival, it hold.Item, g hold.Grant) error {
	if !saysYes(in.msg.Text()) {
		return errNotYes
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
	verdict := list.Decide(sub)
	return d.release(in, held, it, author, verdict)
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
	in := &arrival{env: &rec.Envelope, dest: dest, texts: d.texts(dest.List), raw: raw, msg: message.Parse(raw), id: rec.MessageID, key: it.Key}
	in.from, _ = in.msg.From()
	return in, nil
}

func (d *Desk) factsNow(in *arrival) (sub list.Submission, author list.Person, err error) {
	err = d.db.View(func(tx *store.Tx) (err error) {
		sub, author, err = d.facts(tx, in)
		return err
	})
	return sub, author, err
}

// release ends the wait of a message by what the policy says of it now, and
// stores the reply as handled, in one transaction.
func (d *Desk) release(reply, held *arrival, it hold.Item, author list.Person, v list.Verdict) error {
	post := d.newPost(held, author)
	post.Intake = it.Message
	var stored archive.Post
	err := d.db.Update(func(tx *store.Tx) error {
		if _, err := hold.Get(tx, it.Number); err != nil { // decided meanwhile
			return err
		}
		if err := hold.Remove(tx, it); err != nil {
			return err
		}
		if _, err := intake.Put(tx, intake.New{Record: reply.record([]string{"yes"}), State: intake.Handled}); err != nil {
			return err
		}
		if v.Action != list.Accept {
			return intake.Move(tx, it.Message, intake.Status{State: intake.Discarded, Since: d.cfg.Now(), Reason: v.Reasons[0]})
		}
		if err := stillMember(tx, held, author.ID); err != nil {
			return err
		}
		if err := intake.Move(tx, it.Message, intake.Status{State: intake.Waiting, Since: d.cfg.Now(), Reason: "its author said yes"}); err != nil {
			return err
		}
		if err := intake.Claim(tx, it.Message, it.Key); err != nil {
			return err
		}
		var err error
		stored, err = archive.Accept(tx, post)
		return err
	})
	if err != nil {
		return err
	}
	d.log.Info("released: its author said yes", "list", held.dest.List.Name, "action", string(v.Action), "post", stored.Number)
	return nil
}
