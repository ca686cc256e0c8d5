package message

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// describe fills in what the fields of a part say about its content.
// Unreadable types are plain text (RFC 2045 §5.2), or bytes where the part is a file.
func (p *Part) describe(preset string) {
	kind, params := parseParams(p.Header.Get("Content-Type"))
	disposition, more := parseParams(p.Header.Get("Content-Disposition"))
	p.Params = params
	p.Disposition = knownDisposition(disposition)
	p.Encoding = encodingName(p.Header.Get("Content-Transfer-Encoding"))
	p.FileName = safeName(cmp.Or(more["filename"], params["name"], more["name"], params["filename"]))
	p.Type = typeName(kind, preset)
	if p.Type == "" && (p.FileName != "" || disposition == "attachment") {
		p.Type = "application/octet-stream"
	}
	p.Type = cmp.Or(p.Type, "text/plain")
}

// typeName corrects a media type; "" means that it cannot be read.
func typeName(kind, preset string) string {
	top, sub, ok := strings.Cut(kind, "/")
	switch {
	case kind == "":
		return preset
	case ok && top != "" && sub != "":
		return kind
	case top == "text":
		return "text/plain"
	case kind == "html":
		return "text/html"
	case top == "multipart":
		return "multipart/mixed"
	}
	return ""
}

// knownDisposition reads a disposition: one that is not known is an attachment
// (RFC 2183 §2.8), one that cannot be read is none.
func knownDisposition(s string) string {
	switch {
	case s == "inline":
		return s
	case s == "" || strings.ContainsAny(s, "=?/"):
		return ""
	}
	return "attachment"
}

// encodingName spells a transfer encoding as RFC 2045 §6.1 does.
func encodingName(s string) string {
	name, _ := parseParams(s)
	switch name {
	case "base64", "base-64", "b":
		return "base64"
	case "quoted-printable", "quotedprintable", "quoted/printable", "q":
		return "quoted-printable"
	case "x-uuencode", "uuencode", "x-uue", "uue":
		return "x-uuencode"
	}
	return name
}

// maxParams bounds the parameters of one value.
const maxParams = 200

// parseParams reads a value with parameters (RFC 2045 §5.1), continued and
// encoded ones (RFC 2231) put together, and encoded words decoded although RFC
// 2047 §5 forbids them there. It forgives missing semicolons and quotes. The
// value comes in lower case without spaces and comments.
func parseParams(s string) (value string, params map[string]string) {
	if strings.IndexByte(s, ';') < 0 && strings.IndexByte(s, '=') < 0 {
		return plainValue(s), nil
	}
	l := paramLexer{rest: s}
	value = plainValue(l.value())
	var pieces []paramPiece
	for range maxParams {
		name, val, ok := l.next()
		if !ok {
			break
		}
		if base, star, found := strings.Cut(name, "*"); found {
			pieces = append(pieces, newPiece(base, star, val))
			continue
		}
		if params == nil {
			params = make(map[string]string)
		}
		if _, twice := params[name]; !twice {
			params[name] = paramText(name, val)
		}
	}
	return value, joinPieces(params, pieces)
}

// paramText decodes a value for people; a boundary is compared as it stands.
func paramText(name, val string) string {
	if name == "boundary" {
		return val
	}
	return decodeWords(val)
}

// plainValue removes comments and spaces and lowers the rest.
func plainValue(s string) string {
	if strings.IndexByte(s, '(') >= 0 {
		s = dropComments(s)
	}
	s = strings.ToLower(strings.Trim(s, " \t\r\n;\""))
	if strings.ContainsAny(s, " \t") {
		s = strings.Join(strings.Fields(s), "")
	}
	return s
}

// dropComments removes what stands in parentheses, nested ones too.
func dropComments(s string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			if depth == 0 {
				b.WriteByte(s[i])
			}
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// paramPiece is one piece of a parameter that was cut up or encoded (RFC 2231).
type paramPiece struct {
	name    string
	index   int
	encoded bool
	value   string
}

// newPiece reads what follows the asterisk of a name: "", "0", "0*".
func newPiece(name, star, value string) paramPiece {
	number, encoded := strings.CutSuffix(star, "*")
	index, err := strconv.Atoi(number)
	if err != nil {
		index = 0
	}
	return paramPiece{name, index, encoded || star == "", value}
}

// joinPieces puts pieces together and adds the results to params. They win over
// the plain parameter of the same name, which is there for old programs.
func joinPieces(params map[string]string, pieces []paramPiece) map[string]string {
	if len(pieces) == 0 {
		return params
	}
	if params == nil {
		params = make(map[string]string)
	}
	slices.SortStableFunc(pieces, func(a, b paramPiece) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.index, b.index))
	})
	for len(pieces) > 0 {
		n := 1
		for n < len(pieces) && pieces[n].name == pieces[0].name {
			n++
		}
		params[pieces[0].name] = joinOne(pieces[:n])
		pieces = pieces[n:]
	}
	return params
}

func joinOne(pieces []paramPiece) string {
	charset := ""
	var raw []byte
	for i, p := range pieces {
		val := p.value
		if p.encoded {
			// charset'language'text; some programs repeat the charset in each piece.
			name, rest, ok := strings.Cut(val, "'")
			_, text, ok2 := strings.Cut(rest, "'")
			switch {
			case i == 0 && ok && ok2:
				charset, val = name, text
			case i > 0 && ok && charset != "" && strings.EqualFold(name, charset):
				val = rest
			}
			raw = append(raw, decodePercent(val)...)
			continue
		}
		raw = append(raw, val...)
	}
	return decodeWords(decodeCharset(raw, charset))
}

// decodePercent decodes the hexadecimal of RFC 2231 §4.
func decodePercent(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}
