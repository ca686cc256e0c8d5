// Package incoming is the inbound desk: what happens to a message that came
// in, told from top to bottom.
//
// A message reaches the desk three times: when its sender is named (Mail),
// when an address is named (Rcpt), and whole (Receive). Receive answers nil
// only after the transaction that made the message safe; the door then says
// 250. A refusal is a *list.Refusal; any other error is a fault of ours, and
// the sender tries again.
//
// The desk keeps no table of its own: posts go to the intake and the archive,
// mail for people to the intake and the queue, returned copies to the intake.
// It may be called by many sessions at once.
package incoming

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"sencoforum/bounce"
	"sencoforum/digest"
	"sencoforum/internal/seldom"
	"sencoforum/list"
	"sencoforum/mailauth"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/queue"
	"sencoforum/relay"
	"sencoforum/search"
	"sencoforum/store"
	"sencoforum/token"
	"sencoforum/watch"
)

// Config is what the desk needs to know of the host.
type Config struct {
	Hostname   string             // name in the Received field, and in texts where no list is meant
	Trusted    []netip.Prefix     // networks whose senders count as verified
	Verifier   *mailauth.Verifier // checks all others; nil: they count as unverified
	Bounces    *bounce.Book       // scores addresses; nil: nothing is scored
	Reports    *watch.ReportBook  // counts what other hosts report of our mail; nil: reports are put off
	Relay      *relay.Book        // carries private messages; nil: no address for them works
	Digests    *digest.Editor     // knows what digests hold; nil: an answer to one is mail to the robot like any other
	Watch      *watch.Watch       // counts by provider; nil: nothing is counted
	Acts       *moderate.Acts     // does what moderators ask for by mail; nil: one that knows no operator and erases nothing
	Panel      *moderate.Panel    // the moderators; nil: one that knows no operator and no holidays
	MaxMessage int64              // bytes
	MinFree    uint64             // bytes of disk below which nothing is taken
	MaxQueue   uint64             // waiting copies above which nothing is taken, 0 for no limit
	HelpURL    string             // base address of the help pages, empty while there are none
	Host       membership.Host
	Now        func() time.Time

	// Pupil says where a message to a list may name a child; nil: nobody looks.
	Pupil func(l list.List, m *message.Message) Pupils

	// Spam names the fields of a spam filter in front. They are believed of what comes from Trusted alone.
	Spam mailauth.SpamPolicy
}

// Desk receives messages. It satisfies the receiver of package smtpd.
type Desk struct {
	log    *slog.Logger
	db     *store.DB
	keys   *token.Keyring
	people *moderate.Forwarder
	search *search.Searcher // nil: people read what somebody looks for
	cfg    Config

	// Why mail is put off, for the log.
	noRoom, tooMany *seldom.Line
}

// New returns a desk.
func New(log *slog.Logger, db *store.DB, keys *token.Keyring, people *moderate.Forwarder, cfg Config) *Desk {
	if cfg.Panel == nil {
		cfg.Panel = moderate.NewPanel(log, moderate.PanelConfig{Keys: keys, People: Deciding(cfg.Host)})
	}
	if cfg.Acts == nil {
		cfg.Acts = moderate.NewActs(log, moderate.ActsConfig{Keys: keys, Panel: cfg.Panel})
	}
	if cfg.Host.Apply == nil {
		cfg.Host = Asking(cfg.Host, cfg.Panel)
	}
	return &Desk{
		log: log, db: db, keys: keys, people: people, cfg: cfg,
		noRoom:  seldom.NewLine("no room on disk: mail is put off", slog.LevelError, seldom.Minute),
		tooMany: seldom.NewLine("too many copies wait: mail is put off", slog.LevelWarn, seldom.Minute),
	}
}

// Answer lets members search by mail. It is called before the first message comes.
func (d *Desk) Answer(s *search.Searcher) { d.search = s }

// Mail is asked before a sender is taken. It refuses for a time when the disk
// is nearly full or too many copies wait to go out.
func (d *Desk) Mail(_ context.Context, _ *message.Envelope) error {
	free, err := d.db.Free()
	if err != nil {
		return fmt.Errorf("look for room: %w", err)
	}
	if free < d.cfg.MinFree {
		d.noRoom.Log(d.log, slog.Uint64("free", free), slog.Uint64("needed", d.cfg.MinFree))
		return d.host().Refuse(list.CaseRoom)
	}
	if d.cfg.MaxQueue == 0 {
		return nil
	}
	var depth uint64
	if err := d.db.View(func(tx *store.Tx) (err error) { depth, err = queue.Depth(tx); return err }); err != nil {
		return err
	}
	if depth > d.cfg.MaxQueue {
		d.tooMany.Log(d.log, slog.Uint64("waiting", depth))
		return d.host().Refuse(list.CaseBusy)
	}
	return nil
}

// Rcpt is asked for each address, and refuses an unknown one at once.
func (d *Desk) Rcpt(_ context.Context, _ *message.Envelope, to message.Address) error {
	return d.db.View(func(tx *store.Tx) error {
		_, err := d.resolve(tx, to)
		return err
	})
}

