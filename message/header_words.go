package message

import (
	"strings"
)

// decodeWords decodes the encoded words of a header value (RFC 2047), as
// programs write them: spaces inside a word, characters cut in two between
// adjacent words, missing padding. What is no encoded word stays as it is;
// 8-bit text is read as UTF-8 or else windows-1252.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return fixUTF8(s)
	}
	var out strings.Builder
	var run wordRun
	for s != "" {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		w, n := readWord(s[i:])
		if n == 0 {
			out.WriteString(run.flush())
			out.WriteString(fixUTF8(s[:i+2]))
			s = s[i+2:]
			continue
		}
		// Spaces between two encoded words are not shown (RFC 2047 §6.2).
		if !run.open || strings.Trim(s[:i], " \t\r\n") != "" {
			out.WriteString(run.flush())
			out.WriteString(fixUTF8(s[:i]))
		}
		out.WriteString(run.add(w))
		s = s[i+n:]
	}
	out.WriteString(run.flush())
	out.WriteString(fixUTF8(s))
	return out.String()
}

// encodedWord is one encoded word with its transfer encoding removed.
type encodedWord struct {
	charset string
	bytes   []byte
}

// wordRun gathers adjacent words of one charset, since some programs cut a
// character in two.
type wordRun struct {
	open    bool
	charset string
	bytes   []byte
}

// add appends w and returns the text that ended before it.
func (r *wordRun) add(w encodedWord) string {
	before := ""
	if r.open && !strings.EqualFold(r.charset, w.charset) {
		before = r.flush()
	}
	r.open, r.charset = true, w.charset
	r.bytes = append(r.bytes, w.bytes...)
	return before
}

func (r *wordRun) flush() string {
	if !r.open {
		return ""
	}
	text := decodeCharset(r.bytes, r.charset)
	*r = wordRun{}
	return text
}

// maxWordName bounds the charset of an encoded word.
const maxWordName = 64

// readWord reads the encoded word at the start of s and its length, or 0.
func readWord(s string) (encodedWord, int) {
	head := s[2:min(len(s), 2+maxWordName)]
	q := strings.IndexByte(head, '?')
	if q <= 0 || len(s) < 2+q+3 || s[2+q+2] != '?' || strings.ContainsAny(head[:q], " \t=") {
		return encodedWord{}, 0
	}
	start := 2 + q + 3
	n := wordEnd(s[start:])
	if n < 0 {
		return encodedWord{}, 0
	}
	// A language may follow the charset (RFC 2231 §5).
	charset, _, _ := strings.Cut(head[:q], "*")
	text := s[start : start+n]
	switch s[2+q+1] {
	case 'b', 'B':
		return encodedWord{charset, decodeBase64Word(text)}, start + n + 2
	case 'q', 'Q':
		return encodedWord{charset, decodeQWord(text)}, start + n + 2
	}
	return encodedWord{}, 0
}

// wordEnd finds the "?=" that ends a word, or returns -1. A word that begins
// anew before it means that this one was never closed. To look no further than
// that keeps the time linear where many words are opened and none is closed.
func wordEnd(s string) int {
	if again := strings.Index(s, "=?"); again >= 0 {
		s = s[:min(len(s), again+3)] // "=?=" is padding and the end
	}
	return strings.Index(s, "?=")
}

func decodeBase64Word(s string) []byte {
	data, _ := decodeBase64([]byte(s))
	return data
}

// decodeQWord decodes the Q encoding (RFC 2047 §4.2).
func decodeQWord(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}

// unhex returns the value of a hexadecimal digit.
func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}
