package smtpd

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sencoforum/message"
)

func TestNoCertificateNoSTARTTLS(t *testing.T) {
	cfg := config()
	cfg.Certificate = nil
	c := onLoopback(t, cfg).connect(t)
	c.want("220 ")
	c.send("EHLO relay.test\r\n")
	for {
		line, err := c.r.ReadString('\n')
		if err != nil || strings.Contains(line, "STARTTLS") {
			t.Fatalf("got %q, %v", line, err)
		}
		if strings.HasPrefix(line, "250 ") {
			break
		}
	}
	c.say("STARTTLS", "502 5.5.1 mx.lists.test: STARTTLS is not offered.")
}

// TestCertificateReload: the certificate is asked for each time, and a fault of
// it passes.
func TestCertificateReload(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	cfg := config()
	cfg.Certificate = func() (*tls.Certificate, error) {
		if broken.Load() {
			return nil, errSecret
		}
		return certificate()
	}
	r := onLoopback(t, cfg)
	c := r.connect(t).greet()
	if got := c.say("STARTTLS", "454 4.7.0 "); strings.Contains(got, "secret") {
		t.Errorf("a stranger reads %q", got)
	}
	broken.Store(false)
	c.startTLS().open()
}

// TestNoCertificateYet: while an authority has not issued one, STARTTLS is no
// more offered than without; then it is, without a restart.
func TestNoCertificateYet(t *testing.T) {
	var issued atomic.Bool
	cfg := config()
	cfg.Certificate = func() (*tls.Certificate, error) {
		if !issued.Load() {
			return nil, nil
		}
		return certificate()
	}
	r := onLoopback(t, cfg)
	r.connect(t).greet().say("STARTTLS", "502 5.5.1 mx.lists.test: STARTTLS is not offered.")
	issued.Store(true)
	r.connect(t).greet().startTLS().open()
}

func TestOldTLSIsRefused(t *testing.T) {
	c := onLoopback(t, config()).connect(t).greet()
	c.say("STARTTLS", "220 ")
	conn := tls.Client(c.conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	if err := conn.Handshake(); err == nil {
		t.Error("TLS 1.1 was taken")
	}
}

// TestSilentHandshake: a client that says nothing behind STARTTLS is cut off.
func TestSilentHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onPipes(t, config())
		c := r.connect(t).greet()
		c.say("STARTTLS", "220 ")
		start := time.Now()
		c.ended()
		if took := time.Since(start); took != DefaultLimits().Write {
			t.Errorf("cut after %v", took)
		}
	})
}

// TestDismissedHandshake: Shutdown does not wait for it either.
func TestDismissedHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onPipes(t, config())
		c := r.connect(t).greet()
		c.say("STARTTLS", "220 ")
		synctest.Wait()
		if err := shutdown(r.server, time.Second); err != nil {
			t.Error(err)
		}
		c.ended()
	})
}

// TestTLSEndsInMessage ends TLS in the middle of a message and goes on in clear
// (CVE-2026-45185 of another server): there is no message and no command.
func TestTLSEndsInMessage(t *testing.T) {
	for _, begin := range []string{"DATA\r\n", "BDAT 1000 LAST\r\nhalf\r\n", "BDAT 6\r\nhalf\r\nBDAT 1000\r\nx"} {
		r := onLoopback(t, config())
		clear := r.dial()
		c := newClient(t, clear).greet().startTLS().open()
		c.send(begin)
		if strings.HasPrefix(begin, "DATA") {
			c.want("354 ")
			c.send("half\r\n")
		} else if strings.Count(begin, "BDAT") > 1 {
			c.want("250 ")
		}
		if err := c.conn.(*tls.Conn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		_, _ = clear.Write([]byte("\r\n.\r\n" + envelope))
		if got := c.replies(); len(got) > 1 || len(got) == 1 && got[0] != "451" {
			t.Errorf("%q: replies %v", begin, got)
		}
		if got := r.mails(); len(got) != 0 {
			t.Errorf("%q: got %v", begin, got)
		}
	}
}

func TestEnvelope(t *testing.T) {
	r := onLoopback(t, config())
	c := r.connect(t).greet().startTLS()
	c.say("MAIL FROM:<\"Jo Bloggs\"@BÜCHER.test> SMTPUTF8", "250 ")
	c.say("RCPT TO:<Forum@Lists.Test>", "250 ")
	c.say("DATA", "354 ")
	c.say(".", "250 ")
	want := message.Envelope{
		Client: netip.MustParseAddr("127.0.0.1"), Helo: "relay.test", TLS: true, UTF8: true,
		From:     message.Address{Local: "Jo Bloggs", Domain: "xn--bcher-kva.test"},
		To:       message.Address{Local: "Forum", Domain: "lists.test"},
		Received: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, r.mails()[0].env, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Error(diff)
	}
	if !r.seen.To.IsZero() {
		t.Error("the envelope changed behind the Receiver's back")
	}
}

// TestGateIsAConn: what the library may do with a connection does no harm.
func TestGateIsAConn(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	s := New(quiet(), &desk{}, config())
	g, refusal := s.enter(far, overSMTP)
	if refusal != nil {
		t.Fatal(refusal)
	}
	err := errors.Join(g.SetDeadline(time.Unix(1, 0)), g.SetReadDeadline(time.Unix(1, 0)), g.SetWriteDeadline(time.Unix(1, 0)))
	if err != nil || g.LocalAddr() == nil || g.RemoteAddr() == nil {
		t.Errorf("got %v", err)
	}
	go func() { _, _ = near.Write([]byte("NOOP\r\n")) }()
	p := make([]byte, 3)
	if n, err := g.Read(p); string(p[:n]) != "NOO" || err != nil {
		t.Errorf("got %q, %v", p[:n], err)
	}
	if n, err := g.Read(p); string(p[:n]) != "P\r\n" || err != nil {
		t.Errorf("got %q, %v", p[:n], err)
	}
	g.r = nil // whatever is wrong with us
	if _, err := g.Read(p); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a panic became %v", err)
	}
	_ = g.Close()
	_ = g.Close()
	if s.caps.total != 0 {
		t.Errorf("%d connections counted", s.caps.total)
	}
}
