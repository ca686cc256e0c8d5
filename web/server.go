package web

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"sencoforum/store"
	"sencoforum/token"
)

// Bounds of one connection. What people send here is an address of a page, and at most one form with a few sentences.
const (
	headerTime = 5 * time.Second
	readTime   = 15 * time.Second
	writeTime  = 30 * time.Second
	idleTime   = 60 * time.Second
	maxHeader  = 16 << 10
	maxBody    = 16 << 10
)

// Connections at once, where Config says nothing, and from one IPv4 address or one IPv6 /64.
const (
	allConnections = 100
	perAddress     = 10
)

// New returns a server; Serve starts it.
func New(log *slog.Logger, db *store.DB, keys *token.Keyring, cfg Config) *Server {
	cfg.Path = strings.TrimRight(cfg.Path, "/")
	cfg.Connections = cmp.Or(cfg.Connections, allConnections)
	s := &Server{log: log, db: db, keys: keys, cfg: cfg, clients: &clients{all: map[netip.Addr]*rate.Limiter{}}, cross: http.NewCrossOriginProtection()}
	if u, err := url.Parse(cfg.Host.WebURL); err == nil && u.Host != "" {
		if err := s.cross.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil { // a proxy may have changed the name of the host
			log.Warn("the address of the pages is no origin", "cause", err)
		}
	}
	pages() // now, and not when the first reader comes
	s.finder, s.feeder = newFinder(), newFeeder()
	s.UseTexts(cfg.Texts)
	s.routes = s.table()
	s.server = s.bounded(s.guard(http.HandlerFunc(s.route)))
	var clear http.Handler = http.HandlerFunc(s.redirect)
	if cfg.Challenge != nil {
		clear = cfg.Challenge(clear)
	}
	s.clear = s.bounded(clear)
	return s
}

// bounded is a server of the library with the bounds of one connection.
func (s *Server) bounded(h http.Handler) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true) // one connection is one request at a time, so that the bounds mean what they say
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		Protocols:         &protocols,
		ConnState:         note,
		// What the library has to say is about strangers' handshakes.
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// Serve answers connections from l until Shutdown. secure, which may be nil, puts TLS between the caps and the pages.
func (s *Server) Serve(l net.Listener, secure func(net.Listener) net.Listener) error {
	l = s.limited(l)
	if secure != nil {
		l = secure(l)
	}
	if err := s.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Handler answers requests without the bounds of a connection, for those who bring their own.
func (s *Server) Handler() http.Handler { return s.server.Handler }

// Shutdown takes no more requests, lets those that run end until ctx does, and breaks off the rest.
func (s *Server) Shutdown(ctx context.Context) error {
	s.clear.Close() // it changes nothing
	err := s.server.Shutdown(ctx)
	if err != nil {
		s.server.Close()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}
