package relay

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// mail is all that the copy of a private message is made of. Tokens of ours were taken out of it before it was stored.
type mail struct {
	list    list.List
	message *message.Message
	writer  string          // the name that the reader sees
	back    message.Address // leads to the writer
	id      string          // left part of the Message-ID
	date    time.Time
	refs    []string // Message-IDs that it may name, oldest first
	replies []string // and of these the ones that it answers
}

// compose writes the copy: header, and body with the empty line before it. It is pure.
//
// Of the writer's header nothing goes out but what is named here. The date is theirs; the Message-ID is ours, because one of
// theirs names their mail host, and no field names the reader, because mail programs quote such fields in an answer.
func (m mail) compose() (header, body []byte, eightBit bool, err error) {
	out, err := message.Outgoing(m.message, m.options())
	if err != nil {
		return nil, nil, false, err
	}
	var w message.Writer
	w.Mailbox("From", message.Mailbox{Name: m.writer + " via " + m.list.Title, Address: m.back})
	w.Raw("To", "undisclosed-recipients:;")
	w.Text("Subject", m.subject())
	w.Raw("Date", m.date.Format(time.RFC1123Z))
	w.Raw("Message-ID", "<"+m.id+"@"+m.list.Domain+">")
	if len(m.replies) > 0 {
		w.Raw("In-Reply-To", strings.Join(m.replies, " "))
	}
	if len(m.refs) > 0 {
		w.Raw("References", strings.Join(m.refs, " "))
	}
	w.Text("List-Id", m.list.Title+" <"+m.list.Identifier()+">")
	w.Raw("Precedence", "list")
	w.Raw("X-Auto-Response-Suppress", "All")
	w.Raw("X-Loop", m.list.Post().String())
	for _, f := range out.Fields {
		w.Raw(f.Name, f.Value)
	}
	if err := w.Err(); err != nil {
		return nil, nil, false, fmt.Errorf("write header: %w", err)
	}
	return slices.Clone(w.Bytes()), append([]byte("\r\n"), out.Bytes...), out.EightBit, nil
}

// subject is the writer's, without the tag of the list: nobody should take the mail for a post.
func (m mail) subject() string {
	stem, reply := message.Stem(m.message.Subject(), m.list.SubjectTag)
	return message.Tagged(stem, reply, "")
}

func (m mail) options() message.BodyOptions {
	o := message.BodyOptions{AttachTotal: m.list.AttachTotal, CleanHTML: true, Note: func(names []string) string {
		return fmt.Sprintf("Too large to send with this email (more than %s in all): %s. Ask the writer for it.",
			list.Megabytes(m.list.AttachTotal), strings.Join(names, ", "))
	}}
	o.FooterText, o.FooterHTML = footer(m.writer, m.list.Title)
	return o
}

// footer says what the mail is and how to answer it. It names no address, because answers quote it.
func footer(writer, title string) (text, htm string) {
	writer = strings.Replace(writer, noName, "a member", 1)
	lines := []string{
		"A private message from " + writer + " by way of " + title + ".",
		"Your reply goes to " + writer + " alone. Neither of you sees the other's address.",
		"No more of these: reply mute. To show it to the moderators: reply report.",
	}
	text = strings.Join(lines, "\n")
	return text, strings.ReplaceAll(html.EscapeString(text), "\n", "<br>")
}

// nameOf is the name under which somebody writes: the one that they chose, or else the one in From, and never an address or a
// part of one.
func nameOf(p list.Person, m *message.Message) string {
	if name := list.CleanName(p.Name); name != "" {
		return name
	}
	from, _ := m.From()
	if name := list.CleanName(from.Name); name != "" && !strings.EqualFold(name, from.Address.Local) {
		return name
	}
	return noName
}

// noName stands where somebody has no name.
const noName = "A member"
