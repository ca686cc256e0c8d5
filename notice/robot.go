package notice

import (
	"cmp"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// A To says whom a mail of the robot's goes to, and when.
type To struct {
	List   list.List
	Person list.Person
	ID     string // left part of the Message-ID, unique for this mail
	Now    time.Time

	// Answers is the Message-ID of the mail that is answered, with its angle brackets; empty for a mail of our own accord.
	Answers string

	// About is the Message-ID of a mail beside which this one is shown, though it answers nobody; empty: none.
	About string
	// Thread is the left part of the Message-ID with which the mail thread began that this mail belongs to; empty for none.
	Thread string

	// Last is set for the last answer of a day: it says so, and where people can be reached.
	Last bool

	asOwner  bool // from the moderators, and not from the robot
	textOnly bool // never as a page as well
}

// compose writes a mail from the robot of a list, with the list's own words around those of its kind. replyTo is where an answer
// goes, or zero for the robot itself.
func (t To) compose(k kind, subject string, replyTo message.Mailbox, text string) (Mail, error) {
	if t.Last {
		text = paragraphs(text, "This is the last answer today. A person can help:\n"+t.List.Service("owner").String())
	}
	text = framed(t, k, text)
	var w message.Writer
	w.Mailbox("From", t.sender())
	w.Mailbox("To", message.Mailbox{Address: t.address()})
	if !replyTo.Address.IsZero() {
		w.Mailbox("Reply-To", replyTo)
	}
	w.Text("Subject", subject)
	t.threaded(&w)
	if t.Answers != "" {
		headAs(&w, t.List, t.Now, t.ID, "auto-replied")
	} else {
		head(&w, t.List, t.Now, t.ID)
	}
	if t.asOwner || t.textOnly {
		return finish(&w, text)
	}
	answer := t.List.Service("request")
	if !replyTo.Address.IsZero() {
		answer = replyTo.Address
	}
	return finishBoth(&w, text, page{list: t.List, answer: answer, subject: subject, id: t.ID})
}

// sender is who a mail is from.
func (t To) sender() message.Mailbox {
	if t.asOwner {
		return message.Mailbox{Name: t.List.Title + " moderators", Address: t.List.Service("owner")}
	}
	return message.Mailbox{Name: t.List.Title, Address: t.List.Service("request")}
}

// threaded writes the fields by which mail programs show mails together (RFC 5322 §3.6.4).
func (t To) threaded(w *message.Writer) {
	root := ""
	if t.Thread != "" && t.Thread != t.ID {
		root = "<" + t.Thread + "@" + t.List.Domain + ">"
	}
	if answers := cmp.Or(t.Answers, t.About, root); answers != "" {
		w.Raw("In-Reply-To", answers)
	}
	if root != "" {
		w.Raw("References", strings.TrimSpace(root+" "+t.Answers))
	}
}

// address is the recipient, or the robot itself where a header field cannot hold the recipient's address.
func (t To) address() message.Address {
	if t.Person.Address.ASCII() {
		return t.Person.Address
	}
	return t.List.Service("request")
}

// hello is the first line, with the first name if there is one.
func (t To) hello() string { return greeting(t.Person) }

// paragraphs puts an empty line between texts and leaves out those that are empty.
func paragraphs(texts ...string) string {
	var all []string
	for _, t := range texts {
		if t = strings.Trim(t, "\n"); t != "" {
			all = append(all, t)
		}
	}
	return strings.Join(all, "\n\n") + "\n"
}

// day writes a date as people here do.
func day(t time.Time) string { return t.Format("2 January 2006") }
