package smtpd

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func trusting() Config {
	cfg := config()
	cfg.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	return cfg
}

func TestCommandLimit(t *testing.T) {
	c := onLoopback(t, config()).connect(t).greet() // one command
	for range 99 {
		c.say("NOOP", "250 ")
	}
	c.say("NOOP", "421 4.7.0 mx.lists.test: too many commands.")
	c.ended()
}

func TestCommandsOfMessagesAreForgiven(t *testing.T) {
	c := onLoopback(t, config()).connect(t).greet()
	for range 100 {
		c.open()
		c.say("DATA", "354 ")
		c.say(".", "250 ")
	}
	c.say("MAIL FROM:<>", "421 4.7.0 mx.lists.test: too many messages on one connection.")
	c.ended()
}

func TestGivenUpTransactionsCount(t *testing.T) {
	c := onLoopback(t, config()).connect(t).greet()
	for range 33 {
		c.open()
		c.say("RSET", "250 ")
	}
	c.say("NOOP", "421 4.7.0 ")
}

func TestErrorLimit(t *testing.T) {
	c := onLoopback(t, config()).connect(t).greet()
	c.say("MAIL FROM:<>", "250 ")
	for range 3 {
		c.say("RCPT TO:<nobody@lists.test>", "550 ")
	}
	c.say("RCPT TO:<nobody@lists.test>", "550 ")
	c.want("421 4.7.0 mx.lists.test: too many errors.")
	c.ended()
}

func TestExtraRecipients(t *testing.T) {
	c := onLoopback(t, config()).connect(t).greet().open()
	for range 10 + 3 {
		c.say("RCPT TO:<other@lists.test>", "452 4.5.3 ")
	}
	c.say("RCPT TO:<other@lists.test>", "452 4.5.3 ")
	c.want("421 4.7.0 mx.lists.test: too many errors.")
	c.ended()
}

func TestTrustedAreExempt(t *testing.T) {
	r := onLoopback(t, trusting())
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
	c.say("DATA", "354 ")
	c.say("a\nb\r\n.", "550 5.6.11 ") // but not from this
}

func TestLongCommand(t *testing.T) {
	c := onLoopback(t, config()).connect(t).greet()
	c.say("NOOP "+strings.Repeat("x", 2000-7), "250 ")
	c.say("NOOP "+strings.Repeat("x", 2000-6), "500 5.5.2 mx.lists.test: that command is too long.")
	c.ended()
}

func TestEndlessCommand(t *testing.T) {
	c := onPipes(t, config()).connect(t).greet()
	go c.send2(strings.Repeat("x", 1<<20))
	c.want("500 5.5.2 mx.lists.test: that command is too long.")
	c.ended()
}

// TestSizes sends lines and messages around the limits, by DATA and by BDAT.
func TestSizes(t *testing.T) {
	line := func(n int) string { return strings.Repeat("x", n) + "\r\n" }
	whole := func(n int) string { return strings.Repeat(line(62), n/64) }
	tests := []struct{ name, body, want string }{
		{"a line of 2,100 octets", line(2100), "250 "},
		{"a line of the limit", line(10_000), "250 "},
		{"a line over the limit", line(10_001), "550 5.6.0 "},
		{"a message of the limit", whole(64 << 10), "250 "},
		{"a message over the limit", whole(64<<10-64) + line(63), "552 5.3.4 mx.lists.test: your message is too large; the most is 64 KB."},
		{"a message far over the limit", whole(150 << 10), "552 5.3.4 "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := config()
			cfg.Limits.LineBytes = 10_000
			r := onLoopback(t, cfg)
			c := r.connect(t).greet().open()
			c.say("DATA", "354 ")
			go c.send2(tt.body + ".\r\n")
			c.want(tt.want)
			c.say("NOOP", "250 ")
			c.open()
			go c.send2(fmt.Sprintf("BDAT %d LAST\r\n%s", len(tt.body), tt.body))
			c.want(tt.want)
			c.say("NOOP", "250 ")
			if got := len(r.mails()); got == 2 != (tt.want == "250 ") || got == 1 {
				t.Errorf("%d messages", got)
			}
			if left := r.server.memory.left.Load(); left != DefaultLimits().Memory {
				t.Errorf("%d octets of the memory left", left)
			}
		})
	}
}

// TestFlood sends on and on behind a message that is too large: at twice the
// limit nobody listens any more.
func TestFlood(t *testing.T) {
	c := onPipes(t, config()).connect(t).greet().open()
	c.say("DATA", "354 ")
	go c.send2(strings.Repeat(strings.Repeat("x", 998)+"\r\n", 8<<10))
	c.want("552 5.3.4 ")
	c.ended()
}

// TestMemory: there is no room for what is large, but always for what is small.
func TestMemory(t *testing.T) {
	cfg := config()
	cfg.MaxBytes = 4 << 20
	cfg.Limits.Memory = 1 << 20
	r := onLoopback(t, cfg)
	body := strings.Repeat(strings.Repeat("x", 998)+"\r\n", 3<<10) + ".\r\n"
	c := r.connect(t).greet().open()
	for _, tt := range []struct {
		used int64
		body string
		want string
	}{
		{0, body, "452 4.3.1 mx.lists.test: we have no room just now."},
		{1 << 20, body[:200_000] + ".\r\n", "250 "},
		{1 << 20, body[:300_000] + ".\r\n", "452 4.3.1 "},
		{0, body[:300_000] + ".\r\n", "250 "},
	} {
		if !r.server.memory.take(tt.used) {
			t.Fatal("memory was not given back")
		}
		c.say("DATA", "354 ")
		go c.send2(tt.body)
		c.want(tt.want)
		r.server.memory.give(tt.used)
		c.open()
	}
	if left := r.server.memory.left.Load(); left != 1<<20 {
		t.Errorf("%d octets left", left)
	}
}

