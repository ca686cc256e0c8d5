package notice

import (
	"fmt"
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
}

// compose writes a mail from the robot of a list. replyTo is where an answer goes, or zero for the robot itself.
func (t To) compose(subject string, replyTo message.Mailbox, text string) (Mail, error) {
	var w message.Writer
	w.Mailbox("From", message.Mailbox{Name: t.List.Title, Address: t.List.Service("request")})
	w.Mailbox("To", message.Mailbox{Address: t.address()})
	if !replyTo.Address.IsZero() {
		w.Mailbox("Reply-To", replyTo)
	}
	w.Text("Subject", subject)
	if t.Answers != "" {
		w.Raw("In-Reply-To", t.Answers)
		headAs(&w, t.List, t.Now, t.ID, "auto-replied")
	} else {
		if t.About != "" {
			w.Raw("In-Reply-To", t.About)
		}
		head(&w, t.List, t.Now, t.ID)
	}
	body, fields := message.PlainText(text)
	for _, f := range fields {
		w.Raw(f.Name, f.Value)
	}
	if err := w.Err(); err != nil {
		return Mail{}, fmt.Errorf("write mail %q: %w", subject, err)
	}
	return Mail{Header: w.Bytes(), Body: append([]byte("\r\n"), body...)}, nil
}

// address is the recipient, or the robot itself where a header field cannot hold the recipient's address.
func (t To) address() message.Address {
	if t.Person.Address.ASCII() {
		return t.Person.Address
	}
	return t.List.Service("request")
}

// hello is the first line, with the name if there is one.
func (t To) hello() string {
	if name := list.CleanName(t.Person.Name); name != "" {
		return "Hello " + name
	}
	return "Hello"
}

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
