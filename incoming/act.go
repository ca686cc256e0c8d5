package incoming

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/mailauth"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/store"
)

// A moderator's reply at L-mod+TOKEN@ or L-owner+TOKEN@ acts when all of this holds: the token is that moderator's, From is an
// address of theirs, the sender is verified, and nothing says that a machine wrote it. Acts on people and on posts that are out need
// an aligned signature and a second reply as well; package moderate sees to that.

// actable refuses an address whose token is none of a moderator's of that list for that service.
func (d *Desk) actable(tx *store.Tx, dest list.Destination) error {
	p, err := moderate.LookPending(tx, dest.Token)
	if errors.Is(err, moderate.ErrNoToken) || err == nil && (p.List != dest.List.ID || (p.Use == moderate.UseLetter) != (dest.Kind == list.KindOwner)) {
		return d.texts(dest.List).Refuse(list.CaseToken)
	}
	return err
}

// A flaw is why a mail is not taken for a moderator's.
type flaw string

// The flaws.
const (
	flawNone    flaw = ""
	flawRole    flaw = "its token is of nobody who moderates"
	flawFrom    flaw = "From is not the moderator's address"
	flawSender  flaw = "its sender is not verified"
	flawMachine flaw = "a machine may have written it"
)

// A staff is a moderator's mail on the desk.
type staff struct {
	in   *arrival
	tok  string
	what moderate.Pending
	who  list.Person
	hand moderate.Hand
	flaw flaw
	ask  asking
	hid  archive.Post // a post that was stopped by it, for the ledger
	did  string       // for the log

	figures notice.Figures // for the word that asks for them
}

// proofOf is what shows that a mail is from the address in its From. Of a client that the operator trusts we believe all.
func (d *Desk) proofOf(in *arrival) moderate.Proof {
	switch {
	case in.session != nil:
		return in.session.proof()
	case in.auth != list.Verified:
		return moderate.ProofNone
	case d.trusts(in.env.Client), slices.ContainsFunc(in.check.DKIM, func(s mailauth.Signature) bool { return s.Aligned }):
		return moderate.ProofSigned
	}
	return moderate.ProofVerified
}

// staffOf looks whether a mail is that of a moderator.
func (d *Desk) staffOf(tx *store.Tx, s *staff, p list.PersonID) error {
	in := s.in
	m, err := list.Member(tx, in.dest.List.ID, p)
	if errors.Is(err, list.ErrNoMember) || err == nil && !m.Role.Moderates() {
		s.flaw = flawRole
		return nil
	}
	if err != nil {
		return err
	}
	if s.who, err = list.GetPerson(tx, p); err != nil {
		return err
	}
	s.hand = moderate.HandOf(p, d.proofOf(in), in.id, d.cfg.Now())
	switch {
	case !slices.ContainsFunc(s.who.Addresses(), func(a message.Address) bool { return a.Key() == in.from.Address.Key() }):
		s.flaw = flawFrom
	case s.hand.Proof == moderate.ProofNone:
		s.flaw = flawSender
	case len(in.msg.MaybeAutomatic()) > 0 || in.env.From.IsZero():
		s.flaw = flawMachine
	}
	return nil
}

// act takes a moderator's reply at an address with a token.
func (d *Desk) act(in *arrival) error {
	switch {
	case in.form != nil:
		return in.texts.Refuse(list.FormCase(in.form))
	case in.auth == list.Failed:
		return in.texts.Refuse(list.CaseSender)
	case in.auth == list.Unknown:
		return in.texts.Refuse(list.CaseLater)
	}
	s := &staff{in: in, tok: in.dest.Token}
	if err := d.untoken(in); err != nil {
		return err
	}
	if err := d.mayCome(in); err != nil {
		return err
	}
	if signs := d.automatic(in); len(signs) > 0 {
		return d.keep(in, intake.Discarded, list.Verdict{Reasons: append([]string{"automatic"}, signs...)})
	}
	return d.acted(s, func(tx *store.Tx, id intake.ID) (err error) {
		if s.what, err = moderate.LookPending(tx, s.tok); err != nil {
			return err
		}
		if err := d.staffOf(tx, s, s.what.Person); err != nil {
			return err
		}
		s.ask = readsFor(in.msg, s.what, d.cfg.Now())
		switch {
		case s.what.Use == moderate.UsePractice && s.flaw != flawRole && s.flaw != flawMachine:
			return d.practised(tx, s)
		case s.flaw != flawNone:
			return d.flawed(tx, s)
		case !d.cfg.Now().Before(s.what.Until):
			return d.undone(tx, s, "This email is more than 14 days old, so nothing was done. The words work in a\nnewer one, or with the number: stop #48213.")
		case s.what.Use == moderate.UseLetter:
			return d.answerLetter(tx, s, id)
		case s.what.Use == moderate.UseStep:
			return d.confirmed(tx, s)
		}
		return d.offered(tx, s, id)
	})
}

