package incoming

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/relay"
	"sencoforum/store"
)

// ending is what became of an arrival; without a fate where nobody has said so.
type ending struct {
	fate Fate
	why  []string
	did  string // a moderator's word, for the log
	post archive.Number
	at   time.Time
}

func (e ending) outlook() Outlook { return Outlook{Fate: e.fate, Why: e.why, Post: e.post, At: e.at} }

// endingOf is what an item that waits is to its writer.
func endingOf(it hold.Item) ending {
	fate := Waits
	if it.Reason == hold.Doubt {
		fate = Asked
	}
	return ending{fate: fate, why: whyOf(fate, it.Findings)}
}

// whyOf are sentences on why a message waits.
func whyOf(fate Fate, all []list.Finding) (why []string) {
	if fate == Waits {
		return []string{notice.WhyHeld(all)}
	}
	for _, f := range all {
		switch f.Cause {
		case list.CausePupil:
			why = append(why, "It may name a child: "+strings.Join(f.Notes, "; ")+".")
		case list.CausePrivate:
			why = append(why, "It reads as if it were for one person: \""+strings.Join(f.Notes, "\", \"")+"\".")
		case list.CauseCommand:
			why = append(why, "It reads like a word for the forum's robot.")
		}
	}
	if rest := list.Without(all, list.CausePupil, list.CausePrivate, list.CauseCommand); len(rest) > 0 {
		why = append(why, "After that: "+notice.WhyHeld(rest))
	}
	return why
}

// privateEnding is what became of a private message.
func privateEnding(n note, w warning, warned bool) ending {
	switch {
	case warned:
		return ending{fate: Asked, why: numberWords(w.places)}
	case n.verdict.Action == list.Accept && n.word != relay.NoWord:
		return ending{fate: Ordered, why: []string{n.read}}
	case n.verdict.Action == list.Accept:
		return ending{fate: Goes}
	}
	return ending{fate: Gone}
}

func numberWords(places []string) []string {
	return []string{"It may hold a number of one child: " + strings.Join(places, "; ") + "."}
}

// Foresee says what would become of something written, and changes nothing.
func (d *Desk) Foresee(_ context.Context, w Written) (Outlook, error) {
	in, err := d.writtenOf(w)
	if err != nil {
		return refusedBy(err)
	}
	end, again, err := d.endNow(in)
	if err != nil {
		return Outlook{}, err
	}
	if !again {
		if end, err = d.endAhead(in); err != nil {
			return refusedBy(err)
		}
	}
	if in.form == nil && end.fate != Refused {
		if err := d.redact(in, false); err != nil {
			return refusedBy(err)
		}
	}
	o := end.outlook()
	o.Again, o.Hints, o.Raw = again, in.hints, in.stored()
	return o, nil
}

// endAhead is what the rules make of an arrival as things are now.
func (d *Desk) endAhead(in *arrival) (ending, error) {
	if in.dest.Kind == list.KindAuthor {
		return d.privateAhead(in)
	}
	sub, author, err := d.factsNow(in)
	if err != nil {
		return ending{}, err
	}
	v := list.Decide(sub)
	switch v.Action {
	case list.Accept, list.Moderate, list.AskAuthor:
	case list.Refuse:
		return ending{}, v.Refusal
	default:
		return ending{}, in.texts.Refuse(list.CaseStranger)
	}
	if sub.Author == nil {
		return ending{fate: Waits, why: whyOf(Waits, v.Findings)}, nil
	}
	if s, direct, err := d.wordIn(in, author, sub.Author); err != nil || direct && mayAnswer(in) {
		return ending{fate: Ordered, why: said(s)}, err
	}
	a, err := d.asideOf(in, *sub.Author)
	if err != nil {
		return ending{}, err
	}
	if o, ok := a.order(); ok {
		return ending{fate: Ordered, why: []string{o.Read}}, nil
	}
	asks(a, &v)
	fate := map[list.Action]Fate{list.Accept: Goes, list.Moderate: Waits, list.AskAuthor: Asked}[v.Action]
	if fate == Goes {
		return ending{fate: Goes, at: d.cfg.Now().Add(in.dest.List.SendDelay)}, nil
	}
	return ending{fate: fate, why: whyOf(fate, v.Findings)}, nil
}

