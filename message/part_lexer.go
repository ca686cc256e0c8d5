package message

import "strings"

// paramLexer cuts a value with parameters into its pieces.
type paramLexer struct{ rest string }

// value returns what stands before the first parameter.
func (l *paramLexer) value() string {
	n := l.bare()
	v := l.rest[:n]
	l.rest = l.rest[n:]
	return v
}

// next returns the next parameter, its name in lower case, its value without quotes.
func (l *paramLexer) next() (name, val string, ok bool) {
	for {
		l.rest = strings.TrimLeft(l.rest, "; \t\r\n")
		n := strings.IndexAny(l.rest, "=;\"")
		if n < 0 {
			return "", "", false
		}
		name = strings.ToLower(strings.TrimSpace(dropComments(l.rest[:n])))
		sep := l.rest[n]
		l.rest = l.rest[n+1:]
		if sep != '=' {
			continue
		}
		val = l.text()
		if name != "" && val != "" {
			return name, val, true
		}
	}
}

// text reads a value, quoted or not.
func (l *paramLexer) text() string {
	l.rest = strings.TrimLeft(l.rest, " \t\r\n")
	if strings.HasPrefix(l.rest, `"`) {
		return l.quoted()
	}
	n := l.bare()
	v := l.rest[:n]
	l.rest = l.rest[n:]
	// A comment has a space before it; "plan(2).pdf" is a name.
	if i := strings.Index(v, " ("); i >= 0 && strings.HasSuffix(strings.TrimRight(v, " \t"), ")") {
		v = v[:i]
	}
	return strings.Trim(v, " \t\r\n")
}

// bare returns how far a value without quotes goes: to the semicolon, or to a
// space before something that looks like the next parameter.
func (l *paramLexer) bare() int {
	s := l.rest
	for i := 0; i < len(s); i++ {
		if s[i] == ';' {
			return i
		}
		if (isBlank(s[i]) || s[i] == '\n') && paramFollows(s[i+1:]) {
			return i
		}
	}
	return len(s)
}

// maxParamName bounds the look ahead for a parameter's name.
const maxParamName = 40

// paramFollows reports whether s begins with a name and an equals sign, and
// not with an encoded word.
func paramFollows(s string) bool {
	for i := range min(len(s), maxParamName) {
		switch c := s[i]; {
		case c == '=':
			return i > 0 && i+1 < len(s) && s[i+1] != '?' || i > 0 && strings.HasSuffix(s[:i], "name")
		case c < 'A' && c != '-' && c != '*' && (c < '0' || c > '9'), c > 'z':
			return false
		}
	}
	return false
}

// quoted reads a quoted string (RFC 2045 §5.1). A backslash before a letter is
// no escape but part of a Windows path. A string that is never closed ends at
// a semicolon, or at the end.
func (l *paramLexer) quoted() string {
	s := l.rest[1:]
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && !isAlnum(s[i+1]):
			i++
			b.WriteByte(s[i])
		case c == '"':
			l.rest = s[i+1:]
			return b.String()
		default:
			b.WriteByte(c)
		}
	}
	v, rest, _ := strings.Cut(s, ";")
	l.rest = rest
	return strings.TrimRight(v, " \t\r\n")
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
