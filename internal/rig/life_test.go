package rig

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"sencoforum/internal/long"
)

// TestLife runs "serve" as a supervisor does: starts it, stops it, kills it, has
// it read its settings again, and starts it on what it must not touch.
func TestLife(t *testing.T) {
	long.Test(t, "builds the server and starts it dozens of times")
	t.Parallel()
	binary := build(t)
	for _, c := range []struct {
		name string
		run  func(*testing.T, *life)
	}{
		{"a message in progress may end when the server stops", endsWell},
		{"SIGHUP changes the certificate for new sessions", changesCertificate},
		{"the supervisor hears when it is ready, alive and stopping", tellsSupervisor},
		{"it takes mail on a socket that the supervisor opened", takesSocket},
		{"a post that waits is sent after the next start", sendsWhatWaited},
		{"after a kill the audit finds no fault", auditsAfterKill},
		{"a second server on the same data stops", onlyOne},
		{"a port in use stops the start", portInUse},
		{"data that others can read stops the start", keepsPrivate},
		{"a store that is no store stops the start", refusesBrokenStore},
		{"a store it may not write stops the start", refusesForeignStore},
		{"a store that is cut off under it takes nothing more", survivesCut},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, &life{binary: binary, journal: NewJournal()})
		})
	}
}

// A life is a server and all that it meets.
type life struct {
	*Server
	binary  string
	dir     string // has the data directory in it
	journal *Journal
	to      []string // the members
}

// setUp makes a data directory with a list of five members and a sink for
// their copies. changes are pairs of old and new text of the settings.
func (l *life) setUp(t *testing.T, changes ...string) {
	t.Helper()
	sink, err := NewSink(l.journal)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	l.dir = shortDir(t)
	setup := Setup{Binary: l.binary, Dir: l.dir, SinkPort: sink.Port(), Unsettled: 8, Recipients: 5, Log: io.Discard}
	if l.Server, l.to, err = NewServer(t.Context(), setup); err != nil {
		t.Fatal(err)
	}
	l.change(t, append(changes, `level = "error"`, `level = "info"`)...)
}

