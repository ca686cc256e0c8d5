package mailauth

import (
	"bytes"
	"strings"
)

// field is one header field: raw[start:end] with its line end, and its name in lower case.
type field struct {
	name       string
	start, end int
}

// value returns the text after the colon, still folded.
func (f field) value(raw []byte) string {
	_, value, _ := bytes.Cut(raw[f.start:f.end], []byte(":"))
	return string(value)
}

// fields splits the top-level header of a message and returns the place where it ends, before the empty line. A line
// that begins with white space belongs to the field before it. The name is what stands before the first colon,
// without the white space around it of whatever kind: the DKIM library, and some readers, take "From :" and worse for
// From, so a field in such disguise must be seen here too.
func fields(raw []byte) (all []field, end int) {
	at := 0
	for at < len(raw) {
		next := lineEnd(raw, at)
		if line := string(raw[at:next]); line == "\r\n" || line == "\n" {
			break
		}
		if first := raw[at]; (first == ' ' || first == '\t') && len(all) > 0 {
			all[len(all)-1].end = next
		} else {
			all = append(all, field{start: at, end: next})
		}
		at = next
	}
	for i, f := range all {
		name, _, _ := bytes.Cut(raw[f.start:f.end], []byte(":"))
		all[i].name = strings.ToLower(strings.TrimSpace(string(name)))
	}
	return all, at
}

func lineEnd(raw []byte, at int) int {
	if i := bytes.IndexByte(raw[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(raw)
}
