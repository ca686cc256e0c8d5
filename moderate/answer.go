package moderate

import (
	"errors"
	"slices"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// An Answer says whom a reply is answered, and what was read.
type Answer struct {
	List    list.List
	Who     list.Person
	Now     time.Time
	Replies string // Message-ID of the reply, with its angle brackets
	Read    string
	Web     bool // it was done on a page, and no reply was read
}

// to is the mail in the thread of an item that answers.
func (a Answer) to(it hold.Item) notice.To {
	to := toModerator(a.List, a.Who, it, a.Now, false)
	to.Answers = a.Replies
	return to
}

// Answer tells a moderator what their word did.
func (p *Panel) Answer(tx *store.Tx, a Answer, word string, out Outcome) error {
	it := out.Item
	m, err := p.matter(tx, out.List, it)
	if err != nil {
		return err
	}
	if it.Decision != nil && it.Decision.Done { // its words were forgotten with the delay
		m.Address = it.From
	}
	tok, err := hold.AllowModerator(tx, a.Who.ID, a.Now.Add(tokenLife), it.Number)
	if err != nil {
		return err
	}
	if d := it.Decision; d != nil {
		n := notice.Decided{Matter: m, Token: tok, Read: a.Read, Web: a.Web, Verdict: d.Verdict, Trust: d.Trust, Reason: d.Reason, Due: Local(d.Due)}
		if n.Members, err = list.Count(tx, a.List.ID); err != nil {
			return err
		}
		return p.send(tx, a.to(it), n)
	}
	n := notice.Done{Matter: m, Token: tok, Read: a.Read, Web: a.Web}
	switch word {
	case "undo":
		n.Short, n.Did = "Undone", "You took the decision back. It waits again, as if nobody had decided."
	case "hold":
		n.Short, n.Did = "Yours for 24 hours", "You look after this for 24 hours; the others see that. It still waits: reply with what you decide."
	case "ask":
		n.Short, n.Did = "Asked", "Your question is on its way. The answer comes here; until then it waits."
	default: // what was taken out is shown by a notice of its own
		return nil
	}
	return p.send(tx, a.to(it), n)
}

// Refuse tells a moderator why their word did nothing, and says so in a word for the log. An error that is none of a decision's
// is returned.
func (p *Panel) Refuse(tx *store.Tx, a Answer, n hold.Number, why error) (string, error) {
	var decided *DecidedError
	if errors.As(why, &decided) {
		return "decided already", p.already(tx, a, decided.Item)
	}
	for _, c := range []struct {
		err error
		why notice.Why
	}{
		{ErrNotOffered, notice.NotOffered}, {ErrNoWords, notice.NoSuchWords}, {ErrNoFiles, notice.NoFiles}, {ErrTooLate, notice.TooLate},
		{ErrNoUndo, notice.NoUndo}, {ErrWeakProof, notice.NotSigned}, {ErrNoAsk, notice.NotHere}, {ErrAuthorLeft, notice.AuthorLeft}, {message.ErrLeft, notice.Sealed},
		{ErrNotAsked, notice.NotRead}, {ErrGone, notice.NotRead},
	} {
		if errors.Is(why, c.err) {
			return string(c.why), p.Unclear(tx, a, []hold.Number{n}, c.why)
		}
	}
	return "", why
}

// already answers a second decision.
func (p *Panel) already(tx *store.Tx, a Answer, it hold.Item) error {
	n := notice.Already{Read: a.Read, Decision: *it.Decision}
	n.Decision.At, n.Decision.Due = Local(n.Decision.At), Local(n.Decision.Due)
	var err error
	if n.Matter, err = p.matter(tx, a.List, it); err != nil {
		return err
	}
	if n.By, err = firstName(tx, it.Decision.Person); err != nil {
		return err
	}
	if n.Token, err = hold.AllowModerator(tx, a.Who.ID, a.Now.Add(tokenLife), it.Number); err != nil {
		return err
	}
	return p.send(tx, a.to(it), n)
}

// Unclear tells a moderator that a reply did nothing, and what may be answered. Of several items the mail names none.
func (p *Panel) Unclear(tx *store.Tx, a Answer, items []hold.Number, why notice.Why) error {
	n := notice.Unclear{Read: a.Read, Why: why}
	if len(items) != 1 {
		var err error
		if n.Token, err = hold.AllowModerator(tx, a.Who.ID, a.Now.Add(tokenLife), items...); err != nil {
			return err
		}
		if why == notice.NotRead {
			n.Why = notice.WhichOne
		}
		return p.send(tx, notice.To{List: a.List, Person: a.Who, Now: a.Now, ID: idAt("unclear", a.Who.ID, a.Now), Answers: a.Replies}, n)
	}
	it, err := hold.Get(tx, items[0])
	if errors.Is(err, hold.ErrNoItem) {
		return nil
	}
	if err != nil {
		return err
	}
	if it.Decision != nil && why == notice.NotRead {
		return p.already(tx, a, it)
	}
	if it.Decision != nil {
		n.When = Local(it.Decision.Due)
		if it.Kind == hold.Post && it.Decision.Verdict == hold.Approved {
			n.Post = it.Post
		}
	}
	if n.Held, err = p.heldNotice(tx, a.List, it, a.Who.ID, a.Now); err != nil {
		return err
	}
	return p.send(tx, a.to(it), n)
}

// Doubt tells a moderator, at the address that is stored, that a reply in their name was not taken, with a fresh token.
func (p *Panel) Doubt(tx *store.Tx, now time.Time, l list.List, who list.Person, items []hold.Number, n notice.Doubted) error {
	items = slices.Clone(items)
	to := notice.To{List: l, Person: who, Now: now, ID: idAt("doubt", who.ID, now)}
	if len(items) == 1 {
		it, err := hold.Get(tx, items[0])
		if errors.Is(err, hold.ErrNoItem) {
			return nil
		}
		if err != nil {
			return err
		}
		if n.Held, err = p.heldNotice(tx, l, it, who.ID, now); err != nil {
			return err
		}
		return p.send(tx, toModerator(l, who, it, now, false), n)
	}
	var err error
	n.Web = p.cfg.Web
	if n.Token, err = hold.AllowModerator(tx, who.ID, now.Add(tokenLife), items...); err != nil {
		return err
	}
	return p.send(tx, to, n)
}
