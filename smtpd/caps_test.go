package smtpd

import (
	"net/netip"
	"testing"
)

func TestCaps(t *testing.T) {
	limits := Limits{Connections: 6, PerAddress: 2, PerNetwork: 3}
	tests := []struct {
		name string
		open []string
		next string
		want bool
	}{
		{"the first connection", nil, "192.0.2.1", true},
		{"as many as one address may have", []string{"192.0.2.1"}, "192.0.2.1", true},
		{"one more from that address", []string{"192.0.2.1", "192.0.2.1"}, "192.0.2.1", false},
		{"its neighbour in the /24", []string{"192.0.2.1", "192.0.2.1"}, "192.0.2.2", true},
		{"one more from that /24", []string{"192.0.2.1", "192.0.2.1", "192.0.2.2"}, "192.0.2.3", false},
		{"the next /24", []string{"192.0.2.1", "192.0.2.1", "192.0.2.2"}, "192.0.3.1", true},
		{"an IPv6 /64 is one address", []string{"2001:db8::1", "2001:db8::2"}, "2001:db8::3", false},
		{"the next /64", []string{"2001:db8::1", "2001:db8::2"}, "2001:db8:0:1::1", true},
		{"an IPv6 /64 has no network", []string{"2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"}, "2001:db8:0:1::2", true},
		{"clients without an address share a place", []string{"", ""}, "", false},
		{"trusted ones do not count for an address", []string{"10.0.0.1", "10.0.0.1", "10.0.0.1"}, "10.0.0.1", true},
		{"in all", []string{"192.0.2.1", "192.0.3.1", "192.0.4.1", "192.0.5.1", "192.0.6.1", "192.0.7.1"}, "192.0.8.1", false},
		{"in all, also for trusted ones", []string{"192.0.2.1", "192.0.3.1", "192.0.4.1", "192.0.5.1", "192.0.6.1", "192.0.7.1"}, "10.0.0.1", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaps(limits)
			for _, a := range tt.open {
				if c.full() || c.crowded(client4(a)) {
					t.Fatalf("%s was refused", a)
				}
				c.take(client4(a))
			}
			if got := !c.full() && !c.crowded(client4(tt.next)); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			for _, a := range tt.open {
				c.give(client4(a))
			}
			if c.total != 0 || len(c.open) != 0 {
				t.Errorf("left over: %d, %v", c.total, c.open)
			}
		})
	}
}

// client4 reads an address of the test; those in 10/8 are trusted.
func client4(s string) (netip.Addr, bool) {
	a, _ := netip.ParseAddr(s)
	return a, within(a, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
}

type textAddr string

func (a textAddr) Network() string { return "tcp" }
func (a textAddr) String() string  { return string(a) }

func TestClientOf(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"IPv4", "192.0.2.1:25", "192.0.2.1"},
		{"IPv4 in IPv6 is IPv4", "[::ffff:192.0.2.1]:25", "192.0.2.1"},
		{"a zone is left out", "[fe80::1%eth0]:25", "fe80::1"},
		{"no address", "pipe", "invalid IP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := clientOf(textAddr(tt.in)).String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestLimitsFilled(t *testing.T) {
	got := Limits{Errors: 9}.filled(DefaultLimits())
	want := DefaultLimits()
	want.Errors = 9
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
