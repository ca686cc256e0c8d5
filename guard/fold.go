package guard

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// folded is a text in which the same thing always looks the same: without characters that nobody sees, accents, and the
// many kinds of spaces, dashes, apostrophes and digits.
type folded struct {
	text string
	at   []int32 // octet of text -> octet of the original; nil where they are the same; one entry more than octets
	size int     // of the original
}

// fold makes a folded text, in one pass.
func fold(s string) folded {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] < utf8.RuneSelf
	}
	if plain {
		return folded{text: s, size: len(s)}
	}
	out := make([]byte, 0, len(s))
	at := make([]int32, 0, len(s)+1)
	var buf [4]byte
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		before := len(out)
		switch {
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case unseen(r):
		default:
			if simple := foldRune(r); simple != 0 {
				out = append(out, simple)
			} else {
				out = appendDecomposed(out, buf[:utf8.EncodeRune(buf[:], r)])
			}
		}
		for range len(out) - before {
			at = append(at, int32(i))
		}
		i += n
	}
	at = append(at, int32(len(s)))
	return folded{text: string(out), at: at, size: len(s)}
}

// original returns the octets of the original for those of the folded text.
func (f folded) original(start, end int) (int, int) {
	if f.at == nil {
		return start, end
	}
	return int(f.at[start]), int(f.at[end])
}

// unseen reports a character that has no width, or turns the direction of writing.
func unseen(r rune) bool {
	switch {
	case r == 0xad, r == 0x34f, r == 0x61c, r == 0x180e, r == 0xfeff:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2069, r >= 0xfe00 && r <= 0xfe0f:
		return true
	}
	return false
}

// foldRune returns the ASCII character that stands for r, or 0.
func foldRune(r rune) byte {
	switch r {
	case '’', '‘', 'ʼ', '´', '′', '＇', '‛':
		return '\''
	case 'ł':
		return 'l'
	case 'Ł':
		return 'L'
	case 'ø':
		return 'o'
	case 'Ø':
		return 'O'
	case 'đ':
		return 'd'
	case 'Đ':
		return 'D'
	case 'ı':
		return 'i'
	case '\u2212', '\u2043':
		return '-'
	case '\u2028', '\u2029', '\u0085':
		return '\n'
	}
	switch {
	case unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.Is(unicode.Pd, r):
		return '-'
	case r >= 0x660 && r <= 0x669:
		return byte('0' + r - 0x660)
	case r >= 0x6f0 && r <= 0x6f9:
		return byte('0' + r - 0x6f0)
	}
	return 0
}

// appendDecomposed appends the compatibility form of one character without its marks (UAX #15). Signs that stand for
// whole words stay as they are.
func appendDecomposed(out, character []byte) []byte {
	parts := norm.NFKD.Bytes(character)
	if len(parts) > 12 {
		return append(out, character...)
	}
	for len(parts) > 0 {
		r, n := utf8.DecodeRune(parts)
		switch {
		case r == utf8.RuneError && n == 1:
			out = append(out, '?')
		case unicode.Is(unicode.Mn, r):
		default:
			out = append(out, parts[:n]...)
		}
		parts = parts[n:]
	}
	return out
}
