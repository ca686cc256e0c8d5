package smtpd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
)

// These tests run the library alone and hold what it does with go-smtp v0.25.1:
// the faults that the gate is there for, and the good behaviour that we lean on.
// When one fails after an upgrade, something here can go, or has to come.

// witness writes down what a session of the bare library is asked.
type witness struct {
	said *bytes.Buffer
	err  error // of Data
}

func (w witness) Reset()        {}
func (w witness) Logout() error { return nil }
func (w witness) Mail(from string, _ *smtp.MailOptions) error {
	fmt.Fprintf(w.said, "MAIL %q\n", from)
	if from == "panic@a.test" {
		panic("x")
	}
	return nil
}
func (w witness) Rcpt(to string, _ *smtp.RcptOptions) error {
	fmt.Fprintf(w.said, "RCPT %q\n", to)
	return nil
}
func (w witness) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	fmt.Fprintf(w.said, "DATA %q\n", raw)
	if w.err != nil {
		return w.err
	}
	return err
}

// bare plays a session with the library alone and returns what the session was
// asked, and all replies. pause is slept between the pieces that are sent.
func bare(t *testing.T, w witness, pause time.Duration, pieces ...string) (said, replies string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w.said = new(bytes.Buffer)
		s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return w, nil }))
		s.Domain, s.ReadTimeout, s.ErrorLog = "mx", time.Minute, log.New(io.Discard, "", 0)
		s.MaxMessageBytes = 10_000
		p := newPipes()
		go func() { _ = s.Serve(p) }()
		conn := p.dial(t)
		heard := new(bytes.Buffer)
		done := make(chan struct{})
		go func() { defer close(done); _, _ = io.Copy(heard, conn) }()
		for _, piece := range pieces {
			_, _ = io.WriteString(conn, piece)
			time.Sleep(pause)
		}
		synctest.Wait()
		conn.Close()
		<-done
		_ = s.Close()
		synctest.Wait()
		said, replies = w.said.String(), heard.String()
	})
	return said, replies
}

const begin = "HELO a.test\r\nMAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\n"

func TestLibrary(t *testing.T) {
	asked := "MAIL \"a@a.test\"\nRCPT \"b@b.test\"\n"
	data := func(s string) string { return asked + fmt.Sprintf("DATA %q\n", s) }
	tests := []struct {
		name    string
		send    string
		said    string
		replies string // that must be among them
	}{
		{"the end of data is strict", begin + "DATA\r\nx\n.\n\r\n.\r\n", data("x\n.\n\r\n"), "250 2.0.0 OK: queued"},
		{"a bare LF, a bare CR and a NUL pass", begin + "DATA\r\na\nb\rc\x00\r\n.\r\n", data("a\nb\rc\x00\r\n"), "250 2.0.0 OK"},
		{"a dot before a lone LF vanishes", begin + "DATA\r\na\r\n.\nb\r\n.\r\n", data("a\r\n\nb\r\n"), "250 2.0.0 OK"},
		{"a CR behind a dot vanishes", begin + "DATA\r\na\r\n.\rb\r\n.\r\n", data("a\r\nb\r\n"), "250 2.0.0 OK"},
		{"the end behind CR CR LF is missed", begin + "DATA\r\na\r\r\n.\r\n", data("a\r\r\n.\r\n"), "354"},
		{"a command may end with LF", "HELO a.test\nNOOP\n", "", "250 2.0.0 I have successfully done nothing"},
		{"BDAT before MAIL is read and dropped", "HELO a.test\r\nBDAT 6 LAST\r\nNOOP\r\n", "", "502"},
		{"a line over 2,000 octets cuts the connection", "HELO a.test\r\nNOOP " + strings.Repeat("x", 2000) + "\r\n", "", "500 5.4.0 Too long line"},
		{"a message too large is drained", begin + "DATA\r\n" + strings.Repeat("x\r\n", 4000) + ".\r\nNOOP\r\n", "", "552 5.3.4 Maximum"},
		{"Postmaster without a domain is refused", "HELO a.test\r\nMAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\n", "MAIL \"\"\n", "501"},
		{"quotes are lost", "HELO a.test\r\nMAIL FROM:<\"a b\"@a.test>\r\n", "MAIL \"a b@a.test\"\n", "250"},
		{"a source route is lost", "HELO a.test\r\nMAIL FROM:<@c.test:a@a.test>\r\n", "MAIL \"a@a.test\"\n", "250"},
		{"UTF-8 needs no SMTPUTF8", "HELO a.test\r\nMAIL FROM:<ü@a.test>\r\n", "MAIL \"ü@a.test\"\n", "250"},
		{"a NUL in quotes passes", "HELO a.test\r\nMAIL FROM:<\"\x00\"@a.test>\r\n", "MAIL \"\\x00@a.test\"\n", "250"},
		{"a second MAIL is taken", "HELO a.test\r\nMAIL FROM:<a@a.test>\r\nMAIL FROM:<b@a.test>\r\n", "MAIL \"a@a.test\"\nMAIL \"b@a.test\"\n", "250"},
		{"unknown commands are cut off", "HELO a.test\r\n" + strings.Repeat("BLUB\r\n", 5), "", "500 5.5.1 Too many errors"},
		{"a panic is a 421", "HELO a.test\r\nMAIL FROM:<panic@a.test>\r\n", "MAIL \"panic@a.test\"\n", "421 4.0.0"},
		{"CHUNKING is always offered", "EHLO a.test\r\n", "", "250-CHUNKING"},
		{"VRFY and EXPN tell nothing", "HELO a.test\r\nVRFY x\r\nEXPN x\r\n", "", "252"},
		{"a BDAT cut short is taken for whole", begin + "BDAT 100 LAST\r\nhalf", data("half"), "250"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			said, replies := bare(t, witness{}, 0, tt.send)
			if !strings.HasPrefix(tt.name, "a message too large") {
				if diff := cmp.Diff(tt.said, said); diff != "" {
					t.Error(diff)
				}
			}
			if !strings.Contains(replies, tt.replies) {
				t.Errorf("replies %q lack %q", replies, tt.replies)
			}
		})
	}
}

