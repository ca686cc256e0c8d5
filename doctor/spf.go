package doctor

import (
	"net/netip"
	"slices"
	"strings"
)

// maxLookups is how many questions to the DNS an SPF record may cost (RFC 7208 §4.6.4).
const maxLookups = 10

// SPFFacts are the records and addresses that the SPF record of a domain leads to, by canonical name.
type SPFFacts struct {
	Domain string
	TXT    map[string]Answer[string]     // TXT records of the domain and of what it includes
	Addrs  map[string]Answer[netip.Addr] // of a mechanisms and of MX hosts
	MX     map[string]Answer[string]     // of mx mechanisms
}

// spfTerm is one mechanism or modifier of an SPF record.
type spfTerm struct {
	qualifier byte   // + - ~ ?
	name      string // such as ip4; lower case
	value     string // after the colon or the equals sign; empty: none
	bits4     int    // after the slash; -1: none
	bits6     int
}

// records of SPF among TXT records (RFC 7208 §4.5).
func spfRecords(txt []string) (found []string) {
	for _, t := range txt {
		if l := strings.ToLower(t); l == "v=spf1" || strings.HasPrefix(l, "v=spf1 ") {
			found = append(found, t)
		}
	}
	return found
}

// parseSPF reads a record; the second result is the first word that is no SPF.
func parseSPF(record string) (terms []spfTerm, wrong string) {
	words := strings.Fields(record)
	for _, w := range words[1:] {
		t, ok := parseTerm(w)
		if !ok {
			return nil, w
		}
		terms = append(terms, t)
	}
	return terms, ""
}

func parseTerm(word string) (spfTerm, bool) {
	t := spfTerm{qualifier: '+', bits4: -1, bits6: -1}
	if name, value, ok := strings.Cut(word, "="); ok && !strings.ContainsAny(name, ":/") {
		t.name, t.value = strings.ToLower(name), value
		return t, name != ""
	}
	if strings.ContainsRune("+-~?", rune(word[0])) {
		t.qualifier, word = word[0], word[1:]
	}
	name, value, hasValue := strings.Cut(word, ":")
	if name2, bits, ok := strings.Cut(name, "/"); ok { // a/24, with no colon before
		name, value, hasValue = name2, "/"+bits, true
	}
	t.name = strings.ToLower(name)
	switch t.name {
	case "ip4", "ip6":
		t.value = value
		_, ok := prefixOf(value)
		return t, ok
	case "a", "mx":
		t.value, t.bits4, t.bits6 = splitBits(value)
		return t, t.bits4 <= 32 && t.bits6 <= 128 && t.bits4 != badBits && t.bits6 != badBits
	case "include", "exists":
		t.value = value
		return t, value != ""
	case "ptr":
		t.value = value
		return t, true
	case "all":
		return t, !hasValue
	}
	return t, false
}

// badBits stands for what is no number.
const badBits = 1000

// splitBits splits "host/24//64".
func splitBits(value string) (host string, bits4, bits6 int) {
	bits4, bits6 = -1, -1
	host, rest, ok := strings.Cut(value, "/")
	if !ok {
		return host, bits4, bits6
	}
	four, six, hasSix := strings.Cut("/"+rest, "//")
	if four = strings.TrimPrefix(four, "/"); four != "" {
		bits4 = number(four, badBits)
	}
	if hasSix {
		bits6 = number(six, badBits)
	}
	return host, bits4, bits6
}

// number reads a small number, or returns bad.
func number(s string, bad int) int {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' || n > 1e6 {
			return bad
		}
		n = n*10 + int(c-'0')
	}
	if s == "" {
		return bad
	}
	return n
}

func prefixOf(s string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	return p, err == nil
}

// target is the name that a term is about, and whether that is known: a macro depends on the mail.
func (t spfTerm) target(domain string) (string, bool) {
	if t.value == "" {
		return canonical(domain), true
	}
	return canonical(t.value), !strings.Contains(t.value, "%")
}

// spfResult is what an SPF record says of an address (RFC 7208 §2.6), or unsure.
type spfResult string

const (
	spfNone     spfResult = "none"
	spfPass     spfResult = "pass"
	spfFail     spfResult = "fail"
	spfSoft     spfResult = "softfail"
	spfNeutral  spfResult = "neutral"
	spfBroken   spfResult = "permerror"
	spfUnsure   spfResult = "unsure" // DNS trouble, or it depends on the mail
	spfMaxDepth           = 20       // more than any record that works; also where one includes itself
)

