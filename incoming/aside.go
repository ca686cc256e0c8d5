package incoming

import (
	"slices"
	"strings"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/command"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
)

// A member's mail to the list may be nothing but a word for the robot: "mute" in answer to a post, "unsubscribe". It is never
// sent on. A clear word is done and answered; about one that is not clear its writer is asked, and the mail waits meanwhile.

// An aside is what a mail to the list says to the robot. That of an ordinary post is read as one that passes.
type aside struct {
	reading command.Reading
	about   archive.Number // the post that it answers; 0: none
}

// order is what the aside orders, where it is clear and says all that it needs.
func (a aside) order() (membership.Order, bool) {
	o, ok := orderOf(a.reading)
	if o.Post == 0 {
		o.Post = a.about
	}
	o.ToList = true
	return o, ok && (!o.Word.AboutThread() || o.Post != 0)
}

// finding is what its author is asked about an aside that is no order: the line, why it is not clear, and the words to offer.
func (a aside) finding() (list.Finding, bool) {
	r := a.reading
	if r.Outcome != command.Ask && r.Outcome != command.Done {
		return list.Finding{}, false
	}
	why := ""
	words := r.Offer
	switch {
	case r.Outcome == command.Done:
		why = "I do not know which discussion you mean. Write it to me with its number, which stands at the end of each post: " + r.Word.Name + " #48213"
		words = []string{}
	case r.Why != command.WhyCommand:
		why = r.Sentence()
	}
	if _, ours := orderWords[r.Word.Name]; words == nil && ours && (r.Word.Takes != command.PerhapsPost || a.about != 0) && r.Word.Takes != command.Address {
		words = []string{r.Word.Name}
	}
	return list.Finding{Cause: list.CauseCommand, Notes: append([]string{r.Read, why}, words...)}, true
}

// asideOf reads a verified member's mail to the list. What a machine may have written is no aside, and nobody is asked about it.
func (d *Desk) asideOf(in *arrival, m list.Membership) (a aside, err error) {
	if !mayAnswer(in) {
		a.reading.Outcome = command.Pass
		return a, nil
	}
	if a.about, err = d.answeredPost(in); err != nil {
		return a, err
	}
	l := in.dest.List
	q := command.Of(in.msg, command.Request{
		At: command.PostNew, Moderator: m.Role.Moderates(), Paused: m.Paused(d.cfg.Now()),
		Today: d.cfg.Now().In(calendar.London()), Lists: []string{l.Name, l.Title},
	})
	stem, reply := message.Stem(q.Subject, l.SubjectTag)
	if a.about != 0 || reply || len(in.msg.InReplyTo()) > 0 || len(in.msg.References()) > 0 {
		q.At = command.Post
	}
	if a.about != 0 && !reply {
		same, err := d.hasSubject(a.about, stem)
		if err != nil {
			return a, err
		}
		if same { // its mail program sets no reply mark
			q.Subject = "Re: " + stem
		}
	}
	a.reading = command.Read(q)
	if a.reading.Outcome == command.Done && bringsFiles(in.msg) {
		a.reading.Outcome, a.reading.Why, a.reading.Because = command.Ask, command.WhySecond, "a file"
	}
	return a, nil
}

// hasSubject reports whether a post has a subject.
func (d *Desk) hasSubject(n archive.Number, stem string) (same bool, err error) {
	err = d.db.View(func(tx *store.Tx) error {
		p, err := archive.Get(tx, n)
		same = strings.EqualFold(strings.TrimSpace(p.Subject), strings.TrimSpace(stem))
		return err
	})
	return same, err
}

// bringsFiles reports files that are no pictures, as a signature has them.
func bringsFiles(m *message.Message) bool {
	return slices.ContainsFunc(m.Attachments(), func(f message.Attachment) bool { return !strings.HasPrefix(f.Type, "image/") })
}

