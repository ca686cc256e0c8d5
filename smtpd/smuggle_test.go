package smtpd

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// envelope is what an attacker puts behind a false end of data.
const envelope = "MAIL FROM:<evil@relay.test>\r\nRCPT TO:<forum@lists.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nhi\r\n.\r\n"

// falseEnds returns what is not the end of data (RFC 5321 §4.1.1.4) but has
// been taken for it by some server, or might be: a line end, a dot and
// a line end, of which at most one is CRLF.
func falseEnds() []string {
	lineEnds := []string{"\r\n", "\n", "\r", "\r\r\n", "\n\r", "\r\x00\n", "\r\n\x00", "\x00\r\n"}
	var all []string
	for _, before := range lineEnds {
		for _, behind := range lineEnds {
			if end := before + "." + behind; !strings.HasPrefix(end, "\r\n.\r\n") {
				all = append(all, end)
			}
		}
	}
	return append(all, "\r\n.\r", "\r.\r", "\n.\n.\r\n", "\r\n.\r.\r\n", "\r\n\r.\r\n")
}

// harmless returns ends that are content and nothing else for everybody.
func harmless() []string {
	return []string{"\r\n..\r\n", "\r\n. \r\n", "\r\n .\r\n", "\r\n.\t\r\n", ".\r\n", "\r\n..", "\r\n.x\r\n", "\r\n\r\n..\r\n", "\r\n.", "\v.\v", "\f.\f", "\u2028.\u2028", "\u0085.\u0085"}
}

// TestSmuggling sends each of these ends in a message, and an envelope behind
// it. Where line ends are bare the message is refused; else all is one message.
func TestSmuggling(t *testing.T) {
	ends := map[string]int{"\r\n.\r\n": 2} // the control: this is no smuggling
	for _, end := range falseEnds() {
		ends[end] = 0
	}
	for _, end := range harmless() {
		ends[end] = 1
	}
	if len(ends) < 60 {
		t.Fatalf("only %d ends", len(ends))
	}
	for name, door := range both() {
		t.Run(name, func(t *testing.T) {
			r := door.onPipes(t, uncapped())
			for end, want := range ends {
				body := "Subject: a\r\n\r\nx" + end + envelope
				c := r.connect(t).greet().open()
				c.say("DATA", "354 ")
				if got := r.after(c, body+"QUIT\r\n"); got != want {
					t.Errorf("DATA with %q: %d messages, want %d", end, got, want)
				}
				c = r.connect(t).greet().open()
				chunk := fmt.Sprintf("BDAT %d LAST\r\n%sQUIT\r\n", len(body), body)
				if got := r.after(c, chunk); got != min(want, 1) {
					t.Errorf("BDAT with %q: %d messages, want %d", end, got, want)
				}
			}
		})
	}
}

// after returns how many messages came of what was sent, until the end.
func (r *rig) after(c *client, sent string) int {
	before := len(r.mails())
	go c.send2(sent)
	c.replies()
	return len(r.mails()) - before
}

// send2 sends what the server may not want to read to its end.
func (c *client) send2(s string) { _, _ = c.conn.Write([]byte(s)) }

func uncapped() Config {
	cfg := config()
	cfg.Limits = Limits{PerAddress: 1000, Connections: 1000}
	return cfg
}

// TestSmugglingSplit sends a few of them in two pieces, cut at each octet.
func TestSmugglingSplit(t *testing.T) {
	for name, door := range both() {
		t.Run(name, func(t *testing.T) { smuggleSplit(t, door.onPipes(t, uncapped())) })
	}
}

func smuggleSplit(t *testing.T, r *rig) {
	for _, end := range []string{"\n.\n", "\r\n.\n", "\r\n.\r.\r\n", "\r\r\n.\r\n", "\r\n\x00.\r\n"} {
		body := "x" + end + envelope
		for cut := range len(body) {
			c := r.connect(t).greet().open()
			c.say("DATA", "354 ")
			go func() { c.send2(body[:cut]); c.send2(body[cut:]); c.send2("QUIT\r\n") }()
			c.replies()
		}
		for cut := range len(body) {
			c := r.connect(t).greet().open()
			go func() {
				c.send2(fmt.Sprintf("BDAT %d LAST\r\n%s", len(body), body[:cut]))
				c.send2(body[cut:])
				c.send2("QUIT\r\n")
			}()
			c.replies()
		}
	}
	if got := len(r.mails()); got != 0 {
		t.Errorf("%d messages, want none", got)
	}
}

