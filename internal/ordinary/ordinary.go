// Package ordinary holds ordinary mails of teachers: answers and new posts as phones, Outlook, Gmail and webmail write
// them, with signatures, disclaimers, banners, our own footer in quotes, and words that look like commands.
//
// A sensible forum sends each of them on at once: none is refused, held or asked about. They are all from
// teacher@school.example to senco-forum@lists.example; people, schools and numbers are invented. Nobody changed them to
// please a rule: a mail that a rule stops is a fault of the rule.
package ordinary

import (
	_ "embed"
	"strings"
)

// The one author of all mails, and the list to which they are written.
const (
	Author = "teacher@school.example"
	List   = "senco-forum@lists.example"
)

// Mail is one message.
type Mail struct {
	Name string // unique; says the kind of program first
	Raw  []byte // header and body, every line ending with CRLF
}

// separator begins the line above each mail in mails.txt.
const separator = "=== "

//go:embed mails.txt
var mails string

// Mails returns all mails in a fixed order. The caller may change what it gets.
func Mails() []Mail {
	var all []Mail
	for _, part := range strings.Split("\n"+mails, "\n"+separator)[1:] {
		name, text, _ := strings.Cut(part, "\n")
		text = strings.TrimSuffix(text, "\n") + "\n"
		all = append(all, Mail{Name: name, Raw: []byte(strings.ReplaceAll(text, "\n", "\r\n"))})
	}
	return all
}
