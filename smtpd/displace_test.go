package smtpd

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// crowd is a server in a bubble whose clients have addresses. Those in 10/8 are
// trusted.
type crowd struct {
	*rig
	smtp, lmtp *pipes
}

func newCrowd(t *testing.T, connections int) crowd {
	t.Helper()
	cfg := config()
	cfg.MaxBytes = 15 << 20
	cfg.Limits = Limits{Connections: connections}
	cfg.Trusted = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	cfg.ProxyFrom = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	c := crowd{smtp: newPipes(), lmtp: newPipes()}
	c.rig = run(t, cfg, c.smtp, nil)
	done := make(chan error, 1)
	go func() { done <- c.server.ServeLMTP(c.lmtp) }()
	t.Cleanup(func() {
		_ = c.lmtp.Close() // as Shutdown does later
		<-done
	})
	return c
}

// from connects as a client with an address.
func (c crowd) from(t *testing.T, address string) *client {
	return newClient(t, c.smtp.dialFrom(t, address))
}

func (c crowd) overLMTP(t *testing.T) *client {
	l := newClient(t, c.lmtp.dial(t))
	l.hello = "LHLO"
	return l
}

const (
	noPlace   = "421 4.7.0 mx.lists.test: too many connections at once."
	displaces = "421 4.3.2 mx.lists.test: we are busy, and too little came on this connection. Please try again."
)

// A holder is a connection that holds the only place, in some state.
type holder struct {
	name   string
	opens  func(*testing.T, crowd) *client
	does   func(*client)
	stays  time.Duration // for which nobody displaces it
	leaves time.Duration // when somebody does; never where zero
}

func stranger(t *testing.T, c crowd) *client { return c.from(t, "198.51.100.1").greet() }

// saying is a stranger who has said and heard some lines.
func saying(lines ...string) func(*testing.T, crowd) *client {
	return func(t *testing.T, c crowd) *client {
		s := stranger(t, c)
		for _, line := range lines {
			s.send(line + "\r\n")
			if got := s.reply(); got == "" || got[0] > '3' {
				t.Fatalf("%s: %s", line, got)
			}
		}
		return s
	}
}

// every sends something again and again, until the connection is closed, and
// hears nothing.
func every(pause time.Duration, sent string) func(*client) {
	return func(s *client) {
		for {
			time.Sleep(pause)
			if _, err := s.conn.Write([]byte(sent)); err != nil {
				return
			}
		}
	}
}

func nothing(*client) {}

const (
	justOne = time.Second - time.Millisecond
	just5   = 5*time.Second - time.Millisecond
)

// holders are one for each state. The table is flat.
func holders() []holder {
	mail, rcpt := "MAIL FROM:<>", "RCPT TO:<forum@lists.test>"
	inData := saying(mail, rcpt, "DATA")
	return []holder{
		{"who says nothing at all", func(t *testing.T, c crowd) *client {
			s := c.from(t, "198.51.100.1")
			s.want("220 ")
			return s
		}, nothing, justOne, time.Second},
		{"who waits between commands", stranger, nothing, justOne, time.Second},
		{"who drips a command", stranger, every(300*time.Millisecond, "N"), justOne, time.Second},
		{"who has a recipient but no message", saying(mail, rcpt), nothing, justOne, time.Second},
		{"who does not begin TLS", saying("STARTTLS"), nothing, justOne, time.Second},
		{"who drips a message", inData, every(time.Second, "x"), just5, 5 * time.Second},
		{"who began fast and drips now", func(t *testing.T, c crowd) *client {
			s := inData(t, c)
			s.send(strings.Repeat(strings.Repeat("x", 998)+"\r\n", 1000))
			return s
		}, every(time.Second, "x"), just5, 5 * time.Second},
		{"who is silent between two chunks", saying(mail, rcpt, "BDAT 2\r\n"), nothing, just5, 5 * time.Second},
		{"who says commands", stranger, func(s *client) {
			for range 30 {
				time.Sleep(900 * time.Millisecond)
				s.send2("NOOP\r\n")
				s.reply()
			}
		}, 20 * time.Second, 0},
		{"who sends at the minimum rate", inData, every(time.Second, strings.Repeat("x", 4096-2)+"\r\n"), 25 * time.Second, 0},
		{"whose message is with the Receiver", func(t *testing.T, c crowd) *client {
			s := saying(mail, "RCPT TO:<slow@lists.test>", "DATA")(t, c)
			s.send("x\r\n.\r\n")
			t.Cleanup(func() { close(c.wait) })
			return s
		}, nothing, 2 * time.Minute, 0},
		{"who is trusted", func(t *testing.T, c crowd) *client { return c.from(t, "10.0.0.1").greet() }, nothing, time.Hour, 0},
		{"who comes by LMTP", func(t *testing.T, c crowd) *client { return c.overLMTP(t).greet() }, nothing, time.Hour, 0},
	}
}

