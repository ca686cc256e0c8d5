package incoming

import (
	"context"
	"errors"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/internal/failpoint"
	"sencoforum/list"
	"sencoforum/store"
)

// post takes a message to a list: gather the facts, let the policy decide, do
// what it says in one transaction.
func (d *Desk) post(_ context.Context, in *arrival) error {
	if in.auth == list.Verified {
		d.look(in)
	}
	var sub list.Submission
	var author list.Person
	err := d.db.View(func(tx *store.Tx) (err error) {
		sub, author, err = d.facts(tx, in)
		return err
	})
	if err != nil {
		return err
	}
	verdict := list.Decide(sub)
	verdict.Reasons = append(verdict.Reasons, in.found()...)
	if verdict.Action.Keeps() {
		waits := verdict.Action == list.Moderate || verdict.Action == list.AskAuthor
		if err := d.redact(in, waits && in.signs.SealedToken); err != nil {
			return err
		}
	}
	if done, err := d.aside(in, author, sub.Author, &verdict); done || err != nil {
		return err
	}
	switch verdict.Action {
	case list.Accept:
		return d.accept(in, author, verdict)
	case list.Hold:
		return d.holdBack(in, hold.Unverified, author, verdict)
	case list.AskAuthor:
		return d.wait(in, hold.Doubt, author, verdict)
	case list.Moderate:
		return d.wait(in, hold.Moderation, author, verdict)
	case list.Stranger: // who may be a member of another list, and is no author here
		return d.holdBack(in, hold.Stranger, list.Person{}, verdict)
	case list.Discard:
		return d.keep(in, intake.Discarded, verdict)
	case list.Duplicate:
		return d.keep(in, intake.Duplicate, verdict)
	}
	d.log.Info("refused", "list", in.dest.List.Name, "reasons", verdict.Reasons)
	return verdict.Refusal
}

// facts gathers all that the posting policy looks at.
func (d *Desk) facts(tx *store.Tx, in *arrival) (list.Submission, list.Person, error) {
	sub := list.Submission{
		List: in.dest.List, Texts: in.texts, Form: in.form, Auth: in.auth, Spam: in.spam,
		Size: int64(len(in.raw)), Limit: d.cfg.MaxMessage,
	}
	if in.form != nil {
		return sub, list.Person{}, nil
	}
	sub.Addresses = len(in.msg.To()) + len(in.msg.Cc())
	sub.Automatic = in.msg.Automatic()
	if in.env.From.IsZero() {
		sub.Automatic = append(sub.Automatic, "null envelope sender")
	}
	var err error
	if sub.Loop, err = looped(tx, in); err != nil {
		return sub, list.Person{}, err
	}
	if sub.FromUs, err = ours(tx, in.from.Address); err != nil {
		return sub, list.Person{}, err
	}
	if _, sub.Known, err = intake.Known(tx, in.key); err != nil {
		return sub, list.Person{}, err
	}
	if !sub.Known {
		if sub.Known, err = waitsAlready(tx, in); err != nil {
			return sub, list.Person{}, err
		}
	}
	author, member, err := authorOf(tx, in)
	if err != nil {
		return sub, author, err
	}
	sub.Author = member
	sub.Banned, err = list.Banned(tx, in.dest.List.ID, append(author.Addresses(), in.from.Address)...)
	if err != nil || !in.looked {
		return sub, author, err
	}
	sub.Signs, err = d.around(tx, in, author, member)
	return sub, author, err
}

// waitsAlready reports whether the same message is with its author or the moderators.
func waitsAlready(tx *store.Tx, in *arrival) (bool, error) {
	n, ok, err := hold.Known(tx, in.key)
	if err != nil || !ok || n == in.item {
		return false, err
	}
	it, err := hold.Get(tx, n)
	return it.Reason == hold.Moderation || it.Reason == hold.Doubt, err
}

// authorOf finds the author by From, which alone identifies an author, and
// the membership of this list. Both are empty for a stranger.
func authorOf(tx *store.Tx, in *arrival) (list.Person, *list.Membership, error) {
	p, err := list.FindPerson(tx, in.from.Address)
	if errors.Is(err, list.ErrNoPerson) {
		return list.Person{}, nil, nil
	}
	if err != nil {
		return list.Person{}, nil, err
	}
	m, err := list.Member(tx, in.dest.List.ID, p.ID)
	if errors.Is(err, list.ErrNoMember) {
		return p, nil, nil
	}
	return p, &m, err
}

