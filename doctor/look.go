package doctor

import (
	"bufio"
	"cmp"
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"sencoforum/certificate"
)

// Resolver is the part of the DNS that is asked. *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupCNAME(ctx context.Context, host string) (string, error)
	LookupAddr(ctx context.Context, addr string) ([]string, error)
}

// Outside is what there is beside the forum's own data. Each field that is nil stands for the real thing; others are
// for tests.
type Outside struct {
	Resolver  Resolver
	Dial      func(ctx context.Context, network, address string) (net.Conn, error)
	Fetch     func(*http.Request) (*http.Response, error) // follows no redirect (RFC 8461 §3.3)
	Roots     *x509.CertPool                              // for the certificate of the mail service
	Addresses func() []netip.Addr                         // of this machine
	Sources   func() []netip.Addr                         // those of them from which connections leave
	Hosts     func() string                               // the text of /etc/hosts
}

// filled is o with the real things for what is nil.
func (o Outside) filled() Outside {
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	if o.Fetch == nil {
		c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		o.Fetch = c.Do
	}
	if o.Addresses == nil {
		o.Addresses = machineAddresses
	}
	if o.Sources == nil {
		o.Sources = outgoing
	}
	if o.Hosts == nil {
		o.Hosts = hostsFile
	}
	return o
}

// Limits of one question, and of all of them together.
const (
	questionTime = 10 * time.Second
	lookTime     = time.Minute
)

// look is one run of Look.
type look struct {
	Outside
	setup Setup
}

// Look gathers the facts. What cannot be found out is in them as an error; Look itself does not fail, and ends within a
// minute.
func Look(ctx context.Context, s Setup, o Outside, now time.Time) Facts {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	l := look{Outside: o.filled(), setup: s}
	f := Facts{Setup: s, Now: now, Domains: make([]DomainFacts, len(s.Domains))}
	var all sync.WaitGroup
	all.Go(func() { f.Host = l.host(ctx) })
	for i, d := range s.Domains {
		all.Go(func() { f.Domains[i] = l.domain(ctx, d) })
	}
	all.Go(func() { f.In = l.in(ctx) })
	if s.Service != nil {
		all.Go(func() { f.Service = l.service(ctx, *s.Service) })
	} else {
		all.Go(func() { f.Out = l.out(ctx) })
	}
	f.Issued = make([]IssuedFacts, len(s.Issued.Hosts))
	for i, host := range s.Issued.Hosts {
		all.Go(func() { f.Issued[i] = l.issued(ctx, host) })
	}
	if len(s.Issued.Hosts) > 0 {
		all.Go(func() { f.Issuer = l.fetch(ctx, cmp.Or(s.Issued.Directory, certificate.LetsEncrypt)) })
	}
	f.Cert = readCert(s.TLSCert, s.TLSKey)
	f.Machine = readMachine(s.Paths)
	all.Wait()
	return f
}

// PublicAddresses are those of this machine on the public Internet, as far as it knows them: where it has several, those
// from which mail leaves.
func PublicAddresses(o Outside) []netip.Addr {
	o = o.filled()
	if public, _ := splitAddresses(o.Sources()); len(public) > 0 {
		return public
	}
	public, _ := splitAddresses(o.Addresses())
	return public
}

func machineAddresses() (own []netip.Addr) {
	nets, err := net.InterfaceAddrs()
	if err != nil { // the unit of the service forbids to ask the kernel (AF_NETLINK)
		return outgoing()
	}
	for _, n := range nets {
		if p, err := netip.ParsePrefix(n.String()); err == nil {
			own = append(own, p.Addr().Unmap())
		}
	}
	return own
}

// outgoing returns the addresses from which connections to the public Internet leave. To know them is enough for the
// kernel to choose a route, here to a root name server: no packet is sent.
func outgoing() (own []netip.Addr) {
	for _, to := range []string{"198.41.0.4:53", "[2001:503:ba3e::2:30]:53"} {
		conn, err := net.Dial("udp", to)
		if err != nil {
			continue // no route of this kind
		}
		if a, ok := conn.LocalAddr().(*net.UDPAddr); ok {
			own = append(own, a.AddrPort().Addr().Unmap().WithZone(""))
		}
		conn.Close()
	}
	return own
}

// carrierGrade are the addresses that providers share among customers (RFC 6598).
var carrierGrade = netip.MustParsePrefix("100.64.0.0/10")

func splitAddresses(all []netip.Addr) (public, private []netip.Addr) {
	for _, a := range all {
		switch {
		case a.IsLoopback(), a.IsLinkLocalUnicast(), a.IsMulticast(), a.IsUnspecified():
		case a.IsPrivate(), carrierGrade.Contains(a):
			private = append(private, a)
		default:
			public = append(public, a)
		}
	}
	return public, private
}

func hostsFile() string {
	text, _ := os.ReadFile("/etc/hosts") // where there is none it hides nothing
	return string(text)
}

// static returns the addresses that a hosts file gives to a name.
func static(hosts, name string) (found []netip.Addr) {
	for s := bufio.NewScanner(strings.NewReader(hosts)); s.Scan(); {
		line, _, _ := strings.Cut(s.Text(), "#")
		words := strings.Fields(line)
		if len(words) < 2 || !contains(words[1:], name) {
			continue
		}
		if a, err := netip.ParseAddr(words[0]); err == nil {
			found = append(found, a.Unmap())
		}
	}
	return found
}