// TestWhoGivesWay lets somebody new come while the only place is held.
func TestWhoGivesWay(t *testing.T) {
	for _, h := range holders() {
		t.Run(h.name, func(t *testing.T) {
			synctest.Test(t, h.meetsNewcomers)
		})
	}
}

func (h holder) meetsNewcomers(t *testing.T) {
	c := newCrowd(t, 1)
	who := h.opens(t, c)
	start := time.Now()
	var busy sync.WaitGroup
	busy.Go(func() { h.does(who) })
	defer busy.Wait()
	defer who.conn.Close()
	for _, part := range []time.Duration{1, 2, 3} {
		time.Sleep(time.Until(start.Add(h.stays * part / 3)))
		synctest.Wait()
		c.from(t, "203.0.113.1").want(noPlace)
	}
	if h.leaves == 0 {
		return
	}
	time.Sleep(time.Until(start.Add(h.leaves)))
	synctest.Wait()
	newcomer := c.from(t, "203.0.113.1").greet()
	if h.name != "who does not begin TLS" { // there is no word for it
		who.want(displaces)
	}
	who.ended()
	newcomer.open()
}

// TestLongestFirst: sessions without a command go first, the longest wait first,
// and then slow messages, however long they have been so.
func TestLongestFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 4)
		slow := c.from(t, "198.51.100.1").greet().open()
		slow.say("DATA", "354 ")
		time.Sleep(10 * time.Second)
		first := c.from(t, "198.51.100.2").greet()
		time.Sleep(2 * time.Second)
		second := c.from(t, "198.51.100.3").greet()
		time.Sleep(2 * time.Second)
		first.say("NOOP", "250 ") // which makes it the one that came last
		busy := c.from(t, "198.51.100.4").greet()
		time.Sleep(time.Second)
		busy.say("NOOP", "250 ")
		for i, who := range []*client{second, first, slow} {
			c.from(t, fmt.Sprintf("203.0.113.%d", i+1)).greet()
			who.want(displaces)
			who.ended()
			busy.say("NOOP", "250 ")
		}
		c.from(t, "203.0.113.9").want(noPlace)
	})
}

// TestDisplacedDoesNotListen: nobody waits for somebody who reads no answer, not
// even for the goodbye of TLS.
func TestDisplacedDoesNotListen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 1)
		for i := range 4 {
			start := time.Now()
			who := c.from(t, fmt.Sprintf("203.0.113.%d", i+1)).greet()
			if took := time.Since(start); took != 0 {
				t.Errorf("newcomer %d waited %v", i, took)
			}
			if i%2 == 1 {
				who.startTLS()
			}
			time.Sleep(time.Second)
		}
		c.from(t, "203.0.113.9").greet()
		time.Sleep(hurry)
		synctest.Wait()
		if n := len(c.server.present()); n != 1 {
			t.Errorf("%d sessions left, want 1", n)
		}
		if !strings.Contains(c.log.String(), `msg="connections displaced by newcomers" client=203.0.113.1 count=1`) {
			t.Error("the log does not say who was displaced")
		}
	})
}

// TestDisplacedGivesPlacesBack: whoever was displaced counts no more, neither in
// all nor for its address.
func TestDisplacedGivesPlacesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 10)
		for range 10 {
			c.from(t, "198.51.100.1").greet()
		}
		time.Sleep(time.Second)
		c.from(t, "198.51.100.1").want(noPlace) // its address has all it may have
		for i := range 10 {
			c.from(t, fmt.Sprintf("203.0.113.%d", i+1)).greet()
		}
		synctest.Wait()
		c.server.mu.Lock()
		total, places := c.server.caps.total, len(c.server.caps.open)
		c.server.mu.Unlock()
		if total != 10 || places != 11 { // ten addresses and their network
			t.Errorf("%d connections and %d places counted, want 10 and 11", total, places)
		}
		c.from(t, "203.0.113.11").want(noPlace) // all are in use, and nobody is idle yet
		time.Sleep(memoryTime - time.Millisecond)
		c.from(t, "198.51.100.1").want(noPlace) // nobody gives way to it
		time.Sleep(memoryTime + time.Millisecond)
		c.from(t, "198.51.100.1").greet()
	})
}