// accept stores the message and gives its post a number. When it returns nil
// the message is safe, and the sender may be told so.
func (d *Desk) accept(in *arrival, author list.Person, v list.Verdict) error {
	blob := store.NewBlob(d.traced(in))
	post := d.newPost(in, author)
	if err := failpoint.Hit(failpoint.IncomingDecided); err != nil {
		return err
	}
	var stored archive.Post
	var again bool
	err := d.update(func(tx *store.Tx) error {
		var err error
		if _, again, err = intake.Known(tx, in.key); err != nil {
			return err
		}
		if again { // another session was quicker with the same message
			return in.putDuplicate(tx)
		}
		if err := stillMember(tx, in, author.ID); err != nil {
			return err
		}
		n, err := post.To(tx, in.answers)
		if err != nil {
			return err
		}
		if n.Intake, err = intake.Put(tx, intake.New{Record: in.record(v.Reasons), Raw: blob, State: intake.Waiting, Key: in.key}); err != nil {
			return err
		}
		if err := failpoint.Hit(failpoint.IncomingStored); err != nil {
			return err
		}
		if stored, err = archive.Accept(tx, n); err != nil {
			return err
		}
		return d.taken(tx, in, stored)
	})
	if err != nil {
		return err
	}
	if err := failpoint.Hit(failpoint.IncomingAccepted); err != nil {
		return err
	}
	if again {
		d.log.Info("duplicate", "list", in.dest.List.Name)
		return nil
	}
	in.end = ending{fate: Goes, post: stored.Number, at: stored.Until}
	d.log.Info("accepted", "list", in.dest.List.Name, "post", stored.Number, "thread", stored.Thread,
		"bytes", len(in.raw), "sends", stored.Until.Format("15:04:05"))
	return nil
}

// taken notes a post that was accepted, and acknowledges it to its author where a machine may answer.
func (d *Desk) taken(tx *store.Tx, in *arrival, post archive.Post) error {
	if err := hold.Sent(tx, post.List, post.Author, in.digest, d.cfg.Now(), in.dest.List.LatestPosts()); err != nil {
		return err
	}
	if !mayAnswer(in) {
		return nil
	}
	return d.cfg.Panel.Acknowledge(tx, d.cfg.Now(), in.dest.List, post, in.hints)
}

// stillMember makes sure that nobody's post is accepted who was removed since
// the facts were gathered.
func stillMember(tx *store.Tx, in *arrival, p list.PersonID) error {
	m, err := list.Member(tx, in.dest.List.ID, p)
	if errors.Is(err, list.ErrNoMember) || err == nil && m.NoPosting {
		return in.texts.Refuse(list.CaseStopped)
	}
	return err
}

// newPost is the post that a message becomes. The name shown is the one the
// member chose, or else the one in From.
func (d *Desk) newPost(in *arrival, author list.Person) archive.NewPost {
	n := archive.Submitted(in.msg, in.dest.List, author, in.env.Received)
	n.MessageID = in.id // of what came: one that is made of the words must not change with them
	n.Until = d.cfg.Now().Add(in.dest.List.SendDelay)
	return n
}

// keep stores a message that is no post: the row of a duplicate, or automatic
// mail.
func (d *Desk) keep(in *arrival, s intake.State, v list.Verdict) error {
	n := intake.New{Record: in.record(v.Reasons), State: s}
	if s != intake.Duplicate {
		if err := d.redact(in, true); err != nil {
			return err
		}
		n.Raw = store.NewBlob(d.traced(in))
	}
	err := d.update(func(tx *store.Tx) error {
		_, err := intake.Put(tx, n)
		return err
	})
	if err == nil {
		d.log.Info(string(s), "list", in.dest.List.Name, "to", string(in.dest.Kind), "reasons", v.Reasons)
	}
	return err
}

// putDuplicate stores the row of a message that is known already: counted, but
// without its bytes.
func (in *arrival) putDuplicate(tx *store.Tx) error {
	_, err := intake.Put(tx, intake.New{Record: in.record([]string{"duplicate"}), State: intake.Duplicate})
	return err
}
