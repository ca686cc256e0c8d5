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

// full reports whether no connection more may come in, whoever's it is.
func (c *caps) full() bool { return c.total >= c.limits.Connections }

// crowded reports whether a client has all the connections that it may have.
func (c *caps) crowded(client netip.Addr, trusted bool) bool {
	for _, p := range c.places(client, trusted) {
		if c.open[p.from] >= p.most {
			return true
		}
	}
	return false
}

// take counts a connection in. It must be given back with the same arguments.
func (c *caps) take(client netip.Addr, trusted bool) {
	for _, p := range c.places(client, trusted) {
		c.open[p.from]++
	}
	c.total++
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
// and counts as one address. Clients without an address share one.
func (c *caps) places(client netip.Addr, trusted bool) []place {
	switch {
	case trusted:
		return nil
	case client.Is4():
		network, _ := client.Prefix(24)
		return []place{{lineOf(client), c.limits.PerAddress}, {network, c.limits.PerNetwork}}
	}
	return []place{{lineOf(client), c.limits.PerAddress}}
}

// lineOf returns what counts as one address.
func lineOf(client netip.Addr) netip.Prefix {
	if client.Is4() {
		return netip.PrefixFrom(client, 32)
	}
	line, _ := client.Prefix(64) // of no address, no prefix
	return line
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
