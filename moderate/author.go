package moderate

import (
	"bytes"
	"errors"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// askAuthor asks a member whether a message is really for everybody, at the address that it came from; again is a reminder.
func (p *Panel) askAuthor(tx *store.Tx, l list.List, it hold.Item, now time.Time, again bool) error {
	who, ok, err := writer(tx, it)
	if err != nil || !ok {
		return err
	}
	m, err := messageOf(tx, it)
	if err != nil || m == nil {
		return err
	}
	n := notice.Doubt{Subject: m.Subject(), Findings: it.Findings, Files: len(m.Attachments()) > 0, Days: int(pupilDeleted / day), Again: again}
	if it.Changed {
		n.Left = p.mask(m.Text())
	}
	if post, found, err := p.Alone(tx, l, it); err != nil {
		return err
	} else if found {
		n.Only = post.AuthorName
	}
	if n.Members, err = list.Count(tx, l.ID); err != nil {
		return err
	}
	if n.Token, err = hold.Allow(tx, it, it.Author, now.Add(tokenLife)); err != nil {
		return err
	}
	return p.send(tx, toWriter(l, who, it, now), n)
}

// Affirm takes the author's word that a message is for everybody. What looked private, or like a command, then meets its other reasons; what may
// name a child is read by moderators in any case. It reports whether the message is a post now.
func (p *Panel) Affirm(tx *store.Tx, now time.Time, n hold.Number) (accepted bool, err error) {
	it, l, err := p.doubted(tx, n)
	if err != nil {
		return false, err
	}
	it.Findings, it.Affirmed = list.Without(it.Findings, list.CausePrivate, list.CauseCommand, list.CauseDigest), true
	if len(it.Findings) > 0 {
		it.Reason, it.Asked, it.All = hold.Moderation, now, false
		if err := p.withModerators(tx, l, &it, now); err != nil {
			return false, err
		}
		return false, p.save(tx, it)
	}
	if _, err := p.accept(tx, l, it, now.Add(l.SendDelay), now); err != nil {
		return false, err
	}
	return true, hold.Remove(tx, it)
}

// doubted reads an item that waits for its author's word.
func (p *Panel) doubted(tx *store.Tx, n hold.Number) (hold.Item, list.List, error) {
	it, err := hold.Get(tx, n)
	if errors.Is(err, hold.ErrNoItem) || err == nil && (it.Decision != nil || it.Reason != hold.Doubt) {
		return it, list.List{}, ErrGone
	}
	if err != nil {
		return it, list.List{}, err
	}
	l, err := list.Get(tx, it.List)
	return it, l, err
}

// A Taking is what is left of a message when words or files are taken out.
type Taking struct {
	Left *message.Message

	item  hold.Number
	was   []byte
	words Words
}

// PlanTakeOut says what would be left of a message that waits for its author's word, without words, or with files without every
// file. It changes nothing, so that what is left can be searched outside of any transaction. The errors are ErrGone, ErrNoWords
// and ErrNoFiles.
func (p *Panel) PlanTakeOut(tx *store.Tx, n hold.Number, phrases []string, files bool) (Taking, error) {
	t := Taking{item: n}
	it, _, err := p.doubted(tx, n)
	if err != nil {
		return t, err
	}
	m, err := messageOf(tx, it)
	if err != nil {
		return t, err
	}
	if m == nil {
		return t, ErrGone
	}
	w := Words{Phrases: phrases}
	if files {
		for _, f := range m.Attachments() {
			w.Files = append(w.Files, f.Name)
		}
		if len(w.Files) == 0 {
			return t, ErrNoFiles
		}
	}
	if err := w.Check(); err != nil {
		return t, errors.Join(ErrNoWords, err)
	}
	done, err := message.Redact(m.Raw(), w.redaction("[removed]"))
	if err != nil {
		return t, err
	}
	if done.Places+len(done.Files) == 0 {
		return t, ErrNoWords
	}
	t.was, t.Left, t.words = m.Raw(), message.Parse(done.Raw), w
	return t, nil
}

// TakeOut does what was planned and asks the author again. Places are where what is left may still name a child. It meets every
// reason as before, also when there is none: a person looks at it, as a guess that there is no name any more would be one too
// many. The errors are ErrGone, and ErrChanged where the message is not the same any more.
func (p *Panel) TakeOut(tx *store.Tx, now time.Time, t Taking, places []string) error {
	it, l, err := p.doubted(tx, t.item)
	if err != nil {
		return err
	}
	m, err := messageOf(tx, it)
	switch {
	case err != nil:
		return err
	case m == nil:
		return ErrGone
	case !bytes.Equal(m.Raw(), t.was):
		return ErrChanged
	}
	if err := intake.Rewrite(tx, it.Message, it.Key, t.Left.Raw()); err != nil {
		return err
	}
	it.Changed, it.Hints, it.Findings = true, nil, withoutWords(it.Findings, t.words)
	for i := range it.Findings {
		if it.Findings[i].Cause == list.CausePupil {
			it.Findings[i].Notes = places
		}
	}
	if err := p.askAuthor(tx, l, it, now, false); err != nil {
		return err
	}
	return p.save(tx, it)
}

// TakeBack ends the wait of a message as its author asks: nobody gets it. The error is ErrGone for one that was decided.
func (p *Panel) TakeBack(tx *store.Tx, now time.Time, n hold.Number) error {
	it, err := hold.Get(tx, n)
	if errors.Is(err, hold.ErrNoItem) || err == nil && it.Decision != nil {
		return ErrGone
	}
	if err != nil {
		return err
	}
	l, err := list.Get(tx, it.List)
	if err != nil {
		return err
	}
	it.Decision = &hold.Decision{Verdict: hold.Withdrawn, At: now, Due: now}
	if err := p.outcome(tx, l, it, 0, now, notice.Told{Line: notice.OutcomeLine(it.Kind, hold.Withdrawn, "", Local(now))}); err != nil {
		return err
	}
	if err := hold.Save(tx, it); err != nil {
		return err
	}
	return p.finish(tx, l, it, now)
}

// TakeBackPost takes back a post that waits to be sent, as its author asks. Moderators who approved it hear of it. The error
// is archive.ErrNotWaiting for one that has gone out.
func (p *Panel) TakeBackPost(tx *store.Tx, now time.Time, post archive.Number) (archive.Post, error) {
	for it, err := range hold.All(tx) {
		if err != nil {
			return archive.Post{}, err
		}
		if it.Post != uint32(post) || it.Finished() {
			continue
		}
		it.Decision = nil
		if err := hold.Save(tx, it); err != nil {
			return archive.Post{}, err
		}
		if err := p.TakeBack(tx, now, it.Number); err != nil {
			return archive.Post{}, err
		}
		return archive.Get(tx, post)
	}
	return archive.Withdraw(tx, post, intake.Status{State: intake.Withdrawn, Since: now, Reason: "taken back by its author"})
}

// notAnswered gives a message back about which its author said nothing, or deletes it where moderators had it as well.
func (p *Panel) notAnswered(tx *store.Tx, l list.List, it hold.Item, now time.Time) error {
	who, ok, err := writer(tx, it)
	if err != nil {
		return err
	}
	if ok {
		n := notice.NotSent{}
		if n.Matter, err = p.theirs(tx, it); err != nil {
			return err
		}
		if err := p.send(tx, toWriter(l, who, it, now), n); err != nil {
			return err
		}
	}
	d := hold.Decision{Verdict: hold.Unheard, At: now, Due: now, Done: true}
	if err := p.end(tx, it, intake.Status{State: intake.Rejected, Since: now, Reason: "its author did not answer"}); err != nil {
		return err
	}
	it = it.Anonymous()
	it.Decision = &d
	return p.save(tx, it)
}
