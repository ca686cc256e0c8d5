package membership

import (
	"errors"
	"fmt"
	"time"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
	"sencoforum/token"
)

// confirmLife is how long a token works with which something is confirmed.
const confirmLife = 14 * 24 * time.Hour

// ErrNoConfirm says that a token confirms nothing: it is none of ours, or too old.
var ErrNoConfirm = errors.New("this token confirms nothing")

// ErrConfirmed says that a token has done its work already.
var ErrConfirmed = errors.New("this token was used already")

// ErrNotOffered says that a word was not offered by the mail that is answered.
var ErrNotOffered = errors.New("that mail does not offer this word")

// A pending is what a token confirms. The token went to Address alone.
type pending struct {
	Request
	Sent time.Time `json:"sent"`
	Move uint64    `json:"move,omitempty"` // number of the change of address, of which this is one side
	Used time.Time `json:"used,omitzero"`
}

var (
	confirms      = store.NewTable("membership.confirms", store.StringKey[token.Digest](), store.JSON[pending]())
	confirmExpiry = store.NewTable("membership.confirms.expiry", store.PairKey(store.Uint64Key[uint64](), store.StringKey[token.Digest]()), store.Empty())
)

// giveConfirm makes the token for an answer to a mail.
func giveConfirm(tx *store.Tx, p pending) (string, error) {
	t := token.Random()
	digest, err := token.Hash(t)
	if err != nil {
		return "", err
	}
	if err := confirms.Put(tx, digest, p); err != nil {
		return "", err
	}
	key := store.Pair[uint64, token.Digest]{A: uint64(p.Sent.Add(confirmLife).UnixMilli()), B: digest}
	return t, confirmExpiry.Put(tx, key, struct{}{})
}

