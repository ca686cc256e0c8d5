// Package smtpd takes in the mail that other mail servers bring. It speaks SMTP
// (RFC 5321) or LMTP (RFC 2033) on the connections of a listener and hands each whole message to a
// Receiver, whose nil is the 250 of the session. It decides nothing about
// lists or members; it only sees to it that what it hands over arrived whole, in
// strict form and within limits, and that nobody can smuggle or starve anything.
//
// The protocol is github.com/emersion/go-smtp's. Between the network and the
// library stands one gate for each connection. It gives the library one command
// line or a piece of one body line at a time, so the library never holds an octet
// of what comes next, and it sees each reply go out, so it knows whether the next
// octets are a command or a body. From there it ends TLS itself, moves
// deadlines, counts, and refuses what the library would let pass: see gate. A
// connection that failed once is never read again, so the rest of a broken
// message is never taken for commands.
//
// The package keeps nothing on disk. After a crash a sender that got no 250 sends
// again. All methods of Server may be called at once; the Receiver is called from
// one goroutine for each connection.
package smtpd

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"sencoforum/internal/seldom"
	"sencoforum/list"
	"sencoforum/message"
)

// A Receiver decides about mail. Each method's error becomes the reply: nil is
// yes, a *list.Refusal says its own words, a *message.FormError is a 550, and
// any other error is a fault of ours, 451, and logged. The context ends when
// Limits.Decide is over or the server is cut off. A panic counts as a fault.
type Receiver interface {
	// Mail is asked before a sender is taken: room on disk, depth of the
	// queue. env has no recipient yet.
	Mail(ctx context.Context, env *message.Envelope) error
	// Rcpt is asked for every recipient, also for one that is put off
	// because the transaction has one already.
	Rcpt(ctx context.Context, env *message.Envelope, to message.Address) error
	// Receive takes a whole message as sent, with CRLF line ends and no bare
	// CR, bare LF or NUL. Nil means that it is durable.
	Receive(ctx context.Context, env *message.Envelope, raw []byte) error
}

// Config is what a Server needs to know of its host.
type Config struct {
	Hostname         string // in the greeting and at the head of each refusal
	PostmasterDomain string // of the address that a bare <Postmaster> means
	Help             string // base address of the help pages that refusals name, or empty
	MaxBytes         int64  // of one message; 15 MiB where zero
	Limits           Limits

	Trusted   []netip.Prefix // clients exempt from the limits per address and per session
	ProxyFrom []netip.Prefix // SMTP peers that must say who the client is, by the PROXY protocol

	// Certificate is asked at each EHLO and STARTTLS, so a new one is used at
	// once. While it is nil, or returns nil without an error, STARTTLS is not
	// offered.
	Certificate func() (*tls.Certificate, error)
	Now         func() time.Time // for Envelope.Received; time.Now where nil
}

// A Server speaks SMTP on the listeners given to Serve, and LMTP on those given
// to ServeLMTP. They share the caps, and Refuse and Shutdown end both.
type Server struct {
	log      *slog.Logger
	receiver Receiver
	cfg      Config
	limits   Limits
	words    words
	smtp     *smtp.Server
	memory   budget
	metrics  *metrics

	// Connections that came to nothing, for the log.
	away     *turned      // found no place
	shed     *turned      // were displaced
	faceless *turned      // came from a proxy, without a proper header
	starved  *seldom.Line // could not even be taken, for want of descriptors or memory

	// The library's session methods carry no context, so the one of all
	// questions to the Receiver lives here. It ends with Shutdown.
	ctx context.Context
	end context.CancelFunc

	mu        sync.Mutex
	refused   bool // by Refuse
	stopping  bool // by Shutdown
	listeners map[net.Listener]struct{}
	gates     map[*gate]struct{}
	caps      *caps
	headers   int // connections whose header is awaited
	wasters   wasters
	empty     chan struct{} // closed when stopping and the last gate has gone
}

