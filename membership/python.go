package membership

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// How much of an escaped text is undone.
type pythonEscapes int

const (
	pythonNarrow     pythonEscapes = iota // "…" in Python 2: \n, \x41, \101
	pythonWide                            // u"…": also \u1234
	pythonRawUnicode                      // only \u1234, as pickles of protocol 0 have it
)

// pythonQuoted reads a string as Python writes it, with its quotes.
func pythonQuoted(s string) (string, error) {
	s = strings.TrimSpace(s)
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '\'' && s[0] != '"' {
		return "", errors.New("a string without its quotation marks")
	}
	return pythonUnescape(s[1:len(s)-1], pythonNarrow), nil
}

// simple are the escapes of one letter; a line end behind a backslash is nothing.
var simple = map[byte]string{
	'n': "\n", 't': "\t", 'r': "\r", '\\': "\\", '\'': "'", '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", '\n': "",
}

// pythonUnescape undoes escapes. One that says nothing stays as it stands, as in Python.
func pythonUnescape(s string, how pythonEscapes) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		text, used := pythonEscape(s[i+1:], how)
		if used == 0 {
			b.WriteByte('\\')
		}
		b.WriteString(text)
		i += 1 + used
	}
	return b.String()
}

// pythonEscape reads what stands behind a backslash; used is 0 where that is no escape.
func pythonEscape(s string, how pythonEscapes) (text string, used int) {
	c := s[0]
	if n := map[byte]int{'u': 4, 'U': 8}[c]; n > 0 && how != pythonNarrow && len(s) > n {
		if r, err := strconv.ParseUint(s[1:1+n], 16, 31); err == nil {
			return string(rune(r)), 1 + n
		}
		return "", 0
	}
	if how == pythonRawUnicode {
		return "", 0
	}
	if short, ok := simple[c]; ok {
		return short, 1
	}
	switch {
	case c == 'x' && len(s) > 2:
		if n, err := strconv.ParseUint(s[1:3], 16, 8); err == nil {
			return oneByte(byte(n), how), 3
		}
	case c >= '0' && c <= '7':
		for used = 1; used < 3 && used < len(s) && s[used] >= '0' && s[used] <= '7'; used++ {
		}
		n, _ := strconv.ParseUint(s[:used], 8, 16)
		return oneByte(byte(n), how), used
	}
	return "", 0
}

// oneByte is a byte in a narrow string, and a letter in a wide one.
func oneByte(c byte, how pythonEscapes) string {
	if how == pythonWide {
		return string(rune(c))
	}
	return string([]byte{c})
}

// legible makes text of a string of Python 2, which is bytes in the charset of its list: UTF-8, or else Windows-1252, of
// which Latin 1 is a part.
func legible(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return fromWindows([]byte(s))
}

