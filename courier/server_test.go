package courier

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"sencoforum/queue"
)

// certificate makes a self-signed certificate for names, and a pool that trusts it.
func certificate(t testing.TB, names ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, pool
}

// inbox is a real SMTP server that keeps what it takes. Recipients whose local part begins with "no" are refused.
type inbox struct {
	mu    sync.Mutex // guards the rest
	mails map[string]string
	conns map[string]bool
	clear int // mails that came without TLS
	users int // log-ins
}

// serve starts the server on a loopback port until the test ends.
func (b *inbox) serve(t testing.TB, cert *tls.Certificate, implicit bool) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.serveOn(t, l, cert, implicit)
	return l.Addr().String()
}

// serveOn starts the server on a listener until the test ends.
func (b *inbox) serveOn(t testing.TB, l net.Listener, cert *tls.Certificate, implicit bool) {
	t.Helper()
	b.mails, b.conns = map[string]string{}, map[string]bool{}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.conns[c.Conn().RemoteAddr().String()] = true // go-smtp asks again after STARTTLS
		return &visit{box: b, conn: c}, nil
	}))
	s.Domain, s.EnableSMTPUTF8, s.MaxMessageBytes, s.ErrorLog = "mx.example", true, 20<<20, slog.NewLogLogger(slog.DiscardHandler, 0)
	if cert != nil {
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*cert}}
	}
	if implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		l.Close() // which the library does not, when it is told to close before it began to serve
		<-done
	})
}

// visit is one connection to an inbox.
type visit struct {
	box  *inbox
	conn *smtp.Conn
	to   string
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }
func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "forum" || password != "secret" {
			return smtp.ErrAuthFailed
		}
		v.box.mu.Lock()
		defer v.box.mu.Unlock()
		v.box.users++
		return nil
	}), nil
}
func (v *visit) Mail(string, *smtp.MailOptions) error { return nil }
func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "no") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"}
	}
	v.to = to
	return nil
}
func (v *visit) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	v.box.mu.Lock()
	defer v.box.mu.Unlock()
	v.box.mails[v.to] = string(body)
	if _, ok := v.conn.TLSConnectionState(); !ok {
		v.box.clear++
	}
	return nil
}
func (v *visit) Reset()        {}
func (v *visit) Logout() error { return nil }

// mails makes n rows, each tenth to a recipient that is refused.
func mails(t testing.TB, n int) []queue.Outgoing {
	var list []queue.Outgoing
	for i := range n {
		to := fmt.Sprintf("member%d@school.example", i)
		if i%10 == 9 {
			to = "no" + to
		}
		list = append(list, queue.Outgoing{
			Row: queue.RowID(i + 1), From: addr(t, fmt.Sprintf("l-bounces+%d@lists.example", i)), To: addr(t, to),
			Header: fmt.Appendf(nil, "Message-ID: <%d@lists.example>\r\n", i),
			Body:   []byte("Subject: =?utf-8?q?Caf=C3=A9?=\r\n\r\n.\r\n..dots\r\n" + strings.Repeat("A line of the body.\r\n", 200)),
		})
	}
	return list
}

// to makes dialling always end at addr.
func to(addr string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
}

