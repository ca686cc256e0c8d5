package moderate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// A Case is something that waits, or what was decided about it, as a page for moderators shows it. Numbers of children are masked.
type Case struct {
	Item    hold.Item
	List    list.List
	Held    notice.Held // as the mail about it says it, without a token
	Claimed string      // first name of who looks after it; empty: nobody
	By      string      // first name of who decided; empty: nobody did, or the operator
}

// Waits returns what waits for a reader as a moderator, on all of their lists or one, the oldest first.
func (p *Panel) Waits(tx *store.Tx, r list.Reader, lists ...list.ID) (all []hold.Item, err error) {
	for _, l := range moderated(r, lists) {
		some, err := hold.Waiting(tx, l)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b hold.Item) int {
		return cmp.Or(a.Asked.Compare(b.Asked), cmp.Compare(a.Number, b.Number))
	})
	return all, nil
}

// Decided returns what was decided since a moment on lists that a reader moderates, the latest first.
func (p *Panel) Decided(tx *store.Tx, r list.Reader, since time.Time, lists ...list.ID) (all []hold.Item, err error) {
	for _, l := range moderated(r, lists) {
		some, err := hold.Decided(tx, l, since)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b hold.Item) int { return b.Decision.At.Compare(a.Decision.At) })
	return all, nil
}

// moderated are the lists of some, or of all, that a reader moderates.
func moderated(r list.Reader, of []list.ID) []list.ID {
	all := slices.DeleteFunc(r.Lists(), func(l list.ID) bool { return !r.Moderates(l) })
	if len(of) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(l list.ID) bool { return !slices.Contains(of, l) })
}

// Case returns what a page shows of an item. For who does not moderate its list it is as if it were not there: ErrGone. So it is
// for what waits for its author and was never with the moderators.
func (p *Panel) Case(tx *store.Tx, r list.Reader, n hold.Number, now time.Time) (c Case, err error) {
	c.Item, err = hold.Get(tx, n)
	if errors.Is(err, hold.ErrNoItem) || err == nil && (!r.Moderates(c.Item.List) || c.Item.Asked.IsZero()) {
		return Case{}, fmt.Errorf("#%s: %w", n.Code(), ErrGone)
	}
	if err != nil {
		return c, err
	}
	if c.List, err = list.Get(tx, c.Item.List); err != nil {
		return c, err
	}
	if c.Held.Matter, err = p.matter(tx, c.List, c.Item); err != nil {
		return c, err
	}
	for _, t := range c.Item.Told {
		name, err := firstName(tx, t.Person)
		if err != nil {
			return c, err
		}
		c.Held.Told = append(c.Held.Told, name)
	}
	if c.Claimed, err = firstName(tx, c.Item.ClaimedBy(now)); err != nil || c.Item.Decision == nil {
		return c, err
	}
	c.By, err = firstName(tx, c.Item.Decision.Person)
	return c, err
}

// Already says what was decided about a case, by whom and when.
func (c Case) Already(now time.Time) (what, next string) {
	n := notice.Already{Matter: c.Held.Matter, Decision: *c.Item.Decision, By: c.By}
	n.Decision.At, n.Decision.Due = Local(n.Decision.At), Local(n.Decision.Due)
	return n.Lines(Local(now))
}

// A Word is what a moderator does on a page to what waits.
type Word struct {
	Name    string   // as in a reply: approve, trust, approve and trust, reject, discard, redact, remove attachments, hold, ask, undo
	Text    string   // the reason, or the question
	Phrases []string // to be taken out
	Left    Searched // of what is left then; the zero one: nobody looked
}

// PlanWord says what a word on a page would leave of a message, as PlanRedact does, and on which list it waits. It is the zero one
// for a word that takes nothing out, and for who does not moderate the list.
func (p *Panel) PlanWord(tx *store.Tx, r list.Reader, n hold.Number, w Word) (s Searched, l list.List, err error) {
	if w.Name != "redact" && w.Name != "remove attachments" {
		return s, l, nil
	}
	it, err := hold.Get(tx, n)
	if errors.Is(err, hold.ErrNoItem) || err == nil && !r.Moderates(it.List) {
		return s, l, nil // which is told when it is done
	}
	if err != nil {
		return s, l, err
	}
	if l, err = list.Get(tx, it.List); err != nil {
		return s, l, err
	}
	s, err = p.PlanRedact(tx, n, w.Phrases, w.Name == "remove attachments")
	return s, l, err
}

// ErrNoWord says that a page asked for what there is not.
var ErrNoWord = errors.New("no such word")

// OnPage does a word on a page as a reply does it, with the same rules and the same mails: the first decision counts. Who does not
// moderate the list at this moment gets ErrGone. A moderator who was told of the item by mail gets the answer there as well, so
// that its conversation ends, and somebody else in their place is seen.
func (p *Panel) OnPage(tx *store.Tx, by Decider, n hold.Number, w Word) (Outcome, error) {
	it, err := hold.Get(tx, n)
	if errors.Is(err, hold.ErrNoItem) {
		return Outcome{}, fmt.Errorf("#%s: %w", n.Code(), ErrGone)
	}
	if err != nil {
		return Outcome{}, err
	}
	who, ok, err := stillModerator(tx, it.List, by.Person)
	if err != nil {
		return Outcome{}, err
	}
	if !ok {
		return Outcome{}, fmt.Errorf("#%s: %w", n.Code(), ErrGone)
	}
	out, err := p.word(tx, by, n, w)
	if err != nil || !it.WasTold(who.ID) {
		return out, err
	}
	return out, p.Answer(tx, Answer{List: out.List, Who: who, Now: by.Now, Web: true}, w.Name, out)
}

func (p *Panel) word(tx *store.Tx, by Decider, n hold.Number, w Word) (Outcome, error) {
	switch w.Name {
	case "approve":
		return p.Approve(tx, by, n)
	case "trust", "approve and trust":
		return p.Trust(tx, by, n)
	case "reject":
		return p.Reject(tx, by, n, w.Text)
	case "discard":
		return p.Discard(tx, by, n)
	case "redact":
		return p.Redact(tx, by, n, Words{Phrases: w.Phrases}, w.Left)
	case "remove attachments":
		return p.RemoveAttachments(tx, by, n, w.Left)
	case "hold":
		return p.Claim(tx, by, n)
	case "ask":
		return p.Ask(tx, by, n, w.Text)
	case "undo":
		return p.Undo(tx, by, n)
	}
	return Outcome{}, fmt.Errorf("%q: %w", w.Name, ErrNoWord)
}

// A Canned is a reason that stands ready for a rejection.
type Canned struct {
	Word string // behind reject; empty for the usual one
	Text string
}

// CannedReasons are the reasons of a list for its messages, the usual one first.
func (p *Panel) CannedReasons(tx *store.Tx, l list.List) (all []Canned, err error) {
	for _, word := range []string{"", "names", "advert", "thanks", "digest"} {
		text, err := reasonTo(tx, l, hold.Post, word)
		if err != nil {
			return nil, err
		}
		all = append(all, Canned{word, text})
	}
	return all, nil
}
