package bounce

import (
	"strings"
	"unicode/utf8"

	"sencoforum/message"
)

// addressIn returns the first readable address in s and where it begins and ends. end is 0 where there is none.
func addressIn(s string) (a message.Address, start, end int) {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '@')
		if i < 0 {
			return message.Address{}, 0, 0
		}
		at := from + i
		start, end = at, at+1
		for start > 0 && at-start < 256 && isLocalByte(s[start-1]) {
			start--
		}
		for end < len(s) && end-at < 256 && isDomainByte(s[end]) {
			end++
		}
		if s[start] == '@' && at > 0 && s[at-1] == '"' {
			start = quotedStart(s, at)
		}
		end = at + 1 + len(strings.TrimRight(asciiEnd(s[at+1:end]), ".-"))
		start += prefixLen(s[start:at])
		if a, ok := readAddress(s[start:end]); ok {
			return a, start, end
		}
		from = at + 1
	}
}

// readAddress reads an address whose domain has a dot and ends in letters, as one that was written to has.
func readAddress(s string) (message.Address, bool) {
	a, err := message.ParseAddress(s)
	dot := strings.LastIndexByte(a.Domain, '.')
	if err != nil || dot <= 0 || dot+2 >= len(a.Domain) || digits(a.Domain[dot+1:]) > 0 {
		return message.Address{}, false
	}
	return a, true
}

// asciiEnd cuts off a text without spaces between words, such as Japanese, that goes on behind a domain: its last label
// is ASCII at first and then is not.
func asciiEnd(domain string) string {
	last := strings.LastIndexByte(domain, '.') + 1
	i := strings.IndexFunc(domain[last:], func(r rune) bool { return r >= 0x80 })
	if last > 0 && i >= 2 {
		return domain[:last+i]
	}
	return domain
}

// quotedStart returns where a quoted local part that ends before at begins (RFC 5321 §4.1.2), or at.
func quotedStart(s string, at int) int {
	for i := at - 2; i >= 0 && at-i < 128 && s[i] != '\n'; i-- {
		if s[i] == '"' && (i == 0 || s[i-1] != '\\') {
			return i
		}
	}
	return at
}

// prefixLen is the length of what stands before an address without a space: quotes, a path, a kind of address, or a text
// in a script that has no spaces.
func prefixLen(local string) int {
	n := 0
	if i := strings.LastIndexFunc(local, func(r rune) bool { return r >= '\u3000' && r < '\ufffd' }); i >= 0 {
		n = i + utf8.RuneLen('\u3000') // of a text without spaces between words
	}
	if i := strings.LastIndexByte(local, '/'); i > n && local[n] == '/' && !strings.Contains(local, "=") {
		n = i // of a path
	}
	n += len(local[n:]) - len(strings.TrimLeft(local[n:], "'`*=./-"))
	lower := strings.ToLower(local)
	for _, mark := range []string{"smtp=", "to=", "for=", "rcpt=", "recipient=", "mail=", "rfc822=", "email="} {
		if strings.HasPrefix(lower[n:], mark) {
			n += len(mark)
		}
	}
	return n
}

func isLocalByte(c byte) bool {
	return isWordByte(c) || strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) >= 0
}

func isDomainByte(c byte) bool { return isWordByte(c) || c == '.' || c == '-' || c == '_' }

// oneLine makes of what a stranger wrote at most limit bytes in one line: valid UTF-8 without controls and without what
// changes the direction of a text.
func oneLine(s string, limit int) string {
	var b strings.Builder
	space := false
	for _, r := range s[:min(len(s), 4*limit)] {
		switch {
		case r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u00a0':
			space = b.Len() > 0
			continue
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\ufffd' || r >= '\u200b' && r <= '\u200f' ||
			r >= '\u2028' && r <= '\u202e' || r >= '\u2060' && r <= '\u206f' || r == '\ufeff':
			continue
		}
		if b.Len()+len(string(r))+1 > limit {
			break
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
