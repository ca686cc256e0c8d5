package message

import (
	"strings"
)

// maxMailboxes bounds the addresses that are read from one field.
const maxMailboxes = 1000

// readMailboxes reads the addresses of a field as well as they can be read:
// groups, comments as names, commas in names without quotes, missing brackets,
// and the "jane at example.org" of old archives. A mailbox whose address cannot
// be read keeps its name and has the zero Address.
func readMailboxes(value string) []Mailbox {
	r := mailboxReader{lexer: addressLexer{rest: value}}
	for len(r.found) < maxMailboxes {
		tok := r.lexer.next()
		switch tok.kind {
		case endOfAddresses:
			r.flush()
			r.leftover()
			return r.found
		case comma:
			r.flush()
		case semicolon:
			r.flush()
			r.leftover()
		case colonSign:
			r.group()
		default:
			r.cur.add(tok)
		}
	}
	return r.found
}

// mailboxReader gathers mailboxes.
type mailboxReader struct {
	lexer addressLexer
	found []Mailbox
	cur   mailboxDraft
	names []string // pieces before a comma that may belong to the next name
}

// mailboxDraft is one mailbox while it is read.
type mailboxDraft struct {
	name    strings.Builder // text without quotes
	spec    strings.Builder // the same with quotes, where it may be an address
	comment []string
	angles  []string
}

func (d *mailboxDraft) add(tok addressToken) {
	switch tok.kind {
	case commentText:
		d.comment = append(d.comment, tok.text)
	case angleText:
		d.angles = append(d.angles, tok.text)
	case quotedText:
		// A quoted word is its own word: "John" =?utf-8?q?Doe?= has a space.
		d.name.WriteString(tok.text)
		d.spec.WriteString(quote(tok.text))
	default:
		d.name.WriteString(tok.text)
		d.spec.WriteString(tok.text)
	}
}

// group ends the name of a group; the members follow.
func (r *mailboxReader) group() {
	if strings.Contains(r.cur.spec.String(), "@") || len(r.cur.angles) > 0 {
		r.flush() // no group name, but a colon for a comma
	}
	r.cur = mailboxDraft{}
	r.names = nil
}

func (r *mailboxReader) flush() {
	d := r.cur
	r.cur = mailboxDraft{}
	text := strings.TrimSpace(d.name.String())
	if len(d.angles) == 0 && !strings.Contains(text, "@") && !isObfuscated(text) {
		if text != "" {
			r.names = append(r.names, text)
		}
		return
	}
	m := d.mailbox()
	if len(d.angles) > 0 && len(r.names) > 0 {
		m.Name = readName(strings.Join(append(r.names, text), ", "))
	} else {
		r.leftover()
	}
	r.names = nil
	r.found = append(r.found, m)
}

// leftover keeps names that no address came for.
func (r *mailboxReader) leftover() {
	for _, n := range r.names {
		if len(r.found) < maxMailboxes {
			r.found = append(r.found, Mailbox{Name: readName(n)})
		}
	}
	r.names = nil
}

func (d *mailboxDraft) mailbox() Mailbox {
	name, spec := d.name.String(), d.spec.String()
	if len(d.angles) > 0 {
		spec = d.angles[0]
		if strings.TrimSpace(spec) == "" {
			spec = d.spec.String()
		}
	} else {
		name, spec = splitBare(spec)
	}
	if strings.TrimSpace(name) == "" {
		name = strings.Join(d.comment, " ")
	}
	return Mailbox{Name: readName(name), Address: readSpec(spec)}
}

// splitBare finds the address in text without brackets: the word with the at
// sign. The rest is a name.
func splitBare(s string) (name, spec string) {
	if isObfuscated(s) || !strings.Contains(s, "@") {
		return "", s
	}
	s = closeSigns(s)
	at := strings.LastIndexByte(s, '@')
	if strings.HasPrefix(strings.TrimLeft(s, " \t"), `"`) && strings.HasSuffix(s[:at], `"`) {
		return "", s
	}
	start := strings.LastIndexAny(s[:at], " \t\r\n") + 1
	end := len(s)
	if i := strings.IndexAny(s[at:], " \t\r\n"); i >= 0 {
		end = at + i
	}
	return s[:start] + s[end:], s[start:end]
}

// closeSigns removes the spaces around dots and at signs (RFC 5322 §4.4).
func closeSigns(s string) string {
	if !strings.ContainsAny(s, " \t") {
		return s
	}
	words := strings.Fields(s)
	var b strings.Builder
	for i, w := range words {
		if i > 0 && !strings.HasSuffix(words[i-1], ".") && !strings.HasSuffix(words[i-1], "@") &&
			w[0] != '.' && w[0] != '@' {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}

// readSpec reads an address that may have comments, a route, a scheme or
// spaces. What cannot be read is the zero Address.
func readSpec(s string) Address {
	s = strings.TrimSpace(s)
	if a, err := ParseAddress(s); err == nil {
		return a
	}
	if strings.IndexByte(s, '(') >= 0 && !strings.HasPrefix(s, `"`) {
		s = dropComments(s)
	}
	if strings.HasPrefix(s, "@") { // source route (RFC 5321 §4.1.1.3)
		_, s, _ = strings.Cut(s, ":")
	}
	s = strings.TrimPrefix(s, "mailto:")
	if isObfuscated(s) {
		s = strings.Replace(s, " at ", "@", 1)
	}
	s = strings.Trim(closeSigns(s), " \t<>'.")
	a, err := ParseAddress(s)
	if err != nil {
		return Address{}
	}
	return a
}

// isObfuscated reports "jane at example.org", as list archives hide addresses.
func isObfuscated(s string) bool {
	local, domain, ok := strings.Cut(strings.TrimSpace(s), " at ")
	return ok && local != "" && domain != "" && !strings.ContainsAny(local, " @") && !strings.ContainsAny(domain, " @")
}

// readName decodes a display name for people.
func readName(s string) string {
	s = cleanLine(decodeWords(strings.TrimSpace(s)))
	if strings.Contains(s, "  ") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return strings.Trim(s, `"' `)
}
