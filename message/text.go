package message

import (
	"strings"
)

// Text returns what a person would read: the plain text parts in their order,
// and HTML reduced to text where there is no plain alternative. Lines end in
// LF. Files and attached messages are not part of it, except the text in a
// winmail.dat where there is no other.
func (m *Message) Text() string {
	text, _ := m.readable()
	return text
}

// readable returns the text, and what the structure of its HTML says about it, see Words.
func (m *Message) readable() (string, []hint) {
	root := m.Root
	switch {
	case root.isAttachedMessage():
		return root.Message().readable()
	case len(root.Parts) == 0 && strings.HasPrefix(root.Type, "text/"):
		return root.reading()
	}
	var r readable
	root.appendText(&r)
	if r.Len() == 0 {
		m.appendTNEF(&r)
	}
	return r.String(), r.hints
}

// readable gathers the texts of a message.
type readable struct {
	strings.Builder
	hints []hint // by offset in the whole
}

// appendText adds the readable text of p and of what is in it.
func (p *Part) appendText(b *readable) {
	switch {
	case p.Type == "multipart/alternative":
		p.appendAlternative(b)
	case len(p.Parts) > 0:
		for _, child := range p.Parts {
			child.appendText(b)
		}
	case p.IsText():
		b.block(p.reading())
	}
}

// appendAlternative adds one of several forms of the same text: the first plain
// one that is not empty, else the first that has any text.
func (p *Part) appendAlternative(b *readable) {
	for _, child := range p.Parts {
		if child.Type == "text/plain" && child.IsText() {
			if s := child.Reading(); strings.TrimSpace(s) != "" {
				b.block(s, nil)
				return
			}
		}
	}
	for _, child := range p.Parts {
		if child.Type == "text/plain" {
			continue
		}
		before := b.Len()
		if child.appendText(b); b.Len() > before {
			return
		}
	}
}

// block adds s, with an empty line before it.
func (r *readable) block(s string, hints []hint) {
	if strings.TrimSpace(s) == "" {
		return
	}
	if r.Len() > 0 {
		if !strings.HasSuffix(r.String(), "\n") {
			r.WriteByte('\n')
		}
		r.WriteByte('\n')
	}
	for _, h := range hints {
		r.hints = append(r.hints, hint{h.from + r.Len(), h.to + r.Len(), h.kind})
	}
	r.WriteString(s)
}

// Text returns the content of a part as UTF-8 with lines that end in LF and
// without NUL. The charset of the part is believed as far as it can be; what
// contradicts it is read as UTF-8 and where that fails as windows-1252. HTML
// stays HTML. Plain text that was glued behind an encoded text is kept.
func (p *Part) Text() string {
	data, tail := p.decode()
	label := p.Params["charset"]
	if label == "" && p.Type == "text/html" {
		label = metaCharset(data)
	}
	s := decodeCharset(data, label)
	if len(tail) > 0 && strings.HasPrefix(p.Type, "text/") {
		s = strings.TrimRight(s, "\r\n") + "\n" + fixUTF8(string(tail))
	}
	return normalLines(s)
}

// Reading returns the text of a part as a person reads it: HTML reduced to
// text, lines that were broken for the way put together again.
func (p *Part) Reading() string {
	s, _ := p.reading()
	return s
}

func (p *Part) reading() (string, []hint) {
	s := p.Text()
	switch {
	case p.Type == "text/html":
		return reduceMarked(s)
	case strings.EqualFold(p.Params["format"], "flowed"):
		return unflow(s, strings.EqualFold(p.Params["delsp"], "yes")), nil
	}
	return s, nil
}

// normalLines ends every line in LF and removes NUL.
func normalLines(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\r' {
			b.WriteByte(s[i])
			continue
		}
		j := i
		for j < len(s) && s[j] == '\r' {
			j++
		}
		if j < len(s) && s[j] == '\n' {
			i = j
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// metaCharset finds the charset that an HTML page names for itself.
func metaCharset(page []byte) string {
	head := strings.ToLower(string(page[:min(len(page), 1024)]))
	_, rest, ok := strings.Cut(head, "charset=")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, `"' `)
	if i := strings.IndexAny(rest, "\"'>; /\r\n"); i >= 0 {
		return rest[:i]
	}
	return ""
}
