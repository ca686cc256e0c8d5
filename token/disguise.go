package token

import (
	"slices"
	"strings"
)

// disguised returns the place of every token that people or programs can still read although it is not written in one
// piece: cut by a line end with the quote marks of a reply behind it, by a soft line end of quoted-printable or by letters
// that nobody sees, or with letters written as %5F (twice over, too), =5F, &#95; or, as one filter for links does, -5F. The
// letters that it stands for are given too. Time is linear in the length of the text for all that people write, and for
// what is made to be slow a small multiple of that.
func disguised(text string) (spans []Span, tokens []string) {
	for _, at := range underscores(text) {
		if n := len(spans); n > 0 && at < spans[n-1].End {
			continue
		}
		start := prefixBefore(text, at)
		if n := len(spans); start < 0 || n > 0 && start < spans[n-1].End {
			continue
		}
		if tok, end, ok := spell(text, start); ok {
			spans, tokens = append(spans, Span{start, end}), append(tokens, tok)
		}
	}
	return spans, tokens
}

// underscores returns where an underscore begins, in whatever spelling, in order.
func underscores(text string) []int {
	var all []int
	for _, s := range []struct {
		sign string
		back int // letters before the sign that belong to it
	}{{"_", 0}, {"5F", 1}, {"5f", 1}, {"&#", 0}, {"&lowbar;", 0}, {"&UnderBar;", 0}} {
		for at := 0; ; {
			next := strings.Index(text[at:], s.sign)
			if next < 0 {
				break
			}
			start := at + next - s.back
			at += next + len(s.sign)
			for s.back > 0 && start > 1 && text[start] == '5' && text[start-1] == '2' { // %255F
				start -= 2
			}
			if start >= 0 {
				if c, _ := unit(text, start); c == '_' {
					all = append(all, start)
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

// prefixWindow is in how many octets before the underscore the letters before it may stand.
const prefixWindow = 64

// prefixBefore returns where the letters snc1 begin of which the last ends before at, or -1.
func prefixBefore(text string, at int) int {
	end := at
	for end > 0 && at-end < prefixWindow/2 && mayFill(text[end-1]) {
		end--
	}
	if end == 0 || strings.IndexByte("1;0DdAa9", text[end-1]) < 0 { // 1, %31, &#49; and =20, =0D and the like
		return -1
	}
	for start := end - 1; start >= max(0, at-prefixWindow); start-- {
		if strings.IndexByte("sS%=&", text[start]) < 0 {
			continue
		}
		next, ok := start, true
		for i := 0; ok && i < len(Prefix)-1; i++ {
			next, ok = letter(text, next, i == 0, Prefix[i])
		}
		if ok && skip(text, next) == at {
			return start
		}
	}
	return -1
}

// spell reads a token that begins at start.
func spell(text string, start int) (tok string, end int, ok bool) {
	var b strings.Builder
	at := start
	for i := range Length {
		if i > 0 {
			at = skip(text, at)
		}
		c, size := unit(text, at)
		if size == 0 || i < len(Prefix) && lower(c) != Prefix[i] || i >= len(Prefix) && !inAlphabet(c) {
			return "", 0, false
		}
		b.WriteByte(c)
		at += size
	}
	return b.String(), at, true
}

// letter reads the letter want, and behind another one also what may stand between two.
func letter(text string, at int, first bool, want byte) (next int, ok bool) {
	if !first {
		at = skip(text, at)
	}
	c, size := unit(text, at)
	return at + size, size > 0 && lower(c) == want
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// skip returns the offset behind all that may stand between two letters.
func skip(text string, at int) int {
	for at < len(text) {
		if n := softEnd(text[at:]); n > 0 {
			at += n
			continue
		}
		if n := unseen(text[at:]); n > 0 {
			at += n
			continue
		}
		c, size := unit(text, at)
		if size == 0 || c > ' ' && c != 0x7f && c != '>' && c != '|' {
			return at
		}
		at += size
	}
	return at
}

// mayFill reports an octet that can be the last of what stands between two letters, escapes left aside.
func mayFill(c byte) bool { return c <= ' ' || c >= 0x7f || c == '>' || c == '|' || c == '=' }

// softEnd is the length of a soft line end of quoted-printable (RFC 2045 §6.7), or 0.
func softEnd(s string) int {
	if s[0] != '=' {
		return 0
	}
	rest := strings.TrimLeft(s[1:min(len(s), 80)], " \t\r")
	if !strings.HasPrefix(rest, "\n") {
		return 0
	}
	return min(len(s), 80) - len(rest) + 1
}

// unseen is the length of a character in UTF-8 that has no width, or is a space of another sort, or 0: the soft hyphen, the
// no-break space, marks of direction and their like.
func unseen(s string) int {
	switch {
	case strings.HasPrefix(s, "\u00ad"), strings.HasPrefix(s, "\u00a0"):
		return 2
	case strings.HasPrefix(s, "\ufeff"):
		return 3
	case len(s) >= 3 && s[0] == 0xe2 && (s[1] == 0x80 && s[2] >= 0x80 && s[2] <= 0x8f || s[1] == 0x80 && s[2] >= 0xa8 && s[2] <= 0xaf ||
		s[1] == 0x81 && s[2] >= 0x9f && s[2] <= 0xaf):
		return 3
	}
	return 0
}

// unit reads one letter at an offset, written as itself or as an escape, and its length in the text. A length of 0 is the end.
func unit(text string, at int) (c byte, size int) {
	if at >= len(text) {
		return 0, 0
	}
	switch c = text[at]; c {
	case '%':
		n := 1
		for strings.HasPrefix(text[at+n:], "25") {
			n += 2
		}
		if v, ok := hexPair(text[at+n:]); ok {
			return v, n + 2
		}
		if v, ok := hexPair(text[at+1:]); ok {
			return v, 3
		}
	case '=':
		if v, ok := hexPair(text[at+1:]); ok {
			return v, 3
		}
	case '-':
		if v, ok := hexPair(text[at+1:]); ok && v == '_' {
			return v, 3
		}
	case '&':
		if v, n := reference(text[at:min(len(text), at+16)]); n > 0 {
			return v, n
		}
	}
	return c, 1
}

func hexPair(s string) (byte, bool) {
	if len(s) < 2 {
		return 0, false
	}
	hi, lo := hexDigit(s[0]), hexDigit(s[1])
	return byte(hi<<4 | lo), hi >= 0 && lo >= 0
}

func hexDigit(c byte) int {
	switch c = lower(c); {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// reference reads a character reference of HTML for an ASCII character, and its length, or 0.
func reference(s string) (byte, int) {
	for _, name := range []string{"&lowbar;", "&UnderBar;"} {
		if strings.HasPrefix(s, name) {
			return '_', len(name)
		}
	}
	if !strings.HasPrefix(s, "&#") {
		return 0, 0
	}
	at, base := 2, 10
	if len(s) > 2 && lower(s[2]) == 'x' {
		at, base = 3, 16
	}
	value, digits := 0, 0
	for ; at < len(s); at, digits = at+1, digits+1 {
		d := hexDigit(s[at])
		if d < 0 || d >= base || value > 0x7f {
			break
		}
		value = value*base + d
	}
	if digits == 0 || value == 0 || value > 0x7f {
		return 0, 0
	}
	if at < len(s) && s[at] == ';' {
		at++
	}
	return byte(value), at
}