// TestLibrarySmuggles: behind a silence in DATA the library reads commands.
func TestLibrarySmuggles(t *testing.T) {
	said, _ := bare(t, witness{}, 61*time.Second, begin+"DATA\r\nhalf a body\r\n", "RSET\r\nMAIL FROM:<evil@a.test>\r\n")
	if !strings.Contains(said, "evil") {
		t.Errorf("the library reads no commands behind a silence any more: %q", said)
	}
}

// TestLibraryTellsStrangers: errors that are not exactly an SMTPError become a
// lasting refusal with Go's words.
func TestLibraryTellsStrangers(t *testing.T) {
	for _, err := range []error{errSecret, fmt.Errorf("x: %w", &smtp.SMTPError{Code: 451, Message: "y"})} {
		_, replies := bare(t, witness{err: err}, 0, begin+"DATA\r\n.\r\n")
		if !strings.Contains(replies, "554 5.0.0 Error: transaction failed: "+err.Error()) {
			t.Errorf("the library hides %q now: %q", err, replies)
		}
	}
	_, replies := bare(t, witness{}, 61*time.Second, begin+"BDAT 10 LAST\r\nhalf")
	if !strings.Contains(replies, "554 5.0.0 Error: transaction failed: read pipe: i/o timeout") {
		t.Errorf("the library hides the timeout of a chunk now: %q", replies)
	}
}

// TestLibraryDropsInjectedText: what is sent in clear behind STARTTLS is lost in
// the library. Our gate ends the session there, which is in its dialogues.
func TestLibraryDropsInjectedText(t *testing.T) {
	cert, err := certificate()
	if err != nil {
		t.Fatal(err)
	}
	said := new(bytes.Buffer)
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return witness{said: said}, nil }))
	s.TLSConfig, s.ErrorLog = tlsConfig(cert), log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(l) }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, conn).greet()
	c.say("STARTTLS\r\nMAIL FROM:<evil@a.test>", "220 ")
	c.secure()
	c.say("EHLO a.test", "250 ")
	c.say("QUIT", "221 ")
	if err := s.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if said.Len() != 0 {
		t.Errorf("the library did as it was told: %q", said)
	}
}