func TestRealServer(t *testing.T) {
	cert, trusted := certificate(t, "mail.example")
	_, stranger := certificate(t, "mail.example")
	z := &zone{addrs: map[string][]netip.Addr{"mail.example.": addresses("203.0.113.1"), "mail.example": addresses("203.0.113.1"),
		"other.example": addresses("203.0.113.1"), "lan.example": addresses("192.168.1.1")}}
	for _, tc := range []struct {
		name     string
		cfg      Config
		noTLS    bool
		implicit bool
		users    int
		want     string // part of the error
	}{
		{name: "MX with a certificate that proves nothing", cfg: Config{}},
		{name: "MX without encryption where it is required", noTLS: true, want: "does not offer encryption"},
		{name: "MX without encryption where it is wished", cfg: Config{TLS: Opportunistic}, noTLS: true},
		{name: "smarthost with a trusted certificate", cfg: Config{RootCAs: trusted, Smarthost: &Smarthost{Host: "mail.example"}}},
		{name: "smarthost with log-in", users: 3, cfg: Config{RootCAs: trusted,
			Smarthost: &Smarthost{Host: "mail.example", User: "forum", Password: "secret"}}},
		{name: "smarthost with implicit TLS", implicit: true, users: 3, cfg: Config{RootCAs: trusted,
			Smarthost: &Smarthost{Host: "mail.example", TLS: "implicit", User: "forum", Password: "secret", Mechanism: "plain"}}},
		{name: "smarthost with a stranger's certificate", cfg: Config{RootCAs: stranger, Smarthost: &Smarthost{Host: "mail.example"}},
			want: "certificate is not valid"},
		{name: "smarthost with another name's certificate", cfg: Config{RootCAs: trusted, Smarthost: &Smarthost{Host: "other.example"}},
			want: "certificate is valid for mail.example, not other.example"},
		{name: "smarthost with implicit TLS and a stranger's certificate", implicit: true,
			cfg: Config{RootCAs: stranger, Smarthost: &Smarthost{Host: "mail.example", TLS: "implicit"}}, want: "certificate is not valid"},
		{name: "smarthost refuses the password", cfg: Config{RootCAs: trusted,
			Smarthost: &Smarthost{Host: "mail.example", User: "forum", Password: "wrong"}}, want: "535"},
		{name: "smarthost without encryption where it is required", noTLS: true, cfg: Config{Smarthost: &Smarthost{Host: "mail.example"}},
			want: "does not offer encryption"},
		{name: "smarthost in the house without TLS", noTLS: true, cfg: Config{Smarthost: &Smarthost{Host: "lan.example", TLS: "none"}}},
		{name: "smarthost in the world without TLS", noTLS: true, cfg: Config{Smarthost: &Smarthost{Host: "mail.example", TLS: "none"}},
			want: "tls none is for loopback and private addresses alone"},
		{name: "password to the house without TLS", noTLS: true,
			cfg: Config{Smarthost: &Smarthost{Host: "lan.example", TLS: "none", User: "forum", Password: "secret"}}, want: "in the clear"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			box := &inbox{}
			at := box.serve(t, map[bool]*tls.Certificate{false: &cert}[tc.noTLS], tc.implicit)
			tc.cfg.Hostname, tc.cfg.Resolver, tc.cfg.Dial = "forum.example", z, to(at)
			err := deliverAll(t, New(discard(), tc.cfg), "mail.example", newRows(mails(t, 100)...), 3)
			if tc.want != "" {
				if err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("error %v, want %q", err, tc.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !tc.noTLS && box.clear > 0 || box.users != tc.users || len(box.conns) > 3 {
				t.Errorf("%d mails in the clear, %d log-ins, %d connections", box.clear, box.users, len(box.conns))
			}
			checkInbox(t, box)
		})
	}
}

// checkInbox wants what mails(t, 100) made, byte by byte.
func checkInbox(t *testing.T, box *inbox) {
	t.Helper()
	want := map[string]string{}
	for i, o := range mails(t, 100) {
		if i%10 != 9 {
			want[o.To.String()] = string(o.Header) + string(o.Body)
		}
	}
	if diff := cmp.Diff(want, box.mails); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
}

// deliverAll runs n connections until src is empty, checks that every row is settled, and returns one error of theirs.
func deliverAll(t testing.TB, c queue.Courier, domain string, src *rows, n int) error {
	t.Helper()
	hop, err := c.Route(t.Context(), domain)
	if err != nil {
		t.Fatal(err)
	}
	errs := make(chan error, n)
	for range n {
		go func() { errs <- c.Deliver(t.Context(), hop, src) }()
	}
	for range n {
		err = errors.Join(err, <-errs)
	}
	if tt, ok := t.(*testing.T); ok {
		src.check(tt)
	}
	return err
}

func TestLargeMail(t *testing.T) {
	cert, _ := certificate(t, "mail.example")
	for _, withTLS := range []bool{false, true} {
		t.Run(fmt.Sprint("TLS ", withTLS), func(t *testing.T) {
			box := &inbox{}
			at := box.serve(t, map[bool]*tls.Certificate{true: &cert}[withTLS], false)
			widest := 0
			c := New(discard(), Config{Hostname: "forum.example", TLS: Opportunistic,
				Resolver: &zone{addrs: map[string][]netip.Addr{"mail.example.": addresses("203.0.113.1")}},
				Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
					conn, err := to(at)(ctx, network, addr)
					return gauge{conn, &widest}, err
				}})
			o := queue.Outgoing{Row: 1, To: addr(t, "zoë@mail.example"), EightBit: true}
			o.Body = append([]byte("Subject: large\r\n\r\n"), bytes.Repeat([]byte(".é"+strings.Repeat("x", 900)+"\r\n"), 1000)...)
			src := newRows(o)
			if err := deliverAll(t, c, "mail.example", src, 1); err != nil {
				t.Fatal(err)
			}
			if box.mails["zoë@mail.example"] != string(o.Body) {
				t.Errorf("the mail did not arrive as it was sent: %v", src.results)
			}
			if widest > blockBytes {
				t.Errorf("one write of %d bytes had the time of one of %d", widest, blockBytes)
			}
		})
	}
}