var spfQualifier = map[byte]spfResult{'+': spfPass, '-': spfFail, '~': spfSoft, '?': spfNeutral}

// check says what the record of a domain says of an address.
func (f SPFFacts) check(domain string, a netip.Addr, depth int) spfResult {
	answer, asked := f.TXT[canonical(domain)]
	found := spfRecords(answer.Values)
	switch {
	case answer.Err != nil || !asked:
		return spfUnsure
	case len(found) == 0:
		return spfNone
	case len(found) > 1 || depth > spfMaxDepth:
		return spfBroken
	}
	terms, wrong := parseSPF(found[0])
	if wrong != "" {
		return spfBroken
	}
	for _, t := range terms {
		switch f.match(t, domain, a, depth) {
		case spfPass:
			return spfQualifier[t.qualifier]
		case spfBroken:
			return spfBroken
		case spfUnsure:
			return spfUnsure
		}
	}
	for _, t := range terms {
		if t.name == "redirect" {
			if r := f.check(t.value, a, depth+1); r != spfNone {
				return r
			}
			return spfBroken
		}
	}
	return spfNeutral
}

// match says whether a mechanism is about an address: pass, fail, broken or unsure.
func (f SPFFacts) match(t spfTerm, domain string, a netip.Addr, depth int) spfResult {
	target, known := t.target(domain)
	if !known && t.name != "exp" {
		return spfUnsure
	}
	switch t.name {
	case "all":
		return spfPass
	case "ip4", "ip6":
		p, _ := prefixOf(t.value)
		return matched(p.Contains(a))
	case "a":
		return f.matchHosts(t, []string{target}, a)
	case "mx":
		hosts := f.MX[target]
		if hosts.Err != nil {
			return spfUnsure
		}
		return f.matchHosts(t, hosts.Values, a)
	case "include":
		return included(f.check(target, a, depth+1))
	case "exists", "ptr":
		return spfUnsure
	}
	return spfFail
}

// included is what the result of an included record means (RFC 7208 §5.2).
func included(r spfResult) spfResult {
	switch r {
	case spfPass, spfUnsure:
		return r
	case spfNone, spfBroken:
		return spfBroken
	}
	return spfFail
}

func matched(yes bool) spfResult {
	if yes {
		return spfPass
	}
	return spfFail
}

func (f SPFFacts) matchHosts(t spfTerm, hosts []string, a netip.Addr) spfResult {
	unsure := false
	for _, h := range hosts {
		answer := f.Addrs[canonical(h)]
		unsure = unsure || answer.Err != nil
		for _, b := range answer.Values {
			bits := t.bits6
			if b.Is4() {
				bits = t.bits4
			}
			if bits < 0 {
				bits = b.BitLen()
			}
			if p, err := b.Prefix(bits); err == nil && p.Contains(a) {
				return spfPass
			}
		}
	}
	if unsure {
		return spfUnsure
	}
	return spfFail
}

// lookups counts the questions that the record of a domain may cost, those of what it includes with it.
func (f SPFFacts) lookups(domain string, depth int) (n int) {
	for _, t := range f.terms(domain) {
		if !slices.Contains([]string{"a", "mx", "ptr", "exists", "include", "redirect"}, t.name) {
			continue
		}
		n++
		if (t.name == "include" || t.name == "redirect") && depth < spfMaxDepth && n <= 2*maxLookups {
			n += f.lookups(t.value, depth+1)
		}
	}
	return n
}

// terms are those of the only record of a domain; none where there is not exactly one that can be read.
func (f SPFFacts) terms(domain string) []spfTerm {
	found := spfRecords(f.TXT[canonical(domain)].Values)
	if len(found) != 1 {
		return nil
	}
	terms, _ := parseSPF(found[0])
	return terms
}

// all is the qualifier of the last word "all" of a domain's record, followed through redirects; 0: there is none.
func (f SPFFacts) all(domain string, depth int) byte {
	terms := f.terms(domain)
	for _, t := range terms {
		if t.name == "all" {
			return t.qualifier
		}
	}
	for _, t := range terms {
		if t.name == "redirect" && depth < spfMaxDepth {
			return f.all(t.value, depth+1)
		}
	}
	return 0
}

// open is the name of a record on the way that lets everybody send; empty: there is none.
func (f SPFFacts) open(domain string, depth int) string {
	if f.all(domain, 0) == '+' {
		return domain
	}
	for _, t := range f.terms(domain) {
		if t.name == "include" && t.qualifier == '+' && depth < spfMaxDepth {
			if name := f.open(t.value, depth+1); name != "" {
				return name
			}
		}
	}
	return ""
}
