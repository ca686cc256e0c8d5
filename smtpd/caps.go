package smtpd

import (
	"net"
	"net/netip"
)

// caps counts open connections: in all, by address and by network.
type caps struct {
	limits Limits
	total  int
	open   map[netip.Prefix]int
}

func newCaps(l Limits) *caps {
	return &caps{limits: l, open: make(map[netip.Prefix]int)}
}

// take counts a connection in and reports true, or reports false and counts
// nothing. What it counted must be given back with the same arguments.
func (c *caps) take(client netip.Addr, trusted bool) bool {
	if c.total >= c.limits.Connections {
		return false
	}
	places := c.places(client, trusted)
	for _, p := range places {
		if c.open[p.from] >= p.most {
			return false
		}
	}
	for _, p := range places {
		c.open[p.from]++
	}
	c.total++
	return true
}

func (c *caps) give(client netip.Addr, trusted bool) {
	c.total--
	for _, p := range c.places(client, trusted) {
		if c.open[p.from]--; c.open[p.from] == 0 {
			delete(c.open, p.from)
		}
	}
}

// A place is a part of the network and the most connections it may have.
type place struct {
	from netip.Prefix
	most int
}

// places returns what a client counts for. An IPv6 /64 is one customer's line
// and counts as one address. Clients without an address share one place.
func (c *caps) places(client netip.Addr, trusted bool) []place {
	switch {
	case trusted:
		return nil
	case client.Is4():
		network, _ := client.Prefix(24)
		return []place{{netip.PrefixFrom(client, 32), c.limits.PerAddress}, {network, c.limits.PerNetwork}}
	case client.Is6():
		line, _ := client.Prefix(64)
		return []place{{line, c.limits.PerAddress}}
	}
	return []place{{netip.Prefix{}, c.limits.PerAddress}}
}

// clientOf returns the address of the other end, without zone and with mapped
// IPv4 as IPv4, or the zero Addr where the network has none.
func clientOf(a net.Addr) netip.Addr {
	p, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr().Unmap().WithZone("")
}

func within(client netip.Addr, networks []netip.Prefix) bool {
	for _, n := range networks {
		if n.Contains(client) {
			return true
		}
	}
	return false
}
