package membership

import (
	"crypto/rand"
	"fmt"
	"strings"

	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// A Host is what the mails that follow a leaving or a return say of this server.
type Host struct {
	Keys     *token.Keyring
	Operator message.Address // told where a list has no moderator; may be zero
	WebURL   string          // base address of the pages that leaving and coming back have; empty while there are none
	Hours    calendar.Hours  // when members are asked what came of their questions
	JoinURL  string          // base address of the page on which one says yes to what a mail asks; empty while there is none

	// Data puts a mail with all that is known of a person; nil: there is none by mail.
	Data func(tx *store.Tx, l list.ID, p list.Person) error

	// Apply and Reinstate bring moderators what they have to decide: that somebody joins or comes back, and that a moderator with
	// a new address is still one. nil: whoever calls sees to it.
	Apply     func(tx *store.Tx, by By, app Application) error
	Reinstate func(tx *store.Tx, by By, r RoleRequest) error

	// Provider names who receives the mail of a domain; nil: each domain is a provider.
	Provider func(domain string) string
}

// mail puts a mail of the robot's into the queue. word begins its Message-ID.
func (h Host) mail(tx *store.Tx, by By, to notice.To, word string, compose func(notice.To) (notice.Mail, error)) error {
	to.ID, to.Now = fmt.Sprintf("%s.%d.%d.%s", word, to.List.ID, to.Person.ID, strings.ToLower(rand.Text()[:10])), by.Now
	m, err := compose(to)
	if err != nil {
		return err
	}
	return queue.PutLetter(tx, queue.Letter{
		From: to.List.ReturnAddress(h.Keys, to.Person.ID, 0, by.Now), To: to.Person.Address, Header: m.Header, Body: m.Body,
		Priority: queue.Urgent, Member: uint32(to.Person.ID), Queued: by.Now,
	})
}

// ownWords are a piece of a mail in the list's own words, or empty where it has none.
func ownWords(tx *store.Tx, to notice.To, name string, members int) (string, error) {
	w, err := list.WordsOf(tx, to.List.ID, name)
	return notice.Filled(w.Text, to, members), err
}

// deciders are who decides about a list: its moderators, or the operator where it has none. It may be nobody.
func (h Host) deciders(tx *store.Tx, l list.ID) ([]list.Person, error) {
	all, err := list.Moderators(tx, l)
	if err == nil && len(all) == 0 && !h.Operator.IsZero() {
		all = []list.Person{{Address: h.Operator}}
	}
	return all, err
}
