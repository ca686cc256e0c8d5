package smtpd

import (
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestFlights looks at what arrives together: replies to commands that were sent together, and nothing that the
// client has to wait for. In memory each write arrives as one piece.
func TestFlights(t *testing.T) {
	for _, c := range []struct {
		name string
		sent []string // each in one piece
		want []string // codes of the replies that come in one piece each
	}{
		{"a whole envelope has one answer", []string{"MAIL FROM:<a@b.test>\r\nRCPT TO:<forum@lists.test>\r\nDATA\r\n"}, []string{"250 250 354"}},
		{"who sends one command at a time is answered at once", []string{"MAIL FROM:<a@b.test>\r\n", "RCPT TO:<forum@lists.test>\r\n", "DATA\r\n"},
			[]string{"250", "250", "354"}},
		{"half a command is none", []string{"MAIL FROM:<a@b.test>\r\nRCPT TO:<forum@lis"}, []string{"250"}},
		{"the rest of a command ends the wait", []string{"MAIL FROM:<a@b.test>\r\nRCPT TO:<forum@lis", "ts.test>\r\n"}, []string{"250", "250"}},
		{"a refusal leaves with the rest", []string{"MAIL FROM:<a@b.test>\r\nRCPT TO:<forum@other.test>\r\nDATA\r\n"}, []string{"250 550 502"}},
		{"a chunk that has not come does not keep a reply back", []string{"MAIL FROM:<a@b.test>\r\nRCPT TO:<forum@lists.test>\r\nBDAT 9 LAST\r\nab"}, []string{"250 250"}},
		{"what the gate refuses itself keeps its place", []string{"RSET\r\nMAIL FROM a@b.test\r\nRSET\r\nNOOP\r\n"}, []string{"250 501", "250 250"}},
		{"a farewell is the last of its flight", []string{"MAIL FROM:<a@b.test>\r\nRCPT TO:<bye@lists.test>\r\nDATA\r\n"}, []string{"250 421"}},
		{"the next message may begin behind the last one", []string{"MAIL FROM:<a@b.test>\r\nRCPT TO:<forum@lists.test>\r\nDATA\r\n",
			"Subject: a\r\n\r\nb\r\n.\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<forum@lists.test>\r\nDATA\r\n"}, []string{"250 250 354", "250", "250 250 354"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := onPipes(t, config())
				conn := r.dial()
				defer conn.Close()
				if got := flight(conn); got != "220" {
					t.Fatalf("greeting %s", got)
				}
				_, _ = conn.Write([]byte("EHLO relay.test\r\n"))
				_ = flight(conn)
				var got []string
				for _, s := range c.sent {
					_, _ = conn.Write([]byte(s))
					for f := flight(conn); f != ""; f = flight(conn) {
						got = append(got, f)
					}
				}
				if g, w := strings.Join(got, " | "), strings.Join(c.want, " | "); g != w {
					t.Errorf("flights %s, want %s", g, w)
				}
			})
		})
	}
}

// flight returns the codes of the replies in the next piece, or nothing when the server has no more to say.
func flight(conn net.Conn) string {
	_ = conn.SetReadDeadline(time.Now().Add(time.Second))
	b := make([]byte, 16<<10)
	n, _ := conn.Read(b)
	var codes []string
	for line := range strings.Lines(string(b[:n])) {
		if len(line) > 3 && line[3] == ' ' {
			codes = append(codes, line[:3])
		}
	}
	return strings.Join(codes, " ")
}

// TestHeldRepliesAreBounded sends far more commands than are answered together, and reads all answers.
func TestHeldRepliesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := config()
		cfg.Limits.Commands = 5000
		r := onPipes(t, cfg)
		c := r.connect(t)
		go func() { _, _ = c.conn.Write([]byte(strings.Repeat("RSET\r\n", 4000))) }()
		seen, b := 0, make([]byte, 64<<10)
		for seen < 4000 {
			n, err := c.conn.Read(b)
			if err != nil {
				t.Fatalf("after %d replies: %v", seen, err)
			}
			if n > unsentBytes+200 {
				t.Fatalf("%d octets in one flight", n)
			}
			seen += strings.Count(string(b[:n]), "\n")
		}
	})
}
