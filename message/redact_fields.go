package message

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// kind of a header field, for a redaction.
var (
	// keptFields stay as they are: threads hang on them, and they are made by programs.
	keptFields = map[string]bool{"message-id": true, "references": true, "in-reply-to": true, "date": true}

	// wordFields hold what people wrote; words are replaced in them. Of every other field nothing is left that holds them.
	wordFields = map[string]bool{"subject": true, "thread-topic": true, "comments": true, "keywords": true}

	// namelessFields are all that is left of a message whose writer wanted to be forgotten, beside Content-.
	namelessFields = map[string]bool{
		"message-id": true, "references": true, "in-reply-to": true, "date": true, "subject": true, "thread-topic": true,
		"thread-index": true, "x-no-archive": true,
	}
)

// unnamed is the address of writers who wanted to be forgotten (RFC 6761 §6.4: nobody has it).
var unnamed = Address{Local: "former-member", Domain: "forgotten.invalid"}

// fields returns the header of the message without the fields about its content, redacted.
func (w *redactor) fields(root *Part) []byte {
	var out bytes.Buffer
	if w.Unname {
		var from Writer
		from.Mailbox("From", Mailbox{Name: w.Name, Address: unnamed})
		out.Write(from.Bytes())
	}
	for _, f := range root.Header.Fields() {
		name := strings.ToLower(f.Name)
		switch {
		case isContentField(name), w.Unname && !namelessFields[name]:
			continue
		case keptFields[name]:
			out.Write(plainField(f))
			continue
		}
		text := cleanLine(decodeWords(f.Value))
		changed, found := w.replace(text)
		if found == 0 && !w.holds(f.Value) {
			out.Write(plainField(f))
			continue
		}
		w.Places++
		var field Writer
		switch {
		case wordFields[name]:
			field.Text(f.Name, changed)
		case name == "from":
			w.from(&field, root.Header)
		}
		if field.Err() == nil {
			out.Write(field.Bytes())
		}
	}
	return out.Bytes()
}

// from writes the author with the words taken out of the name.
func (w *redactor) from(to *Writer, h Header) {
	mb, ok := (&Message{Header: h}).From()
	if !ok {
		return
	}
	mb.Name, _ = w.replace(mb.Name)
	to.Mailbox("From", mb)
}

// kept returns the fields about the content of a message whose parts did not change.
func (w *redactor) kept(root *Part) []byte {
	var out bytes.Buffer
	for _, f := range root.Header.Fields() {
		if isContentField(strings.ToLower(f.Name)) {
			out.Write(plainField(f))
		}
	}
	return out.Bytes()
}

func isContentField(name string) bool {
	return strings.HasPrefix(name, "content-") || name == "mime-version"
}

// plainField writes a field as it was, on lines of its own where it is long.
func plainField(f Field) []byte {
	var w Writer
	if w.Raw(f.Name, f.Value); w.Err() == nil {
		return w.Bytes()
	}
	value := strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return ' '
		}
		return r
	}, f.Value)
	return []byte(f.Name + ": " + value + "\r\n")
}

// html takes words out of HTML: out of its texts, and out of the values and comments that nobody sees. Where a run is cut up
// by markup, the part becomes the text that a person would read.
func (w *redactor) html(n *node) {
	source := n.part.Text()
	out, found := w.markup(source)
	if w.holds(reduceHTML(out)) || w.holds(joined(out)) {
		text, places := w.replace(reduceHTML(source))
		if places == 0 { // it stands across elements only: nothing of the form can be kept
			text, places = w.Mark+"\n", 1
		}
		w.Places += places
		n.become("text/html", map[string]string{"charset": "utf-8"}, []byte("<pre>"+html.EscapeString(text)+"</pre>\n"))
		return
	}
	if found > 0 {
		w.Places += found
		n.become("text/html", withParam(n.part.Params, "charset", "utf-8"), []byte(out))
	}
}

// markup replaces words token by token, and leaves every token without them as it is.
func (w *redactor) markup(s string) (string, int) {
	var b strings.Builder
	places := 0
	z := html.NewTokenizer(strings.NewReader(s))
	for z.Next() != html.ErrorToken {
		raw := string(z.Raw())
		t := z.Token()
		n := 0
		switch t.Type {
		case html.TextToken, html.CommentToken, html.DoctypeToken:
			t.Data, n = w.replace(t.Data)
		default:
			for i := range t.Attr {
				value, found := w.replace(t.Attr[i].Val)
				t.Attr[i].Val, n = value, n+found
			}
		}
		if places += n; n == 0 {
			b.WriteString(raw)
			continue
		}
		b.WriteString(t.String())
	}
	return b.String(), places
}

// joined is the text of HTML without what stands between its pieces.
func joined(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for tt := z.Next(); tt != html.ErrorToken; tt = z.Next() {
		if tt == html.TextToken {
			b.WriteString(string(z.Text()))
		}
	}
	return b.String()
}

// left says where the words still stand, or "".
func (w *redactor) left(m *Message) string {
	for _, f := range m.Header.Fields() {
		if name := strings.ToLower(f.Name); keptFields[name] {
			continue
		}
		if w.holds(cleanLine(decodeWords(f.Value))) || w.holds(f.Value) {
			return "the field " + f.Name
		}
	}
	if w.holds(m.Text()) {
		return "the text"
	}
	for _, p := range m.Walk() {
		switch {
		case w.holds(p.FileName):
			return "the name of a file"
		case len(p.Parts) > 0:
		case p.isAttachedMessage():
			if where := w.left(p.Message()); where != "" {
				return "an attached message"
			}
		case w.holds(p.Text()), p.Type == "text/html" && (w.holds(p.Reading()) || w.holds(joined(p.Text()))):
			return "a part of type " + p.Type
		}
	}
	return ""
}