// TestWasters: an address is remembered for memoryTime at least, and twice that at
// most.
func TestWasters(t *testing.T) {
	var w wasters
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	after := func(times float64) time.Time { return now.Add(time.Duration(times * float64(memoryTime))) }
	first, second := netip.MustParseAddr("203.0.113.1"), netip.MustParseAddr("2001:db8::1")
	w.add(first, now)
	w.add(second, after(0.9))
	neighbour := netip.MustParseAddr("2001:db8::2") // on the same line
	for _, tt := range []struct {
		after float64
		known bool
	}{{0.9, true}, {1.9, true}, {2, false}} {
		if got := w.has(first, after(tt.after)); got != tt.known {
			t.Errorf("after %v: the first is known: %v", tt.after, got)
		}
		if got := w.has(neighbour, after(tt.after)); got != tt.known {
			t.Errorf("after %v: the second is known: %v", tt.after, got)
		}
	}
	w.add(first, after(100))
	if !w.has(first, after(100.9)) || w.has(second, after(100)) || w.has(netip.Addr{}, now) {
		t.Error("the wrong ones are known much later")
	}
	if w.has(first, after(200)) || len(w.young)+len(w.old) != 0 {
		t.Error("somebody is known for ever")
	}
}

// TestBothDoorsShareTheTotal: it counts what comes by LMTP, too, and a mail
// server in front displaces strangers.
func TestBothDoorsShareTheTotal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 2)
		for range 2 {
			c.overLMTP(t).greet()
		}
		time.Sleep(time.Hour)
		c.overLMTP(t).want(noPlace)
		c.from(t, "203.0.113.1").want(noPlace)
	})
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 2)
		for range 2 {
			c.from(t, "203.0.113.1").greet()
		}
		time.Sleep(time.Second)
		for range 2 {
			c.overLMTP(t).greet()
		}
		c.overLMTP(t).want(noPlace)
	})
}

// TestDrips holds every place with drips, ten for each, that come again two
// seconds after they were displaced, and counts how long a post takes meanwhile.
func TestDrips(t *testing.T) {
	const places, posts = 20, 40
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, places)
		ended := make(chan struct{})
		var all sync.WaitGroup
		for i := range 10 * places {
			address := fmt.Sprintf("198.%d.%d.1", 18+i/200, i%200)
			all.Go(func() { drip(t, c, address, i%2 == 0, ended) })
		}
		time.Sleep(10 * time.Second)
		var took []time.Duration
		for i := range posts {
			start := time.Now()
			for !post(t, c, fmt.Sprintf("203.0.113.%d", i)) {
				time.Sleep(100 * time.Millisecond)
			}
			took = append(took, time.Since(start))
			time.Sleep(time.Second)
		}
		slices.Sort(took)
		if p95 := took[posts*95/100]; p95 > 2*time.Second {
			t.Errorf("among drips a post takes %v (95th percentile)", p95)
		}
		t.Logf("a post takes %v, %v (95th percentile), %v at most", took[posts/2], took[posts*95/100], took[posts-1])
		if got := len(c.mails()); got != posts {
			t.Errorf("%d posts arrived, want %d", got, posts)
		}
		close(ended)
		all.Wait()
	})
}

// drip keeps a connection open with an octet a second, and comes again two
// seconds after it was ended.
func drip(t *testing.T, c crowd, address string, data bool, ended chan struct{}) {
	for {
		s := &client{t: t, conn: c.smtp.dialFrom(t, address)}
		hold(s, data, ended)
		s.conn.Close()
		select {
		case <-ended:
			return
		case <-time.After(2 * time.Second):
		}
	}
}

func hold(s *client, data bool, ended chan struct{}) {
	gone := make(chan struct{})
	go func() { // reads whatever is said
		defer close(gone)
		b := make([]byte, 512)
		for {
			if _, err := s.conn.Read(b); err != nil {
				return
			}
		}
	}()
	if data {
		s.send2("EHLO drip.test\r\nMAIL FROM:<>\r\nRCPT TO:<forum@lists.test>\r\nDATA\r\n")
	}
	for {
		select {
		case <-gone:
			return
		case <-ended:
			s.conn.Close()
			<-gone
			return
		case <-time.After(time.Second):
			s.send2("x")
		}
	}
}

// post posts as a mail server does that is 50 ms away, and reports whether it could.
func post(t *testing.T, c crowd, address string) bool {
	s := newClient(t, c.smtp.dialFrom(t, address))
	defer s.conn.Close()
	if !strings.HasPrefix(s.reply(), "220") {
		return false
	}
	for _, line := range []string{"EHLO school.test", "MAIL FROM:<>", "RCPT TO:<forum@lists.test>", "DATA", "Subject: a\r\n\r\nx\r\n."} {
		time.Sleep(50 * time.Millisecond)
		s.send2(line + "\r\n")
		if got := s.reply(); got == "" || got[0] > '3' {
			return false
		}
	}
	return true
}
