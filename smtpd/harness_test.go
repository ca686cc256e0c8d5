package smtpd

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sencoforum/list"
	"sencoforum/message"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is the Receiver of the tests. What it does depends on local parts.
type desk struct {
	mu   sync.Mutex
	got  []mail
	seen *message.Envelope // by the last Mail
	wait chan struct{}     // Receive for slow@ returns when it is closed
}

type mail struct {
	env message.Envelope
	raw string
}

var errSecret = errors.New("open /var/lib/forum/secret.db: no such file")

func (d *desk) Mail(_ context.Context, env *message.Envelope) error {
	d.mu.Lock()
	d.seen = env
	d.mu.Unlock()
	return d.act(env.From.Local)
}

func (d *desk) Rcpt(_ context.Context, _ *message.Envelope, to message.Address) error {
	if to.Domain != "lists.test" {
		return &list.Refusal{Code: 550, Enhanced: "5.7.1", Case: "forbidden", Text: "mx.lists.test: we take mail only for our own lists."}
	}
	return d.act(strings.TrimPrefix(to.Local, "rcpt-"))
}

func (d *desk) Receive(ctx context.Context, env *message.Envelope, raw []byte) error {
	switch env.To.Local {
	case "slow":
		<-d.wait
	case "late":
		<-ctx.Done()
		return ctx.Err()
	}
	if err := d.act(strings.TrimPrefix(env.To.Local, "data-")); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.got = append(d.got, mail{*env, string(raw)})
	return nil
}

func (d *desk) act(name string) error {
	switch name {
	case "nobody":
		return &list.Refusal{Code: 550, Enhanced: "5.1.1", Case: "address", Text: "Forum: there is no such address here."}
	case "full":
		return &list.Refusal{Code: 452, Enhanced: "4.3.1", Case: "room", Text: "Forum: we have no room just now."}
	case "bye":
		return &list.Refusal{Code: 421, Enhanced: "4.3.2", Case: "bye", Text: "Forum: another time."}
	case "wrapped":
		return fmt.Errorf("decide: %w", &list.Refusal{Code: 554, Enhanced: "5.4.6", Case: "loop", Text: "Forum: it came back."})
	case "form":
		return fmt.Errorf("read: %w", &message.FormError{Rule: "two-from", Detail: "secret"})
	case "fault":
		return errSecret
	case "panic":
		panic("the desk fell over")
	}
	return nil
}

func (d *desk) mails() []mail {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.got)
}

// rig is a running server and the log it wrote.
type rig struct {
	*desk
	server *Server
	log    *book
	dial   func() net.Conn
	hello  string
}

// book is a log that can be read while it is written.
type book struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *book) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func config() Config {
	return Config{
		Hostname: "mx.lists.test", PostmasterDomain: "lists.test", MaxBytes: 64 << 10,
		Certificate: certificate,
		Now:         func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) },
	}
}

// A speaker of one protocol runs a server.
type speaker func(t testing.TB, cfg Config, l net.Listener, dial func() net.Conn) *rig

func run(t testing.TB, cfg Config, l net.Listener, dial func() net.Conn) *rig {
	return start(t, cfg, dial, "EHLO", func(s *Server) error { return s.Serve(l) })
}

func runLMTP(t testing.TB, cfg Config, l net.Listener, dial func() net.Conn) *rig {
	return start(t, cfg, dial, "LHLO", func(s *Server) error { return s.ServeLMTP(l) })
}

// both are the protocols that must not differ in most things.
func both() map[string]speaker { return map[string]speaker{"SMTP": run, "LMTP": runLMTP} }

// onLoopback runs a server on a real socket.
func onLoopback(t testing.TB, cfg Config) *rig { return speaker(run).onLoopback(t, cfg) }

func (run speaker) onLoopback(t testing.TB, cfg Config) *rig {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return run(t, cfg, l, func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(time.Minute)) // a test that hangs should say where
		return c
	})
}

// onPipes runs a server on in-memory connections, which may live in a bubble.
func onPipes(t testing.TB, cfg Config) *rig { return speaker(run).onPipes(t, cfg) }