// TestStall stops at each octet of a message for longer than any limit and then
// goes on, in clear and in TLS, by DATA and by BDAT. What comes behind the
// silence must be neither message nor command.
func TestStall(t *testing.T) {
	const body = "Subject: big\r\n\r\n..\r\nlong body\r\n"
	rest := "\r\n.\r\n" + envelope
	for name, door := range both() {
		for _, secure := range []bool{false, true} {
			for _, verb := range []string{"DATA", "BDAT"} {
				t.Run(fmt.Sprintf("%s, %s, TLS %v", name, verb, secure), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						r := door.onPipes(t, config())
						for offset := range len(body) {
							stall(t, r, body[:offset], rest, verb, secure)
						}
						if got := len(r.mails()); got != 0 {
							t.Errorf("%d messages, want none", got)
						}
						synctest.Wait()
						if got := strings.Count(r.log.String(), "case=slow"); got != len(body) {
							t.Errorf("%d lines in the log, want %d", got, len(body))
						}
					})
				})
			}
		}
	}
}

func stall(t *testing.T, r *rig, body, rest, verb string, secure bool) {
	c := r.connect(t).greet()
	if secure {
		c.startTLS()
	}
	c.open()
	start := time.Now()
	if verb == "DATA" {
		c.say("DATA", "354 ")
		c.send(body)
	} else {
		c.send(fmt.Sprintf("BDAT %d LAST\r\n%s", len(body)+len(rest), body))
	}
	c.want("451 4.4.2 mx.lists.test: your message did not arrive in time.")
	if took := time.Since(start); took > 31*time.Second {
		t.Errorf("after %d octets: the answer took %v", len(body), took)
	}
	go c.send2(rest + envelope)
	if got := c.replies(); len(got) != 0 {
		t.Errorf("after %d octets: replies %v behind the silence", len(body), got)
	}
	c.conn.Close()
}

// inBoth runs a test in a bubble for each protocol, with room for 15 MiB.
func inBoth(t *testing.T, test func(*testing.T, *rig)) {
	for name, door := range both() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := config()
				cfg.MaxBytes = 15 << 20
				test(t, door.onPipes(t, cfg))
			})
		})
	}
}

// TestStallBetweenChunks goes silent where the next BDAT should be.
func TestStallBetweenChunks(t *testing.T) {
	inBoth(t, func(t *testing.T, r *rig) {
		c := r.connect(t).greet().open()
		c.send("BDAT 1\r\nx")
		c.want("250 ")
		start := time.Now()
		c.want("421 4.4.2 ")
		if took := time.Since(start).Round(time.Second); took != 30*time.Second {
			t.Errorf("the answer took %v", took)
		}
		c.ended()
		if got := len(r.mails()); got != 0 {
			t.Errorf("%d messages, want none", got)
		}
	})
}

// TestStrayCR: the library misses the end behind CR CR LF and would wait for
// more. The message is answered after 15 s, and nothing else is read.
func TestStrayCR(t *testing.T) {
	inBoth(t, func(t *testing.T, r *rig) {
		c := r.connect(t).greet().open()
		c.say("DATA", "354 ")
		c.send("Subject: a\r\n\r\nx\r\r\n.\r\n")
		start := time.Now()
		c.want("550 5.6.11 ")
		if took := time.Since(start).Round(time.Second); took != 15*time.Second {
			t.Errorf("the answer took %v", took)
		}
		go c.send2(envelope)
		c.ended()
		if got := len(r.mails()); got != 0 {
			t.Errorf("%d messages, want none", got)
		}
	})
}

// TestPace: what drips in is cut off, and what comes at the minimum rate is not.
func TestPace(t *testing.T) {
	tests := []struct {
		name  string
		line  int           // octets
		every time.Duration // wait before each line
		lines int
		want  string
	}{
		{"an octet a second", 1, time.Second, 600, "451 4.4.2 "},
		{"5 KiB a second", 5 << 10, time.Second, 100, "250 "},
		{"5 KiB a second for over 10 minutes", 5 << 10, time.Second, 700, "451 4.4.2 "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBoth(t, func(t *testing.T, r *rig) {
				c := r.connect(t).greet().open()
				c.say("DATA", "354 ")
				go func() {
					for range tt.lines {
						time.Sleep(tt.every)
						c.send2(strings.Repeat("x", tt.line) + "\r\n")
					}
					c.send2(".\r\n")
				}()
				c.want(tt.want)
				c.conn.Close()
				time.Sleep(tt.every * time.Duration(tt.lines))
			})
		})
	}
}
