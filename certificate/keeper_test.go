package certificate

import (
	"bytes"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sencoforum/internal/acmeca"
)

// host is a machine with port 443 and port 80, and an authority to which its names lead.
type host struct {
	t      *testing.T
	ca     *acmeca.CA
	dir    string
	keeper *Keeper
	secure net.Listener
	log    *lines
}

// lines is what was logged, and a channel that says that there is more.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
	return l.text.Write(p)
}

// wait returns the log as soon as it says something.
func (l *lines) wait(t *testing.T, want string) string {
	t.Helper()
	end := time.After(time.Minute)
	for {
		l.mu.Lock()
		text := l.text.String()
		l.mu.Unlock()
		if strings.Contains(text, want) {
			return text
		}
		select {
		case <-l.more:
		case <-end:
			t.Fatalf("no %q in the log:\n%s", want, text)
		}
	}
}

func newHost(t *testing.T) *host {
	return &host{t: t, ca: acmeca.New(t), dir: filepath.Join(t.TempDir(), "certificates")}
}

// start opens the keeper on what is stored, serves both ports, and lets the names lead here.
func (h *host) start() {
	h.t.Helper()
	h.log = &lines{more: make(chan struct{}, 1)}
	var err error
	h.keeper, err = Open(slog.New(slog.NewTextHandler(h.log, nil)), h.config())
	if err != nil {
		h.t.Fatal(err)
	}
	h.secure = listen(h.t)
	clear := listen(h.t)
	pages := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	proofs := &http.Server{Handler: h.keeper.Challenge(http.NotFoundHandler())}
	go pages.Serve(tls.NewListener(h.secure, &tls.Config{GetCertificate: h.keeper.Certificate, NextProtos: []string{"http/1.1", Protocol}}))
	go proofs.Serve(clear)
	h.ca.Leads(clear.Addr().String(), h.secure.Addr().String())
	ctx, cancel := context.WithCancel(h.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); h.keeper.Run(ctx) }()
	h.t.Cleanup(func() { cancel(); <-done; pages.Close(); proofs.Close() })
}

