package message

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// contentFields returns the Content- fields of a part, the first of each name,
// so that a Writer takes them. Those about the exact bytes are left out, and
// so is what stands in them against the standard and cannot be repaired.
func (p *Part) contentFields() []Field {
	var fields []Field
	seen := make(map[string]bool)
	for _, f := range p.Header.Fields() {
		name := strings.ToLower(f.Name)
		if !strings.HasPrefix(name, "content-") || seen[name] || name == "content-md5" || name == "content-length" {
			continue
		}
		seen[name] = true
		switch {
		case fieldFits(f):
			fields = append(fields, f)
		case name == "content-type":
			fields = append(fields, Field{f.Name, formatType(p.Type, p.Params)})
		case name == "content-disposition":
			fields = append(fields, Field{f.Name, p.disposition()})
		}
	}
	if !seen["content-type"] && p.Type != "text/plain" {
		fields = append(fields, Field{"Content-Type", formatType(p.Type, p.Params)})
	}
	return fields
}

// disposition writes Content-Disposition anew, as the part was read: what people read must not become a file.
func (p *Part) disposition() string {
	said := p.Disposition
	switch {
	case said != "":
	case p.IsText():
		said = "inline"
	default:
		said = "attachment"
	}
	return formatParams(said, map[string]string{"filename": p.FileName})
}

// says reports that a Content-Type needs no repair to be read as we read it.
func (p *Part) says(f Field) bool {
	kind, _ := parseParams(f.Value)
	return kind == p.Type && isType(kind)
}

// fieldFits reports a field that a Writer takes as it is.
func fieldFits(f Field) bool {
	var w Writer
	w.Raw(f.Name, f.Value)
	return w.Err() == nil
}

// writeFields writes the header of a part; fields that do not fit are left out.
func writeFields(fields []Field) []byte {
	var out []byte
	for _, f := range fields {
		var w Writer
		w.Raw(f.Name, f.Value)
		out = append(out, w.Bytes()...)
	}
	return out
}

// formatType writes a Content-Type with its parameters. A type that cannot be
// written becomes the most general of its sort (RFC 2046 §5.1.3, §4.5.1).
func formatType(kind string, params map[string]string) string {
	switch {
	case isType(kind):
	case strings.HasPrefix(kind, "multipart/"):
		kind = "multipart/mixed"
	default:
		kind = "application/octet-stream"
	}
	return formatParams(kind, params)
}

// isType reports a media type of two tokens.
func isType(kind string) bool {
	top, sub, _ := strings.Cut(kind, "/")
	return isToken(top) && isToken(sub)
}

// formatParams writes parameters in the order of their names, so that the
// same ones always give the same text. Values that are long or beyond ASCII
// are cut up and encoded (RFC 2231).
func formatParams(value string, params map[string]string) string {
	var b strings.Builder
	b.WriteString(value)
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if val := cleanLine(params[name]); isToken(name) && !strings.ContainsAny(name, "*'%") && val != "" {
			b.WriteString(formatParam(name, val))
		}
	}
	return b.String()
}

// The lengths at which a parameter is cut up, and how much of one is kept.
const (
	paramPlain = 200
	paramCut   = 60
	paramMax   = 1000
)

func formatParam(name, val string) string {
	switch {
	case isASCII(val) && len(val) <= paramPlain && isToken(val):
		return "; " + name + "=" + val
	case isASCII(val) && len(val) <= paramPlain:
		return "; " + name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(val) + `"`
	}
	var b strings.Builder
	piece := []byte("utf-8''")
	count := 0
	flush := func() {
		fmt.Fprintf(&b, "; %s*%d*=%s", name, count, piece)
		count++
		piece = piece[:0]
	}
	val = strings.ToValidUTF8(val[:min(len(val), paramMax)], "")
	for i := range len(val) {
		if len(piece) > paramCut {
			flush()
		}
		piece = appendPercent(piece, val[i])
	}
	flush()
	return b.String()
}

// appendPercent writes one octet as RFC 2231 §7 wants it.
func appendPercent(b []byte, c byte) []byte {
	if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || bytes.IndexByte([]byte("-._~"), c) >= 0 {
		return append(b, c)
	}
	return fmt.Appendf(b, "%%%02X", c)
}

// isToken reports a token of RFC 2045 §5.1.
func isToken(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || strings.IndexByte(`()<>@,;:\"/[]?=`, s[i]) >= 0 {
			return false
		}
	}
	return s != ""
}

// withParam returns params with one of them set.
func withParam(params map[string]string, name, value string) map[string]string {
	out := maps.Clone(params)
	if out == nil {
		out = make(map[string]string)
	}
	out[name] = value
	return out
}