// untoken takes tokens out of what is stored of a reply, in its envelope, too.
func (d *Desk) untoken(in *arrival) error {
	env := *in.env
	env.To = in.dest.List.Service(string(in.dest.Kind))
	in.env = &env
	return d.redact(in, true)
}

// acted stores a mail as handled, once however often it comes, with what it does.
func (d *Desk) acted(s *staff, do func(tx *store.Tx, id intake.ID) error) error {
	in, again := s.in, false
	blob := store.NewBlob(d.traced(in))
	err := d.update(func(tx *store.Tx) (err error) {
		s.did, s.hid, s.flaw = "", archive.Post{}, flawNone
		if _, again, err = intake.Known(tx, in.key); err != nil {
			return err
		}
		if again {
			return in.putDuplicate(tx)
		}
		id, err := intake.Put(tx, intake.New{Record: in.record([]string{"moderator"}), Raw: blob, State: intake.Handled, Key: in.key})
		if err != nil {
			return err
		}
		return do(tx, id)
	})
	if err == nil && !again {
		in.end = ending{fate: Ordered, why: []string{s.ask.line}, did: s.did}
	}
	switch {
	case err != nil:
		return err
	case again:
		d.log.Info("duplicate", "to", string(in.dest.Kind))
		return nil
	case s.flaw != flawNone:
		d.log.Warn("a moderator's reply was not taken", "list", in.dest.List.Name, "person", uint32(s.what.Person), "why", string(s.flaw))
	default:
		d.log.Info("a moderator wrote", "list", in.dest.List.Name, "person", uint32(s.who.ID), "did", cmp.Or(s.did, "nothing"))
	}
	if s.hid.Number != 0 {
		if err := d.cfg.Acts.Hid(s.hid, d.cfg.Now()); err != nil {
			d.log.Error("a post was stopped, but the ledger beside the store could not be written: an older store would show it again", "post", s.hid.Number, "cause", err)
		}
	}
	return nil
}

// How often a moderator hears at most that a reply was not taken, for each flaw, or not understood.
const (
	flawEvery    = 24 * time.Hour
	unclearEvery = 10 * time.Minute
	undoneADay   = 30 // answers of all kinds that nothing was done
)

// flawed tells a moderator, at the address that is stored, that a reply in their name was not taken.
func (d *Desk) flawed(tx *store.Tx, s *staff) error {
	if s.flaw == flawRole {
		return nil
	}
	may, err := moderate.May(tx, "flaw "+string(s.flaw), s.who.ID, d.cfg.Now(), 1, flawEvery)
	if err != nil || !may {
		return err
	}
	n := notice.Unproved{Page: d.cfg.Acts.Page(s.what.Post)}
	if s.flaw == flawFrom {
		n.From, n.To = s.in.from.Address.String(), s.who.Address.String()
	}
	h := s.hand
	h.Answers = ""
	return d.cfg.Acts.Tell(tx, s.in.dest.List, s.who, s.what.Post, h, n)
}

// undone tells a moderator that a reply did nothing, and what may be answered; why is empty where it was not understood.
func (d *Desk) undone(tx *store.Tx, s *staff, why string) error {
	what, most, within := "undone", undoneADay, flawEvery
	if why == "" {
		s.did = "not understood"
		what, most, within = "unclear", 1, unclearEvery
	}
	if may, err := moderate.May(tx, what, s.who.ID, d.cfg.Now(), most, within); err != nil || !may {
		return err
	}
	n := notice.Unread{Read: s.ask.line, Why: cmp.Or(why, s.ask.why), About: "your reply"}
	if s.what.Use != "" && s.what.Use != moderate.UseLetter {
		var err error
		if n.Words, n.About, err = d.cfg.Acts.Offered(tx, s.what); err != nil {
			return err
		}
	}
	if why != "" {
		n.Words = nil
	}
	return d.cfg.Acts.Tell(tx, s.in.dest.List, s.who, s.what.Post, s.hand, n)
}