// aside does what a member's mail to the list says to the robot, or adds to the verdict that its author is asked. It reports
// false for what goes on as the verdict says.
func (d *Desk) aside(in *arrival, author list.Person, m *list.Membership, v *list.Verdict) (done bool, err error) {
	switch v.Action {
	case list.Accept, list.Moderate, list.AskAuthor:
	default:
		return false, nil
	}
	if m == nil || !mayAnswer(in) {
		return false, nil
	}
	if done, err := d.wordInPost(in, author, m); done || err != nil {
		return done, err
	}
	a, err := d.asideOf(in, *m)
	if err != nil {
		return false, err
	}
	if o, ok := a.order(); ok {
		return true, d.obey(in, author.ID, o)
	}
	if whole, err := d.quotesDigest(in); err != nil || whole {
		asksOf(v, list.Finding{Cause: list.CauseDigest})
		return false, err
	}
	asks(a, v)
	return false, nil
}

// asks lets the author of an aside be asked about it, before any moderator sees it.
func asks(a aside, v *list.Verdict) {
	if f, ok := a.finding(); ok {
		asksOf(v, f)
	}
}

// asksOf lets the author of a message be asked about a finding.
func asksOf(v *list.Verdict, f list.Finding) {
	v.Action = list.AskAuthor
	v.Findings = append(v.Findings, f)
	v.Reasons = append([]string{string(f.Cause)}, v.Reasons...)
}

// onward is a message that waited and goes on now as a member's: what the policy says of it, and whether it is an aside.
func (d *Desk) onward(held *arrival, it hold.Item, author list.Person, sub list.Submission) (waiting, error) {
	w := waiting{held: held, item: it, author: author, verdict: list.Decide(sub)}
	if sub.Author == nil || w.verdict.Action != list.Accept && w.verdict.Action != list.Moderate && w.verdict.Action != list.AskAuthor {
		return w, nil
	}
	a, err := d.asideOf(held, *sub.Author)
	if err != nil {
		return w, err
	}
	if o, ok := a.order(); ok {
		w.order = &o
		return w, nil
	}
	if whole, err := d.quotesDigest(held); err != nil || whole {
		asksOf(&w.verdict, list.Finding{Cause: list.CauseDigest})
		return w, err
	}
	asks(a, &w.verdict)
	return w, nil
}

// instead does what a message that waited orders, and ends its wait: nobody gets it.
func (d *Desk) instead(tx *store.Tx, w waiting) error {
	if err := intake.Move(tx, w.item.Message, intake.Status{State: intake.Withdrawn, Since: d.cfg.Now(), Reason: "a word for the robot"}); err != nil {
		return err
	}
	return d.obeyIn(tx, w.held, w.author.ID, *w.order)
}

// orderedInstead does an order that somebody gives in answer to a mail about a message of theirs. One of which we asked whether
// it is a command is taken back; any other goes on waiting.
func (d *Desk) orderedInstead(tx *store.Tx, in *arrival, it hold.Item, o membership.Order) error {
	if it.Author == 0 {
		return errNotYes
	}
	if it.Reason == hold.Doubt && list.Found(it.Findings, list.CauseCommand) {
		if err := d.aimed(tx, it, &o); err != nil {
			return err
		}
		if err := d.cfg.Panel.TakeBack(tx, d.cfg.Now(), it.Number); err != nil {
			return err
		}
	}
	return d.obeyIn(tx, in, it.Author, o)
}

// aimed lets an order be about the post that a message answers, where it names none.
func (d *Desk) aimed(tx *store.Tx, it hold.Item, o *membership.Order) error {
	raw, err := intake.Raw(tx, it.Message)
	if err != nil || o.Post != 0 {
		return err
	}
	rec, err := intake.Get(tx, it.Message)
	if err != nil {
		return err
	}
	o.Post, err = answeredIn(tx, message.Parse(raw), it.List, archive.Number(rec.Answers))
	return err
}

// reportedInstead takes a report in answer to the question whether a message was a command.
func (d *Desk) reportedInstead(in *arrival, it hold.Item) error {
	s := &staff{in: in}
	return d.acted(s, func(tx *store.Tx, id intake.ID) error {
		var o membership.Order
		if err := d.aimed(tx, it, &o); err != nil {
			return err
		}
		if o.Post == 0 || it.Author == 0 {
			return errNotYes
		}
		if err := d.cfg.Panel.TakeBack(tx, d.cfg.Now(), it.Number); err != nil {
			return err
		}
		s.hand = moderate.HandOf(it.Author, d.proofOf(in), in.id, d.cfg.Now())
		return d.reported(tx, s, moderate.Report{Post: o.Post, Message: id, By: it.Author})
	})
}
