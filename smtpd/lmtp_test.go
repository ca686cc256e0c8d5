package smtpd

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestUnixSocket: a program of this machine is the client, and needs no TLS.
func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lmtp")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	r := runLMTP(t, config(), l, func() net.Conn {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		return c
	})
	c := r.connect(t)
	c.want("220 mx.lists.test LMTP Service Ready")
	c.send("LHLO mta.test\r\n")
	for line := ""; !strings.HasPrefix(line, "250 "); {
		if line, err = c.r.ReadString('\n'); err != nil || strings.Contains(line, "STARTTLS") {
			t.Fatalf("got %q, %v", line, err)
		}
	}
	c.say("STARTTLS", "502 5.5.1 mx.lists.test: STARTTLS is not offered.")
	c.open()
	c.say("DATA", "354 ")
	c.say("x\r\n.", "250 ")
	env := r.mails()[0].env
	if got := env.Client.String(); got != "127.0.0.1" || env.Helo != "mta.test" {
		t.Errorf("the client is %s (%s)", got, env.Helo)
	}
}

// TestLMTPIsExempt from what bounds strangers, but not from what bounds messages.
func TestLMTPIsExempt(t *testing.T) {
	r := speaker(runLMTP).onLoopback(t, config())
	c := r.connect(t).greet()
	for range 150 {
		c.say("NOOP", "250 ")
	}
	for range 101 {
		c.open()
		c.say("DATA", "354 ")
		c.say(".", "250 ")
	}
	c.say("MAIL FROM:<>", "250 ")
	for range 10 {
		c.say("RCPT TO:<nobody@lists.test>", "550 ")
	}
	for range 12 { // beyond PerAddress
		r.connect(t).greet()
	}
	c.say("RCPT TO:<forum@lists.test>", "250 ")
	for range 99 {
		c.say("RCPT TO:<forum@lists.test>", "250 ")
	}
	c.say("RCPT TO:<forum@lists.test>", "452 4.5.3 ") // RFC 5321 asks for a hundred
	c.say("DATA", "354 ")
	go c.send2(strings.Repeat(strings.Repeat("x", 62)+"\r\n", 2<<10) + ".\r\n")
	for range 100 {
		c.want("552 5.3.4 ")
	}
	c.say("NOOP", "250 ")
}

// TestRefusedChunk: a chunk in the middle has one answer, also when it is the end
// of the message; what follows has one each.
func TestRefusedChunk(t *testing.T) {
	c := speaker(runLMTP).onLoopback(t, config()).connect(t).greet().open()
	c.say("RCPT TO:<forum@lists.test>", "250 ")
	go c.send2("BDAT 100000\r\n" + strings.Repeat("x", 100_000) + "BDAT 3 LAST\r\nx\r\nNOOP\r\n")
	c.want("552 5.3.4 ")
	c.want("503 5.5.1 ")
	c.want("250 2.0.0 I have successfully done nothing")
	c.open()
	c.say("RCPT TO:<forum@lists.test>", "250 ")
	go c.send2("BDAT 100000 LAST\r\n" + strings.Repeat("x", 100_000) + "NOOP\r\n")
	c.want("552 5.3.4 ")
	c.want("552 5.3.4 ")
	c.want("250 2.0.0 I have successfully done nothing")
}

// TestShutdownOfBothDoors: a message in arrival ends, by whatever door it comes.
func TestShutdownOfBothDoors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 10)
		idle := c.overLMTP(t).greet()
		busy := []*client{c.overLMTP(t).greet().open(), c.from(t, "203.0.113.1").greet().open()}
		for _, b := range busy {
			b.say("DATA", "354 ")
		}
		done := make(chan error)
		go func() { done <- shutdown(c.server, time.Minute) }()
		idle.want("421 4.3.2 mx.lists.test: we are restarting.")
		for _, b := range busy {
			b.say("x\r\n.", "250 ")
			b.want("421 4.3.2 ")
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 10)
		idle := c.overLMTP(t).greet()
		c.server.Refuse()
		idle.want("421 4.3.0 ")
		c.overLMTP(t).want("421 4.3.0 ")
	})
}