// New makes a server. It starts nothing.
func New(log *slog.Logger, r Receiver, cfg Config) *Server {
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = 15 << 20
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	limits := cfg.Limits.filled(DefaultLimits())
	s := &Server{
		log: log, receiver: r, cfg: cfg, limits: limits,
		words:     newWords(cfg.Hostname, cfg.Help, cfg.MaxBytes),
		metrics:   newMetrics(),
		away:      newTurned("connections turned away", slog.LevelInfo),
		shed:      newTurned("connections displaced by newcomers", slog.LevelInfo),
		faceless:  newTurned("a proxy did not say who its client is; the connection was closed", slog.LevelWarn),
		starved:   seldom.NewLine("cannot accept mail connections", slog.LevelWarn, seldom.Minute),
		listeners: make(map[net.Listener]struct{}),
		gates:     make(map[*gate]struct{}),
		caps:      newCaps(limits),
		empty:     make(chan struct{}),
	}
	s.memory.left.Store(limits.Memory)
	s.ctx, s.end = context.WithCancel(context.Background())
	s.smtp = newLibrary(s)
	return s
}

// newLibrary sets the library up. It gets no limits and no TLS of its own: the
// gate has them, with our words, and would be in the way of the library's.
func newLibrary(s *Server) *smtp.Server {
	lib := smtp.NewServer(smtp.BackendFunc(s.newSession))
	lib.Domain = s.cfg.Hostname
	lib.MaxLineLength = 0
	lib.EnableSMTPUTF8 = true
	lib.AllowInsecureAuth = true // we offer no mechanism; without it AUTH is answered "TLS is required"
	lib.ErrorLog = libraryLog{s.log}
	return lib
}

// Serve takes SMTP connections from l until Shutdown, and then returns nil.
// Errors of l that pass are waited out; any other one is returned. Serve closes l.
func (s *Server) Serve(l net.Listener) error { return s.serve(l, overSMTP) }

// ServeLMTP does the same for LMTP. All its clients are trusted: they are bound by
// the number of connections in all, and by the form, size and pace of messages,
// but by no limit per address or per session. Keep strangers from l.
func (s *Server) ServeLMTP(l net.Listener) error { return s.serve(l, overLMTP) }

func (s *Server) serve(l net.Listener, p protocol) error {
	defer l.Close()
	if !s.watch(l) {
		return nil
	}
	err := s.smtp.Serve(door{Listener: l, server: s, protocol: p})
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, l)
	if s.stopping {
		return nil
	}
	return fmt.Errorf("accept mail connections: %w", err)
}

func (s *Server) watch(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return false
	}
	s.listeners[l] = struct{}{}
	return true
}

// Refuse answers 421 to everything from now on, for a store that can no longer
// promise anything. A message whose Receive has begun gets its own answer.
func (s *Server) Refuse() {
	s.mu.Lock()
	s.refused = true
	s.mu.Unlock()
	farewell := s.words.closing(list.CaseFault)
	for _, g := range s.present() {
		g.dismiss(farewell)
	}
}

// Shutdown closes the listeners and says 421 to every session that is between
// messages. A message in arrival may come to its end, and its sender gets the
// answer to it, until ctx ends: then everything is cut off and the error of ctx
// is returned.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stop()
	farewell := s.words.closing(list.CaseClosing)
	for _, g := range s.present() {
		g.dismiss(farewell)
	}
	defer s.end()
	select {
	case <-s.empty:
		return nil
	case <-ctx.Done():
	}
	s.end()
	for _, g := range s.present() {
		g.cut()
	}
	// A Receiver that heeds its context returns now; the caller is about to
	// close the store under it.
	select {
	case <-s.empty:
	case <-time.After(time.Second):
	}
	return ctx.Err()
}

func (s *Server) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return
	}
	s.stopping = true
	for l := range s.listeners {
		l.Close()
	}
	if len(s.gates) == 0 {
		close(s.empty)
	}
}

func (s *Server) present() []*gate {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*gate, 0, len(s.gates))
	for g := range s.gates {
		all = append(all, g)
	}
	return all
}

// refuses reports whether Refuse was called.
func (s *Server) refuses() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}
