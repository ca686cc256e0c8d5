package mailauth

import (
	"strings"

	"golang.org/x/net/idna"
)

// The limits of a name (RFC 1035 §2.3.4), in octets without the final dot.
const (
	nameBytes  = 253
	labelBytes = 63
)

// profile maps a domain as a person writes it to the one that is looked up (RFC 5891 §5). Underscores stay, because
// real domains have them.
var profile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.StrictDomainName(false))

// normal returns a domain in lower case, as A-labels (RFC 9989 §5.3.1) and without its final dot. It reports false for
// what is no domain of letters, digits, hyphens and underscores, such as an address literal.
func normal(domain string) (string, bool) {
	if len(domain) > 4*nameBytes {
		return "", false
	}
	domain = strings.TrimSuffix(domain, ".")
	if !ascii(domain) {
		mapped, err := profile.ToASCII(domain)
		if err != nil {
			return "", false
		}
		domain = strings.TrimSuffix(mapped, ".")
	}
	domain = strings.ToLower(domain)
	for _, c := range []byte(domain) {
		if !letterOrDigit(c) && c != '-' && c != '_' && c != '.' {
			return "", false
		}
	}
	return domain, fits(domain)
}

// fits says whether a name and its labels have a legal length.
func fits(name string) bool {
	if name == "" || len(name) > nameBytes {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > labelBytes {
			return false
		}
	}
	return true
}

// parent returns the name without its first label, or "" for a name of one label.
func parent(name string) string {
	_, rest, _ := strings.Cut(name, ".")
	return rest
}

// within says whether a name is a domain or lies below it. Both are normal.
func within(name, domain string) bool {
	return name == domain || strings.HasSuffix(name, "."+domain)
}

// top returns the last label of a name.
func top(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func letterOrDigit(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
