package rig

import (
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
	"time"
)

// A badHost is the server's next hop: a mail host that misbehaves in one way at
// a time, and is honest in between, always on the same port.
type badHost struct {
	addr string

	// Where these are not nil it offers STARTTLS.
	cert     *tls.Certificate
	stranger *tls.Certificate // one that nobody trusts

	mu      sync.Mutex // guards the rest
	l       net.Listener
	blocked []net.Conn // fill the line in front of a door that nobody opens
	open    map[*visit]struct{}
	vice    *vice         // nil: it is honest
	book    *ledger       // of this vice, and of the honest time after it
	honest  chan struct{} // closed when the vice is over
}

// newBadHost listens on a port of its own and is honest.
func newBadHost() (*badHost, error) {
	h := makeBadHost()
	return h, h.listen()
}

// listen begins to take connections.
func (h *badHost) listen() (err error) {
	if h.l, err = listenLow(); err != nil {
		return err
	}
	h.addr = h.l.Addr().String()
	go h.accept(h.l)
	return nil
}

// listenLow listens on a port from below those that the system gives to
// connections: no other may get it while the door is shut.
func listenLow() (l net.Listener, err error) {
	for range 100 {
		if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10_000+rand.N(20_000))); err == nil {
			return l, nil
		}
	}
	return nil, err
}

// makeBadHost makes a host that listens nowhere: connections are brought to it.
func makeBadHost() *badHost {
	h := &badHost{open: map[*visit]struct{}{}, book: newLedger(), honest: make(chan struct{})}
	close(h.honest)
	return h
}

// Port is where the host listens.
func (h *badHost) Port() int {
	_, port, _ := net.SplitHostPort(h.addr)
	n := 0
	fmt.Sscan(port, &n)
	return n
}

// Close ends the host and all that it holds.
func (h *badHost) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.better()
	for v := range h.open {
		v.raw.Close()
	}
	return h.l.Close()
}

func (h *badHost) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go h.receive(c)
	}
}

// receive makes a conversation on a connection.
func (h *badHost) receive(c net.Conn) {
	v := newVisit(h, c)
	h.mu.Lock()
	h.open[v] = struct{}{}
	h.mu.Unlock()
	v.serve()
	h.mu.Lock()
	delete(h.open, v)
	h.mu.Unlock()
}

// turnBad begins a vice with a ledger of its own. Connections that wait for a
// command end, as those of a host that was started again.
func (h *badHost) turnBad(bad *vice) (*ledger, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.vice, h.book, h.honest = bad, newLedger(), make(chan struct{})
	for v := range h.open {
		v.raw.SetReadDeadline(time.Unix(1, 0))
	}
	switch bad.door {
	case doorShut:
		return h.book, h.l.Close()
	case doorBlocked:
		return h.book, h.block()
	}
	return h.book, nil
}

// block makes the host's line for new connections one place long, fills it, and
// takes nobody out of it: who comes now gets no answer at all. Call it with mu held.
func (h *badHost) block() error {
	if err := h.l.Close(); err != nil {
		return err
	}
	l, err := net.Listen("tcp", h.addr)
	if err != nil {
		return err
	}
	h.l = l
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		return err
	}
	if err := raw.Control(func(fd uintptr) { err = syscall.Listen(int(fd), 0) }); err != nil {
		return err
	}
	for err == nil {
		var c net.Conn
		if c, err = net.DialTimeout("tcp", h.addr, 100*time.Millisecond); err == nil {
			h.blocked = append(h.blocked, c)
		}
	}
	return nil
}

// turnHonest ends the vice: what was held is let go, and the door is open.
func (h *badHost) turnHonest() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	door := doorOpen
	if h.vice != nil {
		door = h.vice.door
	}
	h.better()
	if door == doorOpen {
		return nil
	}
	if door == doorBlocked {
		if err := h.l.Close(); err != nil {
			return err
		}
	}
	for _, c := range h.blocked {
		c.Close()
	}
	h.blocked = nil
	l, err := net.Listen("tcp", h.addr)
	if err != nil {
		return err
	}
	h.l = l
	go h.accept(l)
	return nil
}

// better ends the vice. Call it with mu held.
func (h *badHost) better() {
	if h.vice != nil {
		h.vice = nil
		close(h.honest)
	}
}

// turn asks the vice what is done in place of the honest reply. ok is false
// when that is given.
func (h *badHost) turn(v *visit, at moment, honest string) (d deed, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	v.book, v.honest = h.book, h.honest
	if h.vice == nil || h.vice.turn == nil {
		return deed{}, false
	}
	if d, ok = h.vice.turn(v, at, honest); ok {
		h.book.note(func(l *ledger) { l.met++ })
	}
	return d, ok
}

// visitors returns how many connections are open.
func (h *badHost) visitors() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.open)
}
