package message

import "strings"

// addressToken is a piece of a field that holds addresses (RFC 5322 §3.4).
type addressToken struct {
	kind addressKind
	text string // without quotes, parentheses or angle brackets
}

type addressKind byte

const (
	endOfAddresses addressKind = iota
	plainText                  // letters, spaces and dots as they stand
	quotedText
	commentText
	angleText // what stands between angle brackets, as it stands
	comma
	semicolon
	colonSign
)

// addressLexer cuts an address field into tokens. What is opened and never
// closed is plain text from there on, and is remembered: looking for the end
// again at each opening would take quadratic time.
type addressLexer struct {
	rest   string
	broken string // the opening characters that are never closed
}

func (l *addressLexer) next() addressToken {
	if l.rest == "" {
		return addressToken{}
	}
	switch c := l.rest[0]; c {
	case ',':
		return l.take(comma)
	case ';':
		return l.take(semicolon)
	case ':':
		return l.take(colonSign)
	case '"', '(', '<':
		if tok, ok := l.enclosed(c); ok {
			return tok
		}
	}
	return l.plain()
}

func (l *addressLexer) take(kind addressKind) addressToken {
	tok := addressToken{kind, l.rest[:1]}
	l.rest = l.rest[1:]
	return tok
}

// enclosed reads what c opens.
func (l *addressLexer) enclosed(c byte) (addressToken, bool) {
	if strings.IndexByte(l.broken, c) >= 0 {
		return addressToken{}, false
	}
	var text string
	n := -1
	kind := angleText
	switch c {
	case '"':
		kind = quotedText
		text, n = readEscaped(l.rest, '"', '"')
	case '(':
		kind = commentText
		text, n = readEscaped(l.rest, '(', ')')
	case '<':
		if n = closeAngle(l.rest); n > 0 {
			text = l.rest[1:n]
		}
	}
	if n < 0 {
		l.broken += string(c)
		return addressToken{}, false
	}
	l.rest = l.rest[n+1:]
	return addressToken{kind, text}, true
}

// closeAngle returns the offset of the bracket that closes the one s begins
// with. Brackets in quotes do not count, as in <"a>b"@example.org>.
func closeAngle(s string) int {
	if strings.HasPrefix(s, `<"`) {
		if _, n := readEscaped(s[1:], '"', '"'); n > 0 {
			if end := strings.IndexByte(s[1+n:], '>'); end >= 0 {
				return 1 + n + end
			}
			return -1
		}
	}
	return strings.IndexByte(s, '>')
}

// readEscaped reads from an opening to its closing character, with backslash
// escapes, and returns the text and the offset of the closing one, or -1.
// Parentheses may be nested.
func readEscaped(s string, opening, closing byte) (string, int) {
	var b strings.Builder
	depth := 1
	for i := 1; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s):
			i++
			c = s[i]
		case c == closing:
			if depth--; depth == 0 {
				return b.String(), i
			}
		case c == opening:
			depth++
		}
		b.WriteByte(c)
	}
	return "", -1
}

// plain reads to the next special character. Brackets hold an IPv6 literal,
// whose colons are not special.
func (l *addressLexer) plain() addressToken {
	s := l.rest
	n := 0
	literal := false
	for i := range len(s) {
		c := s[i]
		if i > 0 && (c == ',' || c == ';' || c == ':' && !literal) {
			break
		}
		if i > 0 && (c == '"' || c == '(' || c == '<') && strings.IndexByte(l.broken, c) < 0 {
			break
		}
		if c == '[' || c == ']' {
			literal = c == '[' && strings.HasSuffix(s[:i], "@")
		}
		n = i + 1
	}
	l.rest = s[n:]
	return addressToken{plainText, s[:n]}
}
