package smtpd

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"syscall"
	"time"

	"sencoforum/list"
)

// door is the listener that the library sees. It lets connections in as gates
// and turns away those beyond the caps.
type door struct {
	net.Listener
	server   *Server
	protocol protocol
}

// Accept returns the next connection that may come in. It waits out a want of
// descriptors or memory, from 5 ms up to a second at a time, since each session
// that ends may bring some back. It waits for nothing that a client sends.
func (d door) Accept() (net.Conn, error) {
	delay := time.Duration(0)
	for {
		conn, err := d.Listener.Accept()
		switch {
		case err == nil:
		case !passing(err):
			return nil, err
		default:
			delay = min(max(2*delay, 5*time.Millisecond), time.Second)
			d.server.starved.Log(d.server.log, slog.Any("err", err), slog.Duration("again in", delay))
			time.Sleep(delay)
			continue
		}
		delay = 0
		g, refusal := d.server.enter(conn, d.protocol)
		if refusal == nil {
			return g, nil
		}
		d.server.turnedAway(clientOf(conn.RemoteAddr()), refusal)
		turnAway(conn, refusal)
	}
}

// passing reports an error of Accept that more descriptors or memory would cure.
func passing(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// counted says where a connection counts.
type counted int

const (
	nowhere     counted = iota // any more, or yet
	withProxies                // until a proxy has said who the client is
	withClients
)

// enter counts a connection in and makes its gate, or says why not.
func (s *Server) enter(conn net.Conn, p protocol) (*gate, *list.Refusal) {
	peer := clientOf(conn.RemoteAddr())
	proxied := p == overSMTP && within(peer, s.cfg.ProxyFrom)
	client, trusted := s.judge(peer, p)
	s.mu.Lock()
	defer s.mu.Unlock()
	if proxied {
		return s.expect(conn, p)
	}
	if refusal := s.admit(client, trusted); refusal != nil {
		return nil, refusal
	}
	g := s.open(conn, p, withClients)
	g.client, g.trusted = client, trusted
	return g, nil
}

// expect makes the gate of a connection whose header has still to come, or says
// why not. The caller holds mu.
func (s *Server) expect(conn net.Conn, p protocol) (*gate, *list.Refusal) {
	if refusal := s.closed(); refusal != nil {
		return nil, refusal
	}
	if s.headers >= s.limits.Headers {
		return nil, s.words.texts.Refuse(list.CaseTooMany)
	}
	s.headers++
	return s.open(conn, p, withProxies), nil
}

// judge says who a client is and whether it is trusted. Whoever reaches an LMTP
// listener is: its operator let nobody else there. On a Unix socket that is a
// program of this machine.
func (s *Server) judge(peer netip.Addr, p protocol) (client netip.Addr, trusted bool) {
	if p == overSMTP {
		return peer, within(peer, s.cfg.Trusted)
	}
	if !peer.IsValid() {
		peer = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return peer, true
}

// admit finds a place for a client and counts it, or says why there is none.
// The caller holds mu.
func (s *Server) admit(client netip.Addr, trusted bool) *list.Refusal {
	if refusal := s.closed(); refusal != nil {
		return refusal
	}
	if s.caps.crowded(client, trusted) || s.caps.full() && !s.displace(client, trusted) {
		return s.words.texts.Refuse(list.CaseTooMany)
	}
	s.caps.take(client, trusted)
	s.metrics.result(taken)
	return nil
}

// closed says why nobody may come in any more, or nil. The caller holds mu.
func (s *Server) closed() *list.Refusal {
	switch {
	case s.refused:
		return s.words.closing(list.CaseFault)
	case s.stopping:
		return s.words.closing(list.CaseClosing)
	}
	return nil
}

// open makes the gate of a connection that counts somewhere. The caller holds mu.
func (s *Server) open(conn net.Conn, p protocol, c counted) *gate {
	g := newGate(s, conn, p)
	g.counted, g.proxied = c, c == withProxies
	s.gates[g] = struct{}{}
	s.metrics.open.WithLabelValues(string(p)).Inc()
	return g
}

// uncount gives the place of a gate back. The caller holds mu.
func (s *Server) uncount(g *gate) {
	switch g.counted {
	case withProxies:
		s.headers--
	case withClients:
		s.caps.give(g.client, g.trusted)
	}
	g.counted = nowhere
}

// leave forgets a gate whose connection is closed.
func (s *Server) leave(g *gate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.gates, g)
	s.uncount(g)
	s.metrics.open.WithLabelValues(string(g.protocol)).Dec()
	if s.stopping && len(s.gates) == 0 {
		close(s.empty)
	}
}

// turnedAway notes a client that found no place.
func (s *Server) turnedAway(client netip.Addr, r *list.Refusal) {
	s.away.note(s.log, client, refusedFor(r)...)
	s.metrics.result(turnedAway)
}

// turnAway answers before the greeting (RFC 5321 §3.1). The reply fits into an
// empty socket buffer, so this does not hold up the door.
func turnAway(conn net.Conn, r *list.Refusal) {
	_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = conn.Write(wire(asReply(r)))
	_ = conn.Close()
}
