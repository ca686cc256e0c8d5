package courier

import (
	"errors"
	"net"
	"net/netip"
	"slices"
)

// errPrivate is the cause when a stranger's DNS leads into our own house.
var errPrivate = errors.New("the host points to a private address")

// notPublic are the networks that no MX of a stranger has, beside those that netip knows (RFC 6890).
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // carrier-grade NAT
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b:1::/48"), // NAT64 for local use, RFC 8215
	netip.MustParsePrefix("2001::/32"),      // Teredo, which hides its IPv4 address
	netip.MustParsePrefix("fec0::/10"),
}

// tunnels are IPv6 networks whose addresses hold an IPv4 address from the given byte on: a way round the list above.
var tunnels = []struct {
	net netip.Prefix
	at  int
}{
	{netip.MustParsePrefix("::/96"), 12},        // IPv4-compatible
	{netip.MustParsePrefix("64:ff9b::/96"), 12}, // NAT64, RFC 6052
	{netip.MustParsePrefix("2002::/16"), 2},     // 6to4, RFC 3056
}

// isPrivate reports an address that is not one host of the public Internet: private, loopback, link-local,
// carrier-grade NAT, unspecified, multicast.
func isPrivate(a netip.Addr) bool {
	a = a.Unmap()
	if a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() {
		return true
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return true
		}
	}
	for _, t := range tunnels {
		if t.net.Contains(a) {
			b := a.As16()
			inner, _ := netip.AddrFromSlice(b[t.at : t.at+4])
			return isPrivate(inner)
		}
	}
	return false
}

// reachable returns the addresses that an MX may have: public and not our own, or in Config.AllowPrivate.
func (c *SMTP) reachable(addrs []netip.Addr) []netip.Addr {
	return slices.DeleteFunc(slices.Clone(addrs), func(a netip.Addr) bool {
		for _, p := range c.cfg.AllowPrivate {
			if p.Contains(a) {
				return false
			}
		}
		return isPrivate(a) || isOwn(a)
	})
}

// isOwn reports whether an address is this machine's: then the kernel would also send from it. No packet goes out. The
// list of all our addresses is not asked, because a hardened service may not see it (it comes by AF_NETLINK).
func isOwn(a netip.Addr) bool {
	conn, err := net.Dial("udp", netip.AddrPortFrom(a, 25).String())
	if err != nil {
		return false // no way there at all
	}
	defer conn.Close()
	from, ok := conn.LocalAddr().(*net.UDPAddr)
	return ok && from.AddrPort().Addr().Unmap().WithZone("") == a.Unmap().WithZone("")
}