// gauge notes the widest write.
type gauge struct {
	net.Conn
	widest *int
}

func (g gauge) Write(p []byte) (int, error) {
	*g.widest = max(*g.widest, len(p))
	return g.Conn.Write(p)
}

// Some peers refuse a mail before its end and hang up. Their words are worth more than our broken pipe.
func TestPeerHangsUpInsideABody(t *testing.T) {
	for _, tc := range []struct {
		words string
		want  queue.Result
	}{
		{"552 5.3.4 Too large for us", queue.Result{Outcome: queue.Failed, Code: 552, Enhanced: "5.3.4", Text: "Too large for us"}},
		{"421 4.3.2 Going down", queue.Result{Outcome: queue.Deferred, Code: 421, Enhanced: "4.3.2", Text: "Going down"}},
	} {
		t.Run(tc.words, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			done := make(chan struct{})
			go func() {
				defer close(done)
				hangUp(l, tc.words)
			}()
			c := New(discard(), Config{Hostname: "forum.example", TLS: Opportunistic, Dial: to(l.Addr().String()),
				Resolver: &zone{addrs: map[string][]netip.Addr{"mail.example.": addresses("203.0.113.1")}}})
			o := queue.Outgoing{Row: 1, To: addr(t, "a@mail.example"), Body: bytes.Repeat([]byte("0123456789abcdef\r\n"), 1<<20)}
			src := newRows(o)
			err = deliverAll(t, c, "mail.example", src, 1)
			<-done
			got := src.results[1]
			got.Host = ""
			if diff := cmp.Diff(tc.want, got); diff != "" || err == nil {
				t.Errorf("error %v, result (-want +got):\n%s", err, diff)
			}
		})
	}
}

// hangUp takes an envelope and a little of the body, says its words, and resets the connection.
func hangUp(l net.Listener, words string) {
	conn, err := l.Accept()
	if err != nil {
		return
	}
	defer conn.Close()
	io.WriteString(conn, "220 mx\r\n")
	conn.Read(make([]byte, 4096))
	io.WriteString(conn, "250-mx\r\n250 PIPELINING\r\n")
	conn.Read(make([]byte, 4096))
	io.WriteString(conn, "250 Ok\r\n250 Ok\r\n354 Go on\r\n")
	io.CopyN(io.Discard, conn, 1<<20)
	io.WriteString(conn, words+"\r\n")
}

