// Package dnszone is a DNS made of the text of a zone file, for tests. It answers as net.Resolver does, and asks nobody.
package dnszone

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Zone holds records. Its methods may be called from many goroutines at once.
type Zone struct {
	records map[string][]string // by "name TYPE", without the dot at the end of the name
	fail    map[string]bool     // what a server fails to answer
}

// Parse reads the lines of a zone file (RFC 1035 §5): each is "name. TTL IN TYPE data", a comment, or empty. Every name
// has to end with a dot. It knows A, AAAA, CNAME, MX, PTR and TXT, and refuses everything else. A line "$FAIL name. TYPE"
// is ours: that question is never answered.
func Parse(text string) (*Zone, error) {
	z := &Zone{records: map[string][]string{}, fail: map[string]bool{}}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSuffix(line, "\n")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, ";") {
			continue
		}
		if err := z.add(line); err != nil {
			return nil, fmt.Errorf("line %d: %w: %s", n, err, line)
		}
	}
	return z, nil
}

func (z *Zone) add(line string) error {
	words := strings.Fields(line)
	if len(words) == 3 && words[0] == "$FAIL" {
		z.fail[strings.TrimSuffix(words[1], ".")+" "+words[2]] = true
		return nil
	}
	if len(words) < 5 || words[2] != "IN" {
		return errors.New("not name, TTL, IN, type and data")
	}
	if _, err := strconv.ParseUint(words[1], 10, 31); err != nil {
		return errors.New("no TTL")
	}
	name, err := hostname(words[0])
	if err != nil {
		return err
	}
	data, err := parseData(words[3], words[4:], line)
	if err != nil {
		return err
	}
	key := name + " " + words[3]
	z.records[key] = append(z.records[key], data)
	return nil
}

func parseData(kind string, words []string, line string) (string, error) {
	switch {
	case kind == "TXT":
		return parseStrings(line[strings.Index(line, " TXT ")+len(" TXT "):])
	case kind == "MX" && len(words) == 2:
		if _, err := strconv.ParseUint(words[0], 10, 16); err != nil {
			return "", errors.New("no preference")
		}
		if words[1] == "." {
			return words[0] + " ", nil
		}
		host, err := hostname(words[1])
		return words[0] + " " + host, err
	case (kind == "CNAME" || kind == "PTR") && len(words) == 1:
		return hostname(words[0])
	case (kind == "A" || kind == "AAAA") && len(words) == 1:
		a, err := netip.ParseAddr(words[0])
		if err == nil && a.Is4() != (kind == "A") {
			err = errors.New("an address of the other kind")
		}
		return words[0], err
	}
	return "", errors.New("unknown type, or too many words")
}

// parseStrings reads the strings of a TXT record, of at most 255 characters each, and joins them.
func parseStrings(s string) (string, error) {
	var all strings.Builder
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if s[0] != '"' {
			return "", errors.New("a string without quotes")
		}
		n, i := 0, 1
		for ; i < len(s) && s[i] != '"'; i++ {
			if s[i] == '\\' && i+1 < len(s) {
				i++
			}
			all.WriteByte(s[i])
			n++
		}
		if i >= len(s) || n > 255 {
			return "", errors.New("a string without an end, or of more than 255 characters")
		}
		s = s[i+1:]
	}
	return all.String(), nil
}

func hostname(s string) (string, error) {
	name, ok := strings.CutSuffix(s, ".")
	if !ok || name == "" || len(name) > 253 {
		return "", fmt.Errorf("%q is no name with a dot at its end", s)
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.ContainsAny(label, "\"();@ ") {
			return "", fmt.Errorf("%q is no name", s)
		}
	}
	return strings.ToLower(name), nil
}

// find returns the data of the records, by way of a CNAME.
func (z *Zone) find(name, kind string) (string, []string, error) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	for range 8 {
		if z.fail[name+" "+kind] {
			return name, nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
		}
		alias := z.records[name+" CNAME"]
		if len(alias) == 0 {
			break
		}
		name = alias[0]
	}
	found := z.records[name+" "+kind]
	if len(found) == 0 {
		return name, nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return name, found, nil
}

// LookupNetIP returns the addresses of one kind, "ip4" or "ip6".
func (z *Zone) LookupNetIP(_ context.Context, network, host string) (all []netip.Addr, err error) {
	kind := map[string]string{"ip4": "A", "ip6": "AAAA"}[network]
	_, found, err := z.find(host, kind)
	for _, s := range found {
		all = append(all, netip.MustParseAddr(s))
	}
	return all, err
}

// LookupMX returns the MX records.
func (z *Zone) LookupMX(_ context.Context, name string) (all []*net.MX, err error) {
	_, found, err := z.find(name, "MX")
	for _, s := range found {
		pref, host, _ := strings.Cut(s, " ")
		n, _ := strconv.Atoi(pref) // Parse has seen to it
		all = append(all, &net.MX{Host: host + ".", Pref: uint16(n)})
	}
	return all, err
}

// LookupTXT returns the TXT records, each in one piece.
func (z *Zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	_, found, err := z.find(name, "TXT")
	return found, err
}

// LookupCNAME returns the last name to which a name with an address leads.
func (z *Zone) LookupCNAME(_ context.Context, host string) (string, error) {
	name, _, err := z.find(host, "A")
	if err != nil {
		name, _, err = z.find(host, "AAAA")
	}
	return name + ".", err
}

// LookupAddr returns the names of an address; its records are at the name that ends with in-addr.arpa or ip6.arpa.
func (z *Zone) LookupAddr(_ context.Context, addr string) (all []string, err error) {
	_, found, err := z.find(reverse(netip.MustParseAddr(addr)), "PTR")
	for _, s := range found {
		all = append(all, s+".")
	}
	return all, err
}

func reverse(a netip.Addr) string {
	b := a.AsSlice()
	var labels []string
	for i := len(b) - 1; i >= 0; i-- {
		if a.Is4() {
			labels = append(labels, strconv.Itoa(int(b[i])))
			continue
		}
		labels = append(labels, strconv.FormatInt(int64(b[i]&15), 16), strconv.FormatInt(int64(b[i]>>4), 16))
	}
	if a.Is4() {
		return strings.Join(labels, ".") + ".in-addr.arpa"
	}
	return strings.Join(labels, ".") + ".ip6.arpa"
}
