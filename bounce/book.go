package bounce

import (
	"errors"
	"fmt"
	"math"
	"time"

	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// The score of each address that ever refused mail: (list, person) -> State. A membership that was suspended and is not
// any more begins anew.
var states = store.NewTable("bounce.states", store.PairKey(store.Uint32Key[list.ID](), store.Uint32Key[list.PersonID]()), store.JSON[State]())

// A Book scores addresses and does what follows. Its methods take a transaction first.
type Book struct {
	keys     *token.Keyring
	operator message.Address
	now      func() time.Time

	// Frozen reports the days on which nothing scores: school holidays. Nil means that there are none. It may be set
	// before the first call.
	Frozen func(time.Time) bool

	// WebURL is the base address of the page by which members end a suspension; empty while there is none. It may be set
	// before the first call.
	WebURL string

	// Provider names who takes mail for a domain, so that domains of one provider count together. Nil: each domain counts
	// for itself. It may be set before the first call.
	Provider func(domain string) string
}

// NewBook returns a book. operator hears when a provider or a post is refused as a whole; it may be zero.
func NewBook(keys *token.Keyring, operator message.Address, now func() time.Time) *Book {
	return &Book{keys: keys, operator: operator, now: now}
}

// A Refusal is one copy that a member's address did not take: a report that came back, or the answer in our own session.
type Refusal struct {
	List   list.ID
	Person list.PersonID
	Class  Class
	Probe  bool   // the copy was a probe
	Broken bool   // its post or its provider is refused as a whole
	Words  string // of the host that refused, for moderators
}

// probePost stands for a probe where the token of a return address has the number of a post.
const probePost = math.MaxUint32

// IsProbe reports whether a return address was that of a probe.
func IsProbe(c token.Claims) bool { return c.B == probePost }

// tokenDays is how long a report scores after the attempt that it is about.
const tokenDays = 10

// TooOld reports whether a report came so late that it only counts in the log.
func TooOld(c token.Claims, now time.Time) bool { return int(token.DayOf(now))-int(c.Day) > tokenDays }

// StateOf returns the score of a member's address; known is false where it has none.
func StateOf(tx *store.Tx, l list.ID, p list.PersonID) (s State, known bool, err error) {
	return states.Get(tx, store.Pair[list.ID, list.PersonID]{A: l, B: p})
}

// ClassOf says what a refusal in our own session means.
func ClassOf(r queue.Result) Class {
	if r.Outcome == queue.Expired {
		return Delay
	}
	status := r.Enhanced
	if status == "" && r.Code != 0 {
		status = fmt.Sprintf("%d.0.0", r.Code/100)
	}
	return classify(status, r.Text)
}

// Note scores a refusal and does what follows: a probe, or the end of delivery to that address. One for the want of a
// domain waits until a Checker has asked the DNS. Of somebody who is no member any more, nothing is noted.
func (b *Book) Note(tx *store.Tx, r Refusal) (Action, error) {
	m, err := list.Member(tx, r.List, r.Person)
	if errors.Is(err, list.ErrNoMember) {
		return Nothing, nil
	}
	if err != nil {
		return Nothing, err
	}
	key := store.Pair[list.ID, list.PersonID]{A: r.List, B: r.Person}
	old, _, err := states.Get(tx, key)
	if err != nil {
		return Nothing, err
	}
	if old.Suspended && !m.Suspended { // somebody ended it
		old = State{}
	}
	now := b.now()
	frozen := b.Frozen != nil && b.Frozen(now)
	state, action := Score(old, Event{Class: r.Class, Probe: r.Probe, Broken: r.Broken, Frozen: frozen}, DayOf(now))
	if state != old {
		if err := states.Put(tx, key, state); err != nil {
			return Nothing, err
		}
	}
	if r.Class == NoDomain && !frozen && !r.Broken && !m.Suspended {
		return action, b.checkDomain(tx, r)
	}
	return action, b.do(tx, action, m, r)
}

// do does what an action says.
func (b *Book) do(tx *store.Tx, a Action, m list.Membership, r Refusal) error {
	if a == Nothing {
		return nil
	}
	l, err := list.Get(tx, r.List)
	if err != nil {
		return err
	}
	p, err := list.GetPerson(tx, r.Person)
	if err != nil {
		return err
	}
	n := notice.Bounce{List: l, Member: p, Words: r.Words, Now: b.now()}
	switch a {
	case SendProbe:
		return b.letter(tx, l, p.ID, p.Address, probePost, n.Probe)
	case AskBackup:
		return b.askBackup(tx, l, p, n.Full)
	case Suspend:
		return b.suspend(tx, l, m, n, mails{elsewhere: notice.Bounce.Suspended, moderator: notice.Bounce.ToModerator})
	}
	return nil
}

// Complained ends delivery to a member whose mail provider says that they called a mail of ours spam. Often they did not
// mean to, so they stay a member and are told elsewhere; the moderators hear that the provider filed it. A second report
// changes nothing. It reports whether this one did.
func (b *Book) Complained(tx *store.Tx, l list.ID, p list.PersonID) (bool, error) {
	m, err := list.Member(tx, l, p)
	if errors.Is(err, list.ErrNoMember) || err == nil && m.Suspended {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	in, err := list.Get(tx, l)
	if err != nil {
		return false, err
	}
	person, err := list.GetPerson(tx, p)
	if err != nil {
		return false, err
	}
	n := notice.Bounce{List: in, Member: person, Now: b.now()}
	return true, b.suspend(tx, in, m, n, mails{elsewhere: notice.Bounce.Complained, moderator: notice.Bounce.ComplaintToModerator})
}

// mails are what people are told when delivery to a member ends.
type mails struct {
	elsewhere, moderator func(notice.Bounce) (notice.Mail, error)
}

// suspend ends delivery to a member, who stays one, and tells them elsewhere and the moderators.
func (b *Book) suspend(tx *store.Tx, l list.List, m list.Membership, n notice.Bounce, tell mails) error {
	m.Suspended = true
	if err := list.SaveMember(tx, m); err != nil {
		return err
	}
	entry := audit.Entry{At: b.now(), Actor: "bounce", Action: "member set", List: uint32(l.ID), Person: uint32(m.Person), Detail: "suspended on"}
	if err := audit.Append(tx, entry); err != nil {
		return err
	}
	if err := b.tellElsewhere(tx, l, n, tell.elsewhere); err != nil {
		return err
	}
	moderators, err := list.Moderators(tx, l.ID)
	if err != nil {
		return err
	}
	for _, to := range moderators {
		n.To = to
		if err := b.letter(tx, l, to.ID, to.Address, 0, func() (notice.Mail, error) { return tell.moderator(n) }); err != nil {
			return err
		}
	}
	return nil
}

// tellElsewhere tells a member at their backup address, if there is one, with a token by which they get mail again.
func (b *Book) tellElsewhere(tx *store.Tx, l list.List, n notice.Bounce, compose func(notice.Bounce) (notice.Mail, error)) error {
	if n.Member.Backup.IsZero() {
		return nil
	}
	var err error
	if n.Token, err = b.giveResume(tx, l.ID, n.Member.ID); err != nil {
		return fmt.Errorf("make token of a suspension: %w", err)
	}
	n.WebURL = b.WebURL
	return b.askBackup(tx, l, n.Member, func() (notice.Mail, error) { return compose(n) })
}

// askBackup writes to the member's backup address, if there is one.
func (b *Book) askBackup(tx *store.Tx, l list.List, p list.Person, compose func() (notice.Mail, error)) error {
	if p.Backup.IsZero() {
		return nil
	}
	return b.letter(tx, l, p.ID, p.Backup, 0, compose)
}

// letter puts a mail whose return address is about a person and a post, or a probe.
func (b *Book) letter(tx *store.Tx, l list.List, p list.PersonID, to message.Address, post uint32, compose func() (notice.Mail, error)) error {
	mail, err := compose()
	if err != nil {
		return err
	}
	return queue.PutLetter(tx, queue.Letter{
		From: l.ReturnAddress(b.keys, p, post, b.now()), To: to, Header: mail.Header, Body: mail.Body, Member: uint32(p), Priority: queue.Normal, Queued: b.now(),
	})
}
