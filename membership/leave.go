package membership

import (
	"errors"
	"fmt"

	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// The ways by which members leave and come back, for By.How.
const (
	ByLink = "one-click link" // the link of a copy's List-Unsubscribe field (RFC 8058)
	ByMail = "email"
	ByPage = "web page"
)

// A Leaving is what Leave did.
type Leaving struct {
	Already       bool // there was no membership any more; nothing was done
	LastModerator bool // the list has no moderator now
}

// Leave ends a membership on the member's own wish, which needs nobody's approval. Copies that wait are not sent. It
// puts a goodbye into the queue that tells how to come back; when the last moderator leaves, the operator is told as
// well. Leaving twice does nothing the second time.
func Leave(tx *store.Tx, by By, h Host, l list.ID, p list.PersonID) (Leaving, error) {
	was, err := list.Member(tx, l, p)
	if errors.Is(err, list.ErrNoMember) {
		return Leaving{Already: true}, nil
	}
	if err != nil {
		return Leaving{}, err
	}
	person, err := list.GetPerson(tx, p)
	if err != nil {
		return Leaving{}, err
	}
	by, m := by.themselves(p), Member{Person: person, Membership: was}
	var done Leaving
	if done.LastModerator, err = LastModerator(tx, m); err != nil {
		return done, err
	}
	if err := list.Leave(tx, l, p); err != nil {
		return done, err
	}
	if err := by.record(tx, "member leave", m, by.How); err != nil {
		return done, err
	}
	in, err := list.Get(tx, l)
	if err != nil {
		return done, err
	}
	if err := h.sayGoodbye(tx, by, m, done); err != nil {
		return done, err
	}
	return done, h.noteLeaving(tx, by, in, person)
}

// sayGoodbye mails who has left, and the operator where somebody has to look after the list now.
func (h Host) sayGoodbye(tx *store.Tx, by By, m Member, done Leaving) error {
	l, err := list.Get(tx, m.Membership.List)
	if err != nil {
		return err
	}
	back, err := giveReturn(tx, by.Now, m.Membership)
	if err != nil {
		return fmt.Errorf("make return token: %w", err)
	}
	g := notice.Goodbye{How: by.howLeft(), Token: back, Days: days(freeReturn), WebURL: h.WebURL}
	to := notice.To{List: l, Person: m.Person}
	if g.Words, err = ownWords(tx, to, notice.TextGoodbye, 0); err != nil {
		return err
	}
	if err := h.mail(tx, by, to, "left", g.Compose); err != nil {
		return err
	}
	if !done.LastModerator || h.Operator.IsZero() {
		return nil
	}
	return h.mail(tx, by, notice.To{List: l, Person: list.Person{Address: h.Operator}}, "moderators", notice.WithoutModerator)
}

// howLeft is a sentence on how somebody left.
func (by By) howLeft() string {
	switch said := notice.InQuotes(by.Said); {
	case by.Said != "" && by.ToList:
		return "Your email said only " + said + ". Nobody else saw it."
	case by.Said != "":
		return "You wrote to the forum's robot: " + said
	}
	return howWords[by.How]
}

// howWords tell in the goodbye how somebody left, in case it was not them.
var howWords = map[string]string{
	ByMail: "You wrote to the address for leaving.",
	ByLink: "You used the unsubscribe button of your mail program, or the link in an email.",
}
