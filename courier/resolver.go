package courier

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// Resolver is the part of the DNS that a courier asks. *net.Resolver is one. A *net.DNSError with IsNotFound says that
// the name or the record does not exist; any other error is taken as passing.
type Resolver interface {
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// notFound reports an authoritative answer that there is no such thing.
func notFound(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound && !dns.IsTemporary && !dns.IsTimeout
}

// resolve returns the IPv4 and IPv6 addresses of host, which may be an address itself, in brackets or not. With whole,
// the name is taken as complete, so that no search list applies. The families are asked apart and at once: a name server that
// drops questions for IPv6 keeps nobody from IPv4. The error is one that passes if any of the two is.
func (c *SMTP) resolve(ctx context.Context, host string, whole bool) ([]netip.Addr, error) {
	if a, ok := parseLiteral(host); ok {
		return []netip.Addr{a}, nil
	}
	if whole {
		host += "."
	}
	type answer struct {
		addrs []netip.Addr
		err   error
	}
	six := make(chan answer, 1)
	go func() {
		addrs, err := c.cfg.Resolver.LookupNetIP(ctx, "ip6", host)
		six <- answer{addrs, err}
	}()
	four, err := c.cfg.Resolver.LookupNetIP(ctx, "ip4", host)
	other := <-six
	addrs := unmap(append(slices.Clone(four), other.addrs...))
	switch {
	case len(addrs) > 0:
		return addrs, nil
	case err == nil || notFound(err) && other.err != nil:
		err = other.err
	}
	if err == nil {
		err = &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
	}
	return nil, err
}

func unmap(addrs []netip.Addr) []netip.Addr {
	for i, a := range addrs {
		addrs[i] = a.Unmap()
	}
	slices.SortFunc(addrs, netip.Addr.Compare)
	return slices.Compact(addrs)
}

// parseLiteral reads an IP address, bare or as an address literal of a mail domain (RFC 5321 §4.1.3).
func parseLiteral(s string) (netip.Addr, bool) {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		s, ok = strings.CutSuffix(inner, "]")
		if !ok {
			return netip.Addr{}, false
		}
		if len(s) > 5 && strings.EqualFold(s[:5], "IPv6:") {
			s = s[5:]
		}
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap(), err == nil && a.Zone() == ""
}
