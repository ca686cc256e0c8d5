package notice

import (
	"strings"

	"sencoforum/message"
)

// Unknown tells somebody that the robot found no command in their mail, and what may be written.
type Unknown struct {
	Read  string      // the line that was read; may be empty
	Why   string      // why nothing was done
	Words [][2]string // lines, and what they do
	Token string      // of the mail that was answered: an answer goes there again; empty: to the robot
}

// Compose returns the mail.
func (n Unknown) Compose(t To) (Mail, error) {
	subject := "Nothing was done"
	if n.Read != "" {
		subject += ": " + InQuotes(n.Read)
	}
	nothing := ""
	if low := strings.ToLower(n.Why); !strings.Contains(low, "nothing") {
		nothing = " So nothing was done."
	}
	offer := ""
	if len(n.Words) > 0 {
		offer = "Reply with one line, for example:\n\n" + columns(n.Words)
	}
	var end []string
	if n.Token == "" {
		end = append(end, "All words: reply help.")
	}
	if !t.Last { // which says so itself
		end = append(end, "A person can help:\n"+t.List.Service("owner").String())
	}
	why := n.Why
	if nothing != "" && !strings.HasSuffix(why, ".") {
		why += "." // it ends with the form of a word
	}
	text := paragraphs(t.hello(), fill(why+nothing), iRead(n.Read), offer, strings.Join(end, " "))
	if n.Token != "" {
		return t.robotAt(kindNotUnderstood, n.Token, subject, text)
	}
	return t.compose(kindNotUnderstood, subject, message.Mailbox{}, text)
}
