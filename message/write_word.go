package message

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// The frame of an encoded word (RFC 2047 §2): "=?UTF-8?Q?" and "?=".
const (
	wordHead = "=?UTF-8?"
	wordTail = "?="
	wordMax  = 75
	wordRoom = wordMax - len(wordHead) - len("Q?") - len(wordTail)
)

// longSpace is the run of spaces beyond which a value is encoded around them,
// so that no line can consist of spaces alone.
const longSpace = 40

// textChunks returns the words of an unstructured value. All words from the
// first to the last that need it are encoded, and the rest stays readable.
// col is the place on the line where the value begins.
func textChunks(s string, col int) []chunk {
	words := spacedChunks(s)
	first, last := len(words), -1
	for i, c := range words {
		from := i
		if i > 0 && len(c.space) > longSpace {
			from = i - 1
		}
		if from < i || needsEncoding(c.text) {
			first, last = min(first, from), i
		}
	}
	if last < 0 {
		return words
	}
	for _, c := range words[:first] {
		col = columnAfter(col, c)
	}
	out := append([]chunk(nil), words[:first]...)
	out = append(out, encodedChunks(joinChunks(words[first:last+1]), words[first].space, col)...)
	return append(out, words[last+1:]...)
}

// columnAfter follows where the Writer will be after c.
func columnAfter(col int, c chunk) int {
	if col+c.size() > encodedLine {
		return c.size()
	}
	return col + c.size()
}

func joinChunks(words []chunk) string {
	var b strings.Builder
	for i, c := range words {
		if i > 0 {
			b.WriteString(c.space)
		}
		b.WriteString(c.text)
	}
	return b.String()
}

// nameChunks returns the words of a display name: atoms, a quoted string, or
// encoded words. A name that looks like an encoded word is encoded, since some
// readers decode even inside quotes.
func nameChunks(name string, col int) []chunk {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		return nil
	}
	atoms := true
	for word := range strings.SplitSeq(name, " ") {
		if needsEncoding(word) {
			return encodedChunks(name, " ", col)
		}
		atoms = atoms && isAtom(word)
	}
	if atoms {
		return spacedChunks(name)
	}
	words := spacedChunks(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`)
	for _, c := range words {
		if c.size() > longWord {
			return encodedChunks(name, " ", col)
		}
	}
	return words
}

// isAtom reports a word that needs no quotes (RFC 5322 §3.2.3).
func isAtom(s string) bool {
	for i := range len(s) {
		if !isAtext(s[i]) {
			return false
		}
	}
	return s != ""
}

// encodedChunks encodes s, in B or Q, whichever is shorter, as words of at
// most 75 octets on lines of at most 76, and never splits a character.
func encodedChunks(s, space string, col int) []chunk {
	s = strings.ToValidUTF8(s, "\uFFFD")
	quoted := qSize(s) < base64.StdEncoding.EncodedLen(len(s))
	var out []chunk
	line := encodedLine - (wordMax - wordRoom) - len(space)
	room := min(wordRoom, line-col)
	if room < wordRoom/3 {
		room = min(wordRoom, line) // the first word begins a new line
	}
	for s != "" {
		n := fit(s, room, quoted)
		word := wordHead + "B?" + base64.StdEncoding.EncodeToString([]byte(s[:n])) + wordTail
		if quoted {
			word = wordHead + "Q?" + qEncode(s[:n]) + wordTail
		}
		out = append(out, chunk{space: space, text: word})
		s, space, room = s[n:], " ", wordRoom
	}
	return out
}

// fit returns how many octets of s, whole characters and at least one, can be
// encoded in room octets.
func fit(s string, room int, quoted bool) int {
	n, used := 0, 0
	for n < len(s) {
		_, size := utf8.DecodeRuneInString(s[n:])
		if quoted {
			used += qSize(s[n : n+size])
		} else {
			used = base64.StdEncoding.EncodedLen(n + size)
		}
		if used > room && n > 0 {
			break
		}
		n += size
	}
	return n
}

// isPlainQ reports an octet that stands for itself in Q, also in a display
// name (RFC 2047 §5 (3)).
func isPlainQ(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte("!*+-/", c) >= 0
}

func qSize(s string) int {
	n := len(s)
	for i := range len(s) {
		if !isPlainQ(s[i]) && s[i] != ' ' {
			n += 2
		}
	}
	return n
}

func qEncode(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			b.WriteByte('_')
		case isPlainQ(c):
			b.WriteByte(c)
		default:
			b.WriteByte('=')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
