package fanout

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
)

// places are the addresses that a copy names besides those of the list.
type places struct {
	web    string          // base address of the web archive; empty while there is none
	author message.Address // leads to the author of the post, without showing an address; zero for one who cannot be written to
	last   string          // last lines of the footer, in the list's own words; empty: none
	above  []string        // of a post that was sent to a reply address: the Message-IDs of what it answers, the nearest last
}

// shared composes what every member's copy of a post has in common: the header
// but for the personal fields, the blank line, and the body. It is pure.
//
// Fields go out by an allow-list: those written here and Content-*. Whatever
// else the author's mail system wrote stays in the stored message, so no
// address, trace or signature of the author's leaves with a copy.
func shared(m *message.Message, p archive.Post, l list.List, at places) ([]byte, bool, error) {
	body, err := message.Outgoing(m, bodyOptions(p, l, at))
	if err != nil {
		return nil, false, err
	}
	var w message.Writer
	author(&w, p, l, at)
	content(&w, m, p, l, at.above)
	for _, f := range body.Fields {
		w.Raw(f.Name, f.Value)
	}
	listFields(&w, p, l, at.web)
	if err := w.Err(); err != nil {
		return nil, false, fmt.Errorf("write header: %w", err)
	}
	var b bytes.Buffer
	b.Write(w.Bytes())
	b.WriteString("\r\n")
	b.Write(body.Bytes)
	return b.Bytes(), body.EightBit, nil
}

// author writes who the copy is from: always the list's own address, whatever
// the policy of the author's domain, with the author's name before it.
// Reply-To is decided after that rewriting: the list, or the author where the list wants it and the author can be written to.
func author(w *message.Writer, p archive.Post, l list.List, at places) {
	w.Mailbox("From", message.Mailbox{Name: authorName(p) + " via " + l.Title, Address: l.Post()})
	w.Mailbox("To", message.Mailbox{Name: l.Title, Address: l.Post()})
	if at.repliesToAuthor(l) {
		w.Mailbox("Reply-To", message.Mailbox{Name: authorName(p), Address: at.author})
		return
	}
	w.Mailbox("Reply-To", message.Mailbox{Name: l.Title, Address: l.Post()})
}

func (at places) repliesToAuthor(l list.List) bool {
	return l.ReplyTo == list.ReplyToAuthor && !at.author.IsZero()
}

// authorName is the name that members see, never an address.
func authorName(p archive.Post) string {
	if name := list.CleanName(p.AuthorName); name != "" {
		return name
	}
	return "A member"
}

// content writes what the author wrote in the header, for threading and display. above is what a post answers that was sent to a
// reply address: then the author's mail program knew nothing of it.
func content(w *message.Writer, m *message.Message, p archive.Post, l list.List, above []string) {
	w.Text("Subject", message.Tagged(p.Subject, p.Reply, l.SubjectTag))
	w.Raw("Date", p.Written.Format(time.RFC1123Z))
	w.Raw("Message-ID", p.MessageID)
	answers, refs, fields := m.InReplyTo(), m.References(), []string{"Thread-Index", "Thread-Topic", "X-No-Archive"}
	if n := len(above); n > 0 && (len(refs) == 0 || refs[len(refs)-1] != above[n-1]) {
		answers, refs, fields = above[n-1:], above, fields[2:]
	}
	if len(answers) > 0 {
		w.Raw("In-Reply-To", strings.Join(answers, " "))
	}
	if len(refs) > 0 {
		w.Raw("References", strings.Join(refs, " "))
	}
	for _, name := range fields {
		if m.Header.Has(name) {
			w.Text(name, m.Header.Text(name))
		}
	}
	if p.NoArchive && !m.Header.Has("X-No-Archive") { // it said so by X-Archive
		w.Raw("X-No-Archive", "yes")
	}
}

// listFields writes the fields by which mail programs know a list (RFC 2369,
// RFC 2919, RFC 5064) and by which we know our own mail again. How to
// unsubscribe is personal and stands in the copy's own part.
func listFields(w *message.Writer, p archive.Post, l list.List, webURL string) {
	mailto := func(word, rest string) string { return "<mailto:" + l.Service(word).String() + rest + ">" }
	w.Text("List-Id", l.Title+" <"+l.Identifier()+">")
	post := "<mailto:" + l.Post().String() + ">"
	if l.Closed {
		post = "NO"
	}
	w.Raw("List-Post", post)
	w.Raw("List-Help", mailto("request", "?subject=help"))
	w.Raw("List-Subscribe", mailto("join", ""))
	w.Raw("List-Owner", mailto("owner", ""))
	if webURL != "" {
		base := strings.TrimRight(webURL, "/")
		w.Raw("List-Archive", "<"+base+"/>")
		if !p.NoArchive {
			w.Raw("Archived-At", "<"+permalink(base, p)+">")
		}
	}
	w.Raw("Precedence", "list")
	w.Raw("X-Loop", l.Post().String())
}

func permalink(webURL string, p archive.Post) string {
	return fmt.Sprintf("%s/m/%d", strings.TrimRight(webURL, "/"), p.Number)
}

func bodyOptions(p archive.Post, l list.List, at places) message.BodyOptions {
	o := message.BodyOptions{
		AttachTotal: l.AttachTotal,
		CleanHTML:   true,
		Note:        func(names []string) string { return attachNote(names, l, p, at.web) },
	}
	if l.Footer {
		o.FooterText, o.FooterHTML = footer(p, l, at)
	}
	return o
}

// attachNote is the line for files that are too large to travel with a copy.
func attachNote(names []string, l list.List, p archive.Post, webURL string) string {
	where := "Ask the writer for it at the list."
	if len(names) != 1 {
		where = "Ask the writer for them at the list."
	}
	if webURL != "" && !p.NoArchive {
		where = "Members can read the message at " + permalink(webURL, p) + "."
	}
	return fmt.Sprintf("%s too large to send with this email (more than %s in all): %s. %s",
		number(len(names), "file was", "files were"), list.Megabytes(l.AttachTotal), strings.Join(names, ", "), where)
}

// footer is the same for all members, because footers are quoted back: it has no address of anybody's, and its token gives
// no right to whoever reads it.
func footer(p archive.Post, l list.List, at places) (text, htm string) {
	everyone := number(p.Audience, "person", "people")
	lines := []string{"Reply = everyone (" + everyone + ")."}
	switch {
	case at.repliesToAuthor(l):
		lines = []string{"Reply = only " + firstName(p) + ". To everyone (" + everyone + "):", l.Post().String()}
	case !at.author.IsZero():
		lines = []string{"Reply = everyone (" + everyone + "). Only to " + firstName(p) + ":", at.author.String()}
	}
	if at.web != "" {
		lines = append(lines, "Read, report or stop this discussion: "+permalink(at.web, p))
	}
	request := l.Service("request").String()
	lines = append(lines, "Fewer emails, or leave: write weekly or leave to", request)
	if at.last != "" {
		lines = append(lines, strings.Split(at.last, "\n")...)
	}

	var h strings.Builder
	for i, line := range lines {
		if i > 0 {
			h.WriteString("<br>")
		}
		h.WriteString(html.EscapeString(line))
	}
	return strings.Join(lines, "\n"), h.String()
}

// firstName is what an author is called in a sentence.
func firstName(p archive.Post) string {
	return cmp.Or(list.FirstName(p.AuthorName), "the writer")
}

// number writes a number with what follows it, for example "1 person" or "1,204 people".
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands writes a number as people read it, for example "1,204".
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
