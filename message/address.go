package message

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// The octet limits of an address (RFC 5321 §4.5.3.1).
const (
	maxLocal  = 64
	maxDomain = 255
	maxLabel  = 63 // RFC 1035 §2.3.4
)

// Address is one mailbox of the mail system. The domain is in lower case and
// in A-labels (RFC 5890); the local part is as written, without its quotes.
// Every non-zero Address made by this package can be written by String and
// read again by ParseAddress with the same result.
type Address struct{ Local, Domain string }

// ParseAddress reads an addr-spec without display name, comments or angle
// brackets (RFC 5321 §4.1.2, with the UTF-8 of RFC 6531 §3.3). It refuses
// controls, NUL, invisible and bidi characters, source routes and parts longer than
// 64 and 255 octets. A percent sign is an ordinary letter of the local part.
func ParseAddress(s string) (Address, error) {
	if err := checkRunes(s); err != nil {
		return Address{}, err
	}
	if strings.HasPrefix(s, "@") {
		return Address{}, errors.New("read address: source routes are not accepted")
	}
	local, rest, err := cutLocal(s)
	if err != nil {
		return Address{}, err
	}
	domain, err := parseDomain(rest)
	if err != nil {
		return Address{}, err
	}
	a := Address{Local: local, Domain: domain}
	if len(a.quoted()) > maxLocal {
		return Address{}, fmt.Errorf("read address: local part has more than %d octets", maxLocal)
	}
	return a, nil
}

// IsZero reports whether a is the null sender, or no address at all.
func (a Address) IsZero() bool { return a == Address{} }

// String writes the address as an addr-spec, with quotes where the local part
// needs them. The zero address is the empty string.
func (a Address) String() string {
	if a.IsZero() {
		return ""
	}
	return a.quoted() + "@" + a.Domain
}

// Key returns the form for comparison and for store keys: String in lower case
// and composed (NFC). Local parts are compared without case.
func (a Address) Key() string {
	s := strings.ToLower(a.String())
	if isASCII(s) {
		return s
	}
	return norm.NFC.String(s)
}

// MarshalText writes what String does.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText wrote; the empty text is the zero address.
func (a *Address) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*a = Address{}
		return nil
	}
	got, err := ParseAddress(string(b))
	if err != nil {
		return err
	}
	*a = got
	return nil
}

func (a Address) quoted() string {
	if isDotAtom(a.Local) {
		return a.Local
	}
	return quote(a.Local)
}

// quote writes a quoted string (RFC 5321 §4.1.2).
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		if c := s[i]; c == '"' || c == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return b.String()
}

// checkRunes refuses what no address may hold anywhere, quoted or not.
func checkRunes(s string) error {
	if s == "" {
		return errors.New("read address: it is empty")
	}
	if len(s) > 2*(maxLocal+maxDomain) {
		return errors.New("read address: it is too long")
	}
	if !utf8.ValidString(s) {
		return errors.New("read address: it is not UTF-8")
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r >= 0x80 && isUnseen(r) {
			return fmt.Errorf("read address: character %U is not allowed", r)
		}
	}
	return nil
}

// isUnseen reports a rune that a reader cannot see: controls, format
// characters (which include the bidi marks), and spaces other than U+0020.
func isUnseen(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Z, unicode.Co) && r != ' '
}

// cutLocal reads the local part and returns it unquoted, with what follows the
// at sign.
func cutLocal(s string) (local, domain string, err error) {
	if strings.HasPrefix(s, `"`) {
		return cutQuoted(s)
	}
	at := strings.IndexByte(s, '@')
	if at < 0 {
		return "", "", errors.New("read address: no at sign")
	}
	if !isDotAtom(s[:at]) {
		return "", "", errors.New("read address: local part is malformed")
	}
	return s[:at], s[at+1:], nil
}

func cutQuoted(s string) (local, domain string, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case c != '"':
			b.WriteByte(c)
		case !strings.HasPrefix(s[i+1:], "@"):
			return "", "", errors.New("read address: no at sign behind the quoted part")
		case b.Len() == 0:
			return "", "", errors.New("read address: local part is empty")
		default:
			return b.String(), s[i+2:], nil
		}
	}
	return "", "", errors.New("read address: quote is not closed")
}

// isDotAtom reports whether s needs no quotes (RFC 5321 §4.1.2, Dot-string).
func isDotAtom(s string) bool {
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := range len(s) {
		if !isAtext(s[i]) && s[i] != '.' {
			return false
		}
	}
	return true
}

// isAtext reports a letter of an atom (RFC 5322 §3.2.3, RFC 6532 §3.2).
func isAtext(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80 ||
		strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

func parseDomain(s string) (string, error) {
	if strings.HasPrefix(s, "[") {
		return parseLiteral(s)
	}
	d := strings.ToLower(s)
	if !isASCII(d) || strings.Contains(d, "xn--") {
		var err error
		if d, err = idna.Lookup.ToASCII(s); err != nil {
			return "", errors.New("read address: domain is not a valid international name")
		}
	}
	if len(d) > maxDomain {
		return "", fmt.Errorf("read address: domain has more than %d octets", maxDomain)
	}
	last := ""
	for label := range strings.SplitSeq(d, ".") {
		if !isLabel(label) {
			return "", errors.New("read address: domain is malformed")
		}
		last = label
	}
	if strings.Trim(last, "0123456789") == "" {
		return "", errors.New("read address: an IP address needs brackets")
	}
	return d, nil
}

// isLabel reports letters, digits and inner hyphens (RFC 1123 §2.1).
func isLabel(s string) bool {
	if s == "" || len(s) > maxLabel || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// parseLiteral reads an address literal (RFC 5321 §4.1.3) and keeps the brackets.
func parseLiteral(s string) (string, error) {
	inner, ok := strings.CutSuffix(s[1:], "]")
	if !ok {
		return "", errors.New("read address: address literal is not closed")
	}
	tag := ""
	if len(inner) > 5 && strings.EqualFold(inner[:5], "IPv6:") {
		tag, inner = "IPv6:", inner[5:]
	}
	ip, err := netip.ParseAddr(inner)
	if err != nil || ip.Zone() != "" || ip.Is4() != (tag == "") {
		return "", errors.New("read address: address literal is malformed")
	}
	return "[" + tag + ip.String() + "]", nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
