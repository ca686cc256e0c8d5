package incoming

import (
	"errors"
	"fmt"

	"sencoforum/archive"
	"sencoforum/command"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/store"
)

// writerSays takes what the writer of a waiting message answers to a mail about it, or an applicant to a question. Whatever we
// do not understand goes to the moderators as mail.
func (d *Desk) writerSays(in *arrival, it hold.Item) error {
	now, p := d.cfg.Now(), d.cfg.Panel
	if list.Found(it.Findings, list.CauseCommand) && it.Reason == hold.Doubt {
		if r := d.readWriter(in.msg, it, 0, ""); r.Outcome == command.Done && r.Word.Name == "report" {
			return d.reportedInstead(in, it)
		}
	}
	var did string
	taking, places, err := d.planTakeOut(in, it)
	if err != nil {
		return writerErr(in, err)
	}
	err = d.once(in, func(tx *store.Tx) error {
		if it.OnPerson() {
			did = "applicant answered"
			return p.Answered(tx, moderate.By{Actor: "applicant", Now: now}, it.Number, in.msg.Reply())
		}
		_, files, err := p.About(tx, in.dest.List, it)
		if err != nil {
			return err
		}
		alone, can, err := p.Alone(tx, in.dest.List, it)
		if err != nil {
			return err
		}
		r := d.readWriter(in.msg, it, files, alone.AuthorName)
		if r.Outcome != command.Done {
			return errNotYes
		}
		if o, ok := orderOf(r); ok && (in.auth == list.Verified || harmless[o.Word]) {
			did = string(o.Word)
			return d.orderedInstead(tx, in, it, o)
		}
		switch r.Word.Name {
		case wordCancel:
			did = "taken back"
			if err := p.TakeBack(tx, now, it.Number); err != nil {
				return err
			}
			return d.tellTakenBack(tx, in, it.Author, it.From, notice.TakenBack{Subject: subjectOf(tx, it.Message), Read: r.Read})
		case wordAll, wordAnyway:
			did = "sent anyway"
			_, err := p.Affirm(tx, now, it.Number)
			return err
		case wordOnly:
			if did = "sent to one"; !can {
				return errNotYes
			}
			return d.sendAlone(tx, in, it, alone, r.Read)
		case wordRedact, wordFiles:
			did = "taken out"
			return p.TakeOut(tx, now, taking, places)
		}
		return errNotYes
	})
	if err == nil {
		d.log.Info("the writer replied", "list", in.dest.List.Name, "item", it.Number.Code(), "did", did)
	}
	return writerErr(in, err)
}

// writerErr is what the sender of a writer's reply hears of a fault.
func writerErr(in *arrival, err error) error {
	switch {
	case errors.Is(err, moderate.ErrGone): // it was decided meanwhile
		return in.texts.Refuse(list.CaseToken)
	case errors.Is(err, moderate.ErrChanged): // another reply was quicker; read again, this one takes more out
		return in.texts.Refuse(list.CaseLater)
	case errors.Is(err, moderate.ErrNoWords), errors.Is(err, moderate.ErrNoFiles), errors.Is(err, message.ErrLeft):
		return errNotYes
	}
	return err
}

// planTakeOut finds out what would be left of a message, and where that may still name a child, if its writer wants something
// taken out. The search may take long, so it is done outside of any transaction that writes.
func (d *Desk) planTakeOut(in *arrival, it hold.Item) (t moderate.Taking, places []string, err error) {
	if it.OnPerson() {
		return t, nil, nil
	}
	err = d.db.View(func(tx *store.Tx) error {
		_, files, err := d.cfg.Panel.About(tx, in.dest.List, it)
		if err != nil {
			return err
		}
		r := d.readWriter(in.msg, it, files, "")
		if r.Outcome != command.Done || r.Word.Name != wordRedact && r.Word.Name != wordFiles {
			return nil
		}
		t, err = d.cfg.Panel.PlanTakeOut(tx, it.Number, r.Args.Words, r.Word.Name == wordFiles)
		return err
	})
	if t.Left != nil && d.cfg.Pupil != nil {
		places = d.cfg.Pupil(in.dest.List, t.Left).Places
	}
	return t, places, err
}

// once stores a reply as handled, once however often it comes, with what it does. Its text is not kept.
func (d *Desk) once(in *arrival, do func(tx *store.Tx) error) error {
	return d.update(func(tx *store.Tx) error {
		_, again, err := intake.Known(tx, in.key)
		if err != nil {
			return err
		}
		if again {
			return in.putDuplicate(tx)
		}
		if _, err := intake.Put(tx, intake.New{Record: in.record([]string{"writer"}), State: intake.Handled, Key: in.key}); err != nil {
			return err
		}
		return do(tx)
	})
}

// subjectOf is the subject of a stored message, for a mail to its writer.
func subjectOf(tx *store.Tx, id intake.ID) string {
	raw, err := intake.Raw(tx, id)
	if err != nil {
		return ""
	}
	return message.Parse(raw).Subject()
}

// tellTakenBack answers somebody who took their own message back.
func (d *Desk) tellTakenBack(tx *store.Tx, in *arrival, author list.PersonID, from message.Address, n notice.TakenBack) error {
	who := list.Person{Address: from}
	if author != 0 {
		var err error
		if who, err = list.GetPerson(tx, author); err != nil {
			return err
		}
	}
	to := notice.To{
		List: in.dest.List, Person: who, Now: d.cfg.Now(), Answers: in.id,
		ID: fmt.Sprintf("back.%d.%d", author, d.cfg.Now().UnixNano()),
	}
	mail, err := n.Compose(to)
	if err != nil {
		return err
	}
	return d.putLetter(tx, to, mail)
}

// ofPost is the list of a token by which an author takes a post back. The error is hold.ErrSpent where it is none.
func ofPost(tx *store.Tx, tok string) (list.ID, error) {
	g, err := hold.LookPost(tx, tok)
	if err != nil {
		return 0, err
	}
	p, err := archive.Get(tx, archive.Number(g.Post))
	return p.List, err
}

// stopPost takes the answer to an acknowledgement: cancel takes the post back while it waits. The error is hold.ErrSpent for a
// token of another kind.
func (d *Desk) stopPost(in *arrival, tok string) error {
	var g hold.Grant
	var post archive.Post
	err := d.db.View(func(tx *store.Tx) (err error) {
		if g, err = hold.LookPost(tx, tok); err != nil {
			return err
		}
		post, err = archive.Get(tx, archive.Number(g.Post))
		return err
	})
	if err != nil {
		return err
	}
	r := readAt(in, command.Own, d.cfg.Now())
	if o, ok := orderOf(r); ok && (in.auth == list.Verified || harmless[o.Word]) {
		return d.obey(in, g.Person, o)
	}
	if r.Outcome != command.Done || r.Word.Name != wordCancel {
		return errNotYes
	}
	late := false
	err = d.once(in, func(tx *store.Tx) error {
		n := notice.TakenBack{Subject: post.Subject, Read: wordCancel}
		_, err := d.cfg.Panel.TakeBackPost(tx, d.cfg.Now(), post.Number)
		if late = errors.Is(err, archive.ErrNotWaiting); late {
			n.Gone, err = moderate.Local(post.Until), nil
		}
		if err != nil {
			return err
		}
		return d.tellTakenBack(tx, in, g.Person, post.From, n)
	})
	if err == nil {
		d.log.Info("the author took a post back", "list", in.dest.List.Name, "post", post.Number, "late", late)
	}
	return err
}