func TestDeliverReturnsWhenCancelledWhileItConnects(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	z := &zone{addrs: map[string][]netip.Addr{"mail.example.": addresses("203.0.113.1", "203.0.113.2")}}
	for _, tc := range []struct {
		name string
		dial func(context.Context, string, string) (net.Conn, error)
	}{
		{"no connection", func(ctx context.Context, _, _ string) (net.Conn, error) {
			cancel()
			<-ctx.Done()
			return nil, ctx.Err()
		}},
		{"no greeting", func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			t.Cleanup(func() { theirs.Close() })
			time.AfterFunc(time.Millisecond, cancel)
			return ours, nil
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ctx, cancel = context.WithCancel(t.Context())
			c := New(discard(), Config{Resolver: z, Dial: tc.dial})
			src := newRows(mails(t, 1)...)
			err := c.Deliver(ctx, queue.Hop{Key: "mx:mail.example"}, src)
			if !errors.Is(err, context.Canceled) || len(src.results) > 0 {
				t.Errorf("error %v, results %v", err, src.results)
			}
		})
	}
}

func TestDeliverTriesAtMostSixAddresses(t *testing.T) {
	tried := map[string]bool{}
	z := &zone{addrs: map[string][]netip.Addr{}}
	var key []string
	for i := 1; i <= 5; i++ {
		name := fmt.Sprintf("mx%d.example", i)
		key = append(key, name)
		z.addrs[name+"."] = addresses(fmt.Sprintf("203.0.113.%d", i), fmt.Sprintf("2001:db8::%d", i))
	}
	c := New(discard(), Config{Resolver: z, Dial: func(_ context.Context, _, addr string) (net.Conn, error) {
		tried[addr] = true
		return nil, errors.New("connection refused")
	}})
	err := c.Deliver(t.Context(), queue.Hop{Key: "mx:" + strings.Join(key, ">")}, newRows())
	want := map[string]bool{"203.0.113.1:25": true, "203.0.113.2:25": true, "203.0.113.3:25": true,
		"[2001:db8::1]:25": true, "[2001:db8::2]:25": true, "[2001:db8::3]:25": true}
	if diff := cmp.Diff(want, tried); diff != "" || err == nil {
		t.Errorf("error %v, addresses (-want +got):\n%s", err, diff)
	}
}

func TestAWrongPasswordIsSaidOnce(t *testing.T) {
	dials := 0
	box := &inbox{}
	cert, trusted := certificate(t, "mail.example")
	at := box.serve(t, &cert, false)
	c := New(discard(), Config{Hostname: "forum.example", RootCAs: trusted,
		Smarthost: &Smarthost{Host: "mail.example", User: "forum", Password: "wrong"},
		Resolver:  &zone{addrs: map[string][]netip.Addr{"mail.example": addresses("203.0.113.1", "203.0.113.2")}},
		Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			dials++
			return to(at)(ctx, network, addr)
		}})
	if err := deliverAll(t, c, "school.example", newRows(), 1); err == nil || dials != 1 {
		t.Errorf("%d connections, error %v", dials, err)
	}
}

// The DNS may say one thing when the route is sought and another when the connection is made.
func TestDeliverDoesNotDialPrivateAddresses(t *testing.T) {
	z := &zone{addrs: map[string][]netip.Addr{"mail.example.": addresses("203.0.113.1")}}
	c := New(discard(), Config{Resolver: z, Dial: func(context.Context, string, string) (net.Conn, error) {
		t.Error("it dialled")
		return nil, io.EOF
	}})
	hop, err := c.Route(t.Context(), "mail.example")
	if err != nil {
		t.Fatal(err)
	}
	z.addrs["mail.example."] = addresses("127.0.0.1", "169.254.169.254")
	if err := c.Deliver(t.Context(), hop, newRows()); err == nil || !strings.Contains(err.Error(), "private address") {
		t.Errorf("error %v", err)
	}
}

func TestDeliverToAnUnknownHop(t *testing.T) {
	err := New(discard(), Config{}).Deliver(t.Context(), queue.Hop{Key: "smarthost:gone.example:25"}, newRows())
	if !errors.Is(err, errHop) {
		t.Errorf("error %v, want %v", err, errHop)
	}
}
