package message

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Change gives a text as it may stay. It is pure, and changes nothing in what it has changed before.
type Change func(text string) string

func (change Change) wants(text string) bool { return change != nil && change(text) != text }

// A Clearing takes what must not stay out of a message as it is stored. Each change must find nothing more to do in what it has
// changed. Without Text, Field and File only the fields of copies go, and nothing is decoded.
type Clearing struct {
	// May reports bytes as they travel in which Text may find something, in any reading of them. False is certain, and saves
	// reading them; nil reads all.
	May func(raw []byte) bool

	Text  Change // of what people read
	Field Change // of a header field or the name of a file: what it puts in may stand in an address
	File  Change // of the bytes of a file that is no text: it keeps the length

	// Personal reports a field that is for the reader of one copy alone. It goes where Field finds something in it, and
	// everywhere in a header that Ours reports to be that of such a copy. Both may be nil.
	Personal func(name string) bool
	Ours     func(Header) bool

	Signed bool // change what is signed, too
}

// ErrSealed is returned for a message in which a part holds what must not stay and must not be changed, because it is signed or
// encrypted, or cannot be, as a winmail.dat.
var ErrSealed = errors.New("a part that must not be changed holds what must not stay")

// Clear returns the bytes of a message without what must not stay: in the header and in decoded words of it, in the names of
// files, in texts and files as they read without transfer encoding and charset, between the parts, and in messages that are
// attached. Where nothing is found these are the bytes of m. Otherwise only the fields and parts that held something are written
// anew, most of them in place, and all other bytes stay. What is so entangled that it cannot be undone part by part leaves the
// readable text alone.
func Clear(m *Message, r Clearing) ([]byte, error) {
	m, err := Cleared(m, r)
	return m.Raw(), err
}

// Cleared is Clear that returns the message as it is read anew, or m where nothing was found.
func Cleared(m *Message, r Clearing) (*Message, error) {
	const passes = 4 // a change can bring another to light, but not for ever
	for range passes {
		raw, err := r.pass(m)
		if err != nil || raw == nil {
			return m, err
		}
		m = Parse(raw)
	}
	return Parse(r.plain(m)), nil
}

// plain is the last resort: the fields and the text that people read.
func (r Clearing) plain(m *Message) []byte {
	if r.Text == nil {
		return m.Raw()
	}
	var w Writer
	if from, ok := m.From(); ok {
		w.Mailbox("From", Mailbox{Name: r.Field(from.Name), Address: from.Address})
	}
	for _, name := range []string{"To", "Date", "Message-ID", "In-Reply-To", "References", "Subject"} {
		if m.Header.Has(name) {
			w.Text(name, r.Field(m.Header.Text(name)))
		}
	}
	text := r.Text(m.Text())
	body, fields := PlainText(text)
	for _, f := range fields {
		w.Raw(f.Name, f.Value)
	}
	return slices.Concat(w.Bytes(), []byte("\r\n"), body)
}

// edit is new bytes for raw[start:end].
type edit struct {
	start, end int
	bytes      []byte
}

// editor makes one pass over a message.
type editor struct {
	Clearing
	raw        []byte
	boundaries []string // that no new line may look like
	edits      []edit
	sealed     bool
}

// pass returns the message with what one look at it finds taken out, or nil where there is nothing.
func (r Clearing) pass(m *Message) ([]byte, error) {
	e := &editor{Clearing: r, raw: m.Raw()}
	for _, p := range m.Walk() {
		if b := p.Params["boundary"]; b != "" {
			e.boundaries = append(e.boundaries, b)
		}
	}
	e.part(m.Root, true)
	if e.sealed {
		return nil, ErrSealed
	}
	return e.written(), nil
}

// written applies the edits, or returns nil where there are none.
func (e *editor) written() []byte {
	if len(e.edits) == 0 {
		return nil
	}
	slices.SortStableFunc(e.edits, func(a, b edit) int { return cmp.Or(a.start-b.start, a.end-b.end) })
	var out []byte
	at := 0
	for _, c := range e.edits {
		if c.start < at {
			continue // of two that overlap, which takes odd bytes, the second waits for the next pass
		}
		out = append(append(out, e.raw[at:c.start]...), c.bytes...)
		at = c.end
	}
	return append(out, e.raw[at:]...)
}

// offset is where a slice of the raw bytes begins. Both end where the array does, so what they lack is their distance.
func (e *editor) offset(b []byte) int { return cap(e.raw) - cap(b) }

