package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"

	"sencoforum/config"
)

// A certificate in files for both doors is one, and each of its own is two; after a reload they are those of the new settings.
func TestCertificatesInFilesAreWatched(t *testing.T) {
	dir := t.TempDir()
	one, other, key := filepath.Join(dir, "one.pem"), filepath.Join(dir, "other.pem"), filepath.Join(dir, "key.pem")
	var cfg config.Config
	certs := new(certificates)
	for _, c := range []struct{ mail, pages, want string }{
		{"", "", ""}, {one, "", "mail " + one}, {one, one, "mail and pages " + one}, {one, other, "mail " + one + ", pages " + other},
	} {
		cfg.SMTP.TLSCert, cfg.SMTP.TLSKey, cfg.Web.TLSCert, cfg.Web.TLSKey = c.mail, "", c.pages, ""
		for path, k := range map[string]*string{c.mail: &cfg.SMTP.TLSKey, c.pages: &cfg.Web.TLSKey} {
			if path != "" {
				*k = key + filepath.Base(path)
				writeCertificate(t, path, *k, 1)
			}
		}
		if c.mail == c.pages {
			cfg.SMTP.TLSKey, cfg.Web.TLSKey = key+filepath.Base(one), key+filepath.Base(one)
		}
		if err := certs.load(cfg); err != nil {
			t.Fatal(err)
		}
		got := ""
		for i, s := range certs.states() {
			if got += s.Use + " " + s.File; i == 0 && len(certs.states()) > 1 {
				got += ", "
			}
			if s.Host != "forum.example.org" || s.Until.IsZero() {
				t.Errorf("%+v", s)
			}
		}
		if got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// A server whose certificate is about to run out writes to the operator as soon as it starts.
func TestTheOperatorHearsOfACertificateThatRunsOut(t *testing.T) {
	dir := t.TempDir()
	pages := local(t)
	cfg := demoConfig(filepath.Join(dir, "data"), pages.Addr().String())
	if err := os.Mkdir(cfg.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	cfg.Operator, cfg.Web.TLSCert, cfg.Web.TLSKey = "jane@school.example", filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writeCertificate(t, cfg.Web.TLSCert, cfg.Web.TLSKey, 1)
	log := &watched{want: "a certificate needs somebody", seen: make(chan struct{})}
	certs := new(certificates)
	if err := certs.load(cfg); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- runServer(ctx, server{log: slog.New(slog.NewTextHandler(log, nil)), cfg: cfg, courier: &carrier{}, certs: certs, web: []net.Listener{pages}})
	}()
	select {
	case <-log.seen:
	case err := <-ended:
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
