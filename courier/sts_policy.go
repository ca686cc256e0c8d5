package courier

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// stsMode is what a domain wants done where its policy cannot be kept (RFC 8461 §5).
type stsMode uint8

const (
	stsNone    stsMode = iota // nothing, as without a policy
	stsTesting                // the mail sent, the failure noted
	stsEnforce                // the mail not sent
)

// stsModes are the words for the modes, in a policy and for operators.
var stsModes = [...]string{stsNone: "none", stsTesting: "testing", stsEnforce: "enforce"}

// String returns the word that stands in a policy.
func (m stsMode) String() string { return stsModes[m] }

const (
	maxSTSAge      = 31557600 * time.Second // RFC 8461 §3.2
	maxSTSPatterns = 100                    // ours, so that what is kept of a domain is small
)

// stsPolicy is how a domain wants its mail sent (RFC 8461 §3.2). The zero policy wants nothing.
type stsPolicy struct {
	mode   stsMode
	maxAge time.Duration
	mx     []string // names of MX hosts in lower case, of which "*.example.com" is each with one label more
}

// parseSTSPolicy reads a policy (RFC 8461 §3.2). Lines end with LF or CRLF; of a field that stands twice the first counts,
// but for mx; unknown fields are passed over. Anything else that is malformed makes the whole policy invalid: to apply half
// of it could leave out a host.
func parseSTSPolicy(text string) (stsPolicy, error) {
	if !utf8.ValidString(text) {
		return stsPolicy{}, errors.New("the policy is no UTF-8")
	}
	first := map[string]string{}
	var p stsPolicy
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(strings.TrimSuffix(line, "\r"), blanks)
		if line == "" {
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimLeft(value, blanks)
		if !isFieldName(name) || !isPolicyValue(value) {
			return stsPolicy{}, errors.New("the policy has a malformed line")
		}
		if name == "mx" {
			p.mx = append(p.mx, strings.ToLower(value))
		} else if _, twice := first[name]; !twice {
			first[name] = value
		}
	}
	if first["version"] != "STSv1" {
		return stsPolicy{}, errors.New("the policy has another version than STSv1")
	}
	mode := slices.Index(stsModes[:], first["mode"])
	if mode < 0 {
		return stsPolicy{}, errors.New("the policy has no known mode")
	}
	p.mode = stsMode(mode)
	var err error
	if p.maxAge, err = parseSTSAge(first["max_age"]); err != nil {
		return stsPolicy{}, err
	}
	return p, p.checkHosts()
}

// parseSTSAge reads seconds: 1 to 10 digits, up to a year and 6 hours.
func parseSTSAge(s string) (time.Duration, error) {
	n, err := strconv.ParseUint(s, 10, 64) // no sign, no blanks
	if err != nil || len(s) > 10 || n > uint64(maxSTSAge/time.Second) {
		return 0, fmt.Errorf("the policy has no max_age from 0 to %d", maxSTSAge/time.Second)
	}
	return time.Duration(n) * time.Second, nil
}

// checkHosts makes sure that the policy names hosts that there can be.
func (p stsPolicy) checkHosts() error {
	switch {
	case len(p.mx) == 0 && p.mode != stsNone:
		return errors.New("the policy names no mail host")
	case len(p.mx) > maxSTSPatterns:
		return fmt.Errorf("the policy names more than %d mail hosts", maxSTSPatterns)
	}
	for _, pattern := range p.mx {
		if !isHostName(strings.TrimPrefix(pattern, "*.")) {
			return errors.New("the policy has a mail host with an invalid name")
		}
	}
	return nil
}

// isPolicyValue reports text on one line that neither begins nor ends with a blank.
func isPolicyValue(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// allows reports that the policy names an MX host (RFC 8461 §4.1). A wildcard stands for exactly one label.
func (p stsPolicy) allows(host string) bool {
	_, parent, _ := strings.Cut(host, ".")
	return slices.ContainsFunc(p.mx, func(pattern string) bool {
		if under, ok := strings.CutPrefix(pattern, "*."); ok {
			return parent == under
		}
		return host == pattern
	})
}

// String writes the policy as a domain would publish it, without what we do not know.
func (p stsPolicy) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: STSv1\nmode: %v\nmax_age: %d\n", p.mode, p.maxAge/time.Second)
	for _, host := range p.mx {
		fmt.Fprintf(&b, "mx: %s\n", host)
	}
	return b.String()
}
