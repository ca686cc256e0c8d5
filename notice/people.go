package notice

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// ForPeople is a mail to the moderators, or to the operator, as they get it.
type ForPeople struct {
	List     list.List
	Kind     list.Kind // the address that was written to
	To       message.Address
	Writer   message.Mailbox
	Member   bool // the writer's address is a member's
	Verified bool // the message really came from that address
	Subject  string
	Text     string
	Files    []message.Attachment
	ID       string // left part of the Message-ID, unique for this mail
	Root     string // left part of the Message-ID of the mail with which its thread begins; empty: with this one
	Token    string // with which a moderator answers in the name of all; empty: an answer goes to the writer
	Now      time.Time
}

// maxQuoted bounds the quoted text of a mail to people, in bytes; the whole
// message is kept in the store.
const maxQuoted = 64 << 10

// Compose returns the mail. An answer to it goes to the writer.
func (n ForPeople) Compose() (Mail, error) {
	var w message.Writer
	title := n.List.Title + " moderators"
	w.Mailbox("From", message.Mailbox{Name: title, Address: n.List.Service("owner")})
	w.Mailbox("To", n.to())
	switch {
	case n.Token != "":
		back := n.List.Service("owner")
		back.Local += "+" + n.Token
		w.Mailbox("Reply-To", message.Mailbox{Name: title, Address: back})
	case n.answerable():
		w.Mailbox("Reply-To", n.Writer)
	}
	w.Text("Subject", n.subject())
	Round{List: n.List, ID: n.ID, Root: n.Root}.thread(&w)
	head(&w, n.List, n.Now, n.ID)
	return finish(&w, n.text())
}

func (n ForPeople) subject() string {
	first := map[list.Kind]string{
		list.KindJoin:     "Wants to join",
		list.KindLeave:    "Wants to leave",
		list.KindRequest:  "To the robot",
		list.KindOperator: "To the postmaster",
	}[n.Kind]
	if first == "" {
		first = "To the moderators"
	}
	if n.Subject == "" {
		return first + " - " + n.name()
	}
	return fmt.Sprintf("%s - %s: \"%s\"", first, n.name(), n.Subject)
}

func (n ForPeople) name() string {
	if name := list.CleanName(n.Writer.Name); name != "" {
		return name
	}
	return n.Writer.Address.String()
}

func (n ForPeople) text() string {
	var b strings.Builder
	b.WriteString(n.about())
	b.WriteString("\n\n")
	if n.Token != "" {
		fmt.Fprintf(&b, "Reply to answer: they get it from \"%s moderators\" and your first\nname. Your address is not shown, and the other moderators see your answer.\n"+
			"To put this before the members, reply share.", n.List.Title)
	} else if n.answerable() {
		fmt.Fprintf(&b, "Reply to answer: your answer goes to %s\nfrom your own address.", n.Writer.Address)
	} else {
		fmt.Fprintf(&b, "A reply would not reach them. To answer, write to %s\nyourself.", n.Writer.Address)
	}
	b.WriteString(n.act())
	for _, f := range n.Files {
		fmt.Fprintf(&b, "\n\nFile, not attached here: %s, %d KB", f.Name, (f.Size+1023)/1024)
	}
	b.WriteString("\n\n---------- the email ----------\n")
	text := strings.TrimRight(n.Text, "\r\n ")
	if len(text) > maxQuoted {
		text = strings.ToValidUTF8(text[:maxQuoted], "") + "\n[cut: the rest is in the store]"
	}
	for line := range strings.Lines(text) {
		b.WriteString("> " + strings.TrimRight(line, "\r\n") + "\n")
	}
	return b.String()
}

// plainAddress is an address that no shell reads as anything else.
var plainAddress = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9.-]+$`)

// answerable reports whether a header field can hold the writer's address.
func (n ForPeople) answerable() bool { return !n.Writer.Address.IsZero() && n.Writer.Address.ASCII() }

// to is the recipient, or the list's owners where a header field cannot hold
// the recipient's address.
func (n ForPeople) to() message.Mailbox {
	if n.To.ASCII() {
		return message.Mailbox{Address: n.To}
	}
	return message.Mailbox{Address: n.List.Service("owner")}
}

// act says how a moderator gets done what the writer asks for. A command that
// people may paste holds a stranger's address only where that is plain.
func (n ForPeople) act() string {
	address := n.Writer.Address.String()
	if !plainAddress.MatchString(address) {
		address = "ADDRESS"
	}
	switch n.Kind {
	case list.KindJoin:
		return fmt.Sprintf("\n\nTo let them in, ask whoever runs the server for:\nsencoforum member add --list %s %s", n.List.Name, address)
	case list.KindLeave:
		return fmt.Sprintf("\n\nTo take them off, ask whoever runs the server for:\nsencoforum member remove --list %s %s", n.List.Name, address)
	}
	return ""
}

// about says who wrote, to whom, and whether that was checked.
func (n ForPeople) about() string {
	whom := map[list.Kind]string{
		list.KindJoin:     "asks to join " + n.List.Title,
		list.KindLeave:    "asks to leave " + n.List.Title,
		list.KindRequest:  "wrote to the robot of " + n.List.Title + ",\nwhich passes it on to you",
		list.KindOperator: "wrote to the postmaster",
	}[n.Kind]
	if whom == "" {
		whom = "wrote to the moderators of " + n.List.Title
	}
	member := "That is not a member's address."
	if n.Member {
		member = "That is a member's address."
	}
	checked := "We could not check that this email really came from"
	if n.Verified {
		checked = "This email really came from"
	}
	return fmt.Sprintf("%s %s.\n", n.name(), whom) + fill(fmt.Sprintf("%s %s. %s", checked, n.Writer.Address, member))
}
