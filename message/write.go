package message

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// The lengths of a header line without its line end (RFC 5322 §2.1.1), and of
// a line that holds an encoded word (RFC 2047 §2).
const (
	softLine    = 78
	hardLine    = 998
	encodedLine = 76
	longWord    = 800 // a word that is encoded, so that it can be broken
)

// Writer writes a block of header fields: the one encoder of everything that
// leaves us. It refuses CR, LF and NUL in names and values and what cannot be
// folded into lines of 998 octets, so that no value can add a field. Lines are
// folded at 78 octets where there is a space to fold at. The first error is
// kept and ends the block: Err returns it, and Bytes then returns nothing. The
// zero Writer is ready for use; one goroutine at a time may use it.
type Writer struct {
	buf bytes.Buffer
	err error
}

// Err returns the first error, or nil.
func (w *Writer) Err() error { return w.err }

// Bytes returns the fields written so far, each ended by CRLF, or nil after an
// error. The slice is valid until the next field is written.
func (w *Writer) Bytes() []byte {
	if w.err != nil {
		return nil
	}
	return w.buf.Bytes()
}

// Text writes unstructured text, such as a subject (RFC 5322 §2.2.1). Text
// beyond ASCII becomes encoded words (RFC 2047). Controls and bidi characters
// are left out, as are spaces at either end.
func (w *Writer) Text(name, value string) {
	if !w.accept(name, value) {
		return
	}
	w.field(name, textChunks(strings.Trim(cleanLine(value), " \t"), len(name)+1))
}

// Raw writes a structured value that is ASCII and already in its final form,
// such as message ids or the List fields, folded at its spaces.
func (w *Writer) Raw(name, asciiValue string) {
	if !w.accept(name, asciiValue) {
		return
	}
	for i := range len(asciiValue) {
		if c := asciiValue[i]; (c < ' ' && c != '\t') || c > '~' {
			w.fail(name, fmt.Sprintf("octet %#02x is not printable ASCII", c))
			return
		}
	}
	w.field(name, spacedChunks(strings.Trim(asciiValue, " \t")))
}

// Mailbox writes one address with its display name (RFC 5322 §3.4). A name
// with specials is quoted, one beyond ASCII is encoded, and controls and bidi
// characters are left out of it.
func (w *Writer) Mailbox(name string, mb Mailbox) {
	addr := mb.Address.String()
	if !w.accept(name, mb.Name) || !w.accept(name, addr) {
		return
	}
	if addr == "" || !isASCII(addr) {
		w.fail(name, "the address is empty or not ASCII")
		return
	}
	words := nameChunks(cleanLine(mb.Name), len(name)+1)
	if len(words) == 0 {
		w.field(name, []chunk{{space: " ", text: addr}})
		return
	}
	w.field(name, append(words, chunk{space: " ", text: "<" + addr + ">"}))
}

// accept refuses, before anything is written, what could end a line.
func (w *Writer) accept(name, value string) bool {
	switch {
	case w.err != nil:
	case !isFieldName(name):
		w.fail(name, "this is no field name")
	case strings.ContainsAny(value, "\r\n\x00"):
		w.fail(name, "the value holds CR, LF or NUL")
	}
	return w.err == nil
}

// isFieldName reports a name of RFC 5322 §3.6.8, of at most 76 octets.
func isFieldName(s string) bool {
	if s == "" || len(s) > encodedLine {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || s[i] == ':' {
			return false
		}
	}
	return true
}

func (w *Writer) fail(name, why string) {
	w.err = fmt.Errorf("write header field %.40q: %s", name, why)
}

// chunk is what stays on one line, and the space before it: the place where
// the line may be folded.
type chunk struct{ space, text string }

func (c chunk) size() int { return len(c.space) + len(c.text) }

func (c chunk) encoded() bool { return strings.HasPrefix(c.text, wordHead) }

// spacedChunks cuts s at its spaces and tabs, which stay as they are.
func spacedChunks(s string) []chunk {
	var all []chunk
	space := " "
	for s != "" {
		end := strings.IndexAny(s, " \t")
		if end < 0 {
			end = len(s)
		}
		all = append(all, chunk{space: space, text: s[:end]})
		rest := strings.TrimLeft(s[end:], " \t")
		space, s = s[end:len(s)-len(rest)], rest
	}
	return all
}

// field writes one field, or nothing when a line would be too long.
func (w *Writer) field(name string, chunks []chunk) {
	start := w.buf.Len()
	w.buf.WriteString(name)
	w.buf.WriteByte(':')
	col, soft := len(name)+1, softLine
	if slices.ContainsFunc(chunks, chunk.encoded) {
		soft = encodedLine
	}
	for i, c := range chunks {
		limit := soft
		if i == 0 && !c.encoded() {
			limit = hardLine // some readers take "Name:" alone for an empty field
		}
		if col+c.size() > limit {
			w.buf.WriteString("\r\n")
			col = 0
		}
		if col+c.size() > hardLine {
			w.buf.Truncate(start)
			w.fail(name, "a line would be longer than 998 octets and has no space to fold at")
			return
		}
		w.buf.WriteString(c.space)
		w.buf.WriteString(c.text)
		col += c.size()
	}
	w.buf.WriteString("\r\n")
}

// needsEncoding reports a word that cannot stand as it is: beyond ASCII, like
// an encoded word, or too long for any line.
func needsEncoding(word string) bool {
	return len(word) > longWord || strings.Contains(word, "=?") || !isASCII(word)
}
