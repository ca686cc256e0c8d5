package rig

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRigDoors posts to the real binary through each of its doors: LMTP on a Unix
// socket and on a port, by hand, by swaks and by a Postfix, and SMTP behind a
// proxy that says who the client is in either version of its protocol. Each post
// must come to every member, and nobody may lie about who it is.
func TestRigDoors(t *testing.T) {
	d := newDoors(t, build(t), "127.0.9.0/24")
	d.start(t)
	for i, w := range []struct {
		name string
		by   way
	}{
		{"LMTP on a Unix socket", d.unix()},
		{"LMTP on a port", way{hello: "LHLO", network: "tcp", address: d.port}},
		{"a proxy, version 1", d.proxied("PROXY TCP4 127.0.0.1 127.0.9.1 1025 25\r\n")},
		{"a proxy, version 2", d.proxied("\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\x7f\x00\x00\x01\x7f\x00\x09\x01\x04\x01\x00\x19")},
	} {
		t.Run(w.name, func(t *testing.T) { d.wants(t, "250 ", d.to[i], w.by) })
	}
	t.Run("swaks over LMTP", func(t *testing.T) {
		needTools(t, "swaks")
		d.wantsLetter(t, d.to[4], func(l letter) string { return swaksLMTP(t, l, "--socket", d.socket) })
		d.wantsLetter(t, d.to[5], func(l letter) string { return swaksLMTP(t, l, "--server", d.port) })
	})
	t.Run("a Postfix over LMTP", func(t *testing.T) {
		needRoot(t)
		needTools(t, "swaks", "postfix")
		r := d.postfix(t)
		d.wantsLetter(t, d.to[6], func(l letter) string { return r.send(t, l) })
	})
	t.Run("several recipients", d.severalRecipients)
	t.Run("claims", func(t *testing.T) {
		// The proxy's word counts, so whoever stands behind it is not trusted because the proxy is...
		if got := d.proxied("PROXY TCP4 203.0.113.1 127.0.9.1 1025 25\r\n").post(stranger, List, d.newID()); strings.HasPrefix(got, trusts) {
			t.Errorf("a host behind the proxy is trusted: %s", got)
		}
		// ...and nobody else's does.
		if faults := d.believes(t, "127.0.8.1"); len(faults) > 0 {
			t.Error(strings.Join(faults, "\n"))
		}
	})
	t.Run("the supervisor's sockets", d.supervised)
	d.start(t)
	d.accounted(t)
}

// TestRigDoorsFindsAPlantedFault lets the server take whoever comes for its
// proxy. The check must find that it believes liars then.
func TestRigDoorsFindsAPlantedFault(t *testing.T) {
	d := newDoors(t, build(t), "127.0.8.0/24")
	d.start(t)
	faults := d.believes(t, "127.0.8.1")
	if len(faults) != 2 {
		t.Errorf("liars were believed, and the check found %q", faults)
	}
	t.Logf("the check found: %s", strings.Join(faults, "; "))
}

// A server that trusts a client believes it that a stranger wrote, and this one refuses strangers. From another client it
// keeps such a mail, or puts it off when no name server answers: neither is a post.
const (
	stranger = "eve@evil.example"
	trusts   = "550 5.7.1 "
)

// doorRig is a server with all kinds of doors, and a sink.
type doorRig struct {
	*Server
	journal      *Journal
	to           []string
	socket, port string // for LMTP
	posts        int
}