func (e *editor) replace(old, with []byte) {
	at := e.offset(old)
	e.edits = append(e.edits, edit{at, at + len(old), with})
}

// part takes what must not stay out of a part and of all in it. A whole message has fields of its own.
func (e *editor) part(p *Part, whole bool) {
	head := p.Raw[:len(p.Raw)-len(p.Body)]
	if p.mustNotChange() && !e.Signed {
		e.header(p, head, whole, nil)
		inside := &editor{Clearing: e.Clearing, raw: e.raw}
		inside.Signed = true
		inside.body(p)
		e.sealed = e.sealed || len(inside.edits) > 0
		return
	}
	e.header(p, head, whole, e.body(p))
}

// mustNotChange reports a part that is signed or encrypted, see Signed.
func (p *Part) mustNotChange() bool {
	return p.Type == "multipart/signed" || p.isEncrypted() || p.hasArmour("-----BEGIN PGP SIGNED MESSAGE-----")
}

// body does what part does for all but the header, and returns the fields that the header needs for it.
func (e *editor) body(p *Part) []Field {
	switch {
	case len(p.Parts) > 0:
		at := e.offset(p.Body)
		end := at + len(p.Body)
		for _, kid := range p.Parts {
			start := e.offset(kid.Raw)
			e.between(at, min(start, end)) // an empty part may begin in the line end behind p
			e.part(kid, false)
			at = max(at, start+len(kid.Raw))
		}
		e.between(at, end)
	case p.isAttachedMessage() && p.depth+1 < Importing().Depth:
		e.attached(p)
	default:
		return e.leaf(p)
	}
	return nil
}

// between looks at what stands around parts: the lines between them, and words that no mail program shows.
func (e *editor) between(start, end int) {
	if start >= end {
		return
	}
	if text := string(e.raw[start:end]); e.Field.wants(text) {
		e.replace(e.raw[start:end], []byte(e.Field(text)))
	}
}

// attached goes on inside a message that is a part. One that was encoded against the standard is encoded again.
func (e *editor) attached(p *Part) {
	inner := &editor{Clearing: e.Clearing, raw: p.Message().Raw()}
	inner.boundaries = e.boundaries
	inner.part(p.Message().Root, true)
	e.sealed = e.sealed || inner.sealed
	switch found := inner.written(); {
	case found == nil:
	case p.isEncoded() && p.Encoding != "base64":
		e.replace(p.Body, likeEnd(encodeQuoted(found), p.Body))
	case p.isEncoded():
		e.replace(p.Body, likeEnd(encodeBase64(found), p.Body))
	default:
		e.replace(p.Body, found)
	}
}

// likeEnd ends new with a line end only if old did: the last one of a part belongs to the delimiter behind it.
func likeEnd(body, old []byte) []byte {
	if !bytes.HasSuffix(old, []byte("\n")) {
		return bytes.TrimSuffix(body, []byte("\r\n"))
	}
	return body
}

// holds reports something to be taken out of a leaf, as bytes or as people read it.
func (e *editor) holds(p *Part) bool {
	content := p.Content()
	if e.Text.wants(string(content)) || p.isEncoded() && !p.allBase64(content) && e.Text.wants(string(p.Body)) {
		return true
	}
	if t, ok := p.tnef(); ok {
		text, _ := t.reading()
		return e.Text.wants(text) || slices.ContainsFunc(t.files, func(f tnefFile) bool { return e.Text.wants(string(f.data)) || e.Text.wants(f.name) })
	}
	if p.readsAsItStands(content) {
		return false
	}
	return (strings.HasPrefix(p.Type, "text/") || p.Params["charset"] != "" || p.Params["format"] != "") && (e.Text.wants(p.Text()) || e.Text.wants(p.Reading()))
}

// bareUnpacked reports a text in base64 of which May knows, once it is unpacked, that it holds nothing. Of what was written
// otherwise, May has seen all.
func (e *editor) bareUnpacked(p *Part) bool {
	if p.Encoding != "base64" || p.Type != "text/plain" && p.Type != "text/html" {
		return false
	}
	switch charset := strings.ToLower(p.Params["charset"]); {
	case charset == "", charset == "us-ascii", charset == "utf-8":
	case strings.HasPrefix(charset, "iso-8859-"), strings.HasPrefix(charset, "windows-125"):
	default:
		return false // one in which letters may be others
	}
	content := p.Content()
	return p.allBase64(content) && !e.May(content)
}

