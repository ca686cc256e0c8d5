package message

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Redaction says what to take out of a message.
type Redaction struct {
	// Words reports whether a run of words is to go. It is asked for runs of the lengths in Lengths, in lower case, as
	// WordsOf gives them; so a phrase may be known by its digest alone.
	Words   func(run []string) bool
	Lengths []int

	// File reports whether a file of that name is to go; nil for none.
	File func(name string) bool

	// Unname takes away who wrote it and by which way it came: the fields that name people and hosts.
	Unname bool
	Name   string // who stands as its writer then; empty for nobody

	Mark string // what stands in the place of what is gone, for example "[removed on 1 March 2027]"
}

// A Redacted is a message after a redaction.
type Redacted struct {
	Raw    []byte
	Places int      // how many runs of words were replaced, the same words in a second form of the text counted again
	Files  []string // names of files that are gone
	Unread []string // names of files into which nobody looked: their words cannot be read here
}

// ErrLeft says that words would be left in a place from which they cannot be taken.
var ErrLeft = errors.New("the words stand where they cannot be taken out")

// Bounds of a redaction.
const (
	maxRun = 20 // words of a run
	maxGap = 40 // bytes between two words of a run
)

// Redact takes words and files out of a message, wherever they stand: fields, texts, HTML, files that are text, names of
// files. Parts without them keep their bytes; Message-ID, References and In-Reply-To stay whatever they hold. An attached
// message, a file that cannot be read, and a signature over what changed go as a whole when they hold the words. What comes
// out is read again; the error wraps ErrLeft when the words are still there.
func Redact(raw []byte, r Redaction) (Redacted, error) {
	w := redactor{Redaction: r}
	if w.holds(r.Mark) {
		return w.Redacted, fmt.Errorf("redact message: %w: in the words that take their place; say more words around them", ErrLeft)
	}
	m := Parse(raw)
	c := copier{message: m}
	c.root = c.grow(m.Root, nil)
	c.root.walk(func(n *node) {
		if len(n.kids) == 0 {
			w.leaf(n)
		}
		n.changed = n.changed || len(n.kids) > 0 && w.holds(string(n.part.Body)) // perhaps between its parts, where nobody looks
	})
	fields := w.fields(m.Root)
	var out []byte
	if c.root.isChanged() {
		content, body := c.root.write()
		if !bytes.HasSuffix(body, []byte("\r\n")) {
			body = append(slices.Clone(body), "\r\n"...)
		}
		out = slices.Concat(fields, []byte("MIME-Version: 1.0\r\n"), writeFields(content), []byte("\r\n"), body)
	} else {
		out = slices.Concat(fields, w.kept(m.Root), []byte("\r\n"), m.Root.Body)
	}
	w.Raw = out
	if where := w.left(Parse(out)); where != "" {
		return w.Redacted, fmt.Errorf("redact message: %w: %s", ErrLeft, where)
	}
	return w.Redacted, nil
}

// redactor is a redaction at work.
type redactor struct {
	Redaction
	Redacted
}

// span is a word of a text: where it stands, and what it is.
type span struct {
	from, to int
	word     string
}

// WordsOf returns the words of a text in lower case: runs of letters, digits and the marks on letters.
func WordsOf(s string) []string {
	var all []string
	for _, w := range spans(s) {
		all = append(all, w.word)
	}
	return all
}

func spans(s string) (all []span) {
	start := -1
	for i, r := range s {
		if isWordRune(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 && !(r == '\u00ad') { // a soft hyphen is inside a word
			all, start = append(all, wordAt(s, start, i)), -1
		}
	}
	if start >= 0 {
		all = append(all, wordAt(s, start, len(s)))
	}
	return all
}

func wordAt(s string, from, to int) span {
	return span{from, to, strings.ToLower(strings.ReplaceAll(s[from:to], "\u00ad", ""))}
}

func isWordRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// Replace puts the mark in the place of the words in a text that was read before, and counts the places.
func (r Redaction) Replace(s string) (string, int) { return r.replace(s) }

// In reports whether the words stand anywhere in a message where they would be taken out.
func (r Redaction) In(m *Message) bool {
	w := redactor{Redaction: r}
	return w.left(m) != ""
}

// holds reports whether the words stand in a text.
func (r Redaction) holds(s string) bool {
	_, n := r.replace(s)
	return n > 0
}

// replace puts the mark in the place of each run that is to go.
func (r Redaction) replace(s string) (string, int) {
	if r.Words == nil {
		return s, 0
	}
	all := spans(s)
	var b strings.Builder
	places, done := 0, 0
	run := make([]string, 0, maxRun)
	for i := 0; i < len(all); i++ {
		n := r.runAt(s, all[i:], run)
		if n == 0 {
			continue
		}
		b.WriteString(s[done:all[i].from])
		b.WriteString(r.Mark)
		done = all[i+n-1].to
		i += n - 1
		places++
	}
	if places == 0 {
		return s, 0
	}
	b.WriteString(s[done:])
	return b.String(), places
}

// runAt returns how many words the longest run at the beginning of all has that is to go, or 0.
func (r Redaction) runAt(s string, all []span, run []string) int {
	found := 0
	for _, n := range r.Lengths {
		if n <= found || n < 1 || n > min(maxRun, len(all)) {
			continue
		}
		run = run[:0]
		near := true
		for i := range n {
			near = near && (i == 0 || all[i].from-all[i-1].to <= maxGap)
			run = append(run, all[i].word)
		}
		if near && r.Words(run) {
			found = n
		}
	}
	return found
}

// leaf takes words out of one part, or the part itself.
func (w *redactor) leaf(n *node) {
	p := n.part
	name := p.nameOrPreset()
	isFile := !n.isBody(p.Type) || p.FileName != ""
	switch {
	case isFile && w.File != nil && w.File(name), isFile && w.holds(p.FileName):
		w.drop(n, name)
	case p.Type == "text/html":
		w.html(n)
	case strings.HasPrefix(p.Type, "text/"):
		if text, found := w.replace(p.Text()); found > 0 {
			w.Places += found
			n.become(p.Type, withParam(p.Params, "charset", "utf-8"), []byte(text))
		}
	case p.isTNEF():
		if w.holds((&Message{Header: p.Header, Root: p}).Text()) || w.holds(string(p.Content())) {
			w.drop(n, name)
		} else {
			w.Unread = append(w.Unread, name)
		}
	case p.isAttachedMessage():
		if w.left(p.Message()) != "" {
			w.drop(n, name)
		}
	case w.holds(string(p.Content())) || w.holds(string(p.Body)):
		w.drop(n, name)
	case !p.isMultipart():
		w.Unread = append(w.Unread, name)
	}
	if len(n.kids) == 0 && !n.changed && w.headerHolds(p) && n.up != nil {
		w.drop(n, name)
	}
}

// headerHolds reports words in the fields of a part that is not the message.
func (w *redactor) headerHolds(p *Part) bool {
	for _, f := range p.Header.Fields() {
		if w.holds(p.Header.Text(f.Name)) || w.holds(f.Value) {
			return true
		}
	}
	return false
}

// drop puts a sentence in the place of a part.
func (w *redactor) drop(n *node, name string) {
	up, number := n.up, n.number
	*n = *textNode("A file stood here. " + w.Mark + "\n")
	n.up, n.number = up, number
	if number == 0 {
		n.part.Header = Header{}
	}
	if w.holds(name) {
		name = "(its name held the words)"
	}
	w.Files = append(w.Files, name)
}
