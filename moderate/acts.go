package moderate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/calendar"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// Acts are what moderators do by mail to posts that are out and to people, and their talk with those who write to them. Its
// functions take a transaction first; all that one of them does, with every mail about it, is in that transaction. What takes
// longer is a job, which Run does. It may be used by several goroutines.
type Acts struct {
	log *slog.Logger
	cfg ActsConfig
}

// ActsConfig is what acts need of the house.
type ActsConfig struct {
	Keys     *token.Keyring
	Operator message.Address // is told where a list has no moderator; may be zero
	WebURL   string          // base address of the archive, empty while there is none
	PagesURL string          // base address of the pages for moderators, empty while there are none
	Eraser   *Eraser
	Recaller *Recaller
	Hours    calendar.Hours   // when moderators work
	Now      func() time.Time // nil: the clock of the host
	Panel    *Panel           // what waits; nil: no act is about that

	// Resend goes on with the copies of a post that was released: a step of View, and one for each page of members, which
	// returns whom to go on with, 0 at the end; nil: nobody gets the rest.
	Resend func(n archive.Number, now time.Time) Resender
}

// A Resender puts the copies of one post that nobody has got; package fanout has the one that ships.
type Resender interface {
	Look(tx *store.Tx) error
	Page(tx *store.Tx, from list.PersonID) (next list.PersonID, err error)
}

// NewActs returns acts; Run does their jobs.
func NewActs(log *slog.Logger, cfg ActsConfig) *Acts {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Acts{log: log, cfg: cfg}
}

// Proof is what shows that a moderator asks.
type Proof string

// The proofs, in the words of the audit log.
const (
	ProofNone     Proof = ""
	ProofVerified Proof = "verified email"     // DMARC, or an aligned DKIM or SPF pass where the domain has no record
	ProofSigned   Proof = "signed email"       // aligned DKIM
	ProofPage     Proof = "web"                // signed in on the web
	ProofWeb      Proof = "web, fresh sign-in" // lately
	ProofCommand  Proof = "command line"
)

// Strong reports a proof that is enough for acts on people and on posts that are out.
func (p Proof) Strong() bool { return p == ProofSigned || p == ProofWeb || p == ProofCommand }

// A Hand is a moderator who does something, when, and what proves that it is them.
type Hand struct {
	By
	Person  list.PersonID // 0 for the operator
	Proof   Proof
	Answers string // Message-ID of the mail by which it is done, with its angle brackets; empty for none
}

// HandOf is the hand of a moderator who wrote a mail.
func HandOf(p list.PersonID, proof Proof, answers string, now time.Time) Hand {
	return Hand{By: By{Actor: fmt.Sprintf("member %d", p), Now: now}, Person: p, Proof: proof, Answers: answers}
}

// Errors of acts. Each changes nothing.
var (
	ErrNotModerator = errors.New("not a moderator of this list")
	ErrWeakProof    = errors.New("what was asked for needs a signed email")
	ErrSpentStep    = errors.New("that was done before, or is too old")
	ErrNotOut       = errors.New("the post is not in a state in which that can be done")
)

// london is a moment as the readers of our mail write it.
func london(t time.Time) time.Time { return t.In(calendar.London()) }

// called is how colleagues call a person.
func called(p list.Person) string {
	name, _, _ := strings.Cut(list.CleanName(p.Name), " ")
	return cmp.Or(name, p.Address.Local, "A moderator")
}

// calledBy is the first name of whoever has a hand in something.
func calledBy(tx *store.Tx, who list.PersonID) (string, error) {
	if who == 0 {
		return "Whoever runs the server", nil
	}
	p, err := list.GetPerson(tx, who)
	if errors.Is(err, list.ErrNoPerson) {
		return "A former moderator", nil
	}
	return called(p), err
}

// circle are those who look after a list: its moderators, or the operator where there is none.
func (a *Acts) circle(tx *store.Tx, l list.ID) ([]list.Person, error) {
	all, err := list.Moderators(tx, l)
	if err == nil && len(all) == 0 && !a.cfg.Operator.IsZero() {
		all = []list.Person{{Address: a.cfg.Operator}}
	}
	return all, err
}

// mustModerate returns the person of a hand, who has to moderate the list.
func mustModerate(tx *store.Tx, l list.ID, h Hand) (list.Person, error) {
	m, err := list.Member(tx, l, h.Person)
	if errors.Is(err, list.ErrNoMember) || err == nil && !m.Role.Moderates() {
		return list.Person{}, ErrNotModerator
	}
	if err != nil {
		return list.Person{}, err
	}
	return list.GetPerson(tx, h.Person)
}

// composing is a mail that writes itself for a round.
type composing interface {
	Compose(r notice.Round) (notice.Mail, error)
}

// mail puts one mail into the queue. It goes before posts, as somebody waits for it.
func (a *Acts) mail(tx *store.Tx, r notice.Round, n composing) error {
	now := r.Now
	r.Now = london(now)
	m, err := n.Compose(r)
	if err != nil {
		return err
	}
	return queue.PutLetter(tx, queue.Letter{
		From: r.List.ReturnAddress(a.cfg.Keys, r.To.ID, 0, now), To: r.To.Address, Header: m.Header, Body: m.Body,
		Member: uint32(r.To.ID), Priority: queue.Urgent, Queued: now,
	})
}

// ofPost is a round about a post, in a thread of its own for each moderator.
func ofPost(l list.List, who list.Person, p archive.Number, now time.Time) notice.Round {
	root := fmt.Sprintf("post.%d.%d", p, who.ID)
	return notice.Round{List: l, To: who, ID: fmt.Sprintf("%s.%d", root, now.UnixNano()), Root: root, Now: now}
}

// lineOf is a post as mails name it.
func lineOf(p archive.Post) notice.PostLine {
	return notice.PostLine{Number: uint32(p.Number), Subject: message.Tagged(p.Subject, p.Reply, "")}
}

// note writes an act into the audit log, in numbers and fixed words alone.
func (h Hand) note(tx *store.Tx, action string, l list.ID, p list.PersonID, items ...uint64) error {
	return h.record(tx, audit.Entry{Action: action, List: uint32(l), Person: uint32(p), Items: items, Detail: string(h.Proof)})
}

// Look writes into the audit log that a moderator was shown what is known of a member.
func (h Hand) Look(tx *store.Tx, l list.ID, p list.PersonID) error {
	return h.note(tx, "member look", l, p)
}

// writerOf is the mailbox in From of a message that is kept, with the message itself.
func writerOf(tx *store.Tx, id intake.ID) (message.Mailbox, *message.Message, error) {
	raw, err := intake.Raw(tx, id)
	if err != nil {
		return message.Mailbox{}, nil, err
	}
	m := message.Parse(raw)
	from, _ := m.From()
	return from, m, nil
}

// Run does the jobs of acts, and tells of reports what is due, until ctx ends.
func (a *Acts) Run(ctx context.Context, db *store.DB) error {
	rung, stop := db.Watch(jobs.Name())
	defer stop()
	for {
		more, err := a.step(ctx, db)
		wait := lookEvery
		if err == nil {
			wait, err = a.reportsDue(db)
		}
		switch {
		case errors.Is(err, store.ErrFull):
			more = true
			a.log.Error("no room on disk: what moderators asked for waits", "cause", err)
			pause(ctx, jobPause)
		case err != nil:
			return fmt.Errorf("carry out acts of moderators: %w", err)
		}
		if more && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-rung:
		case <-time.After(wait):
		}
	}
}

// jobPause is how long a job waits when the disk is full.
const jobPause = 5 * time.Second

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
