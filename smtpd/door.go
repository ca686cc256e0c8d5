package smtpd

import (
	"errors"
	"net"
	"syscall"
	"time"

	"sencoforum/list"
)

// door is the listener that the library sees. It lets connections in as gates
// and turns away those beyond the caps.
type door struct {
	net.Listener
	server *Server
}

// Accept returns the next connection that may come in. It waits out a want of
// descriptors or memory, from 5 ms up to a second at a time, since each session
// that ends may bring some back.
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
			d.server.log.Warn("cannot accept mail connections", "err", err, "again in", delay)
			time.Sleep(delay)
			continue
		}
		delay = 0
		g, refusal := d.server.admit(conn)
		if refusal == nil {
			return g, nil
		}
		d.server.away.note(d.server.log, conn.RemoteAddr(), refusal)
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

// admit counts a connection in and makes its gate, or says why not.
func (s *Server) admit(conn net.Conn) (*gate, *list.Refusal) {
	client := clientOf(conn.RemoteAddr())
	trusted := within(client, s.cfg.Trusted)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.refused:
		return nil, s.words.closing(list.CaseFault)
	case s.stopping:
		return nil, s.words.closing(list.CaseClosing)
	case !s.caps.take(client, trusted):
		return nil, s.words.texts.Refuse(list.CaseTooMany)
	}
	g := newGate(s, conn, client, trusted)
	s.gates[g] = struct{}{}
	return g, nil
}

// leave counts a gate out.
func (s *Server) leave(g *gate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.gates, g)
	s.caps.give(g.client, g.trusted)
	if s.stopping && len(s.gates) == 0 {
		close(s.empty)
	}
}

// turnAway answers before the greeting (RFC 5321 §3.1). The reply fits into an
// empty socket buffer, so this does not hold up the door.
func turnAway(conn net.Conn, r *list.Refusal) {
	_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = conn.Write(wire(asReply(r)))
	_ = conn.Close()
}
