package smtpd

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"sencoforum/message"
)

// strict is a Receiver that takes everything, but nothing in doubtful form.
type strict struct{ t *testing.T }

func (s strict) Mail(context.Context, *message.Envelope) error { return nil }

func (s strict) Rcpt(_ context.Context, env *message.Envelope, to message.Address) error {
	if to.IsZero() || env == nil {
		s.t.Errorf("asked for nobody")
	}
	return nil
}

func (s strict) Receive(_ context.Context, env *message.Envelope, raw []byte) error {
	text := strings.ReplaceAll(string(raw), "\r\n", "")
	if strings.ContainsAny(text, "\r\n\x00") {
		s.t.Errorf("accepted with a bare line end or a NUL: %q", raw)
	}
	if env.To.IsZero() {
		s.t.Errorf("accepted for nobody")
	}
	return nil
}

// FuzzSession plays arbitrary octets as a client of either protocol, in one or two
// pieces. The session must end, and so must every goroutine that it began.
func FuzzSession(f *testing.F) {
	const hello = "EHLO a.test\r\nMAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\n"
	for _, s := range []string{
		hello + "DATA\r\nSubject: a\r\n\r\n..x\r\n.\r\nQUIT\r\n",
		hello + "BDAT 3\r\nx\r\nBDAT 0 LAST\r\nNOOP\r\n",
		hello + "BDAT 3\r\nx\r\nRSET\r\n",
		hello + "BDAT 300 LAST\r\nx\r\n",
		hello + "DATA\r\nx\r\r\n.\r\n" + envelope,
		hello + "DATA\r\nx\n.\n" + envelope,
		"HELO a\r\nSTARTTLS\r\nMAIL FROM:<>\r\n",
		"HELO a\r\nMAIL FROM:<\"a\\>\"@b.test> SIZE=1 SMTPUTF8\r\nRCPT TO:<Postmaster>\r\nRSET\r\nVRFY\r\nAUTH PLAIN =\r\n",
		"\r\n\x00\n\r", "STARTTLS\r\n\x16\x03\x01\x00\x05hello",
		"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@b.test>\r\nRCPT TO:<b@b.test>\r\nRCPT TO:<c@b.test>\r\nDATA\r\nx\r\n.\r\nRSET\r\n",
		"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@b.test>\r\nRCPT TO:<b@b.test>\r\nBDAT 2\r\nx\nBDAT 300 LAST\r\nx\r\nLHLO b\r\n",
	} {
		f.Add(s, uint16(20))
	}
	f.Fuzz(func(t *testing.T, in string, cut uint16) {
		for _, serve := range []func(*Server, net.Listener) error{(*Server).Serve, (*Server).ServeLMTP} {
			near, far := net.Pipe()
			p := newPipes()
			cfg := config()
			cfg.Limits = Limits{Session: time.Second, Idle: time.Second, Grace: time.Second, Stray: time.Second, Write: time.Second}
			s := New(quiet(), strict{t}, cfg)
			go func() { _ = serve(s, p) }()
			p.conns <- far
			send(t, s, near, in, cut)
		}
	})
}

// send sends octets in one or two pieces, hangs up, and waits for the end.
func send(t *testing.T, s *Server, near net.Conn, in string, cut uint16) {
	go func() { _, _ = io.Copy(io.Discard, near) }()
	k := min(int(cut), len(in))
	_, _ = io.WriteString(near, in[:k])
	_, _ = io.WriteString(near, in[k:])
	near.Close()
	if err := shutdown(s, 5*time.Second); err != nil {
		t.Errorf("the session does not end: %v", err)
	}
}