func (h *host) config() Config {
	return Config{Dir: h.dir, Hosts: []string{"forum.example.org", "mail.example.org"}, Contact: "jane@school.example", Directory: h.ca.Directory()}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// shake looks at the certificate of a name, as a browser that trusts the authority.
func (h *host) shake(name string) (serial int64, err error) {
	conn, err := tls.Dial("tcp", h.secure.Addr().String(), &tls.Config{ServerName: name, RootCAs: h.ca.Roots()})
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64(), nil
}

func TestEachWayToProveANameEndsWithACertificate(t *testing.T) {
	for _, way := range []string{"tls-alpn-01", "http-01"} {
		t.Run(way, func(t *testing.T) {
			h := newHost(t)
			h.ca.Offer(way)
			h.start()
			h.log.wait(t, "host=mail.example.org until=")
			for _, name := range h.config().Hosts {
				if _, err := h.shake(name); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			if got := h.ca.Contacts(); !slices.Equal(got, []string{"mailto:jane@school.example"}) {
				t.Errorf("contact %q", got)
			}
			for path, want := range map[string]os.FileMode{h.dir: 0o700, place(h.config()): 0o700, filepath.Join(place(h.config()), "forum.example.org"): 0o600, filepath.Join(place(h.config()), "acme_account+key"): 0o600} {
				if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
					t.Errorf("%s: %v, %v", path, info, err)
				}
			}
			if files, err := os.ReadDir(place(h.config())); err != nil || len(files) != 3 {
				t.Errorf("files: %v, %v", files, err)
			}
		})
	}
}

// A stranger who asks for another name gets nothing, and costs no order.
func TestAnotherNameIsRefusedWithoutAnOrder(t *testing.T) {
	h := newHost(t)
	h.start()
	h.log.wait(t, "host=mail.example.org until=")
	for _, name := range []string{"evil.example", "www.forum.example.org", "forum.example.org.evil.example"} {
		if n, err := h.shake(name); err == nil {
			t.Errorf("%s has certificate %d", name, n)
		}
		if _, err := h.keeper.Certificate(&tls.ClientHelloInfo{ServerName: name, SupportedProtos: []string{Protocol}}); err == nil {
			t.Errorf("%s has a proof", name)
		}
	}
	if got, want := h.ca.Names(), h.config().Hosts; !slices.Equal(got, want) {
		t.Errorf("orders for %q, want %q", got, want)
	}
	if c, err := h.keeper.Certificate(&tls.ClientHelloInfo{ServerName: "FORUM.example.org."}); err != nil || c == nil {
		t.Errorf("in capitals: %v", err)
	}
	if c, err := h.keeper.Certificate(&tls.ClientHelloInfo{}); err != nil || c.Leaf.DNSNames[0] != "forum.example.org" {
		t.Errorf("without a name: %v", err)
	}
}

// A certificate that is due when it comes is renewed at once, without a restart.
func TestWhatIsDueIsRenewed(t *testing.T) {
	h := newHost(t)
	h.ca.Last(-70*24*time.Hour, 20*24*time.Hour) // less than a third of 90 days is left
	h.start()
	h.log.wait(t, "host=mail.example.org until=")
	later := time.Now().UTC().Truncate(24 * time.Hour).Add((90*24 + 12) * time.Hour) // at noon: some seconds later it is the same day
	h.ca.Last(-time.Hour, time.Until(later))
	first := map[int64]bool{<-h.ca.Issued(): true, <-h.ca.Issued(): true}
	h.log.wait(t, "host=forum.example.org until="+later.Format("2006-01-02"))
	h.log.wait(t, "host=mail.example.org until="+later.Format("2006-01-02"))
	if n, err := h.shake("forum.example.org"); err != nil || first[n] {
		t.Errorf("certificate %d, %v", n, err)
	}
	if s := h.keeper.States()[0]; s.Leaf == nil || s.Leaf.NotAfter.Sub(later).Abs() > 24*time.Hour {
		t.Errorf("the state is %+v", s)
	}
}

// What ended while the server was off is fetched anew at its start.
func TestWhatHasEndedIsFetchedAnew(t *testing.T) {
	h := newHost(t)
	h.ca.Last(-48*time.Hour, 60*24*time.Hour)
	h.start()
	h.log.wait(t, "host=mail.example.org until=")
	old := h.instead(-48*time.Hour, -time.Hour)
	h.start()
	h.log.wait(t, "host=forum.example.org until=")
	if n, err := h.shake("forum.example.org"); err != nil || n == old {
		t.Errorf("certificate %d, %v", n, err)
	}
}

// instead stores in the place of the first certificate one of the same key with another beginning and end, from now, and returns the
// number of both.
func (h *host) instead(from, until time.Duration) int64 {
	h.t.Helper()
	pair, err := h.keeper.files.pair("forum.example.org")
	if err != nil || pair == nil {
		h.t.Fatal(err)
	}
	now := time.Now()
	other := h.ca.Sign(pair.Leaf, now.Add(from), now.Add(until))
	pem, err := os.ReadFile(filepath.Join(place(h.config()), "forum.example.org"))
	if err != nil {
		h.t.Fatal(err)
	}
	key, _, _ := bytes.Cut(pem, []byte("-----BEGIN CERTIFICATE"))
	if err := h.keeper.files.Put(h.t.Context(), "forum.example.org", append(key, other...)); err != nil {
		h.t.Fatal(err)
	}
	return pair.Leaf.SerialNumber.Int64()
}

// While the authority is down, what is there is served, also when it is due; and the log says what to do.
func TestWithoutTheAuthorityTheOldCertificateIsServed(t *testing.T) {
	h := newHost(t)
	h.start() // nothing of this is due, so no renewal that has begun ends later
	h.log.wait(t, "host=mail.example.org until=")
	h.ca.Down(true)
	h.instead(-85*24*time.Hour, 5*24*time.Hour)
	h.start()
	text := h.log.wait(t, "a certificate was not renewed")
	if _, err := h.shake("forum.example.org"); err != nil {
		t.Error(err)
	}
	if s := h.keeper.States()[0]; s.Leaf == nil || s.What == "" || s.Do == "" {
		t.Errorf("the state is %+v", s)
	}
	if !strings.Contains(text, "level=ERROR") {
		t.Errorf("a week before its end it is no error:\n%s", text)
	}
	h.instead(-85*24*time.Hour, -time.Hour)
	h.start()
	text = h.log.wait(t, "there is no new certificate")
	if !strings.Contains(text, "the authority has a fault of its own: the authority is down") || !strings.Contains(text, "it is tried again by itself") {
		t.Errorf("the log says\n%s", text)
	}
	conn, err := tls.Dial("tcp", h.secure.Addr().String(), &tls.Config{ServerName: "forum.example.org", InsecureSkipVerify: true})
	if err != nil {
		t.Fatalf("what has ended is not served: %v", err)
	}
	conn.Close()
}

// The log names the next step.
func TestWhyThereIsNoCertificate(t *testing.T) {
	const shut = "127.0.0.1:1" // nobody listens there, and no kernel gives this port to a neighbour
	other := listen(t)
	go http.Serve(other, http.NotFoundHandler())
	t.Cleanup(func() { other.Close() })
	for _, c := range []struct {
		name          string
		spoil         func(*host, *Config)
		cause, nextDo string
	}{
		{"the ports are shut", func(h *host, _ *Config) { h.ca.Leads(shut, shut) }, "the authority cannot reach forum.example.org (http-01)", "open port 443 of this machine"},
		{"the name is not in the DNS", func(h *host, _ *Config) { h.ca.Leads("", "") }, "the name forum.example.org is not in the DNS", "publish an A record for forum.example.org"},
		{"another machine answers", func(h *host, _ *Config) {
			h.ca.Offer("http-01")
			h.ca.Leads(other.Addr().String(), "")
		}, "at forum.example.org another machine answers", "has the address of this machine and no other"},
		{"the contact gets no mail", func(_ *host, c *Config) { c.Contact = "jane@school.test" }, "does not take the address", "correct web.acme_contact"},
		{"the authority is not there", func(_ *host, c *Config) { c.Directory = "http://" + shut + "/directory" }, "the authority cannot be reached", "port 443 of 127.0.0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t)
			cfg := h.config()
			cfg.Hosts = cfg.Hosts[:1]
			c.spoil(h, &cfg)
			log := &lines{more: make(chan struct{}, 1)}
			k, err := Open(slog.New(slog.NewTextHandler(log, nil)), cfg)
			if err != nil {
				t.Fatal(err)
			}
			k.Challenge(nil) // port 80 is served as well
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { defer close(done); k.Run(ctx) }()
			text := log.wait(t, "there is no new certificate")
			cancel()
			<-done
			if !strings.Contains(text, c.cause) || !strings.Contains(text, c.nextDo) {
				t.Errorf("got %s", text)
			}
			if s := k.States(); len(s) != 1 || s[0].Leaf != nil || !strings.Contains(s[0].What, c.cause) || !strings.Contains(s[0].Do, c.nextDo) {
				t.Errorf("the state is %+v", s)
			}
			if _, err := k.Certificate(&tls.ClientHelloInfo{ServerName: "forum.example.org"}); err == nil {
				t.Error("there is a certificate")
			}
		})
	}
}

// A trial at one authority leaves nothing for the next.
func TestEachAuthorityHasADirectoryOfItsOwn(t *testing.T) {
	trial, real := Config{Dir: "/d", Directory: "https://acme-staging-v02.api.letsencrypt.org/directory"}, Config{Dir: "/d", Directory: LetsEncrypt}
	if a, b := place(trial), place(real); a == b || b != "/d/acme-v02.api.letsencrypt.org" {
		t.Errorf("%s and %s", a, b)
	}
	if at := place(Config{Dir: "/d", Directory: "https://../x"}); filepath.Dir(filepath.Clean(at)) != "/d" {
		t.Errorf("outside: %s", at)
	}
}
