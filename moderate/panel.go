package moderate

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/calendar"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// A Panel is the moderators of every list as the server sees them: it tells them what waits, does what they decide, and
// watches the clock. Its functions take a transaction first; all that one of them does, with every mail about it, is in that
// transaction. It keeps what waits in package hold and nothing of its own, and may be used by several goroutines.
type Panel struct {
	overview *archive.Overview // nil: the morning note names no questions
	archive  string            // base address of the archive

	log *slog.Logger
	cfg PanelConfig
}

// PanelConfig is what a panel needs to know of the host.
type PanelConfig struct {
	Keys     *token.Keyring
	Operator message.Address // is told where a list has no moderator; may be zero
	Web      string          // base address of the pages where moderators decide; empty while there are none
	Hours    calendar.Hours

	// Mask takes numbers of children out of what a notice shows; nil: nothing is taken out.
	Mask   func(text string) string
	People Decided
}

// Decided does what was decided about people when its time has come, in the same transaction. The decision is in the item. What
// cannot be done any more is a *NotDoneError, and moderators hear of it. A nil function: nobody can decide that.
type Decided struct {
	Admit   func(tx *store.Tx, by By, it hold.Item) error // lets an applicant in
	Decline func(tx *store.Tx, by By, it hold.Item) error // tells them no, or that nobody decided
	Restore func(tx *store.Tx, by By, it hold.Item) error // gives a role back
	Refuse  func(tx *store.Tx, by By, it hold.Item) error // says that it is not given back
}

// A NotDoneError says why a decision about a person had no effect: a sentence for moderators.
type NotDoneError struct{ Why string }

func (e *NotDoneError) Error() string { return e.Why }

// NewPanel returns a panel.
func NewPanel(log *slog.Logger, cfg PanelConfig) *Panel { return &Panel{log: log, cfg: cfg} }

// A Decider is who decides, when, and by what proof.
type Decider struct {
	By
	Person list.PersonID // the moderator; 0 for the operator
	Proof  string        // fixed words for the audit log, such as "verified email"
}

// strong reports a proof that is enough to give somebody a role. The words of a proof are fixed; a signature and what the
// operator trusts are more than a sender who was checked.
func (d Decider) strong() bool {
	return d.Proof != "" && d.Proof != string(ProofVerified) && d.Proof != string(ProofPage)
}

// Errors of decisions. Each changes nothing.
var (
	ErrGone       = errors.New("there is nothing under that number any more")
	ErrNotAsked   = errors.New("it waits for its author and is not with the moderators")
	ErrNotOffered = errors.New("trust is not for a message that may name a child")
	ErrAuthorLeft = errors.New("its author is not a member any more")
	ErrNoUndo     = errors.New("nobody has decided about it")
	ErrTooLate    = errors.New("the decision has taken effect")
	ErrNoWords    = errors.New("the words do not stand in the message")
	ErrNoFiles    = errors.New("the message has no files")
	ErrNoAsk      = errors.New("only people who want to join can be asked")
	ErrNoAdmit    = errors.New("nobody can be let in on this server")
)

// DecidedError says that an item was decided before. Item has the decision that counts.
type DecidedError struct{ Item hold.Item }

// Error names the decision.
func (e *DecidedError) Error() string {
	return fmt.Sprintf("#%s is %s already", e.Item.Number.Code(), e.Item.Decision.Verdict)
}

// tokenLife is how long a moderator's token lives, and keepDecided how long it is known what was decided.
const (
	tokenLife   = 14 * day
	keepDecided = 90 * day
	claimLife   = 24 * time.Hour
)

// Local is a moment as the readers of our mail write it.
func Local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(calendar.London())
}

// letter puts one mail of the panel's into the queue. Mail about what waits goes before posts, as somebody waits for it.
func (p *Panel) letter(tx *store.Tx, to notice.To, mail notice.Mail) error {
	return queue.PutLetter(tx, queue.Letter{
		From: to.List.ReturnAddress(p.cfg.Keys, to.Person.ID, 0, to.Now), To: to.Person.Address, Header: mail.Header, Body: mail.Body,
		Member: uint32(to.Person.ID), Priority: queue.Urgent, Queued: to.Now,
	})
}

// composed is a mail that composes itself for somebody.
type composed interface {
	Compose(to notice.To) (notice.Mail, error)
}

func (p *Panel) send(tx *store.Tx, to notice.To, n composed) error {
	to.Now = Local(to.Now)
	mail, err := n.Compose(to)
	if err != nil {
		return err
	}
	return p.letter(tx, to, mail)
}

// toModerator is a mail to a moderator in the thread of an item; first is the mail with which the thread begins.
func toModerator(l list.List, who list.Person, it hold.Item, now time.Time, first bool) notice.To {
	thread := fmt.Sprintf("held.%d.%d", it.Number, who.ID)
	to := notice.To{List: l, Person: who, Now: now, Thread: thread, ID: thread}
	if !first {
		to.ID = fmt.Sprintf("%s.%d", thread, now.UnixNano())
	}
	return to
}

// toWriter is a mail to whoever wrote the message of an item, in a thread of its own.
func toWriter(l list.List, who list.Person, it hold.Item, now time.Time) notice.To {
	return notice.To{List: l, Person: who, Now: now, Thread: fmt.Sprintf("wait.%d", it.Number), ID: fmt.Sprintf("wait.%d.%d", it.Number, now.UnixNano())}
}

// writer is who gets mail about an item: at the address that the message came from where that was shown to be theirs, else
// at the one that is stored. It reports false where there is nobody to write to.
func writer(tx *store.Tx, it hold.Item) (list.Person, bool, error) {
	if it.Author == 0 {
		who := list.Person{Address: it.From, Name: it.Name}
		return who, !it.From.IsZero() && (it.Verified || it.OnPerson()), nil
	}
	who, err := list.GetPerson(tx, it.Author)
	if errors.Is(err, list.ErrNoPerson) {
		return who, false, nil
	}
	if it.Verified && !it.From.IsZero() {
		who.Address = it.From
	}
	return who, err == nil, err
}

// tell writes into the audit log what was done, in numbers alone.
func (d Decider) tell(tx *store.Tx, it hold.Item, action, detail string) error {
	return d.record(tx, audit.Entry{
		Action: "held " + action, List: uint32(it.List), Person: uint32(it.Author), Items: []uint64{uint64(it.Number)},
		Detail: strings.Trim(cmp.Or(d.Proof, "no proof")+"; "+detail, "; "),
	})
}

// firstName is the first name of a person, for mails to their colleagues; empty for nobody.
func firstName(tx *store.Tx, p list.PersonID) (string, error) {
	if p == 0 {
		return "", nil
	}
	who, err := list.GetPerson(tx, p)
	if errors.Is(err, list.ErrNoPerson) {
		return "a former moderator", nil
	}
	if err != nil {
		return "", err
	}
	name, _, _ := strings.Cut(list.CleanName(who.Name), " ")
	return cmp.Or(name, who.Address.Local), nil
}

// idAt is the left part of a Message-ID for a mail that belongs to no item.
func idAt(what string, who list.PersonID, now time.Time) string {
	return fmt.Sprintf("%s.%d.%d", what, who, now.UnixNano())
}
