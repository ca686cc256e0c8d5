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

// Redact returns the text with every token replaced. The replacement should hold a character that cannot stand in a
// token, such as a bracket, so that what is left on both sides of it cannot form a new one.
func Redact(text, replacement string) string {
	return RedactBut(text, replacement, func(string) bool { return false })
}

// RedactBut is Redact that leaves the tokens of which keep says that they may stay.
func RedactBut(text, replacement string, keep func(token string) bool) string {
	var b strings.Builder
	at := 0
	for _, s := range Find(text) {
		if keep(text[s.Start:s.End]) {
			continue
		}
		b.WriteString(text[at:s.Start])
		b.WriteString(replacement)
		at = s.End
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
