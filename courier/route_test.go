package courier

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/queue"
)

func mx(list ...any) []*net.MX {
	var got []*net.MX
	for i := 0; i < len(list); i += 2 {
		got = append(got, &net.MX{Pref: uint16(list[i].(int)), Host: list[i+1].(string)})
	}
	return got
}

// testZone has a domain for each case of TestRoute.
func testZone() *zone {
	broken := &net.DNSError{Err: "server misbehaving", IsTemporary: true}
	return &zone{
		mx: map[string][]*net.MX{
			"school.sch.uk.":    mx(20, "B.mx.provider.co.uk.", 10, "z.mx.provider.co.uk.", 10, "a.mx.provider.co.uk."),
			"numbers.sch.uk.":   mx(9, "b.mx.provider.co.uk.", 1, "z.mx.provider.co.uk.", 1, "a.mx.provider.co.uk."),
			"null.example.":     mx(0, "."),
			"halfnull.example":  mx(0, "."),
			"loop.example.":     mx(10, "forum.example.", 20, "a.mx.provider.co.uk."),
			"backup.example.":   mx(10, "a.mx.provider.co.uk.", 20, "b.mx.provider.co.uk.", 20, "Forum.example.", 30, "z.mx.provider.co.uk."),
			"private.example.":  mx(10, "inside.example.", 20, "local.example."),
			"mixed.example.":    mx(10, "inside.example.", 20, "a.mx.provider.co.uk."),
			"dangling.example.": mx(10, "gone.example."),
			"slowhost.example.": mx(10, "gone.example.", 20, "slow.example.", 30, "inside.example."),
			"badname.example.":  mx(10, "a b.example.", 20, "a>b.example."),
			"partly.example.":   mx(10, "a b.example.", 20, "a.mx.provider.co.uk."),
		},
		addrs: map[string][]netip.Addr{
			"a.mx.provider.co.uk.": addresses("203.0.113.1"),
			"b.mx.provider.co.uk.": addresses("203.0.113.2"),
			"z.mx.provider.co.uk.": addresses("2001:db8:1::1"),
			"plain.example.":       addresses("203.0.113.9"),
			"halfdns.example.":     addresses("203.0.113.9"),
			"inside.example.":      addresses("10.0.0.5", "fd00::5"),
			"local.example.":       addresses("127.0.0.1"),
			"lan.example.":         addresses("192.168.1.5"),
			"badname.example.":     addresses("203.0.113.9"),
		},
		fails: map[string]error{
			"broken.example.": broken, "slow.example.": broken, "half.example.": broken, "ip6 halfdns.example.": broken,
		},
	}
}

func TestRoute(t *testing.T) {
	for _, tc := range []struct{ name, domain, want string }{
		{"equals stand in one rank, sorted", "school.sch.uk", "mx:a.mx.provider.co.uk,z.mx.provider.co.uk>b.mx.provider.co.uk provider.co.uk 5"},
		{"other numbers in the same order are the same hop", "Numbers.sch.uk.", "mx:a.mx.provider.co.uk,z.mx.provider.co.uk>b.mx.provider.co.uk provider.co.uk 5"},
		{"no MX: the domain's own address", "plain.example", "mx:plain.example plain.example 5"},
		{"IPv4 is enough when the question for IPv6 fails", "halfdns.example", "mx:halfdns.example halfdns.example 5"},
		{"null MX", "null.example", "failed 5.1.10 the domain takes no mail (null MX)"},
		{"no such domain", "nowhere.example", "failed 5.1.2 the domain does not exist, or has no mail host"},
		{"the DNS does not answer", "broken.example", "deferred 4.4.3 the DNS did not answer: lookup : server misbehaving"},
		{"best host is this server", "loop.example", "failed 5.4.6 the best mail host of the domain is this server, but it does not serve the domain"},
		{"this server and what is no better are left out", "backup.example", "mx:a.mx.provider.co.uk provider.co.uk 5"},
		{"all hosts are private", "private.example", "failed 5.4.4 the domain points to a private address"},
		{"one host is private", "mixed.example", "mx:inside.example>a.mx.provider.co.uk inside.example 5"},
		{"domain without MX has a private address", "lan.example", "failed 5.4.4 the domain points to a private address"},
		{"no host has an address", "dangling.example", "failed 5.4.4 no mail host of the domain has an address"},
		{"one host's address is not known now", "slowhost.example", "deferred 4.4.3 the DNS did not answer: lookup : server misbehaving"},
		{"no host has a valid name", "badname.example", "failed 5.4.4 the mail hosts of the domain have no valid name"},
		{"a host with an invalid name is left out", "partly.example", "mx:a.mx.provider.co.uk provider.co.uk 5"},
		{"address literal", "[203.0.113.7]", "mx:[203.0.113.7] [203.0.113.7] 5"},
		{"IPv6 address literal", "[IPv6:2001:db8::7]", "mx:[ipv6:2001:db8::7] [ipv6:2001:db8::7] 5"},
		{"private address literal", "[192.168.0.1]", "failed 5.4.4 the domain points to a private address"},
		{"hidden private address literal", "[IPv6:64:ff9b::10.0.0.1]", "failed 5.4.4 the domain points to a private address"},
		{"malformed address literal", "[203.0.113]", "failed 5.1.3 the address literal [203.0.113] is malformed"},
		{"domain that is no name", "a b", "failed 5.1.2 the domain is not a valid name"},
		{"operator's exception", "open.sch.uk", "mx-clear:open.sch.uk open.sch.uk 5"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			z := testZone()
			z.addrs["open.sch.uk."] = addresses("203.0.113.3")
			c := New(discard(), Config{Hostname: "Forum.example", Resolver: z, ClearDomains: []string{"Open.sch.uk"}})
			hop, err := c.Route(t.Context(), tc.domain)
			if got := routeLine(hop, err); got != tc.want {
				t.Errorf("route\n got %s\nwant %s", got, tc.want)
			}
			if err == nil {
				if _, err := c.way(hop.Key); err != nil {
					t.Errorf("Deliver does not know the key: %v", err)
				}
			}
		})
	}
}

