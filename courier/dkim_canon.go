package courier

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"strings"
)

// headerField is one field of a header as it stands there, without its last line end.
type headerField struct {
	name string
	text []byte
}

// cutHeader cuts a message, or the end of one, behind its header.
func cutHeader(b []byte) (header, body []byte) {
	if rest, ok := bytes.CutPrefix(b, []byte("\r\n")); ok {
		return nil, rest
	}
	if i := bytes.Index(b, []byte("\r\n\r\n")); i >= 0 {
		return b[:i+2], b[i+4:]
	}
	return b, nil
}

// splitHeader returns the fields of a header that we wrote ourselves, with CRLF line ends.
func splitHeader(b []byte) (fields []headerField) {
	for len(b) > 0 {
		end := 0
		for {
			i := bytes.Index(b[end:], []byte("\r\n"))
			if i < 0 {
				end = len(b)
				break
			}
			end += i + 2
			if end >= len(b) || b[end] != ' ' && b[end] != '\t' {
				break
			}
		}
		text := bytes.TrimSuffix(b[:end], []byte("\r\n"))
		if name, _, ok := bytes.Cut(text, []byte(":")); ok {
			fields = append(fields, headerField{name: string(bytes.TrimRight(name, " \t")), text: text})
		}
		b = b[end:]
	}
	return fields
}

// relaxedField is a field in the relaxed form (RFC 6376 §3.4.2), without a line end.
func relaxedField(text []byte) []byte {
	name, value, _ := bytes.Cut(text, []byte(":"))
	out := bytes.ToLower(bytes.TrimRight(name, " \t"))
	out = append(out, ':')
	return append(out, bytes.Join(bytes.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }), []byte(" "))...)
}

// bodyHash is the hash of a body, as writeBody sends it, in the relaxed form (RFC 6376 §3.4.4): blanks at the end of
// a line and empty lines at the end of the body do not count, and any other run of blanks counts as one.
func bodyHash(body []byte) (sum [sha256.Size]byte) {
	h := sha256.New()
	empty := 0 // lines that count only when another line follows
	for len(body) > 0 {
		var line []byte
		line, body = cutLine(body)
		if line = bytes.TrimRight(line, " \t"); len(line) == 0 {
			empty++
			continue
		}
		for ; empty > 0; empty-- {
			h.Write([]byte("\r\n"))
		}
		writeRelaxed(h, line)
		h.Write([]byte("\r\n"))
	}
	h.Sum(sum[:0])
	return sum
}

// cutLine cuts behind the first line, which ends where writeBody ends it: at CRLF, at a lone CR or at a lone LF.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexAny(b, "\r\n")
	switch {
	case i < 0:
		return b, nil
	case bytes.HasPrefix(b[i:], []byte("\r\n")):
		return b[:i], b[i+2:]
	}
	return b[:i], b[i+1:]
}

// writeRelaxed writes a line with each run of blanks as one space.
func writeRelaxed(h hash.Hash, line []byte) {
	for len(line) > 0 {
		i := bytes.IndexAny(line, " \t")
		if i < 0 {
			h.Write(line)
			return
		}
		h.Write(line[:i])
		h.Write([]byte(" "))
		line = bytes.TrimLeft(line[i:], " \t")
	}
}

// lineWidth is how wide the lines of a signature are.
const lineWidth = 72

// foldNames writes the list of h=, folded.
func foldNames(names []string) string {
	var b strings.Builder
	width := 2
	for i, n := range names {
		if i > 0 {
			b.WriteByte(':')
			width++
		}
		if width+len(n) > lineWidth {
			b.WriteString("\r\n\t")
			width = 0
		}
		b.WriteString(n)
		width += len(n)
	}
	return b.String()
}

// foldBase64 writes a signature, folded. Blanks within it mean nothing (RFC 6376 §3.5).
func foldBase64(raw []byte) string {
	text := base64.StdEncoding.EncodeToString(raw)
	var lines []string
	for len(text) > lineWidth {
		lines, text = append(lines, text[:lineWidth]), text[lineWidth:]
	}
	return strings.Join(append(lines, text), "\r\n\t")
}
