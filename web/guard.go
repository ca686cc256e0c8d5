package web

import (
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// policy is what a browser may do with a page: show it, with our style and pictures, and send its form back to us.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// guard puts the headers on every answer, bounds what is read and how much is asked, and answers when the code behind it
// panics.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for _, f := range [][2]string{
			{"Content-Security-Policy", policy},
			{"X-Content-Type-Options", "nosniff"},
			{"X-Frame-Options", "DENY"},
			{"Referrer-Policy", "no-referrer"}, // the address of a page may be the right to what it does
			{"Cross-Origin-Opener-Policy", "same-origin"},
			{"Cross-Origin-Resource-Policy", "same-origin"},
			{"X-Robots-Tag", "noindex, nofollow"},
			{"Cache-Control", "private, no-store"},
		} {
			h.Set(f[0], f[1])
		}
		if s.cfg.HTTPS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		r.Body = http.MaxBytesReader(w, r.Body, s.mostBody(r))
		v := &visit{s: s, w: w, r: r}
		defer func() {
			if p := recover(); p != nil {
				s.log.Error("a page broke off", "cause", p, "stack", string(debug.Stack()))
				v.fail(errBroken)
			}
		}()
		v.now = s.cfg.Now()
		if !s.clients.allow(s.client(r), v.now) {
			v.fail(errBusy)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// client is the address of whoever asks. A proxy of ours is believed about it, and nobody else is.
func (s *Server) client(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	from := at.Addr().Unmap().WithZone("")
	said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, one := range slices.Backward(said) {
		if !s.near(from) {
			break
		}
		a, err := netip.ParseAddr(strings.TrimSpace(one))
		if err != nil {
			break
		}
		from = a.Unmap().WithZone("")
	}
	return from
}

// near reports an address of this machine or of a proxy.
func (s *Server) near(a netip.Addr) bool {
	return a.IsLoopback() || slices.ContainsFunc(s.cfg.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// How many requests one network may make: as many as people read who sit behind one address, and more at once. maxClients
// bounds what is remembered.
const (
	perSecond  = 20
	atOnce     = 300
	maxClients = 20_000
)

// clients counts requests by network.
type clients struct {
	mu  sync.Mutex // guards all
	all map[netip.Addr]*rate.Limiter
}

// allow reports whether one more request may be answered. This machine is not counted.
func (c *clients) allow(from netip.Addr, now time.Time) bool {
	if !from.IsValid() || from.IsLoopback() {
		return true
	}
	key := network(from)
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.all[key]
	if l == nil {
		if len(c.all) >= maxClients {
			c.forget(now)
		}
		l = rate.NewLimiter(perSecond, atOnce)
		c.all[key] = l
	}
	return l.AllowN(now, 1)
}

// forget drops those that were quiet; all, where everybody is busy.
func (c *clients) forget(now time.Time) {
	for key, l := range c.all {
		if l.TokensAt(now) >= atOnce {
			delete(c.all, key)
		}
	}
	if len(c.all) >= maxClients {
		clear(c.all)
	}
}

// counted is the client for limits of its own; none for this machine, from which many may come.
func (s *Server) counted(r *http.Request) (none netip.Addr) {
	if a := s.client(r); !a.IsLoopback() {
		return a
	}
	return none
}