// TestManyChunks: they do not count as commands, and a chunk that is refused
// leaves the session in order.
func TestManyChunks(t *testing.T) {
	r := onLoopback(t, config())
	c := r.connect(t).greet().open()
	for range 300 {
		c.send("BDAT 3\r\nx\r\n")
		c.want("250 ")
	}
	c.say("BDAT 0 LAST", "250 ")
	c.open()
	go c.send2("BDAT 100000\r\n" + strings.Repeat("x\r\n", 33_333) + "x")
	c.want("552 5.3.4 ")
	c.say("RSET", "250 ")
	c.open()
	c.send("BDAT 3 LAST\r\nx\r\n")
	c.want("250 ")
	if got := len(r.mails()); got != 2 {
		t.Errorf("%d messages, want 2", got)
	}
}

// TestScan: what no library may read is refused at the door.
func TestScan(t *testing.T) {
	c := onLoopback(t, config()).connect(t).greet().open()
	c.say("DATA", "354 ")
	c.say(strings.Repeat("A: b\r\n", 301)+"\r\nx\r\n.", "550 5.6.0 mx.lists.test: your mail program sent a message we cannot read safely.")
	c.say("NOOP", "250 ")
}

func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := onPipes(t, config()).connect(t).greet()
		for range 3 {
			time.Sleep(5*time.Minute - time.Second)
			c.say("NOOP", "250 ")
		}
		start := time.Now()
		c.want("421 4.4.2 ")
		if took := time.Since(start).Round(time.Second); took != 5*time.Minute {
			t.Errorf("cut after %v", took)
		}
		c.ended()
	})
}

func TestSessionAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := onPipes(t, config()).connect(t).greet()
		start := time.Now()
		for range 4 {
			time.Sleep(270 * time.Second)
			c.say("NOOP", "250 ")
		}
		c.want("421 4.4.2 ")
		if took := time.Since(start).Round(time.Second); took != 20*time.Minute {
			t.Errorf("cut after %v", took)
		}
	})
}

// TestUnreadReplies lets the server wait for a client that reads nothing.
func TestUnreadReplies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onPipes(t, config())
		c := r.connect(t)
		time.Sleep(DefaultLimits().Write + time.Second)
		if _, err := c.conn.Read(make([]byte, 1)); err == nil {
			t.Error("the greeting still waits")
		}
		synctest.Wait()
		if n := len(r.server.present()); n != 0 {
			t.Errorf("%d sessions left", n)
		}
	})
}

func TestConnectionCaps(t *testing.T) {
	cfg := config()
	cfg.Limits = Limits{Connections: 7, PerAddress: 2, PerNetwork: 3}
	r := onLoopback(t, cfg)
	l := r.dial().(*net.TCPConn)
	where := l.RemoteAddr().String()
	newClient(t, l).greet()
	l.Close()
	for len(r.server.present()) > 0 { // a place that is not free again yet would be missing below
		time.Sleep(time.Millisecond)
	}
	dial := func(from string) *client {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		conn, err := d.Dial("tcp", where)
		if err != nil {
			t.Fatal(err)
		}
		return newClient(t, conn)
	}
	const no = "421 4.7.0 mx.lists.test: too many connections at once."
	first := dial("127.0.1.1").greet()
	dial("127.0.1.1").greet()
	dial("127.0.1.1").want(no)
	dial("127.0.1.2").greet()
	dial("127.0.1.3").want(no)
	for i := range 4 {
		dial(fmt.Sprintf("127.0.%d.1", 2+i)).greet()
	}
	dial("127.0.9.1").want(no)
	first.say("QUIT", "221 ")
	first.ended()
	for len(r.server.present()) == 7 {
		time.Sleep(time.Millisecond)
	}
	dial("127.0.9.1").greet()
}

// starved is a listener without descriptors for some time.
type starved struct {
	net.Listener
	fails int
}

func (s *starved) Accept() (net.Conn, error) {
	if s.fails--; s.fails >= 0 {
		err := []syscall.Errno{syscall.EMFILE, syscall.ENOBUFS}[s.fails%2]
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", err)}
	}
	return s.Listener.Accept()
}

func TestStarvedOfDescriptors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		start := time.Now()
		r := run(t, config(), &starved{p, 10}, func() net.Conn { return p.dial(t) })
		r.connect(t).greet()
		// It once wrote up to 200 lines a second into the log.
		if got := strings.Count(r.log.String(), "cannot accept"); got != 1 {
			t.Errorf("%d lines in the log, want 1", got)
		}
		// 5 ms doubled seven times, then a second each
		if took := time.Since(start); took != 1275*time.Millisecond+2*time.Second {
			t.Errorf("recovered after %v", took)
		}
	})
}

func TestBrokenListenerEndsServe(t *testing.T) {
	s := New(quiet(), &desk{}, config())
	l := newPipes()
	l.Close()
	if err := s.Serve(l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v", err)
	}
}
