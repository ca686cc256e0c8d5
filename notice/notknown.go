package notice

import (
	"cmp"
	"fmt"
	"strings"

	"sencoforum/message"
)

// NotKnown tells the writer of a message, of whom we know that it was them, that no member has their address, and asks
// for the one that we know.
type NotKnown struct {
	Subject string // of the message
	Token   string // for the answer
	Days    int    // how long the message is kept
}

// Compose returns the mail.
func (n NotKnown) Compose(t To) (Mail, error) {
	return t.compose(kindNotKnown, "Your message was not sent: \""+cmp.Or(shorten(n.Subject), "(no subject)")+"\"", t.answer(n.Token), paragraphs(
		t.hello(),
		fmt.Sprintf("We do not know this address, so your message was not sent. It is kept for\n%d days.", n.Days),
		"If you are a member under another address, reply with that address. We\nthen write to that address, and one yes there sends your message.",
		fmt.Sprintf("Not a member yet? Write to %s", t.List.Service("join")),
	))
}

// AddressNamed is the answer to whoever named an address as theirs. It is the same whether a member has it or not.
type AddressNamed struct {
	Read []message.Address // as they were read in the reply
	Left int               // how many more may be named
}

// Compose returns the mail.
func (n AddressNamed) Compose(t To) (Mail, error) {
	var read strings.Builder
	for _, a := range n.Read {
		fmt.Fprintf(&read, "  %s\n", a)
	}
	more := ""
	switch {
	case n.Left == 1:
		more = " You can name one more address, in a reply to our first email."
	case n.Left > 1:
		more = fmt.Sprintf(" You can name %d more addresses, in a reply to our first email.", n.Left)
	}
	return t.compose(kindAddressNamed, "We have read your reply", message.Mailbox{}, paragraphs(
		t.hello(),
		"I read:\n\n"+read.String(),
		"If a member has that address, we write to it, at most once a day. One yes\nthere sends your message.",
		"Has nothing arrived there by tomorrow? Then we do not know that address\neither."+more,
		fmt.Sprintf("For help from a person write to %s", t.List.Service("owner")),
	))
}

// IsThisYou asks a member whether somebody who wrote from an address that we do not know is them.
type IsThisYou struct {
	From    message.Address // where the message came from, which was checked
	Subject string
	Token   string // for the answer
	Days    int    // how long the message is kept
}

// Compose returns the mail. It shows nothing of the message but who sent it and its subject.
func (n IsThisYou) Compose(t To) (Mail, error) {
	return t.compose(kindIsThisYou, "Did you write to the forum from another address?", t.answer(n.Token), paragraphs(
		t.hello(),
		fmt.Sprintf("Somebody wrote to %s and named your address as theirs.\nThey wrote from:\n\n  %s\n\nThe subject is:\n\n  %s",
			t.List.Title, n.From, cmp.Or(shorten(n.Subject), "(no subject)")),
		"Yes, it is me: reply yes. Your message is sent, and from now on you can\nwrite to the forum from that address, too.",
		fmt.Sprintf("No: do nothing. Nobody has seen the message; it is deleted in %d days.", n.Days),
	))
}

// Linked tells a member that they can write from one more address, and what to do if that is wrong.
func Linked(t To, a message.Address) (Mail, error) {
	return t.compose(kindOtherAddress, "You can now write from another address", message.Mailbox{}, paragraphs(
		t.hello(),
		fmt.Sprintf("You said yes, so you can now write to %s from this address, too:\n\n  %s", t.List.Title, a),
		"Forum email still comes to this address of yours alone.",
		fmt.Sprintf("Was it not you, or do you not know that address? Write at once to\n%s", t.List.Service("owner")),
	))
}

// answer is the address for the answer to a mail that the robot sent to one person.
func (t To) answer(token string) message.Mailbox {
	a := t.List.Service("confirm")
	a.Local += "+" + token
	return message.Mailbox{Name: t.List.Title, Address: a}
}
