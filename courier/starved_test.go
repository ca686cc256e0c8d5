package courier

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"

	"sencoforum/queue"
)

// starvedDial is what a dial says that found no descriptor.
func starvedDial(errno syscall.Errno) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("socket", errno)}
}

// starvedDNS is what net.Resolver says then.
func starvedDNS(errno syscall.Errno) error {
	return &net.DNSError{Err: "dial udp 192.0.2.53:53: " + os.NewSyscallError("socket", errno).Error(), IsTemporary: true}
}

// A server without descriptors once took its own want for a fault of the mail host.
func TestOurWantOfDescriptorsIsNoFaultOfTheMailHost(t *testing.T) {
	tests := []struct {
		name        string
		dns, dial   error
		want, dials int
	}{
		{"the process has no descriptors", nil, starvedDial(syscall.EMFILE), 1, 1},
		{"the machine has none", nil, starvedDial(syscall.ENFILE), 1, 1},
		{"no memory for a socket", nil, starvedDial(syscall.ENOBUFS), 1, 1},
		{"none for the look-up of an address", starvedDNS(syscall.EMFILE), nil, 1, 0},
		{"the host refuses", nil, starvedDial(syscall.ECONNREFUSED), 0, 2},
		{"the DNS refuses", starvedDNS(syscall.ECONNREFUSED), nil, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dials := 0
			z := &zone{addrs: map[string][]netip.Addr{"mx.example.": addresses("203.0.113.1", "203.0.113.2")},
				fails: map[string]error{"mx.example.": tt.dns}}
			c := New(discard(), Config{Resolver: z, Dial: func(context.Context, string, string) (net.Conn, error) {
				dials++
				return nil, tt.dial
			}})
			err := c.Deliver(t.Context(), queue.Hop{Key: "mx:mx.example"}, newRows())
			if got := errors.Is(err, queue.ErrStarved); err == nil || got != (tt.want == 1) || dials != tt.dials {
				t.Errorf("after %d dials, want %d: %v", dials, tt.dials, err)
			}
		})
	}
}

func TestALookUpWithoutDescriptorsIsNoFaultOfTheDomain(t *testing.T) {
	for _, of := range []string{"plain.example.", "ip4 mx.plain.example."} {
		z := &zone{
			mx:    map[string][]*net.MX{"plain.example.": {{Host: "mx.plain.example.", Pref: 10}}},
			addrs: map[string][]netip.Addr{"mx.plain.example.": addresses("203.0.113.1")},
			fails: map[string]error{of: starvedDNS(syscall.EMFILE)},
		}
		c := New(discard(), Config{Resolver: z})
		if _, err := c.Route(t.Context(), "plain.example"); !errors.Is(err, queue.ErrStarved) {
			t.Errorf("%s: got %v, want %v", of, err, queue.ErrStarved)
		}
		delete(z.fails, of)
		if _, err := c.Route(t.Context(), "plain.example"); err != nil {
			t.Errorf("%s: the want is remembered: %v", of, err)
		}
	}
}

// What net.Resolver says of a want of descriptors is known by its words only, so this makes one.
func TestTheResolverSaysThatDescriptorsAreMissing(t *testing.T) {
	r := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, starvedDial(syscall.EMFILE)
	}}
	_, err := r.LookupMX(t.Context(), "plain.example.")
	if !starving(err) {
		t.Errorf("got %v", err)
	}
	if _, err = r.LookupNetIP(t.Context(), "ip4", "plain.example."); !starving(err) {
		t.Errorf("got %v", err)
	}
}
