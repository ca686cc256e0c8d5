package token

import "strings"

// Span is the place of a token in a text: text[Start:End].
type Span struct{ Start, End int }

// Find returns the place of every token in the text, signed or random, valid or not, in order and without overlap. It
// looks at the letters only, so a token inside an address, a URL or a longer word is found. The text must be decoded:
// a token broken by a transfer encoding is not found. Time is linear in the length of the text.
func Find(text string) []Span {
	var found []Span
	for at := 0; at+Length <= len(text); {
		next := strings.IndexByte(text[at:], '_') // stands once in a token, at the end of its prefix
		if next < 0 {
			break
		}
		under := at + next
		start := under + 1 - len(Prefix)
		if start >= at && isToken(text, start) {
			found = append(found, Span{start, start + Length})
			at = start + Length
			continue
		}
		at = under + 1
	}
	return found
}

// Redact returns the text with every token replaced, also one that is cut by a line end or has letters written as %5F or the
// like, see disguised. The replacement should hold a character that cannot stand in a token, such as a bracket, so that what is
// left on both sides of it cannot form a new one.
func Redact(text, replacement string) string {
	return RedactBut(text, replacement, func(string) bool { return false })
}

// RedactBut is Redact that leaves the tokens of which keep says that they may stay. Keep is given the token in one piece.
func RedactBut(text, replacement string, keep func(token string) bool) string {
	return redact(text, keep, func(Span) string { return replacement })
}

// MaskBut is RedactBut that leaves the text as long as it is, for files in which every octet has its place: each token
// becomes as many letters o, which no token has.
func MaskBut(text string, keep func(token string) bool) string {
	return redact(text, keep, func(s Span) string { return strings.Repeat("o", s.End-s.Start) })
}

func redact(text string, keep func(token string) bool, instead func(Span) string) string {
	spans := Find(text)
	hidden, tokens := disguised(text)
	if len(spans) == 0 && len(hidden) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	take := func(s Span, tok string) {
		if s.Start < at || keep(tok) {
			return
		}
		b.WriteString(text[at:s.Start])
		b.WriteString(instead(s))
		at = s.End
	}
	for _, s := range spans {
		for len(hidden) > 0 && hidden[0].Start < s.Start {
			take(hidden[0], tokens[0])
			hidden, tokens = hidden[1:], tokens[1:]
		}
		take(s, text[s.Start:s.End])
	}
	for i, s := range hidden {
		take(s, tokens[i])
	}
	if at == 0 {
		return text
	}
	b.WriteString(text[at:])
	return b.String()
}

func isToken(text string, start int) bool {
	if start < 0 || start+Length > len(text) || !strings.EqualFold(text[start:start+len(Prefix)], Prefix) {
		return false
	}
	for i := start + len(Prefix); i < start+Length; i++ {
		if !inAlphabet(text[i]) {
			return false
		}
	}
	return true
}