// tidyConfirms forgets tokens that are too old, at most most of them, and returns how many.
func tidyConfirms(tx *store.Tx, now time.Time, most int) (n int, err error) {
	for row, err := range confirmExpiry.All(tx) {
		if err != nil {
			return n, err
		}
		if n == most || row.Key.A > uint64(now.UnixMilli()) {
			break
		}
		if err := errors.Join(confirms.Delete(tx, row.Key.B), confirmExpiry.Delete(tx, row.Key)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// findConfirm looks a token up. The error is ErrNoConfirm, or ErrConfirmed together with what is known.
func findConfirm(tx *store.Tx, now time.Time, t string) (pending, token.Digest, error) {
	digest, err := token.Hash(t)
	if err != nil {
		return pending{}, "", ErrNoConfirm
	}
	p, ok, err := confirms.Get(tx, digest)
	switch {
	case err != nil:
		return p, digest, err
	case !ok || !now.Before(p.Sent.Add(confirmLife)):
		return p, digest, ErrNoConfirm
	case !p.Used.IsZero():
		return p, digest, ErrConfirmed
	}
	return p, digest, nil
}

// ConfirmTo tells for which list, and what, a token confirms, and changes nothing. The error is ErrNoConfirm, or
// ErrConfirmed together with the list.
func ConfirmTo(tx *store.Tx, now time.Time, t string) (list.ID, Purpose, error) {
	p, _, err := findConfirm(tx, now, t)
	return p.List, p.Purpose, err
}

// AskedBy is what a token confirms, and changes nothing. The error is ErrNoConfirm, or ErrConfirmed together with what is known.
func AskedBy(tx *store.Tx, now time.Time, t string) (Request, error) {
	p, _, err := findConfirm(tx, now, t)
	return p.Request, err
}

// An Answer is what somebody writes who confirms.
type Answer struct {
	Name    string            // as their mail program gives it
	Mode    list.DeliveryMode // that they ask for; empty for no wish
	Words   string            // about themselves, for the moderators
	Read    string            // the line that was read
	Answers string            // Message-ID of the mail, with angle brackets; may be empty
}

// A Confirmed is what Confirm did.
type Confirmed struct {
	List        list.List
	Purpose     Purpose
	Person      list.PersonID // who is a member now, has left, or has another address; 0 where nothing happened yet
	Application *Application  // for the moderators to decide, who were told by Host.Apply; nil where there is nothing to decide
	Roles       []RoleRequest // a moderator changed their address: another one gives the roles back, told by Host.Reinstate
}

// Confirm does what a token is for: it went to one address only, so whoever has it reads there. A token works once: the
// error is then ErrConfirmed, or ErrNoConfirm for one that never will. Who was banned, or said never, meanwhile gets the
// same answer as everybody and nothing happens.
func Confirm(tx *store.Tx, by By, h Host, t string, a Answer) (Confirmed, error) {
	p, digest, err := findConfirm(tx, by.Now, t)
	if err != nil {
		return Confirmed{}, err
	}
	done := Confirmed{Purpose: p.Purpose}
	if done.List, err = list.Get(tx, p.List); err != nil {
		return done, err
	}
	p.Used = by.Now
	if err := confirms.Put(tx, digest, p); err != nil {
		return done, fmt.Errorf("use token: %w", err)
	}
	switch p.Purpose {
	case ToLeave:
		done.Person = p.Person
		_, err = Leave(tx, by, h, p.List, p.Person)
	case ToMove:
		err = h.confirmMove(tx, by, p, &done)
	case ToBackup:
		err = h.confirmBackup(tx, by, p, &done)
	default:
		err = h.confirmJoin(tx, by, p, a, &done)
	}
	return done, err
}

// Never does what the word never asks for: nobody can ask the owner of that address again to join the list. The error is as
// that of Confirm, or ErrNotOffered for a token of another purpose.
func Never(tx *store.Tx, by By, t string) (list.ID, error) {
	p, digest, err := findConfirm(tx, by.Now, t)
	if err != nil {
		return p.List, err
	}
	if p.Purpose != ToJoin && p.Purpose != ToInvite {
		return p.List, ErrNotOffered
	}
	p.Used = by.Now
	if err := confirms.Put(tx, digest, p); err != nil {
		return p.List, err
	}
	return p.List, suppress(tx, p.List, p.Address, by.Now)
}

// confirmJoin lets somebody in who said yes, or makes their application.
func (h Host) confirmJoin(tx *store.Tx, by By, p pending, a Answer, done *Confirmed) error {
	m, err := Find(tx, p.List, p.Address)
	switch {
	case err == nil:
		done.Person = m.Person.ID
		return h.mail(tx, by, answerTo(done.List, m.Person, a), "already", func(t notice.To) (notice.Mail, error) {
			return notice.AlreadyMember(t, m.Membership)
		})
	case !Unknown(err):
		return err
	}
	if barred, err := barred(tx, p.List, p.Address); err != nil || barred {
		return err
	}
	app := Application{
		List: p.List, Address: p.Address, Name: list.CleanName(a.Name), Words: a.Words, Mode: a.Mode, How: p.How, At: by.Now,
	}
	if app.Mode == "" {
		app.Mode = p.Mode
	}
	if app.Name == "" {
		app.Name = list.CleanName(p.Name)
	}
	if app.Words == "" {
		app.Words = p.Words
	}
	if app.Mode == "" {
		if app.Mode, _, err = startMode(tx, p.List, by.Now); err != nil {
			return err
		}
	}
	if home, err := h.comesHome(tx, by, app, done); err != nil || home {
		return err
	}
	if done.List.Joins() != list.JoinApprove || p.Purpose == ToInvite {
		m, err := Admit(tx, by, h, app, p.Purpose == ToInvite)
		done.Person = m.Person.ID
		return err
	}
	done.Application = &app
	if h.Apply != nil {
		if err := h.Apply(tx, by, app); err != nil {
			return err
		}
	}
	to := answerTo(done.List, list.Person{Name: app.Name, Address: app.Address}, a)
	return h.mail(tx, by, to, "applied", func(t notice.To) (notice.Mail, error) { return notice.Applied(t, a.Read) })
}

// comesHome restores the membership of somebody who left by themselves less than 30 days ago, which needs no approval. It
// reports false for everybody else.
func (h Host) comesHome(tx *store.Tx, by By, app Application, done *Confirmed) (bool, error) {
	p, err := list.FindPerson(tx, app.Address)
	if errors.Is(err, list.ErrNoPerson) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	digest, ok, err := left.Get(tx, memberKey{A: app.List, B: p.ID})
	if err != nil || !ok {
		return false, err
	}
	f, ok, err := returns.Get(tx, digest)
	if err != nil || !ok || !f.Used.IsZero() || f.late(by.Now) {
		return false, err
	}
	f.Used = by.Now
	if err := returns.Put(tx, digest, f); err != nil {
		return false, err
	}
	done.Person = p.ID
	return true, h.restore(tx, by.themselves(p.ID), notice.To{List: done.List, Person: p}, f.Was)
}

// barred reports whether an address, or the person who has it, is banned, or its owner refused all requests.
func barred(tx *store.Tx, l list.ID, a message.Address) (bool, error) {
	all := []message.Address{a}
	if p, err := list.FindPerson(tx, a); err == nil {
		all = p.Addresses()
	} else if !errors.Is(err, list.ErrNoPerson) {
		return false, err
	}
	banned, err := list.Banned(tx, l, all...)
	if err != nil || banned {
		return banned, err
	}
	return Suppressed(tx, l, a)
}

// answerTo is the address for the answer to a mail.
func answerTo(l list.List, p list.Person, a Answer) notice.To {
	return notice.To{List: l, Person: p, Answers: a.Answers}
}