// change edits the settings.
func (l *life) change(t *testing.T, changes ...string) {
	t.Helper()
	text, err := os.ReadFile(l.Config)
	if err == nil {
		err = os.WriteFile(l.Config, []byte(strings.NewReplacer(changes...).Replace(string(text))), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// serve is the command line of the server.
func (l *life) serve() *exec.Cmd {
	return exec.Command(l.binary, "--config", l.Config, "serve")
}

// start starts the server and waits until it takes mail.
func (l *life) start(t *testing.T) *process {
	t.Helper()
	p := launch(t, l.serve())
	p.says(t, "taking mail")
	return p
}

// fails starts the server, which must stop by itself with exit code 1 and one
// sentence that holds all the words.
func (l *life) fails(t *testing.T, cmd *exec.Cmd, words ...string) {
	t.Helper()
	p := launch(t, cmd)
	p.exits(t, 1)
	last := ""
	for line := range strings.Lines(p.said.String()) {
		if strings.HasPrefix(line, "sencoforum: ") {
			last += line
		}
	}
	if strings.Count(last, "\n") != 1 {
		t.Errorf("it ends with %d sentences: %s", strings.Count(last, "\n"), p.said.String())
	}
	for _, w := range words {
		if !strings.Contains(last, w) {
			t.Errorf("it says %q, without %q", last, w)
		}
	}
}

// dial opens a session.
func (l *life) dial(t *testing.T) *smtp.Client {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr)
	if err == nil {
		err = c.SetDeadline(time.Now().Add(patience))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s, err := smtp.NewClient(c, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// begin names sender and recipient of a message.
func (l *life) begin(t *testing.T, s *smtp.Client) {
	t.Helper()
	if err := errors.Join(s.Mail(l.to[0]), s.Rcpt(List)); err != nil {
		t.Fatal(err)
	}
}

// post sends a message in a session and notes its acknowledgement.
func (l *life) post(t *testing.T, s *smtp.Client, id string) {
	t.Helper()
	l.begin(t, s)
	w, err := s.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, l.message(id)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatalf("post %s: %v", id, err)
	}
	l.journal.Acked(id)
}

// message is a post whose last line the sink knows.
func (l *life) message(id string) string {
	return fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nSubject: timetables\r\nMessage-ID: %s\r\n\r\nHow do you set an end date?\r\nend of %s\r\n", l.to[0], List, id, id)
}

// accounted waits until all copies are out, and compares the three witnesses.
func (l *life) accounted(t *testing.T, posts int) {
	t.Helper()
	a, err := l.Settled(t.Context(), l.journal)
	if err != nil {
		t.Fatal(err)
	}
	r := Check(l.journal, a, Bound{Recipients: l.to})
	for _, f := range r.Faults {
		t.Error(f)
	}
	if r.Posts != posts || r.Copies != posts*len(l.to) {
		t.Errorf("%d posts and %d copies, want %d posts for %d people", r.Posts, r.Copies, posts, len(l.to))
	}
}

// stop ends a server as a supervisor does.
func (p *process) stop(t *testing.T) {
	t.Helper()
	p.signal(t, syscall.SIGTERM)
	p.exits(t, 0)
}

// endsWell stops the server while one message is half way in.
func endsWell(t *testing.T, l *life) {
	l.setUp(t)
	p := l.start(t)
	busy := l.dial(t)
	l.begin(t, busy)
	w, err := busy.Data()
	if err != nil {
		t.Fatal(err)
	}
	first, rest, _ := strings.Cut(l.message("<half@x>"), "end date")
	if _, err := io.WriteString(w, first); err != nil {
		t.Fatal(err)
	}
	if err := busy.Text.W.Flush(); err != nil {
		t.Fatal(err)
	}
	idle := []*smtp.Client{l.dial(t), l.dial(t), l.dial(t)}
	if err := idle[1].Hello("relay.example"); err != nil {
		t.Fatal(err)
	}
	l.begin(t, idle[2])

	begun := time.Now()
	p.signal(t, syscall.SIGTERM)
	for i, s := range idle {
		hearsFarewell(t, fmt.Sprintf("session %d", i), s)
	}
	eventually(t, "new sessions are refused", func() bool {
		c, err := net.Dial("tcp", l.Addr)
		if err == nil {
			c.Close()
		}
		return errors.Is(err, syscall.ECONNREFUSED)
	})
	if !p.running() {
		t.Fatal("it did not wait for the message")
	}
	if _, err := io.WriteString(w, "end date"+rest); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatalf("the message in progress: %v", err)
	}
	l.journal.Acked("<half@x>")
	hearsFarewell(t, "the session of the message", busy)
	p.exits(t, 0)
	if took := time.Since(begun); took > drain {
		t.Errorf("it took %v to stop", took)
	}
	a, err := l.Audit(t.Context())
	if err != nil || len(a.Faults) > 0 || len(a.Posts) != 1 || a.Posts[0].MessageID != "<half@x>" || a.Accepted != 1 {
		t.Errorf("in the store: %+v, %v", a, err)
	}
	p = l.start(t)
	l.accounted(t, 1)
	p.stop(t)
}

// hearsFarewell reads 421 and the end of a session.
func hearsFarewell(t *testing.T, who string, s *smtp.Client) {
	t.Helper()
	if _, text, err := s.Text.ReadResponse(421); err != nil || !strings.Contains(text, "we are restarting") {
		t.Errorf("%s hears %q, %v; want 421", who, text, err)
	}
	if line, err := s.Text.ReadLine(); !errors.Is(err, io.EOF) {
		t.Errorf("%s hears %q, %v; want the end", who, line, err)
	}
}

// sendsWhatWaited stops the server before a post is due.
func sendsWhatWaited(t *testing.T, l *life) {
	l.setUp(t)
	posts := 0
	for _, delay := range []string{"2s", "10s"} { // on a slow machine the first may be due before the server has stopped
		if out, err := l.Command(t.Context(), "list", "set", "rig", "send_delay", delay); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		p := l.start(t)
		posts++
		l.post(t, l.dial(t), fmt.Sprintf("<wait%d@x>", posts))
		p.stop(t)
		a, err := l.Audit(t.Context())
		if err != nil || len(a.Faults) > 0 {
			t.Fatalf("%+v, %v", a, err)
		}
		if a.Live["waiting"] > 0 {
			break
		}
	}
	_, before := l.journal.Count()
	if before > (posts-1)*len(l.to) {
		t.Fatalf("%d copies were sent before the stop", before)
	}
	p := l.start(t)
	eventually(t, "the copies come", func() bool {
		_, copies := l.journal.Count()
		return copies == posts*len(l.to)
	})
	l.accounted(t, posts)
	p.stop(t)
}

// auditsAfterKill kills a server that has accepted a post.
func auditsAfterKill(t *testing.T, l *life) {
	l.setUp(t)
	p := l.start(t)
	l.post(t, l.dial(t), "<kill@x>")
	p.kill(t)
	p = l.start(t)
	p.says(t, `msg="start-up audit" accepted=1 faults=0`)
	// The copies that were on their way at the kill may come twice, and nothing else may.
	a, err := l.Settled(t.Context(), l.journal)
	if err != nil {
		t.Fatal(err)
	}
	if r := Check(l.journal, a, Bound{Recipients: l.to, Duplicates: 8}); len(r.Faults) > 0 || r.Posts != 1 {
		t.Errorf("%+v", r)
	}
	p.stop(t)
}

// serial returns the number of the certificate that a session is shown.
func serial(t *testing.T, s *smtp.Client) int64 {
	t.Helper()
	if err := s.StartTLS(&tls.Config{InsecureSkipVerify: true}); err != nil {
		t.Fatal(err)
	}
	state, _ := s.TLSConnectionState()
	return state.PeerCertificates[0].SerialNumber.Int64()
}
