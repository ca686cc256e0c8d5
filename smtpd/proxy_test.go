package smtpd

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pires/go-proxyproto"
)

const proxyAddress = "192.0.2.9" // inside newCrowd's ProxyFrom

// header returns what a proxy sends for a client.
func header(t testing.TB, version byte, client string) string {
	t.Helper()
	h := proxyproto.HeaderProxyFromAddrs(version,
		&net.TCPAddr{IP: net.ParseIP(client), Port: 1025}, &net.TCPAddr{IP: net.ParseIP(proxyAddress), Port: 25})
	b, err := h.Format()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// version2 returns a header of version 2: its command, family and payload.
func version2(command, family byte, payload string) string {
	const signature = "\r\n\r\n\x00\r\nQUIT\n"
	return signature + string([]byte{0x20 | command, family, byte(len(payload) >> 8), byte(len(payload))}) + payload
}

const from4 = "\xcb\x00\x71\x07\xc0\x00\x02\x09\x04\x01\x00\x19" // 203.0.113.7:1025 to 192.0.2.9:25

// TestHeader: what a proxy says, and who the client is then; "" where the
// connection is closed without a word.
func TestHeader(t *testing.T) {
	long := strings.Repeat("x", 200)
	tests := []struct{ name, sent, client string }{
		{"version 1", "PROXY TCP4 203.0.113.7 192.0.2.9 1025 25\r\n", "203.0.113.7"},
		{"version 1, IPv6", "PROXY TCP6 2001:db8::7 2001:db8::9 1025 25\r\n", "2001:db8::7"},
		{"version 1, IPv4 in IPv6 is IPv4", "PROXY TCP6 ::ffff:203.0.113.7 ::ffff:192.0.2.9 1025 25\r\n", "203.0.113.7"},
		{"version 1, unknown: the proxy itself", "PROXY UNKNOWN\r\n", proxyAddress},
		{"version 1, unknown with addresses: the proxy itself", "PROXY UNKNOWN 203.0.113.7 192.0.2.9 1025 25\r\n", proxyAddress},
		{"version 2", version2(1, 0x11, from4), "203.0.113.7"},
		{"version 2 with more behind the addresses", version2(1, 0x11, from4+"\x04\x00\x03abc"), "203.0.113.7"},
		{"version 2, IPv6", header(t, 2, "2001:db8::7"), "2001:db8::7"},
		{"version 2, local: the proxy itself", version2(0, 0x00, ""), proxyAddress},
		{"version 2, local with an address: the proxy itself", version2(0, 0x11, from4), proxyAddress},
		{"version 2, no family", version2(1, 0x00, ""), ""},
		{"version 2, a family nobody knows", version2(1, 0x41, from4), ""},
		{"version 2, UDP", version2(1, 0x12, from4), ""},
		{"version 2, a Unix socket", version2(1, 0x31, strings.Repeat("/x\x00", 72)), ""},
		{"version 2, a command nobody knows", version2(2, 0x11, from4), ""},
		{"version 2, too short for an address", version2(1, 0x11, from4[:11]), ""},
		{"version 2, far too long", version2(1, 0x11, from4+strings.Repeat("x", 5000)), ""},
		{"the version after it", strings.Replace(version2(1, 0x11, from4), "\x21", "\x31", 1), ""},
		{"an address that is none", "PROXY TCP4 203.0.113.700 192.0.2.9 1025 25\r\n", ""},
		{"an address of the other family", "PROXY TCP4 2001:db8::7 2001:db8::9 1025 25\r\n", ""},
		{"an address with a zone", "PROXY TCP6 fe80::1%eth0 2001:db8::9 1025 25\r\n", ""},
		{"no address at all", "PROXY TCP4 0.0.0.0 192.0.2.9 1025 25\r\n", ""},
		{"many addresses", "PROXY TCP4 224.0.0.1 192.0.2.9 1025 25\r\n", ""},
		{"a port that is none", "PROXY TCP4 203.0.113.7 192.0.2.9 70000 25\r\n", ""},
		{"too few words", "PROXY TCP4 203.0.113.7\r\n", ""},
		{"a lone line feed", "PROXY TCP4 203.0.113.7 192.0.2.9 1025 25\n", ""},
		{"no end", "PROXY TCP4 " + long, ""},
		{"in small letters", "proxy TCP4 203.0.113.7 192.0.2.9 1025 25\r\n", ""},
		{"no header but a command", "EHLO relay.test\r\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(t, 10)
				s := c.from(t, proxyAddress)
				go s.send2(tt.sent)
				if tt.client == "" {
					s.ended()
					synctest.Wait()
					if !strings.Contains(c.log.String(), `level=WARN msg="a proxy did not say who its client is; the connection was closed" client=192.0.2.9 err=`) {
						t.Error("the log does not say so")
					}
					return
				}
				s.greet().open()
				s.say("DATA", "354 ")
				s.say("x\r\n.", "250 ")
				if got := c.mails()[0].env.Client.String(); got != tt.client {
					t.Errorf("the client is %s, want %s", got, tt.client)
				}
			})
		})
	}
}

