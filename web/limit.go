package web

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// limited bounds the connections from l. One above a cap is closed at once, without a word: a program that opens hundreds
// of connections reads no pages. When all are in use, the one that has waited longest for its next request gives way.
func (s *Server) limited(l net.Listener) net.Listener {
	return &limiter{Listener: l, cfg: s.cfg, open: map[*limitedConn]bool{}, from: map[netip.Addr]int{}}
}

// limiter is a listener with caps.
type limiter struct {
	net.Listener
	cfg Config

	mu   sync.Mutex // guards what follows
	open map[*limitedConn]bool
	from map[netip.Addr]int // those that count, by address
}

// Accept returns the next connection that may come in.
func (l *limiter) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c, ok := l.admit(conn); ok {
			return c, nil
		}
		conn.Close()
	}
}

func (l *limiter) admit(conn net.Conn) (net.Conn, bool) {
	from := client(conn)
	c := &limitedConn{Conn: conn, key: network(from)}
	c.near = from.IsLoopback() || slices.ContainsFunc(l.cfg.Proxies, func(p netip.Prefix) bool { return p.Contains(from) })
	c.leave = sync.OnceFunc(func() { l.leave(c) })
	if l.cfg.Plain && !c.near {
		return nil, false
	}
	if idler := l.full(); idler != nil {
		idler.Close()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.open) >= l.cfg.Connections || !c.near && l.from[c.key] >= perAddress {
		return nil, false
	}
	l.open[c] = true
	if !c.near {
		l.from[c.key]++
	}
	return c, true
}

// full returns the connection that gives way when all are in use, or nil.
func (l *limiter) full() (idler *limitedConn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.open) < l.cfg.Connections {
		return nil
	}
	for c := range l.open {
		since := c.idle.Load()
		if since > 0 && (idler == nil || since < idler.idle.Load()) {
			idler = c
		}
	}
	return idler
}

func (l *limiter) leave(c *limitedConn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
	if c.near {
		return
	}
	if l.from[c.key]--; l.from[c.key] == 0 {
		delete(l.from, c.key)
	}
}

// limitedConn gives its place back when it is closed.
type limitedConn struct {
	net.Conn
	key   netip.Addr // what counts as its address
	near  bool       // of this machine or a proxy: does not count
	leave func()
	idle  atomic.Int64 // since when it waits for its next request, in nanoseconds; 0 while it does not
}

// note is told by the library what a connection does.
func note(c net.Conn, state http.ConnState) {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	if c, ok := c.(*limitedConn); ok {
		c.idle.Store(0)
		if state == http.StateIdle {
			c.idle.Store(time.Now().UnixNano())
		}
	}
}

// Close closes the connection.
func (c *limitedConn) Close() error {
	c.leave()
	return c.Conn.Close()
}

// client is the address at the other end, or none.
func client(c net.Conn) netip.Addr {
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		return a.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

// network is what counts as one address: an IPv6 /64 belongs to one subscriber.
func network(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}
