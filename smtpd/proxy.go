package smtpd

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/pires/go-proxyproto"
)

// A connection from a proxy begins with a header that says who the client is
// (the PROXY protocol, versions 1 and 2, as published by HAProxy). It is read by
// the connection's own goroutine when the greeting is due, so the door never
// waits for one. Until then the connection counts with those of other proxies
// only, and from then on as if the client had come itself. What everybody else
// sends is never taken for a header.

// introduce reads the header and finds a place for the client. Without either
// the session ends before the greeting.
func (g *gate) introduce() {
	s := g.server
	peer := clientOf(g.raw.RemoteAddr())
	if farewell := g.arm(wait{}, time.Now().Add(s.limits.Header)); farewell != nil {
		_ = g.quit(farewell)
		return
	}
	client, err := g.readHeader(peer)
	if err != nil {
		if farewell := g.arm(wait{}, time.Now().Add(s.limits.Header)); farewell != nil {
			_ = g.quit(farewell)
			return
		}
		s.faceless.note(s.log, peer, slog.String("err", err.Error()))
		s.metrics.result(turnedAway)
		g.mute, g.end = true, net.ErrClosed
		return
	}
	s.mu.Lock()
	s.uncount(g)
	g.client, g.trusted = s.judge(client, g.protocol)
	refusal := s.admit(g.client, g.trusted)
	if refusal == nil {
		g.counted = withClients
	}
	s.mu.Unlock()
	if refusal != nil {
		s.turnedAway(client, refusal)
		_ = g.quit(refusal)
	}
}

// readHeader returns the client that the proxy names, or the proxy itself for a
// connection of its own, such as a check of our health (LOCAL, or UNKNOWN in
// version 1). Everything that is no address of a TCP client is an error.
func (g *gate) readHeader(proxy netip.Addr) (client netip.Addr, err error) {
	// The library recovers nowhere near the greeting, and a panic here would be
	// the end of the process.
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	h, err := proxyproto.Read(g.r)
	if err != nil {
		return netip.Addr{}, err
	}
	if h.Command.IsLocal() {
		return proxy, nil
	}
	source, _, ok := h.TCPAddrs()
	if !ok {
		return netip.Addr{}, proxyproto.ErrUnsupportedAddressFamilyAndProtocol
	}
	client = clientOf(source)
	if !client.IsValid() || client.IsUnspecified() || client.IsMulticast() {
		return netip.Addr{}, proxyproto.ErrInvalidAddress
	}
	return client, nil
}