// TestHeaderAndCommandsTogether: what stands behind the header is the session's.
func TestHeaderAndCommandsTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 10)
		s := c.from(t, proxyAddress)
		go s.send2(header(t, 1, "203.0.113.7") + "HELO relay.test\r\nMAIL FROM:<>\r\nRCPT TO:<forum@lists.test>\r\nDATA\r\n")
		for _, want := range []string{"220 ", "250 ", "250 ", "250 ", "354 "} {
			s.want(want)
		}
		s.say("x\r\n.", "250 ")
		s.say("PROXY TCP4 10.0.0.1 192.0.2.9 1025 25", "50")
		s.open()
	})
}

// TestSilentProxy: the header is awaited for 5 s, and meanwhile nobody else has to
// wait, not even for a place.
func TestSilentProxy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 1)
		for range DefaultLimits().Headers {
			c.from(t, proxyAddress)
		}
		start := time.Now()
		c.from(t, proxyAddress).want(noPlace)
		c.from(t, "203.0.113.1").greet()
		if took := time.Since(start); took != 0 {
			t.Errorf("somebody had to wait %v", took)
		}
		time.Sleep(DefaultLimits().Header + time.Second)
		synctest.Wait()
		if n := len(c.server.present()); n != 1 {
			t.Errorf("%d connections left, want 1", n)
		}
		s := c.from(t, proxyAddress)
		s.send(header(t, 2, "203.0.113.2"))
		s.greet() // in the place of the other one
	})
}

// TestCapsCountTheClient: behind a proxy it is the client that may have so many
// connections, and whether it is trusted is judged by its address, too.
func TestCapsCountTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 40)
		behind := func(address string) *client {
			s := c.from(t, proxyAddress)
			s.send(header(t, 2, address))
			return s
		}
		for range 10 {
			behind("203.0.113.7").greet()
		}
		last := behind("203.0.113.7")
		last.want(noPlace)
		last.ended()
		c.from(t, "203.0.113.7").want(noPlace) // nor if it comes itself
		behind("203.0.113.8").greet()
		for range 12 {
			behind("10.0.0.1").greet() // trusted
		}
		if !strings.Contains(c.log.String(), "connections turned away\" client=203.0.113.7 code=421") {
			t.Error("the log does not name the client")
		}
		c.server.mu.Lock()
		defer c.server.mu.Unlock()
		if c.server.headers != 0 || c.server.caps.total != 10+1+12 {
			t.Errorf("%d headers awaited and %d connections, want 0 and 23", c.server.headers, c.server.caps.total)
		}
	})
}

// TestHeaderFromNobody: a header from anywhere else is a bad command, which
// changes nobody's address, and on the way of LMTP it is one from everywhere.
func TestHeaderFromNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 20)
		for i := range 10 {
			s := c.from(t, "198.51.100.1")
			s.want("220 ")
			s.say(strings.TrimSpace(header(t, 1, fmt.Sprintf("203.0.113.%d", i))), "50")
			s.say("EHLO relay.test", "250 ")
		}
		c.from(t, "198.51.100.1").want(noPlace)
		s := newClient(t, c.smtp.dialFrom(t, "198.51.100.2"))
		s.want("220 ")
		go s.send2(version2(1, 0x11, from4))
		s.want("500 ")
		l := newClient(t, c.lmtp.dialFrom(t, proxyAddress))
		l.want("220 mx.lists.test LMTP")
		l.say(strings.TrimSpace(header(t, 1, "203.0.113.1")), "50")
	})
}