// newDoors makes a server whose proxies are in a network. Of this machine's
// addresses only 127.0.0.1 is trusted.
func newDoors(t *testing.T, binary, proxies string) *doorRig {
	t.Helper()
	dir := shortDir(t)
	if err := os.Chmod(dir, 0o755); err != nil { // Postfix's own user must get to the socket
		t.Fatal(err)
	}
	d := &doorRig{journal: NewJournal(), socket: filepath.Join(dir, "lmtp"), port: "127.0.0.1:" + unusedPort(t)}
	sink, err := NewSink(d.journal)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	d.Server, d.to, err = NewServer(t.Context(), Setup{
		Binary: binary, Dir: dir, SinkPort: sink.Port(), Unsettled: 256, Recipients: 10, Log: os.Stderr,
		SMTP: fmt.Sprintf("proxy_from = [%q]\nconnections_per_ip = 2", proxies),
		More: fmt.Sprintf("[lmtp]\nlisten = [\"unix:%s\", %q]", d.socket, d.port),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if out, err := d.Command(t.Context(), "list", "set", "rig", "non_member", "refuse"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	d.change(t, `trusted_networks = ["127.0.0.0/8"]`, `trusted_networks = ["127.0.0.1/32"]`)
	return d
}

// change changes the settings file.
func (d *doorRig) change(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(d.Config)
	if err != nil || !strings.Contains(string(text), from) {
		t.Fatalf("settings without %s: %v", from, err)
	}
	if err := os.WriteFile(d.Config, []byte(strings.Replace(string(text), from, to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// start starts the server, until the test ends.
func (d *doorRig) start(t *testing.T) {
	t.Helper()
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.End)
}

// A way is how a message comes to the server.
type way struct {
	hello, network, address string
	from                    string // address of this machine; any where empty
	header                  string // of a proxy
}

func (d *doorRig) unix() way { return way{hello: "LHLO", network: "unix", address: d.socket} }

func (d *doorRig) proxied(header string) way {
	return way{hello: "EHLO", network: "tcp", address: d.Addr, from: "127.0.9.1", header: header}
}

// wants posts, and wants a reply that begins so.
func (d *doorRig) wants(t *testing.T, reply, from string, w way) {
	t.Helper()
	id := d.newID()
	got := w.post(from, List, id)
	if !strings.HasPrefix(got, reply) {
		t.Errorf("got %q, want %q", got, reply)
	}
	if strings.HasPrefix(got, "250 ") {
		d.journal.Acked(id)
	}
}

// wantsLetter lets a program post.
func (d *doorRig) wantsLetter(t *testing.T, from string, send func(letter) string) {
	t.Helper()
	l := newLetter(from, List, "doors")
	l.id = d.newID()
	l.text = "Dear all,\n\nPlease keep this door open.\nend of " + l.id + "\n"
	if got := send(l); !strings.HasPrefix(got, "250 ") {
		t.Fatalf("got %q", got)
	}
	d.journal.Acked(l.id)
}

func (d *doorRig) newID() string {
	d.posts++
	return fmt.Sprintf("<door%d@sender.example>", d.posts)
}

// post makes one attempt and returns the reply that decided.
func (w way) post(from, to, id string) string {
	s, err := w.open()
	if err != nil {
		return err.Error()
	}
	defer s.Close()
	return s.post(w.hello, from, to, id)
}

// session is one connection to the server.
type session struct {
	net.Conn
	in *bufio.Reader
}

// open connects, sends the header of a proxy and reads the greeting.
func (w way) open() (*session, error) {
	dialer := net.Dialer{Timeout: time.Second}
	if w.from != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(w.from)}
	}
	c, err := dialer.Dial(w.network, w.address)
	if err != nil {
		return nil, err
	}
	c.SetDeadline(time.Now().Add(patience))
	s := &session{c, bufio.NewReader(c)}
	fmt.Fprint(c, w.header)
	if got := s.reply(); !strings.HasPrefix(got, "220 ") {
		c.Close()
		return nil, fmt.Errorf("greeting: %q", got)
	}
	return s, nil
}

// post posts and returns the first reply that is no yes, or the last one.
func (s *session) post(hello, from, to, id string) string {
	if got := s.offer(hello, from, to); !strings.HasPrefix(got, "354 ") {
		return got
	}
	return s.says(doorPost(from, id))
}

// offer says all that comes before a message. It returns the last reply.
func (s *session) offer(hello, from, to string) (got string) {
	for _, line := range []string{hello + " sender.example", "MAIL FROM:<" + from + ">", "RCPT TO:<" + to + ">", "DATA"} {
		if got = s.says(line); got == "" || got[0] > '3' {
			break
		}
	}
	return got
}

// doorPost is a message and its end.
func doorPost(from, id string) string {
	return fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nSubject: doors\r\nMessage-ID: %s\r\n\r\nend of %s\r\n.", from, List, id, id)
}

func (s *session) says(line string) string {
	fmt.Fprintf(s, "%s\r\n", line)
	return s.reply()
}

// reply returns the last line of the next reply, or "" at the end.
func (s *session) reply() string {
	for {
		line, err := s.in.ReadString('\n')
		if err != nil {
			return ""
		}
		if len(line) > 3 && line[3] != '-' {
			return strings.TrimSpace(line)
		}
	}
}

// severalRecipients posts to all kinds of addresses over LMTP at once, and again
// what was put off.
func (d *doorRig) severalRecipients(t *testing.T) {
	s, err := d.unix().open()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	id, from := d.newID(), d.to[7]
	owner := strings.Replace(List, "@", "-owner@", 1)
	for _, step := range []struct{ line, want string }{
		{"EHLO mta.example", "500 "}, {"LHLO mta.example", "250 "}, {"MAIL FROM:<" + from + ">", "250 "},
		{"RCPT TO:<nobody@lists.example.org>", "550 5.1.1 "}, {"RCPT TO:<" + List + ">", "250 "},
		{"RCPT TO:<" + owner + ">", "452 4.5.3 "}, {"RCPT TO:<" + List + ">", "250 "}, {"DATA", "354 "},
		{doorPost(from, id), "250 "},
	} {
		if got := s.says(step.line); !strings.HasPrefix(got, step.want) {
			t.Fatalf("%.40s: got %q, want %q", step.line, got, step.want)
		}
	}
	if got := s.reply(); !strings.HasPrefix(got, "250 2.0.0 rig.example.org: your message has arrived") {
		t.Errorf("the second of two replies is %q", got)
	}
	d.journal.Acked(id)
	if got := s.says("QUIT"); !strings.HasPrefix(got, "221 ") {
		t.Errorf("got %q", got)
	}
}

// believes reports how far the server believes somebody who claims to be others:
// many clients, of which each may have its connections, and one that is trusted.
func (d *doorRig) believes(t *testing.T, from string) (faults []string) {
	t.Helper()
	var open []*session
	defer func() {
		for _, s := range open {
			s.Close()
		}
	}()
	for i := range 4 {
		w := way{network: "tcp", address: d.Addr, from: from, header: fmt.Sprintf("PROXY TCP4 203.0.113.%d 127.0.9.1 1025 25\r\n", i+1)}
		if s, err := w.open(); err == nil {
			open = append(open, s)
		}
	}
	if len(open) > 2 {
		faults = append(faults, fmt.Sprintf("%s has %d connections under false names, and 2 are allowed", from, len(open)))
	}
	for _, s := range open {
		s.Close()
	}
	w := way{network: "tcp", address: d.Addr, from: from, header: "PROXY TCP4 127.0.0.1 127.0.9.1 1025 25\r\n"}
	var s *session
	eventually(t, "there is a place again", func() (ok bool) {
		var err error
		s, err = w.open()
		return err == nil
	})
	open = append(open, s)
	fmt.Fprint(s, "NOOP\r\n")
	if got := s.reply(); strings.HasPrefix(got, "50") { // the header was a command
		s.reply()
	}
	if got := s.post("EHLO", stranger, List, d.newID()); strings.HasPrefix(got, trusts) {
		faults = append(faults, fmt.Sprintf("%s posts under the name of a trusted address: %s", from, got))
	}
	return faults
}

// supervised starts the server anew with an open port and a socket for LMTP, as
// systemd hands them over.
func (d *doorRig) supervised(t *testing.T) {
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(d.socket); !os.IsNotExist(err) {
		t.Errorf("the socket is still there after the server has stopped: %v", err)
	}
	var files []*os.File
	open := func(network, address string) string {
		l, err := net.Listen(network, address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		f, err := l.(interface{ File() (*os.File, error) }).File()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		files = append(files, f)
		return l.Addr().String()
	}
	smtp, socket := open("tcp", "127.0.0.1:0"), open("unix", filepath.Join(shortDir(t), "given"))
	cmd := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=mail:lmtp exec "$0" --config "$1" serve`, d.Binary, d.Config)
	cmd.ExtraFiles = files
	d.change(t, `level = "error"`, `level = "info"`)
	defer d.change(t, `level = "info"`, `level = "error"`)
	p := launch(t, cmd)
	p.says(t, "taking mail")
	d.wants(t, "250 ", d.to[8], way{hello: "LHLO", network: "unix", address: socket})
	d.wants(t, "250 ", d.to[9], way{hello: "EHLO", network: "tcp", address: smtp})
	if got := (way{hello: "EHLO", network: "unix", address: socket}).post(d.to[0], List, "<x@y>"); !strings.HasPrefix(got, "500 ") {
		t.Errorf("EHLO over LMTP: %q", got)
	}
	p.stop(t)
	if _, err := os.Lstat(socket); err != nil {
		t.Errorf("the supervisor's socket is gone: %v", err)
	}
}

// accounted compares the witnesses.
func (d *doorRig) accounted(t *testing.T) {
	t.Helper()
	a, err := d.Settled(t.Context(), d.journal)
	if err != nil {
		t.Fatal(err)
	}
	r := Check(d.journal, a, Bound{Recipients: d.to})
	reportFaults(t, r)
	acked, _ := d.journal.Count()
	if r.Posts != acked || acked == 0 {
		t.Errorf("%d posts of %d acknowledged", r.Posts, acked)
	}
	t.Logf("%d posts through all doors, %d copies", r.Posts, r.Copies)
	if err := d.Stop(); err != nil {
		t.Error(err)
	}
}
