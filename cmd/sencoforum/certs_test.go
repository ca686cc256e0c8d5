package main

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sencoforum/internal/acmeca"
)

// watched is a log of which somebody waits for some words.
type watched struct {
	mu   sync.Mutex
	text strings.Builder
	want string
	seen chan struct{}
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(p)
	if w.want != "" && strings.Contains(w.text.String(), w.want) {
		w.want = ""
		close(w.seen)
	}
	return len(p), nil
}

// TestTheServerGetsItsOwnCertificates serves pages and mail with what an authority issues to it, proved on the port without
// TLS and on that with it.
func TestTheServerGetsItsOwnCertificates(t *testing.T) {
	for _, way := range []string{"http-01", "tls-alpn-01"} {
		t.Run(way, func(t *testing.T) { issuedBy(t, way) })
	}
}

func issuedBy(t *testing.T, way string) {
	ca := acmeca.New(t)
	ca.Offer(way)
	mail, pages, clear := local(t), local(t), local(t)
	ca.Leads(clear.Addr().String(), pages.Addr().String())
	cfg := demoConfig(filepath.Join(t.TempDir(), "data"), pages.Addr().String())
	if err := os.Mkdir(cfg.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	cfg.WebURL, cfg.Hostname, cfg.Operator = "https://forum.example.org", "mail.example.org", "jane@school.example"
	cfg.Web.Listen, cfg.Web.ACME, cfg.SMTP.ACME, cfg.Web.ACMEDirectory = []string{pages.Addr().String()}, true, true, ca.Directory()
	log := &watched{want: "host=mail.example.org until=", seen: make(chan struct{})}
	logger := slog.New(slog.NewTextHandler(log, nil))
	certs := new(certificates)
	if err := certs.open(logger, cfg); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- runServer(ctx, server{log: logger, cfg: cfg, courier: &carrier{}, certs: certs,
			listeners: []net.Listener{mail}, web: []net.Listener{pages}, redirect: []net.Listener{clear}})
	}()
	select {
	case <-log.seen:
	case err := <-ended:
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: ca.Roots()},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, pages.Addr().String())
		}}}
	r, err := client.Get("https://forum.example.org/")
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil || r.StatusCode != http.StatusOK || !strings.Contains(string(page), "<h1") {
		t.Errorf("the page: %d, %v\n%s", r.StatusCode, err, page)
	}
	if r, err := client.Get("https://other.example.org/"); err == nil {
		t.Errorf("another name has a certificate: %d", r.StatusCode)
	}
	encryptedMail(t, mail.Addr().String(), &tls.Config{ServerName: "mail.example.org", RootCAs: ca.Roots()})
	inClear(t, clear.Addr().String())
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// encryptedMail greets the mail server over TLS.
func encryptedMail(t *testing.T, at string, config *tls.Config) {
	t.Helper()
	c, err := smtp.Dial(at)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.StartTLS(config); err != nil {
		t.Errorf("mail: %v", err)
	}
}

// inClear looks at the port without TLS: it has proofs for the authority and nothing else, and sends all others to HTTPS.
func inClear(t *testing.T, at string) {
	t.Helper()
	for path, want := range map[string]int{"/.well-known/acme-challenge/none": http.StatusNotFound, "/t/1": http.StatusPermanentRedirect} {
		q, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+at+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Host = "forum.example.org"
		r, err := http.DefaultTransport.RoundTrip(q)
		if err != nil || r.StatusCode != want {
			t.Errorf("%s without TLS: %v, %v", path, r, err)
		}
	}
}
