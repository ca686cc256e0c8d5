package incoming

import (
	"errors"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/relay"
	"sencoforum/store"
)

// wayOf says where the address of a private message leads. One that leads to nobody is refused, whoever asks.
func (d *Desk) wayOf(tx *store.Tx, dest list.Destination) (relay.Way, error) {
	if d.cfg.Relay == nil {
		return relay.Way{}, d.texts(dest.List).Refuse(list.CaseToken)
	}
	w, err := d.cfg.Relay.Find(tx, dest)
	if errors.Is(err, relay.ErrNoWay) {
		return w, d.texts(dest.List).Refuse(list.CaseToken)
	}
	return w, err
}

// note is a mail to the address of a private message, with what the store says of it.
type note struct {
	way     relay.Way
	writer  list.Person
	word    relay.Word
	read    string // the line in which the word stands
	verdict list.Verdict
}

// private takes a mail to the address of a member who wrote a post, or who wrote to the author of one: gather the facts, let
// the policy decide, and do what it says in one transaction. The facts are gathered twice, so that a mail that is refused
// writes nothing, and one that is taken is taken by what is so at that moment.
func (d *Desk) private(in *arrival) error {
	var n note
	err := d.db.View(func(tx *store.Tx) (err error) {
		n, err = d.noteOf(tx, in)
		return err
	})
	if err != nil {
		return err
	}
	if n.verdict.Action == list.Refuse {
		d.log.Info("refused", "list", in.dest.List.Name, "to", string(in.dest.Kind), "reasons", n.verdict.Reasons)
		return n.verdict.Refusal
	}
	if n.verdict.Action == list.Accept {
		if err := d.redact(in, false); err != nil {
			return err
		}
	}
	blob, number, warned := store.NewBlob(d.traced(in)), d.numbered(in, n), false
	err = d.db.Update(func(tx *store.Tx) error {
		var err error
		if n, err = d.noteOf(tx, in); err != nil {
			return err
		}
		if n.verdict.Action == list.Accept && n.word == relay.NoWord {
			if warned, err = d.warned(tx, in, n, number); err != nil || warned {
				return err
			}
		}
		return d.take(tx, in, n, blob)
	})
	if err == nil {
		in.end = privateEnding(n, number, warned)
		d.log.Info("private message", "list", in.dest.List.Name, "post", uint32(n.way.Post.Number), "action", string(n.verdict.Action), "warned", warned, "reasons", n.verdict.Reasons)
	}
	return err
}

// noteOf gathers all that the decision about a private message looks at, and decides.
func (d *Desk) noteOf(tx *store.Tx, in *arrival) (note, error) {
	way, err := d.wayOf(tx, in.dest)
	if err != nil {
		return note{}, err
	}
	r := relay.Request{Texts: in.texts, Form: in.form, Size: int64(len(in.raw)), Limit: d.limit(in.dest.List), Auth: in.auth}
	n := note{way: way}
	if in.form == nil {
		if err := d.askStore(tx, in, &n, &r); err != nil {
			return n, err
		}
	}
	n.verdict = relay.Decide(r)
	n.verdict.Reasons = append(n.verdict.Reasons, in.found()...)
	return n, nil
}

// askStore adds to a request what only the store knows, and what the words of the message are.
func (d *Desk) askStore(tx *store.Tx, in *arrival, n *note, r *relay.Request) error {
	r.Addresses = len(in.msg.To()) + len(in.msg.Cc())
	r.Automatic, r.Perhaps = d.automatic(in), in.msg.MaybeAutomatic()
	var err error
	if r.Loop, err = looped(tx, in); err != nil {
		return err
	}
	if r.FromUs, err = ours(tx, in.from.Address); err != nil {
		return err
	}
	if _, r.Known, err = intake.Known(tx, in.key); err != nil {
		return err
	}
	if n.writer, r.Writer, err = authorOf(tx, in); err != nil || r.Writer == nil {
		return err
	}
	n.word, n.read = relayWord(in.msg, d.cfg.Now(), n.writer.Name)
	r.Word, r.Reader = n.word, n.way.Goes
	r.Self, r.Lent = n.way.To.ID == n.writer.ID, !n.way.Open(n.writer.ID)
	if r.Muted, err = d.cfg.Relay.Muted(tx, n.way.To.ID, n.writer.ID); err != nil {
		return err
	}
	r.Written, err = d.cfg.Relay.Written(tx, n.writer.ID)
	return err
}

// limit is the size of the largest message that a list takes, in bytes; 0 is none.
func (d *Desk) limit(l list.List) int64 {
	if l.MaxMessage > 0 && (d.cfg.MaxMessage == 0 || l.MaxMessage < d.cfg.MaxMessage) {
		return l.MaxMessage
	}
	return d.cfg.MaxMessage
}

// take stores a private message as the verdict says. Of one that goes nowhere only its row is kept.
func (d *Desk) take(tx *store.Tx, in *arrival, n note, blob store.Blob) error {
	put := intake.New{Record: in.record(n.verdict.Reasons), State: intake.Handled, Key: in.key}
	switch n.verdict.Action {
	case list.Refuse:
		return n.verdict.Refusal
	case list.Discard:
		put.State, put.Key = intake.Discarded, ""
	case list.Duplicate:
		put.State, put.Key = intake.Duplicate, ""
	}
	if relayed := n.verdict.Action == list.Accept && n.word == relay.NoWord; relayed {
		put.Raw = blob
		id, err := intake.Put(tx, put)
		if err != nil {
			return err
		}
		return d.cfg.Relay.Send(tx, relay.Letter{Message: id, Key: put.Key, Way: n.way, From: n.writer.ID})
	}
	id, err := intake.Put(tx, put)
	if err != nil {
		return err
	}
	if err := d.cfg.Relay.Enter(tx, id, put.Key, in.dest.List.ID); err != nil || n.verdict.Action != list.Accept {
		return err
	}
	who, err := d.people.Recipients(tx, list.Destination{Kind: list.KindOwner, List: in.dest.List})
	if err != nil {
		return err
	}
	return d.cfg.Relay.Do(tx, relay.Saying{
		Way: n.way, From: n.writer, Word: n.word, Read: n.read, Message: in.msg, WebURL: d.cfg.HelpURL,
	}, who)
}