// legibleLatin makes text of bytes that stand for the first 256 letters of Unicode.
func legibleLatin(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// maxNested bounds how deep lists stand in lists.
const maxNested = 50

// pythonText is source text of Python of which only literals are read.
type pythonText struct {
	in   string
	at   int
	made int
}

// literal reads one value: None, True, False, a number, strings side by side, or a list, tuple or dict of such.
func (p *pythonText) literal(deep int) (any, error) {
	p.space(deep > 0)
	if p.made++; p.made > maxPickled || deep > maxNested {
		return nil, errors.New("too much in one value")
	}
	if p.at == len(p.in) {
		return nil, errors.New("no value")
	}
	switch p.in[p.at] {
	case '[', '(':
		return p.sequence(deep)
	case '{':
		return p.dict(deep)
	}
	if s, ok, err := p.text(); ok {
		return p.together(s, err, deep)
	}
	return p.word()
}

// together reads on after a string: strings side by side are one.
func (p *pythonText) together(s string, err error, deep int) (any, error) {
	var b strings.Builder
	for ok := true; ok && err == nil; {
		b.WriteString(s)
		p.space(deep > 0)
		s, ok, err = p.text()
	}
	return b.String(), err
}

// word reads a name or a number.
func (p *pythonText) word() (any, error) {
	from := p.at
	for p.at < len(p.in) && !strings.ContainsRune(" \t\n,]){}:#=[('\"", rune(p.in[p.at])) {
		p.at++
	}
	w := p.in[from:p.at]
	switch w {
	case "None":
		return nil, nil
	case "True", "False":
		return w == "True", nil
	}
	if n, err := decimal(w); err == nil {
		return n, nil
	}
	if f, err := strconv.ParseFloat(w, 64); err == nil {
		return f, nil
	}
	return nil, fmt.Errorf("%.20q is no value", w)
}

// space passes over spaces and what continues on the next line; inside brackets also over line ends and remarks.
func (p *pythonText) space(inside bool) {
	for p.at < len(p.in) {
		switch c := p.in[p.at]; {
		case c == ' ' || c == '\t', inside && c == '\n':
			p.at++
		case c == '\\' && strings.HasPrefix(p.in[p.at:], "\\\n"):
			p.at += 2
		case c == '#' && inside:
			p.skipLine()
		default:
			return
		}
	}
}

// skipLine goes to the next line end, and not over it.
func (p *pythonText) skipLine() {
	if n := strings.IndexByte(p.in[p.at:], '\n'); n >= 0 {
		p.at += n
		return
	}
	p.at = len(p.in)
}

// next takes a sign if it comes next.
func (p *pythonText) next(sign byte) bool {
	p.space(true)
	if p.at < len(p.in) && p.in[p.at] == sign {
		p.at++
		return true
	}
	return false
}

func (p *pythonText) sequence(deep int) (any, error) {
	end := map[byte]byte{'[': ']', '(': ')'}[p.in[p.at]]
	p.at++
	var items []any
	for !p.next(end) {
		v, err := p.literal(deep + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
		if p.next(',') {
			continue
		}
		if !p.next(end) {
			return nil, errors.New("a list without its end")
		}
		if end == ')' && len(items) == 1 {
			return items[0], nil // brackets around one value
		}
		break
	}
	if end == ')' {
		return &pickledTuple{items}, nil
	}
	return &pickledList{items}, nil
}

func (p *pythonText) dict(deep int) (any, error) {
	p.at++
	d := &pickledDict{}
	for !p.next('}') {
		key, err := p.literal(deep + 1)
		if err != nil {
			return nil, err
		}
		if !p.next(':') {
			return nil, errors.New("a key without a value")
		}
		value, err := p.literal(deep + 1)
		if err != nil {
			return nil, err
		}
		d.set(key, value)
		if !p.next(',') {
			if p.next('}') {
				break
			}
			return nil, errors.New("a dict without its end")
		}
	}
	return d, nil
}

// text reads one string with its prefix and quotes; ok is false where no string begins.
func (p *pythonText) text() (s string, ok bool, err error) {
	rest := p.in[p.at:]
	n := len(rest) - len(strings.TrimLeft(rest, "uUbBrR"))
	if n > 2 || n == len(rest) || rest[n] != '\'' && rest[n] != '"' {
		return "", false, nil
	}
	prefix := strings.ToLower(rest[:n])
	quote := rest[n : n+1]
	if long := strings.Repeat(quote, 3); strings.HasPrefix(rest[n:], long) {
		quote = long
	}
	body := rest[n+len(quote):]
	for i := 0; i < len(body); i++ {
		switch {
		case body[i] == '\\':
			i++
		case len(quote) == 1 && body[i] == '\n':
			return "", true, errors.New("a string without its end")
		case strings.HasPrefix(body[i:], quote):
			p.at += n + len(quote) + i + len(quote)
			return pythonString(body[:i], prefix), true, nil
		}
	}
	return "", true, errors.New("a string without its end")
}

func pythonString(s, prefix string) string {
	switch {
	case strings.Contains(prefix, "r"):
		return s
	case strings.Contains(prefix, "u"):
		return pythonUnescape(s, pythonWide)
	}
	return pythonUnescape(s, pythonNarrow)
}
