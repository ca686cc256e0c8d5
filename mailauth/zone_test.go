package mailauth

import (
	"context"
	"maps"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// zone is a Resolver that answers from memory. Keys are a type and a name, as in "TXT example.com"; values are records,
// where an MX is "10 host". A name whose record is "!" does not answer.
type zone struct {
	records map[string][]string
	quiet   bool // asked stays empty

	mu    sync.Mutex
	asked []string
}

const noAnswer = "!"

// merged returns a zone of several parts; later ones replace records of earlier ones.
func merged(parts ...map[string][]string) *zone {
	all := map[string][]string{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return &zone{records: all}
}

func (z *zone) find(ctx context.Context, kind, name string) ([]string, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	key := kind + " " + strings.ToLower(strings.TrimSuffix(name, "."))
	if !z.quiet {
		z.asked = append(z.asked, key)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	found, ok := z.records[key]
	switch {
	case !ok:
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	case len(found) == 1 && found[0] == noAnswer:
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	}
	return found, nil
}

func (z *zone) LookupTXT(ctx context.Context, name string) ([]string, error) {
	return z.find(ctx, "TXT", name)
}

func (z *zone) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	found, err := z.find(ctx, "MX", name)
	var hosts []*net.MX
	for _, mx := range found {
		pref, host, _ := strings.Cut(mx, " ")
		n, _ := strconv.Atoi(pref)
		hosts = append(hosts, &net.MX{Host: host, Pref: uint16(n)})
	}
	return hosts, err
}

func (z *zone) LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error) {
	found, err := z.find(ctx, "IP", host)
	var addresses []net.IPAddr
	for _, ip := range found {
		addresses = append(addresses, net.IPAddr{IP: net.ParseIP(ip)})
	}
	return addresses, err
}

func (z *zone) LookupAddr(ctx context.Context, addr string) ([]string, error) {
	return z.find(ctx, "PTR", addr)
}

func TestNamesAreAskedWithAFinalDot(t *testing.T) {
	var got string
	l := &lookups{resolver: dotSpy{&got}, left: 1, each: 1 << 40}
	if _, err := l.LookupTXT(t.Context(), "Example.ORG"); err != nil || got != "example.org." {
		t.Errorf("asked for %q (%v), want %q", got, err, "example.org.")
	}
}

// dotSpy notes the name that was asked for.
type dotSpy struct{ got *string }

func (d dotSpy) LookupTXT(_ context.Context, name string) ([]string, error) {
	*d.got = name
	return nil, nil
}
func (dotSpy) LookupMX(context.Context, string) ([]*net.MX, error)          { return nil, nil }
func (dotSpy) LookupIPAddr(context.Context, string) ([]net.IPAddr, error)   { return nil, nil }
func (dotSpy) LookupAddr(context.Context, string) (names []string, _ error) { return nil, nil }

// The real resolver fits.
var _ Resolver = (*net.Resolver)(nil)

// canned is a Resolver that answers everybody the same, by the kind of the name.
type canned struct{ spf, dmarc, key string }

func (c canned) LookupTXT(_ context.Context, name string) ([]string, error) {
	switch {
	case strings.HasPrefix(name, "_dmarc."):
		return []string{c.dmarc}, nil
	case strings.Contains(name, "._domainkey."):
		return []string{c.key}, nil
	}
	return []string{c.spf}, nil
}

func (c canned) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	return []*net.MX{{Host: "mx." + name, Pref: 10}}, nil
}

func (c canned) LookupIPAddr(context.Context, string) ([]net.IPAddr, error) {
	return []net.IPAddr{{IP: net.IPv4(192, 0, 2, 1)}, {IP: net.IPv6loopback}}, nil
}

func (c canned) LookupAddr(context.Context, string) ([]string, error) {
	return []string{"host.example."}, nil
}