func routeLine(hop queue.Hop, err error) string {
	var bad *queue.RouteError
	switch {
	case errors.As(err, &bad):
		return fmt.Sprintf("%v %s %s", bad.Result.Outcome, bad.Result.Enhanced, bad.Result.Text)
	case err != nil:
		return "not a RouteError: " + err.Error()
	}
	return fmt.Sprintf("%s %s %d", hop.Key, hop.Operator, hop.Limit)
}

func TestRoutePrivateAllowed(t *testing.T) {
	c := New(discard(), Config{Resolver: testZone(), AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if got, want := routeLine(c.Route(t.Context(), "local.example")), "mx:local.example local.example 5"; got != want {
		t.Errorf("route %s, want %s", got, want)
	}
	if got, want := routeLine(c.Route(t.Context(), "lan.example")), "failed 5.4.4 the domain points to a private address"; got != want {
		t.Errorf("route %s, want %s", got, want)
	}
}

func TestRouteSmarthost(t *testing.T) {
	for _, tc := range []struct {
		name string
		host Smarthost
		want string
		way  way
	}{
		{"STARTTLS is the default", Smarthost{Host: "Mail.example."}, "smarthost:mail.example:587 smarthost:mail.example:587 20", way{port: 587, protection: protection{level: required}}},
		{"implicit", Smarthost{Host: "mail.example", TLS: "implicit"}, "smarthost:mail.example:465 smarthost:mail.example:465 20", way{port: 465, protection: protection{level: implicit}}},
		{"none", Smarthost{Host: "::1", TLS: "none", Connections: 2}, "smarthost:[::1]:25 smarthost:[::1]:25 2", way{port: 25, protection: protection{level: clear}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := New(discard(), Config{Smarthost: &tc.host, Resolver: &zone{}})
			hop, err := c.Route(t.Context(), "school.example")
			if got := routeLine(hop, err); got != tc.want {
				t.Errorf("route %s, want %s", got, tc.want)
			}
			w, err := c.way(hop.Key)
			if err != nil || w.port != tc.way.port || w.level != tc.way.level || w.smart == nil {
				t.Errorf("way %+v, %v", w, err)
			}
			if _, err := c.way("mx:mx.example"); !errors.Is(err, errHop) {
				t.Errorf("a key from before the smarthost was set: %v", err)
			}
		})
	}
}

func TestRouteIsRemembered(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	z := testZone()
	c := New(discard(), Config{Resolver: z, Now: func() time.Time { return now }})
	ask := func(domain string) int {
		before := len(z.asked)
		c.Route(t.Context(), domain)
		return len(z.asked) - before
	}
	got := []int{ask("plain.example"), ask("plain.example"), ask("broken.example"), ask("broken.example")}
	now = now.Add(time.Minute)
	got = append(got, ask("plain.example"), ask("broken.example"))
	now = now.Add(5 * time.Minute)
	got = append(got, ask("plain.example"))
	if diff := cmp.Diff([]int{4, 0, 2, 0, 0, 2, 4}, got); diff != "" {
		t.Errorf("questions to the DNS (-want +got):\n%s", diff)
	}
}

// A caller that gives up must not leave its own impatience behind as the domain's trouble.
func TestRouteForgetsCancelled(t *testing.T) {
	z := testZone()
	c := New(discard(), Config{Resolver: z})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	z.fails["plain.example."] = ctx.Err()
	c.Route(ctx, "plain.example")
	delete(z.fails, "plain.example.")
	if _, err := c.Route(t.Context(), "plain.example"); err != nil {
		t.Error(err)
	}
}

func TestRouteCacheIsBounded(t *testing.T) {
	r := newRouteCache(time.Now)
	for i := range maxRoutes + 5 {
		r.put(fmt.Sprint(i), queue.Hop{}, nil)
	}
	if len(r.known) > maxRoutes {
		t.Errorf("%d routes are kept, want at most %d", len(r.known), maxRoutes)
	}
	if _, _, ok := r.get(fmt.Sprint(maxRoutes + 4)); !ok {
		t.Error("the newest route is forgotten")
	}
}

func TestOperator(t *testing.T) {
	for host, want := range map[string]string{
		"school-sch-uk.mail.protection.outlook.com": "outlook.com",
		"aspmx.l.google.com":                        "google.com",
		"mx1.rm.co.uk":                              "rm.co.uk",
		"co.uk":                                     "co.uk",
		"mail.lgfl.org.uk":                          "lgfl.org.uk",
		"mx.school.kent.sch.uk":                     "kent.sch.uk",
		"mx.trust.nhs.uk":                           "trust.nhs.uk",
		"mx.uni.ac.uk":                              "uni.ac.uk",
		"mx.ac.example":                             "ac.example",
		"mx.mail.de":                                "mail.de",
		"localhost":                                 "localhost",
		"[203.0.113.7]":                             "[203.0.113.7]",
		"203.0.113.7":                               "203.0.113.7",
	} {
		if got := operator(host); got != want {
			t.Errorf("operator of %s is %s, want %s", host, got, want)
		}
	}
}

func TestIsPrivate(t *testing.T) {
	for _, s := range []string{"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.255.1", "169.254.169.254", "100.64.0.1", "100.127.255.255",
		"0.0.0.0", "0.1.2.3", "192.0.0.8", "198.19.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::", "::1", "fe80::1", "fe80::1%eth0",
		"fd12::1", "fec0::1", "ff02::1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::192.168.0.1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1",
		"2001:0:1::1"} {
		if !isPrivate(netip.MustParseAddr(s)) {
			t.Errorf("%s is taken for public", s)
		}
	}
	for _, s := range []string{"203.0.113.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2001:db8::1", "2a00:1450::1",
		"::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"} {
		if isPrivate(netip.MustParseAddr(s)) {
			t.Errorf("%s is taken for private", s)
		}
	}
}

func TestInterleave(t *testing.T) {
	got := ""
	for _, a := range interleave(addresses("2001:db8::1", "2001:db8::2", "2001:db8::3", "203.0.113.1", "203.0.113.2")) {
		got += map[bool]string{true: "4", false: "6"}[a.Is4()]
	}
	if got != "46466" {
		t.Errorf("families %s, want 46466", got)
	}
}

// A service that may not ask for the list of its addresses (RestrictAddressFamilies without AF_NETLINK) once took its own
// for a stranger's.
func TestOwnAddressesAreKnownWithoutAList(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1": true, "203.0.113.9": false} {
		if got := isOwn(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
	nets, err := net.InterfaceAddrs()
	if err != nil {
		t.Skip("NOT TESTED: this system does not tell its addresses")
	}
	for _, n := range nets {
		p, err := netip.ParsePrefix(n.String())
		if err == nil && !p.Addr().IsLinkLocalUnicast() && !isOwn(p.Addr()) {
			t.Errorf("%s is ours, and not known", p.Addr())
		}
		if got := New(discard(), Config{}).reachable([]netip.Addr{p.Addr()}); err == nil && len(got) > 0 && !p.Addr().IsLinkLocalUnicast() {
			t.Errorf("an MX may have our own address %s", p.Addr())
		}
	}
}
