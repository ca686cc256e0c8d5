package notice

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode"

	"sencoforum/list"
	"sencoforum/message"
)

// WasThisYou asks a member, at the address that is stored, whether a message
// came from them. It shows nothing of the message but its subject.
type WasThisYou struct {
	List    list.List
	To      list.Person
	Subject string
	Token   string // for the answer
	Help    string // base address of the help pages, empty while there are none
	Days    int    // how long the message is kept
	Now     time.Time
}

// maxSubject is how many letters of a stranger's subject a mail of ours shows.
const maxSubject = 70

// Compose returns the mail.
func (n WasThisYou) Compose() (Mail, error) {
	var w message.Writer
	w.Mailbox("From", message.Mailbox{Name: n.List.Title, Address: n.List.Service("request")})
	w.Mailbox("To", message.Mailbox{Name: n.To.Name, Address: n.To.Address})
	answer := n.List.Service("confirm")
	answer.Local += "+" + n.Token
	w.Mailbox("Reply-To", message.Mailbox{Name: n.List.Title, Address: answer})
	subject, id := "Did you just write to the forum?", fmt.Sprintf("asked.%d.%d", n.Now.UnixNano(), n.To.ID)
	w.Text("Subject", subject)
	head(&w, n.List, n.Now, id)
	return finishBoth(&w, framed(To{List: n.List, Person: n.To}, kindWasThisYou, n.text()), page{list: n.List, answer: answer, subject: subject, id: id})
}

func (n WasThisYou) text() string {
	var b strings.Builder
	b.WriteString(greeting(n.To))
	fmt.Fprintf(&b, "\n\nDid you just write to %s? The subject is:\n\n  %s\n", n.List.Title, cmp.Or(shorten(n.Subject), "(no subject)"))
	b.WriteString("\nWe could not check that it came from you, so nobody has seen it.\n")
	fmt.Fprintf(&b, "\nYes, it was me: reply yes, and it is sent.\nNo: do nothing. It is deleted in %d days.\n", n.Days)
	if n.Help != "" {
		fmt.Fprintf(&b, "\nWhy this happens: %s/help/school-it\n", strings.TrimRight(n.Help, "/"))
	}
	return b.String()
}

// greeting is the first line of a mail to somebody.
func greeting(p list.Person) string {
	first, _, _ := strings.Cut(list.CleanName(p.Name), " ")
	if first == "" {
		return "Hello"
	}
	return "Hello " + first
}

// shorten is a stranger's subject as a mail of ours shows it: one line, and nothing in it that hides or turns around
// what stands beside it.
func shorten(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\n' || r == '\r' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	letters := []rune(strings.Join(strings.Fields(s), " "))
	if len(letters) <= maxSubject {
		return string(letters)
	}
	return string(letters[:maxSubject]) + "..."
}
