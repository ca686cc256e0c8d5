package moderate

import (
	"errors"
	"fmt"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// An Outcome is what a decision did.
type Outcome struct {
	Item hold.Item
	List list.List
}

// Due is when the decision takes effect.
func (o Outcome) Due() time.Time { return o.Item.Decision.Due }

// Approve accepts a message, which then waits for the sending delay as any other; an applicant is let in after the same
// delay. An approved message meets no rule again, but its author must still be a member. The errors are ErrGone, ErrNotAsked,
// ErrAuthorLeft, and a *DecidedError.
func (p *Panel) Approve(tx *store.Tx, by Decider, n hold.Number) (Outcome, error) {
	return p.decide(tx, by, n, hold.Decision{Verdict: hold.Approved})
}

// Trust approves, and ends what makes every message of the author wait. It is never for what may name a child: the error is
// then ErrNotOffered. Of an applicant no post is held.
func (p *Panel) Trust(tx *store.Tx, by Decider, n hold.Number) (Outcome, error) {
	return p.decide(tx, by, n, hold.Decision{Verdict: hold.Approved, Trust: true})
}

// Reject sends a message back to its writer with a reason, after the sending delay. One of the words names, advert, thanks and
// digest stands for a text of ours, and no reason for the usual one.
func (p *Panel) Reject(tx *store.Tx, by Decider, n hold.Number, reason string) (Outcome, error) {
	return p.decide(tx, by, n, hold.Decision{Verdict: hold.Rejected, Reason: reason})
}

// Discard throws a message away after the sending delay. Its writer hears nothing; it is kept for 30 days.
func (p *Panel) Discard(tx *store.Tx, by Decider, n hold.Number) (Outcome, error) {
	return p.decide(tx, by, n, hold.Decision{Verdict: hold.Discarded})
}

// open reads an item that can be decided about.
func (p *Panel) open(tx *store.Tx, n hold.Number) (hold.Item, list.List, error) {
	it, err := hold.Get(tx, n)
	if errors.Is(err, hold.ErrNoItem) {
		return it, list.List{}, fmt.Errorf("#%s: %w", n.Code(), ErrGone)
	}
	if err != nil {
		return it, list.List{}, err
	}
	l, err := list.Get(tx, it.List)
	switch {
	case err != nil:
		return it, l, err
	case it.Decision != nil:
		return it, l, &DecidedError{Item: it}
	case !it.WithModerators():
		return it, l, fmt.Errorf("#%s: %w", n.Code(), ErrNotAsked)
	}
	return it, l, nil
}

func (p *Panel) decide(tx *store.Tx, by Decider, n hold.Number, d hold.Decision) (Outcome, error) {
	it, l, err := p.open(tx, n)
	if err != nil {
		return Outcome{Item: it, List: l}, err
	}
	if d.Trust && list.Found(it.Findings, list.CausePupil) {
		return Outcome{Item: it, List: l}, ErrNotOffered
	}
	if it.OnPerson() {
		d.Trust = d.Trust && it.Kind == hold.Application
		if err := p.mayDecide(by, it, d); err != nil {
			return Outcome{Item: it, List: l}, err
		}
	}
	if d.Verdict == hold.Rejected {
		if d.Reason, err = reasonTo(tx, l, it.Kind, d.Reason); err != nil {
			return Outcome{}, err
		}
	}
	d.Person, d.At, d.Due = by.Person, by.Now, by.Now.Add(l.SendDelay)
	if d.Verdict == hold.Approved && it.Kind == hold.Post {
		post, err := p.accept(tx, l, it, d.Due, by.Now)
		if err != nil {
			return Outcome{Item: it, List: l}, err
		}
		it.Post = uint32(post.Number)
	}
	it.Decision, it.Claim = &d, nil
	if err := by.tell(tx, it, string(d.Verdict), trustDetail(d)); err != nil {
		return Outcome{}, err
	}
	if err := p.save(tx, it); err != nil {
		return Outcome{}, err
	}
	name, err := firstName(tx, by.Person)
	if err != nil {
		return Outcome{}, err
	}
	told := notice.Told{Line: notice.OutcomeLine(it.Kind, d.Verdict, name, Local(d.At)), Undo: Local(d.Due), Comment: d.Reason}
	if err := p.outcome(tx, l, it, by.Person, by.Now, told); err != nil {
		return Outcome{}, err
	}
	if !d.Due.After(by.Now) {
		err = p.finish(tx, l, it, by.Now)
	}
	return Outcome{Item: it, List: l}, err
}

func trustDetail(d hold.Decision) string {
	if d.Trust {
		return "trusted"
	}
	return ""
}

// accept makes a post of a held message, and where the guard saw something that held nothing its author reads of it as those do
// whose posts never waited.
func (p *Panel) accept(tx *store.Tx, l list.List, it hold.Item, until, now time.Time) (archive.Post, error) {
	post, err := p.postOf(tx, l, it, until, now)
	if err != nil || len(it.Hints) == 0 || list.Found(it.Findings, list.CauseAutomatic) {
		return post, err
	}
	return post, p.Acknowledge(tx, now, l, post, it.Hints)
}

// postOf makes a post of a held message, or lets the one that it was already wait again.
func (p *Panel) postOf(tx *store.Tx, l list.List, it hold.Item, until, now time.Time) (archive.Post, error) {
	author, err := p.author(tx, l, it)
	if err != nil {
		return archive.Post{}, err
	}
	m, err := messageOf(tx, it)
	if err != nil {
		return archive.Post{}, err
	}
	if m == nil {
		return archive.Post{}, fmt.Errorf("#%s: %w", it.Number.Code(), ErrGone)
	}
	rec, err := intake.Get(tx, it.Message)
	if err != nil {
		return archive.Post{}, err
	}
	if list.Found(it.Findings, list.CauseShared) {
		author.Name = "" // members see the name in From: that of the moderators
	}
	n := archive.Submitted(m, l, author, it.Since)
	if n, err = n.To(tx, archive.Number(rec.Answers)); err != nil {
		return archive.Post{}, err
	}
	n.MessageID = rec.MessageID // of what came: one that is made of the words must not change with them
	if it.Post != 0 {
		return archive.Release(tx, archive.Number(it.Post), n.Subject, until, now)
	}
	if err := intake.Move(tx, it.Message, intake.Status{State: intake.Waiting, Since: now, Reason: "approved"}); err != nil {
		return archive.Post{}, err
	}
	if it.Key != "" {
		if err := intake.Claim(tx, it.Message, it.Key); err != nil {
			return archive.Post{}, err
		}
	}
	n.Intake, n.Until = it.Message, until
	return archive.Accept(tx, n)
}

// author is who wrote a held message, if they may still post. Of a stranger, whom the moderators decide to hear, there is
// nobody.
func (p *Panel) author(tx *store.Tx, l list.List, it hold.Item) (list.Person, error) {
	if it.Author == 0 {
		return list.Person{}, nil
	}
	m, err := list.Member(tx, l.ID, it.Author)
	if errors.Is(err, list.ErrNoMember) || err == nil && m.NoPosting {
		return list.Person{}, fmt.Errorf("#%s: %w", it.Number.Code(), ErrAuthorLeft)
	}
	if err != nil {
		return list.Person{}, err
	}
	return list.GetPerson(tx, it.Author)
}

// finish does what a decision is about when its time has come, and what is told with it. Of the item only numbers are left.
func (p *Panel) finish(tx *store.Tx, l list.List, it hold.Item, now time.Time) error {
	d := *it.Decision
	var err error
	switch {
	case it.OnPerson():
		err = p.finishPerson(tx, l, it, now)
	case d.Verdict == hold.Approved:
		err = p.settle(tx, l, it)
	case d.Verdict == hold.Rejected, d.Verdict == hold.Unheard:
		if err = p.returnTo(tx, l, it, now); err == nil {
			err = p.end(tx, it, intake.Status{State: intake.Rejected, Since: now, Reason: string(d.Verdict)})
		}
	case d.Verdict == hold.Discarded:
		err = p.end(tx, it, intake.Status{State: intake.Discarded, Since: now, Reason: "discarded by a moderator"})
	case d.Verdict == hold.Withdrawn:
		err = p.end(tx, it, intake.Status{State: intake.Withdrawn, Since: now, Reason: "taken back by its author"})
	}
	if err != nil {
		return err
	}
	d.Done = true
	it = it.Anonymous()
	reasonless := d
	reasonless.Reason = ""
	it.Decision = &reasonless
	return p.save(tx, it)
}

// end takes a message to its last state. A number that it had in the archive stays as an empty tombstone.
func (p *Panel) end(tx *store.Tx, it hold.Item, to intake.Status) error {
	if it.Post != 0 {
		_, err := archive.Withdraw(tx, archive.Number(it.Post), to)
		return err
	}
	return intake.Move(tx, it.Message, to)
}

// settle counts an approved post for a new member, and trusts its author where that was decided.
func (p *Panel) settle(tx *store.Tx, l list.List, it hold.Item) error {
	if list.Found(it.Findings, list.CauseShared) {
		if err := tagNotice(tx, l.ID, archive.Number(it.Post), it.Decision.At); err != nil {
			return err
		}
	}
	if it.Author == 0 {
		return nil
	}
	m, err := list.Member(tx, l.ID, it.Author)
	if errors.Is(err, list.ErrNoMember) {
		return nil
	}
	if err != nil {
		return err
	}
	was := m
	m.Holds = max(0, m.Holds-1)
	if it.Decision.Trust {
		m.Holds, m.Moderated = 0, false
		if err := p.keepName(tx, l, it); err != nil {
			return err
		}
	}
	if m == was {
		return nil
	}
	return list.SaveMember(tx, m)
}

// keepName stores the name that looked like another's, where moderators trust who bears it: it does not wait for that again.
func (p *Panel) keepName(tx *store.Tx, l list.List, it hold.Item) error {
	who, err := list.GetPerson(tx, it.Author)
	if err != nil || who.Name != "" || !list.Found(it.Findings, list.CauseName) {
		return err
	}
	post, err := archive.Get(tx, archive.Number(it.Post))
	if err != nil {
		return err
	}
	who.Name = post.AuthorName
	return list.SavePerson(tx, who)
}

// returnTo gives a writer their message back.
func (p *Panel) returnTo(tx *store.Tx, l list.List, it hold.Item, now time.Time) error {
	who, ok, err := writer(tx, it)
	if err != nil || !ok {
		return err
	}
	n := notice.Returned{Reason: it.Decision.Reason, Days: backAfter}
	if n.Matter, err = p.theirs(tx, it); err != nil {
		return err
	}
	return p.send(tx, toWriter(l, who, it, now), n)
}

// theirs is what a writer gets back: their own words, with nothing masked.
func (p *Panel) theirs(tx *store.Tx, it hold.Item) (notice.Matter, error) {
	n := notice.Matter{Code: it.Number.Code(), Kind: it.Kind}
	m, err := messageOf(tx, it)
	if err != nil || m == nil {
		return n, err
	}
	n.Subject, n.Text = m.Subject(), m.Text()
	return n, nil
}

// actorOf is who decided, as the audit log has it.
func actorOf(person list.PersonID) string {
	if person == 0 {
		return "operator"
	}
	return fmt.Sprintf("member %d", person)
}
