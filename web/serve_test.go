package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// elsewhere is a listener whose connections seem to come from other addresses, one after the other.
type elsewhere struct {
	net.Listener
	from []string
	n    int
}

type farConn struct {
	net.Conn
	from net.Addr
}

func (c farConn) RemoteAddr() net.Addr { return c.from }

func (l *elsewhere) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	from := net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(l.from[l.n%len(l.from)]), 4711))
	l.n++
	return farConn{c, from}, nil
}

// serve starts a server whose clients come from these addresses, and returns how to reach it.
func (s *site) serve(from ...string) (addr string, stop func()) {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	addr = l.Addr().String()
	if len(from) > 0 {
		l = &elsewhere{Listener: l, from: from}
	}
	ended := make(chan error, 1)
	go func() { ended <- s.server.Serve(l, nil) }()
	return addr, func() {
		s.t.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.server.Shutdown(ctx); err != nil {
			s.t.Error(err)
		}
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
	}
}

// dial opens a connection that is closed when the test ends.
func dial(t testing.TB, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(time.Minute))
	return c
}

// answers asks for the style sheet on a connection and reports whether it is answered.
func answers(c net.Conn) bool {
	if _, err := fmt.Fprintf(c, "GET /style.css HTTP/1.1\r\nHost: forum.example.org\r\n\r\n"); err != nil {
		return false
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err == nil && r.StatusCode == http.StatusOK
}

func TestWhoMayConnect(t *testing.T) {
	for _, c := range []struct {
		name   string
		from   []string
		change func(*Config)
		want   int // of 12 connections that stay
	}{
		{"this machine is not counted by address", nil, nil, 12},
		{"one address", []string{"192.0.2.1"}, nil, perAddress},
		{"one IPv6 subscriber", []string{"2001:db8::1", "2001:db8::2", "2001:db8::ffff"}, nil, perAddress},
		{"two addresses", []string{"192.0.2.1", "192.0.2.2"}, nil, 12},
		{"a proxy", []string{"10.1.2.3"}, func(c *Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("10.1.2.3/32")} }, 12},
		{"anybody in clear text", []string{"192.0.2.1"}, func(c *Config) { c.Plain = true }, 0},
		{"a proxy in clear text", []string{"10.1.2.3"}, func(c *Config) {
			c.Plain, c.Proxies = true, []netip.Prefix{netip.MustParsePrefix("10.1.2.3/32")}
		}, 12},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, c.change)
			addr, stop := s.serve(c.from...)
			defer stop()
			got := 0
			for range 12 {
				if answers(dial(t, addr)) {
					got++
				}
			}
			if got != c.want {
				t.Errorf("%d of 12 got in, want %d", got, c.want)
			}
		})
	}
}

// Connections that only wait must not keep people out.
func TestIdlersGiveWayWhenAllPlacesAreTaken(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Connections = 3 })
	addr, stop := s.serve()
	defer stop()
	for i := range 9 {
		if !answers(dial(t, addr)) {
			t.Fatalf("connection %d was turned away", i)
		}
	}
}

func TestWhoIsBusyKeepsTheirPlace(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Connections = 2 })
	addr, stop := s.serve()
	defer stop()
	half := "POST /u/" + s.link(1, 1) + " HTTP/1.1\r\nHost: forum.example.org\r\nContent-Length: 26\r\n\r\nList-Unsubscribe"
	var busy []net.Conn
	for range 2 {
		c := dial(t, addr)
		if _, err := io.WriteString(c, half); err != nil {
			t.Fatal(err)
		}
		busy = append(busy, c)
	}
	if answers(dial(t, addr)) {
		t.Error("a third got in")
	}
	for _, c := range busy {
		if _, err := io.WriteString(c, "=One-Click"); err != nil {
			t.Fatal(err)
		}
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("%v", err)
		}
	}
}

// A stop lets a request end that has begun, and what it did stays done.
func TestAStopLetsARequestEnd(t *testing.T) {
	s := newSite(t, nil)
	begun := make(chan struct{}, 1)
	s.server.server.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateActive {
			begun <- struct{}{}
		}
	}
	addr, stop := s.serve()
	c := dial(t, addr)
	body := "List-Unsubscribe=One-Click"
	fmt.Fprintf(c, "POST /u/%s HTTP/1.1\r\nHost: forum.example.org\r\nContent-Length: %d\r\n\r\n%s", s.link(1, 1), len(body), body[:9])
	<-begun
	ended := make(chan struct{})
	go func() { defer close(ended); stop() }()
	if _, err := io.WriteString(c, body[9:]); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%v", err)
	}
	<-ended
	if got := strings.Join(s.members(), " "); got != "1/2 2/1" {
		t.Errorf("members %s", got)
	}
}