// allBase64 reports that nothing but base64 and line ends stands in the body of a part that has this content.
func (p *Part) allBase64(content []byte) bool {
	ends := bytes.Count(p.Body, []byte("\n")) + bytes.Count(p.Body, []byte("\r"))
	return p.Encoding == "base64" && (len(content)+2)/3*4 == len(p.Body)-ends
}

// readsAsItStands reports a text that is its content but for line ends.
func (p *Part) readsAsItStands(content []byte) bool {
	switch strings.ToLower(p.Params["charset"]) {
	case "", "us-ascii", "utf-8":
		return p.Type == "text/plain" && p.Params["format"] == "" && !p.isEncoded() && utf8.Valid(content) && bytes.IndexByte(content, 0) < 0
	}
	return false
}

// leaf takes what must not stay out of a part: in place if it can, then in its charset and encoding, then in others.
func (e *editor) leaf(p *Part) []Field {
	if e.Text == nil || e.May != nil && (!e.May(p.Raw) || e.bareUnpacked(p)) || !e.holds(p) {
		return nil
	}
	change := e.File
	if !p.isFile() {
		change = e.Text
	}
	again := *p
	switch p.Encoding {
	case "quoted-printable":
		again.Body = wrapQuoted([]byte(change(string(p.Body))))
	case "base64":
		again.Body = likeEnd(encodeBase64([]byte(change(string(p.Content())))), p.Body)
	default:
		again.Body = []byte(change(string(p.Body)))
	}
	if _, tail := p.decode(); len(tail) == 0 && !e.holds(&again) {
		e.replace(p.Body, again.Body)
		return nil
	}
	if p.isTNEF() && !e.Signed {
		e.sealed = true // its lengths and packed texts cannot be mended
	}
	return e.anew(p)
}

// isFile reports a leaf that is neither text nor one of the reports that consist of text.
func (p *Part) isFile() bool {
	return !strings.HasPrefix(p.Type, "text/") && !strings.HasPrefix(p.Type, "message/") && !p.isMultipart()
}

// anew encodes a part anew, a text in UTF-8, and returns what its header must say of it.
func (e *editor) anew(p *Part) []Field {
	if t, ok := p.tnef(); ok {
		text, _ := t.reading()
		return e.become(p, "text/plain", []byte(e.Text(text)))
	}
	if again := (Part{Type: p.Type, Params: p.Params, Body: []byte(e.File(string(p.Content())))}); p.isFile() && !e.holds(&again) {
		body := encodeBase64(again.Body)
		e.replace(p.Body, likeEnd(body, p.Body))
		return []Field{{"Content-Transfer-Encoding", "base64"}}
	}
	text := []byte(e.Text(p.Text()))
	again := Part{Type: p.Type, Params: withCharset(p.Params, "utf-8"), Body: text}
	if p.isFile() || e.Text.wants(again.Reading()) { // written so that only people see it
		return e.become(p, "text/plain", []byte(e.Text(p.Reading())))
	}
	return e.become(p, p.Type, text)
}

// become makes a part a text in UTF-8 of this type.
func (e *editor) become(p *Part, kind string, text []byte) []Field {
	params := map[string]string{"charset": "utf-8"}
	if kind == p.Type {
		params = withCharset(p.Params, "utf-8")
	}
	encoding, body := encodeText(text)
	if slices.ContainsFunc(e.boundaries, func(b string) bool { return holdsBoundary([][]byte{body}, b) }) {
		encoding, body = "base64", encodeBase64(crlf(text))
	}
	e.replace(p.Body, likeEnd(body, p.Body))
	return []Field{{"Content-Type", formatType(kind, params)}, {"Content-Transfer-Encoding", encoding}}
}

// wrapQuoted breaks the lines of quoted-printable that have become longer than 76 octets, and touches no other.
func wrapQuoted(b []byte) []byte {
	var out []byte
	for pos := 0; pos < len(b); {
		line, next := cutLine(b, pos)
		end := b[pos+len(line) : next]
		for len(line) > 76 {
			n := 75
			for line[n-1] == '=' || line[n-2] == '=' {
				n-- // no escape is cut
			}
			if n < 70 {
				break // a row of equals signs, which are no escapes
			}
			out = append(append(out, line[:n]...), "=\r\n"...)
			line = line[n:]
		}
		out = append(append(out, line...), end...)
		pos = next
	}
	return out
}