func (run speaker) onPipes(t testing.TB, cfg Config) *rig {
	t.Helper()
	l := newPipes()
	return run(t, cfg, l, func() net.Conn { return l.dial(t) })
}

func start(t testing.TB, cfg Config, dial func() net.Conn, hello string, serve func(*Server) error) *rig {
	t.Helper()
	r := &rig{desk: &desk{wait: make(chan struct{})}, log: new(book), dial: dial, hello: hello}
	log := slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r.server = New(log, r.desk, cfg)
	served := make(chan error, 1)
	go func() { served <- serve(r.server) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := r.server.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return r
}

// pipes is a listener in memory.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) dial(t testing.TB) net.Conn { return p.dialFrom(t, "") }

// dialFrom connects as a client with an address, or without one.
func (p *pipes) dialFrom(t testing.TB, address string) net.Conn {
	near, far := net.Pipe()
	if address != "" {
		far = addressed{far, textAddr(net.JoinHostPort(address, "1025"))}
	}
	select {
	case p.conns <- far:
	case <-p.done:
		t.Fatal("dial: the listener is closed")
	}
	return near
}

// addressed is a connection in memory that claims to come from somewhere.
type addressed struct {
	net.Conn
	from net.Addr
}

func (a addressed) RemoteAddr() net.Addr { return a.from }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "unix"} }

// certificate returns one self-signed certificate for all tests.
var certificate = sync.OnceValues(func() (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
})

// client speaks the other side of a session.
type client struct {
	t     testing.TB
	conn  net.Conn
	r     *bufio.Reader
	hello string
}

func (r *rig) connect(t testing.TB) *client {
	c := newClient(t, r.dial())
	c.hello = r.hello
	return c
}

func newClient(t testing.TB, conn net.Conn) *client {
	t.Cleanup(func() { conn.Close() })
	return &client{t: t, conn: conn, r: bufio.NewReader(conn), hello: "EHLO"}
}

// greet reads the greeting and says EHLO or LHLO.
func (c *client) greet() *client {
	c.t.Helper()
	c.want("220 ")
	c.say(c.hello+" relay.test", "250 ")
	return c
}

// open begins a transaction with forum@.
func (c *client) open() *client {
	c.t.Helper()
	c.say("MAIL FROM:<a@relay.test>", "250 ")
	c.say("RCPT TO:<forum@lists.test>", "250 ")
	return c
}

// say sends a line and wants a reply that begins so.
func (c *client) say(line, want string) string {
	c.t.Helper()
	c.send(line + "\r\n")
	return c.want(want)
}

func (c *client) send(s string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, s); err != nil {
		c.t.Fatalf("send %.60q: %v", s, err)
	}
}

func (c *client) want(want string) string {
	c.t.Helper()
	got := c.reply()
	if !strings.HasPrefix(got, want) {
		c.t.Fatalf("got reply %q, want %q", got, want)
	}
	return got
}

// reply returns the last line of the next reply, or "" at the end.
func (c *client) reply() string {
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			return ""
		}
		if len(line) > 3 && line[3] == ' ' {
			return strings.TrimSuffix(line, "\r\n")
		}
	}
}

// ended wants the connection to be closed, without another word.
func (c *client) ended() {
	c.t.Helper()
	if got := c.reply(); got != "" {
		c.t.Fatalf("got reply %q, want the end", got)
	}
}

// startTLS goes over to TLS and says EHLO again.
func (c *client) startTLS() *client {
	c.t.Helper()
	c.say("STARTTLS", "220 ")
	c.secure()
	c.say(c.hello+" relay.test", "250 ")
	return c
}

func (c *client) secure() {
	c.t.Helper()
	conn := tls.Client(c.conn, &tls.Config{InsecureSkipVerify: true})
	if err := conn.Handshake(); err != nil {
		c.t.Fatalf("handshake: %v", err)
	}
	c.conn, c.r = conn, bufio.NewReader(conn)
}

// replies returns the codes of all replies until the end.
func (c *client) replies() []string {
	var all []string
	for got := c.reply(); got != ""; got = c.reply() {
		all = append(all, got[:3])
	}
	return all
}
