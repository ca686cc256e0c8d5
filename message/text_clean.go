package message

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanLine makes one line for people out of decoded header text: line ends
// and tabs become spaces, other controls and the marks that change the
// direction of writing are removed, so that nothing can look like something else.
func cleanLine(s string) string {
	if isPlain(s) {
		return strings.Trim(s, " ")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == 0x2028 || r == 0x2029:
			return ' '
		case unicode.IsControl(r) || isBidi(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// isPlain reports printable ASCII only.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// isBidi reports the marks that change the direction of writing, and those
// that hide: U+202A to 202E, U+2066 to 2069, U+200E, U+200F, U+061C, U+FEFF.
func isBidi(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 ||
		r == 0x200e || r == 0x200f || r == 0x061c || r == 0xfeff
}

// fixUTF8 reads text that is no UTF-8 as windows-1252. Where most of it is
// UTF-8, only the bytes that are not are read so: a character that was cut in
// two does not spoil the others.
func fixUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	mostly := mostlyUTF8(s)
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if n == 1 && r == utf8.RuneError || n > 1 && !mostly {
			r, n = windows1252(s[i]), 1
		}
		b.WriteRune(r)
		i += n
	}
	return b.String()
}

// mostlyUTF8 reports more characters of several bytes than bytes that fit none.
func mostlyUTF8(s string) bool {
	good, bad := 0, 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case n > 1:
			good++
		case r == utf8.RuneError:
			bad++
		}
		i += n
	}
	return good > bad
}

// windows1252 returns the character of one byte above 0x7f.
func windows1252(c byte) rune {
	const high = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"
	if c < 0x80 || c >= 0xa0 {
		return rune(c)
	}
	n := byte(0x80)
	for _, r := range high {
		if n == c {
			return r
		}
		n++
	}
	return utf8.RuneError
}
