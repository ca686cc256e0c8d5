package mailauth

import (
	"strings"
)

// Strip returns the message without the fields at its top that claim to be results of ours (RFC 8601 §5): every
// Authentication-Results and ARC-Authentication-Results whose authserv-id is authservID, and with the latter the other
// two fields of its ARC set (RFC 8617 §4.2). Such a field goes too when its authserv-id cannot be read, because somebody
// else's reader may find ours in it. All other bytes stay as they are, and a message without such fields is returned as
// it is, not copied. Time is linear in the length of the header.
//
// An authservID that is no domain is compared letter by letter, without regard to case.
func Strip(raw []byte, authservID string) []byte {
	all, _ := fields(raw)
	ours := identity(authservID)
	drop := make([]bool, len(all))
	sets := map[string]bool{} // instances of ARC sets that go
	for i, f := range all {
		switch f.name {
		case "authentication-results":
			id, ok := claimant(f.value(raw))
			drop[i] = !ok || id == ours
		case "arc-authentication-results":
			instance, results := instanceOf(f.value(raw))
			if id, ok := claimant(results); !ok || id == ours {
				drop[i] = true
				sets[instance] = instance != ""
			}
		}
	}
	for i, f := range all {
		switch f.name {
		case "arc-authentication-results", "arc-message-signature", "arc-seal":
			instance, _ := instanceOf(f.value(raw))
			drop[i] = drop[i] || sets[instance]
		}
	}
	return without(raw, all, drop)
}

// without copies the message but for some fields.
func without(raw []byte, all []field, drop []bool) []byte {
	var out []byte
	at := 0
	for i, f := range all {
		if drop[i] {
			out = append(out, raw[at:f.start]...)
			at = f.end
		}
	}
	if at == 0 {
		return raw
	}
	return append(out, raw[at:]...)
}

// identity returns an authserv-id in the form in which two are compared.
func identity(id string) string {
	if domain, ok := normal(id); ok {
		return domain
	}
	return strings.ToLower(id)
}

// claimant reads the authserv-id at the beginning of a field (RFC 8601 §2.2): a word or a quoted string, with comments
// and folding around it, then a version, a semicolon or the end. It reports false for anything else.
func claimant(value string) (string, bool) {
	rest, ok := skipComments(value)
	if !ok || rest == "" {
		return "", false
	}
	id := ""
	if rest[0] == '"' {
		id, rest, ok = quoted(rest)
	} else {
		end := strings.IndexAny(rest, " \t\r\n();\"")
		if end < 0 {
			end = len(rest)
		}
		id, rest, ok = rest[:end], rest[end:], end > 0
	}
	if !ok {
		return "", false
	}
	if rest, ok = skipComments(rest); !ok {
		return "", false
	}
	rest = strings.TrimLeft(rest, "0123456789")
	rest, ok = skipComments(rest)
	return identity(id), ok && (rest == "" || rest[0] == ';')
}

// skipComments takes white space and comments, which may nest, off the front of a value. It reports false when a comment
// does not end.
func skipComments(s string) (string, bool) {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '(':
			depth++
		case depth > 0 && c == ')':
			depth--
		case depth > 0 && c == '\\':
			i++
		case depth == 0 && !strings.ContainsRune(" \t\r\n", rune(c)):
			return s[i:], true
		}
	}
	return "", depth == 0
}

// quoted reads the quoted string at the front of a value.
func quoted(s string) (text, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			i++
			if i == len(s) {
				return "", "", false
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

// instanceOf returns the number of an ARC set out of one of its fields, or "" where it has none, and what stands behind
// the first semicolon. Zeros in front do not make another set.
func instanceOf(value string) (instance, rest string) {
	for tag := range strings.SplitSeq(value, ";") {
		if name, number, ok := strings.Cut(tag, "="); ok && strings.EqualFold(bare(name), "i") {
			instance = strings.TrimLeft(bare(number), "0")
			break
		}
	}
	_, rest, _ = strings.Cut(value, ";")
	return instance, rest
}

// bare takes comments and white space off both ends of a word.
func bare(s string) string {
	s, _ = skipComments(s)
	if i := strings.IndexAny(s, "( \t\r\n"); i >= 0 {
		s = s[:i]
	}
	return s
}