// Receive decides about a message and stores it.
func (d *Desk) Receive(ctx context.Context, env *message.Envelope, raw []byte) error {
	var dest list.Destination
	err := d.db.View(func(tx *store.Tx) (err error) {
		dest, err = d.resolve(tx, env.To)
		return err
	})
	if err != nil {
		return err
	}
	in := d.arrived(ctx, env, dest, raw)
	if err := d.findReturn(in); err != nil {
		return err
	}
	switch in.dest.Kind {
	case list.KindPost:
		err = d.post(ctx, in)
	case list.KindReply:
		err = d.reply(ctx, in)
	case list.KindConfirm:
		err = d.confirm(in)
	case list.KindMod:
		err = d.byModerator(in)
	case list.KindBounces:
		err = d.returned(in)
	case list.KindReports:
		err = d.report(ctx, in)
	case list.KindOperator:
		err = d.forOperator(ctx, in)
	case list.KindAuthor:
		err = d.private(in)
	case list.KindOwner:
		if in.dest.Token != "" {
			err = d.act(in)
		} else {
			err = d.forPeople(in)
		}
	case list.KindJoin:
		err = d.join(in)
	case list.KindLeave:
		err = d.leaving(in)
	case list.KindRequest:
		err = d.request(in)
	default:
		err = d.forPeople(in)
	}
	if errors.Is(err, store.ErrFull) {
		return in.texts.Refuse(list.CaseRoom)
	}
	return err
}

// resolve says what an address means. The refusal of an unknown one names the
// list where the address begins like one.
func (d *Desk) resolve(tx *store.Tx, to message.Address) (list.Destination, error) {
	dest, err := list.Resolve(tx, to)
	if errors.Is(err, list.ErrUnknownAddress) {
		t, err := d.nearest(tx, to)
		if err != nil {
			return dest, err
		}
		return dest, t.Refuse(list.CaseAddress)
	}
	if err != nil {
		return dest, err
	}
	switch dest.Kind {
	case list.KindConfirm:
		return dest, d.confirmable(tx, dest)
	case list.KindMod:
		if _, err := moderate.LookPending(tx, dest.Token); !errors.Is(err, moderate.ErrNoToken) {
			return dest, cmp.Or(err, d.actable(tx, dest))
		}
		return dest, d.decidable(tx, dest)
	case list.KindAuthor:
		_, err := d.wayOf(tx, dest)
		return dest, err
	case list.KindReply:
		_, err := d.answerTo(tx, dest)
		return dest, err
	}
	if dest.Token == "" {
		return dest, nil
	}
	if dest.Kind == list.KindOwner {
		return dest, d.actable(tx, dest)
	}
	if !d.tokenHolds(dest) {
		err = d.texts(dest.List).Refuse(list.CaseToken)
	}
	return dest, err
}

// tokenHolds reports whether a service address bears a signed token of ours for
// it. Return addresses have one; those of private messages are looked at by wayOf.
func (d *Desk) tokenHolds(dest list.Destination) bool {
	if dest.Kind != list.KindBounces {
		return false
	}
	claims, err := d.keys.Verify(dest.Token, dest.List.Name)
	return err == nil && claims.Kind == token.Bounces
}

// host is who speaks where no list is meant.
func (d *Desk) host() list.Texts {
	return list.Texts{Name: d.cfg.Hostname, Owner: "postmaster@" + d.cfg.Hostname, Help: d.cfg.HelpURL, Limit: list.Megabytes(d.cfg.MaxMessage)}
}

func (d *Desk) texts(l list.List) list.Texts {
	t := l.Texts(d.cfg.MaxMessage)
	t.Help = d.cfg.HelpURL
	return t
}

// nearest finds the list that somebody with a wrong address most likely means:
// the only one of that domain.
func (d *Desk) nearest(tx *store.Tx, to message.Address) (list.Texts, error) {
	var found []list.List
	for l, err := range list.All(tx) {
		if err != nil {
			return list.Texts{}, err
		}
		if l.Domain == to.Domain {
			found = append(found, l)
		}
	}
	switch len(found) {
	case 0:
		return d.host(), nil
	case 1:
		return d.texts(found[0]), nil
	}
	t := d.host()
	t.Owner = "postmaster@" + to.Domain
	return t, nil
}

// patience is how long a message waits for its turn to be stored. While the store is compacted that may take longer; then
// its sender is told to come again (451).
const patience = 30 * time.Second

// update runs a transaction for somebody who waits for our answer.
func (d *Desk) update(fn func(tx *store.Tx) error) error { return d.db.UpdateWithin(patience, fn) }

// byModerator takes a moderator's reply: about what waits, or about what is out.
func (d *Desk) byModerator(in *arrival) error {
	acts := false
	err := d.db.View(func(tx *store.Tx) error {
		_, err := moderate.LookPending(tx, in.dest.Token)
		if acts = err == nil; errors.Is(err, moderate.ErrNoToken) {
			return nil
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case acts:
		return d.act(in)
	}
	return d.decide(in)
}
