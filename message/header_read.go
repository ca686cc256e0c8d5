package message

import (
	"bytes"
	"strings"
)

// maxFields bounds the fields that are kept of one header; the rest is skipped.
const maxFields = 3000

// ReadHeader reads a header block as old archives and broken programs write
// it, and returns what follows its blank line. It drops the "From " lines of
// mbox files, joins a stray line without colon to the line before it, and
// takes any mixture of line ends. Where the blank line was forgotten, rest
// begins with the first line that cannot belong to a header.
func ReadHeader(b []byte) (h Header, rest []byte) {
	r := headerReader{block: b}
	n := r.read()
	return Header{fields: r.fields}, b[n:]
}

// headerReader reads one header in a single pass with one line of lookahead.
type headerReader struct {
	block  []byte
	fields []Field
	count  int // of all fields, also those that are not kept
	lines  int // physical lines of the last field
	start  int // of the last field's value
	end    int // of the last field's last line, without its line end
	name   string
	open   bool // a field is being read
}

// read returns where the body begins.
func (r *headerReader) read() int {
	pos := 0
	for pos < len(r.block) {
		line, next := cutLine(r.block, pos)
		switch {
		case len(line) == 0:
			r.flush()
			return next
		case r.continues(line, next):
			r.end, r.lines = pos+len(line), r.lines+1
		case isMboxLine(line):
			// The separator of an mbox file, left in by a careless export.
		case !r.begin(line, pos):
			r.flush()
			return pos
		}
		pos = next
	}
	r.flush()
	return len(r.block)
}

// continues reports whether line belongs to the field before it: it is folded,
// or it is a single stray line. Two stray lines in a row are a body.
func (r *headerReader) continues(line []byte, next int) bool {
	if !r.open {
		return false
	}
	blank := len(trimSpace(line)) == 0
	if isBlank(line[0]) && !blank {
		return true
	}
	if colon(line) >= 0 || isMboxLine(line) || bytes.HasPrefix(line, []byte("--")) {
		return false // dashes are the delimiter of a multipart whose blank line was forgotten
	}
	if next >= len(r.block) {
		return blank
	}
	after, _ := cutLine(r.block, next)
	return colon(after) >= 0 || len(after) > 0 && isBlank(after[0]) || len(after) == 0 && !blank || isMboxLine(after)
}

// begin starts the field on this line, or reports that there is none.
func (r *headerReader) begin(line []byte, pos int) bool {
	indent := 0
	for isBlank(line[indent]) && indent < len(line)-1 {
		indent++
	}
	c := colon(line[indent:])
	if c < 0 {
		return false
	}
	r.flush()
	name := trimSpace(line[indent : indent+c])
	r.name, r.open, r.lines = string(name), true, 1
	r.start, r.end = pos+indent+c+1, pos+len(line)
	return true
}

func (r *headerReader) flush() {
	if !r.open {
		return
	}
	r.open = false
	if r.count++; r.count > maxFields {
		return
	}
	value := string(trimSpace(r.block[r.start:r.end]))
	if r.lines > 1 {
		value = unfold(value)
	}
	if r.fields == nil {
		r.fields = make([]Field, 0, 16) // as many as most messages have
	}
	r.fields = append(r.fields, Field{Name: r.name, Value: value})
}

// trimSpace removes spaces and line ends at both ends; measured, it is a tenth
// of the time of a small message.
func trimSpace(b []byte) []byte {
	for len(b) > 0 && (isBlank(b[0]) || b[0] == '\r' || b[0] == '\n') {
		b = b[1:]
	}
	for len(b) > 0 && (isBlank(b[len(b)-1]) || b[len(b)-1] == '\r' || b[len(b)-1] == '\n') {
		b = b[:len(b)-1]
	}
	return b
}

// unfold removes the line ends of a folded value (RFC 5322 §2.2.3). A line
// that does not begin with a space, which only repair lets in, gets one.
func unfold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(line, "\r")
		if b.Len() > 0 && line != "" && !isBlank(line[0]) {
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return b.String()
}

// cutLine returns the line at pos without its line end (LF, CRLF, CR CR LF),
// and where the next line begins.
func cutLine(b []byte, pos int) (line []byte, next int) {
	next = len(b)
	end := len(b)
	if i := bytes.IndexByte(b[pos:], '\n'); i >= 0 {
		end, next = pos+i, pos+i+1
	}
	for end > pos && b[end-1] == '\r' {
		end--
	}
	return b[pos:end], next
}

// colon returns the offset of the colon that ends a field name, or -1. Spaces
// before the colon are an obsolete form (RFC 5322 §4.5).
func colon(line []byte) int {
	i := 0
	for i < len(line) && line[i] > ' ' && line[i] < 0x7f && line[i] != ':' {
		i++
	}
	if i == 0 {
		return -1
	}
	for i < len(line) && isBlank(line[i]) {
		i++
	}
	if i < len(line) && line[i] == ':' {
		return i
	}
	return -1
}

// isMboxLine reports the line that separates messages in an mbox file.
func isMboxLine(line []byte) bool {
	return bytes.HasPrefix(bytes.TrimPrefix(line, []byte(">")), []byte("From ")) && colon(line) < 0
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
