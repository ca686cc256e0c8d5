package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sencoforum/config"
	"sencoforum/web"
)

func TestWhereTheLinksLead(t *testing.T) {
	for _, c := range []struct {
		name   string
		url    string
		listen []string
		want   string
	}{
		{"nowhere without pages, though there is an address", "https://forum.example.org", nil, ""},
		{"to the address of the pages", "https://forum.example.org/", []string{"127.0.0.1:8080"}, "https://forum.example.org"},
		{"to the demo itself", "", []string{"127.0.0.1:8080"}, "http://127.0.0.1:8080"},
	} {
		cfg := config.Default()
		cfg.WebURL, cfg.Web.Listen = c.url, c.listen
		if got := leaveURL(cfg); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestPlacesForBrowsers(t *testing.T) {
	for nofile, want := range map[uint64]int{10: 2, 64: 8, 256: 32, 1024: 100, 1 << 40: 100} {
		if got := pageConnections(nofile); got != want {
			t.Errorf("%d files: %d, want %d", nofile, got, want)
		}
	}
}

func TestPagesThatCannotBeServed(t *testing.T) {
	taken := local(t)
	free := "127.0.0.1:0"
	_, err := listenPages([]string{free, taken.Addr().String()})
	if err == nil || !strings.Contains(err.Error(), "See web.listen") {
		t.Errorf("got %v", err)
	}
	l, err := listenNear(taken.Addr().String())
	if err != nil || l.Addr().String() == taken.Addr().String() {
		t.Fatalf("near: %v", err)
	}
	l.Close()
}

// writeCertificate makes a certificate with this number.
func writeCertificate(t *testing.T, cert, key string, serial int64) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plan := x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"forum.example.org"}, NotAfter: time.Now().Add(time.Hour)}
	c, err := x509.CreateCertificate(rand.Reader, &plan, &plan, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: c}, key: {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// serial asks a server for its certificate, by the given version of TLS.
func serial(addr string, version uint16) (int64, error) {
	d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, MaxVersion: version, MinVersion: version, NextProtos: []string{"h2", "http/1.1"}}}
	c, err := d.Dial("tcp", addr)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	state := c.(*tls.Conn).ConnectionState()
	if state.NegotiatedProtocol != "http/1.1" {
		return 0, fmt.Errorf("speaks %q", state.NegotiatedProtocol)
	}
	return state.PeerCertificates[0].SerialNumber.Int64(), nil
}

// TestPagesOverTLS serves with a certificate, changes it while the server runs, and stops the server.
func TestPagesOverTLS(t *testing.T) {
	dir := t.TempDir()
	cfg := demoConfig(filepath.Join(dir, "data"), "127.0.0.1:0")
	if err := os.Mkdir(cfg.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	lendKeys(t, cfg.Data)
	cfg.WebURL, cfg.Web.TLSCert, cfg.Web.TLSKey = "https://forum.example.org", filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	writeCertificate(t, cfg.Web.TLSCert, cfg.Web.TLSKey, 1)
	mail, pages, clear := local(t), local(t), local(t)
	cfg.Web.Listen = []string{pages.Addr().String()}
	certs := new(certificates)
	if err := certs.load(cfg); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended, reloaded := make(chan struct{}), make(chan error, 1), make(chan struct{})
	go func() {
		ended <- runServer(ctx, server{
			log: slog.New(slog.DiscardHandler), cfg: cfg, courier: &carrier{}, certs: certs,
			listeners: []net.Listener{mail}, web: []net.Listener{pages}, redirect: []net.Listener{clear}, ready: func(*house) { close(ready) },
			reload: func(h *house, pages *web.Server) {
				reloader{h.log, func() (config.Config, error) { return cfg, nil }, certs, new(slog.LevelVar)}.reload(h, pages)
				close(reloaded)
			},
		})
	}()
	<-ready
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		if n, err := serial(cfg.Web.Listen[0], version); n != 1 || err != nil {
			t.Errorf("certificate %d, %v", n, err)
		}
	}
	if n, err := serial(cfg.Web.Listen[0], tls.VersionTLS11); err == nil {
		t.Errorf("TLS 1.1 is taken, certificate %d", n)
	}
	if r, err := http.Get("http://" + cfg.Web.Listen[0]); err == nil && r.StatusCode != http.StatusBadRequest {
		t.Errorf("clear text gets %d", r.StatusCode)
	}
	if r, err := http.DefaultTransport.RoundTrip(httptest.NewRequest("GET", "http://"+clear.Addr().String()+"/t/1", nil)); err != nil || r.Header.Get("Location") != "https://forum.example.org/t/1" {
		t.Errorf("without TLS: %v, %v", r, err)
	}
	writeCertificate(t, cfg.Web.TLSCert, cfg.Web.TLSKey, 2)
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	<-reloaded
	if n, err := serial(cfg.Web.Listen[0], tls.VersionTLS13); n != 2 || err != nil {
		t.Errorf("after SIGHUP certificate %d, %v", n, err)
	}
	begun := time.Now()
	cancel()
	if err := <-ended; err != nil || time.Since(begun) >= drain {
		t.Errorf("ended after %s, %v", time.Since(begun), err)
	}
	if _, err := net.Dial("tcp", cfg.Web.Listen[0]); err == nil {
		t.Error("the port is still open")
	}
}