// TestShutdownWhileAHeaderIsAwaited and Refuse, which may come first.
func TestShutdownWhileAHeaderIsAwaited(t *testing.T) {
	for name, end := range map[string]func(*Server){"shutdown": func(*Server) {}, "refuse": (*Server).Refuse} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(t, 10)
				s := c.from(t, proxyAddress)
				synctest.Wait()
				start := time.Now()
				end(c.server)
				done := make(chan error)
				go func() { done <- shutdown(c.server, time.Minute) }()
				s.want("421 4.3.")
				s.ended()
				if err := <-done; err != nil || time.Since(start) != 0 {
					t.Errorf("got %v after %v", err, time.Since(start))
				}
			})
		})
	}
}

// TestNoHeaderAfterShutdown: a connection that the listener had already taken is
// refused like any other.
func TestNoHeaderAfterShutdown(t *testing.T) {
	cfg := config()
	cfg.ProxyFrom = []netip.Prefix{netip.MustParsePrefix(proxyAddress + "/32")}
	s := New(quiet(), &desk{}, cfg)
	if err := shutdown(s, time.Second); err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	if _, refusal := s.enter(addressed{far, textAddr(proxyAddress + ":1025")}, overSMTP); refusal == nil {
		t.Error("it was let in")
	}
}

// FuzzHeader plays arbitrary octets from a proxy, in one or two pieces. The
// session must end, and whoever is taken for the client has an address, which is
// the proxy's or stands in a header that is one by our own reading.
func FuzzHeader(f *testing.F) {
	const hello = "EHLO a.test\r\nMAIL FROM:<>\r\nQUIT\r\n"
	for _, s := range []string{
		header(f, 1, "203.0.113.7") + hello, header(f, 2, "203.0.113.7") + hello, header(f, 1, "2001:db8::7") + hello,
		"PROXY UNKNOWN\r\n" + hello, version2(0, 0, "") + hello, version2(1, 0x31, strings.Repeat("\x00", 216)) + hello,
		version2(1, 0x11, from4+"\x04\x00\x03abc") + hello, hello, "PROXY ", "\r\n\r\n\x00\r\nQUIT\n\x21",
	} {
		f.Add(s, uint16(200))
	}
	f.Fuzz(func(t *testing.T, in string, cut uint16) {
		near, far := net.Pipe()
		p := newPipes()
		cfg := config()
		cfg.ProxyFrom = []netip.Prefix{netip.MustParsePrefix(proxyAddress + "/32")}
		cfg.Limits = Limits{Session: time.Second, Idle: time.Second, Write: time.Second, Header: time.Second}
		d := &desk{}
		s := New(quiet(), d, cfg)
		go func() { _ = s.Serve(p) }()
		p.conns <- addressed{far, textAddr(proxyAddress + ":1025")}
		send(t, s, near, in, cut)
		if d.seen != nil {
			checkClient(t, in, d.seen.Client)
		}
	})
}

// checkClient compares the client with what stands in a header.
func checkClient(t *testing.T, in string, client netip.Addr) {
	var claimed netip.Addr
	if line, ok := strings.CutPrefix(in, "PROXY TCP"); ok {
		words := strings.Fields(line) // 4 and the source
		claimed, _ = netip.ParseAddr(words[1])
	}
	if len(in) > 28 && strings.HasPrefix(in, "\r\n\r\n\x00\r\nQUIT\n\x21") {
		size := map[byte]int{0x11: 4, 0x21: 16}[in[13]]
		claimed, _ = netip.AddrFromSlice([]byte(in[16:min(16+size, len(in))]))
	}
	if want := claimed.Unmap(); client.String() != proxyAddress && client != want || !client.IsValid() {
		t.Errorf("the client is %v; the header names %v", client, want)
	}
}
