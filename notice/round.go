package notice

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// A Round is one mail among those who look after a list, or from them to somebody: whom it goes to, where an answer goes, and the
// mail thread in which it stands. Left parts of Message-IDs are written without the domain.
type Round struct {
	List list.List
	To   list.Person
	By   string // first name of the moderator whose words it brings; empty: they come from all of them
	ID   string // left part of the Message-ID, unique for this mail
	Root string // left part of the Message-ID with which its thread begins; empty: it begins one

	// Answers is the Message-ID of the mail that is answered, with its angle brackets; empty for a mail of our own accord.
	Answers string

	Reply message.Address // where an answer goes; zero: to all moderators
	Now   time.Time

	person bool // a person wrote it
}

// Tokened is the round with an answer that goes to an address with a token, such as L-mod+TOKEN@ for the service mod.
func (r Round) Tokened(service, token string) Round {
	r.Reply = r.List.Service(service)
	r.Reply.Local += "+" + token
	return r
}

// sender is who a mail is from: the moderators, with the name of the one who wrote it.
func (r Round) sender() message.Mailbox {
	name := r.List.Title + " moderators"
	if by := list.CleanName(r.By); by != "" {
		name += " (" + by + ")"
	}
	return message.Mailbox{Name: name, Address: r.List.Service("owner")}
}

// compose writes the mail. What a person wrote is marked as such (RFC 3834 §5), so that no mail system takes it for a robot's.
func (r Round) compose(subject, text string) (Mail, error) {
	var w message.Writer
	w.Mailbox("From", r.sender())
	to := r.To.Address
	if !to.ASCII() {
		to = r.List.Service("owner")
	}
	w.Mailbox("To", message.Mailbox{Address: to})
	if !r.Reply.IsZero() {
		w.Mailbox("Reply-To", message.Mailbox{Name: r.List.Title + " moderators", Address: r.Reply})
	}
	w.Text("Subject", subject)
	r.thread(&w)
	submitted := "auto-generated"
	if r.person {
		submitted = "no"
	}
	headAs(&w, r.List, r.Now, r.ID, submitted)
	return finish(&w, text)
}

// thread writes the fields by which mail programs show mails together (RFC 5322 §3.6.4).
func (r Round) thread(w *message.Writer) {
	root := ""
	if r.Root != "" && r.Root != r.ID {
		root = "<" + r.Root + "@" + r.List.Domain + ">"
	}
	switch {
	case r.Answers != "":
		w.Raw("In-Reply-To", r.Answers)
	case root != "":
		w.Raw("In-Reply-To", root)
	}
	if all := strings.TrimSpace(root + " " + r.Answers); all != "" {
		w.Raw("References", all)
	}
}

// hello is the first line, with the first name if there is one.
func (r Round) hello() string { return greeting(r.To) }

// quoted is a text as a mail of ours shows it below a line that says what it is, cut to most bytes.
func quoted(what, text string, most int) string {
	text = strings.TrimRight(text, "\r\n\t ")
	if text == "" {
		return ""
	}
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "\n[cut: the rest is on the server]"
	}
	var b strings.Builder
	b.WriteString("---------- " + what + " ----------\n")
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight("> "+strings.TrimRight(line, "\r\n"), " ") + "\n")
	}
	return b.String()
}

// choices lists words that may be answered, with what each does, so that no line is a word alone.
func choices(pairs ...[2]string) string {
	var b strings.Builder
	for _, p := range pairs {
		fmt.Fprintf(&b, "  %-14s %s\n", p[0], p[1])
	}
	return b.String()
}

// people counts people.
func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return grouped(n) + " people"
}

// grouped writes a number with a comma between thousands, as people here do.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