func said(s *staff) []string {
	if s == nil {
		return nil
	}
	return []string{s.ask.line}
}

func (d *Desk) privateAhead(in *arrival) (end ending, err error) {
	var n note
	err = d.db.View(func(tx *store.Tx) (err error) {
		n, err = d.noteOf(tx, in)
		return err
	})
	switch {
	case err != nil:
		return end, err
	case n.verdict.Action == list.Refuse:
		return end, n.verdict.Refusal
	}
	w, warns := d.numbered(in, n), false
	if len(w.places) > 0 {
		err = d.db.View(func(tx *store.Tx) (err error) {
			warns, err = d.cfg.Relay.Warns(tx, n.writer.ID, w.digest)
			return err
		})
	}
	return privateEnding(n, w, warns), err
}

// A Complaint is a member's report of a post, written on a page.
type Complaint struct {
	Post   archive.Number
	Person list.PersonID
	Fresh  bool
	Words  string
	Form   string
}

// Complain takes a report of a post: the moderators get the same mail as by the word report. It reports false for one too many in
// a day, and for a post that cannot be seen.
func (d *Desk) Complain(ctx context.Context, c Complaint) (taken bool, err error) {
	var l list.List
	var author list.Person
	err = d.db.View(func(tx *store.Tx) error {
		p, err := archive.Get(tx, c.Post)
		if err != nil {
			return err
		}
		if author, err = list.GetPerson(tx, c.Person); err != nil {
			return err
		}
		l, err = list.Get(tx, p.List)
		return err
	})
	if err != nil {
		return false, err
	}
	w := Written{To: l.Service("owner"), Person: c.Person, Subject: reportSubject(c.Post), Text: c.Words, Form: c.Form}
	env := &message.Envelope{From: author.Address, To: w.To, Received: d.cfg.Now()}
	raw, err := compose(w, nil, letterhead{l, author, nil, env.Received})
	if err != nil {
		return false, err
	}
	if err := d.Mail(ctx, env); err != nil {
		return false, err
	}
	in := d.opened(env, list.Destination{Kind: list.KindOwner, List: l}, raw)
	in.auth, in.session = list.Verified, &session{fresh: c.Fresh}
	in.key = intake.DuplicateKey(uint32(l.ID), env.From, "page "+in.about(), nil)
	if in.form == nil {
		if err := d.redact(in, true); err != nil {
			return false, err
		}
	}
	s := &staff{in: in, who: author, ask: asking{word: "report", line: reportSubject(c.Post)}}
	err = d.acted(s, func(tx *store.Tx, id intake.ID) error {
		s.hand = moderate.HandOf(c.Person, in.session.proof(), "", d.cfg.Now())
		s.what = moderate.Pending{Person: c.Person, Post: c.Post}
		return d.reported(tx, s, moderate.Report{Post: c.Post, Message: id, By: c.Person, Words: strings.TrimSpace(c.Words)})
	})
	return s.did != "report, not taken", err
}

func reportSubject(n archive.Number) string { return fmt.Sprintf("Report #%d", n) }

// TakeBack takes back a post of a member's that has not gone out, and returns the message. It returns nil for one that has. The error
// is archive.ErrNoPost for a post that is not theirs.
func (d *Desk) TakeBack(_ context.Context, n archive.Number, by list.PersonID) (raw []byte, err error) {
	err = d.update(func(tx *store.Tx) error {
		raw = nil
		p, err := archive.Get(tx, n)
		if err != nil {
			return err
		}
		if p.Author == 0 || p.Author != by {
			return archive.ErrNoPost
		}
		was, err := intake.Raw(tx, p.Intake)
		if err != nil {
			return err
		}
		_, err = d.cfg.Panel.TakeBackPost(tx, d.cfg.Now(), n)
		if errors.Is(err, archive.ErrNotWaiting) {
			return nil
		}
		if err == nil {
			raw = was
		}
		return err
	})
	if raw != nil {
		d.log.Info("taken back on a page", "post", n, "person", uint32(by))
	}
	return raw, err
}
