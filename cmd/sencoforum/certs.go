package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"

	"sencoforum/certificate"
	"sencoforum/config"
	"sencoforum/watch"
)

// certificates are those of the doors: files, or what an authority issues.
type certificates struct {
	smtp, web files
	acme      *certificate.Keeper // nil: only files
	mail      string              // the name whose certificate of the authority is for mail; empty: none
}

// load reads the files.
func (c *certificates) load(cfg config.Config) error {
	return errors.Join(c.smtp.load(cfg.SMTP.TLSCert, cfg.SMTP.TLSKey), c.web.load(cfg.Web.TLSCert, cfg.Web.TLSKey))
}

// certificatesDir is where those of authorities are, in the data directory.
const certificatesDir = "certificates"

// fromAuthority are the certificates that the settings want of an authority; without a host there are none.
func fromAuthority(cfg config.Config) certificate.Config {
	c := certificate.Config{Dir: filepath.Join(cfg.Data, certificatesDir), Contact: cmp.Or(cfg.Web.ACMEContact, cfg.Operator), Directory: cfg.Web.ACMEDirectory}
	if !cfg.Web.ACME {
		return c
	}
	c.Hosts = []string{config.Host(cfg.WebURL)}
	if cfg.SMTP.ACME && !strings.EqualFold(cfg.Hostname, c.Hosts[0]) {
		c.Hosts = append(c.Hosts, strings.ToLower(cfg.Hostname))
	}
	return c
}

// open reads what an authority has issued so far, where the settings name one. It asks nobody.
func (c *certificates) open(log *slog.Logger, cfg config.Config) (err error) {
	want := fromAuthority(cfg)
	if len(want.Hosts) == 0 {
		return nil
	}
	if cfg.SMTP.ACME {
		c.mail = strings.ToLower(cfg.Hostname)
	}
	c.acme, err = certificate.Open(log, want)
	return err
}

// run fetches and renews what comes from an authority.
func (c *certificates) run(ctx context.Context) error {
	if c.acme == nil {
		return nil
	}
	return c.acme.Run(ctx)
}

// forMail reports whether mail is to come over TLS.
func (c *certificates) forMail() bool { return c.mail != "" || c.smtp.has() }

// ofMail is the certificate for mail, or nil while the authority has not issued one.
func (c *certificates) ofMail() (*tls.Certificate, error) {
	if c.mail != "" {
		return c.acme.Of(c.mail), nil
	}
	return c.smtp.get()
}

// forPages reports whether pages are served over TLS.
func (c *certificates) forPages() bool { return c.acme != nil || c.web.has() }

// ofPages answers a browser, or the authority that looks whether this machine is who it says.
func (c *certificates) ofPages(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if c.acme != nil {
		return c.acme.Certificate(hello)
	}
	return c.web.get()
}

// states are all certificates as they are now, for whoever tells the operator in time.
func (c *certificates) states() (all []watch.Certificate) {
	for _, f := range []struct {
		use  string
		from *files
	}{{"mail", &c.smtp}, {"pages", &c.web}} {
		pair, path := f.from.pair.Load(), f.from.path.Load()
		if pair == nil || path == nil {
			continue
		}
		if len(all) > 0 && all[0].File == *path {
			all[0].Use = "mail and pages"
			continue
		}
		s := watch.Certificate{Use: f.use, File: *path, Host: pair.Leaf.Subject.CommonName, From: pair.Leaf.NotBefore, Until: pair.Leaf.NotAfter}
		if len(pair.Leaf.DNSNames) > 0 {
			s.Host = pair.Leaf.DNSNames[0]
		}
		all = append(all, s)
	}
	if c.acme == nil {
		return all
	}
	for i, k := range c.acme.States() {
		s := watch.Certificate{Use: "mail", Host: k.Host, What: k.What, Do: k.Do}
		if i == 0 { // the host of the pages is the first
			s.Use = "pages"
			if k.Host == c.mail {
				s.Use = "mail and pages"
			}
		}
		if k.Leaf != nil {
			s.From, s.Until = k.Leaf.NotBefore, k.Leaf.NotAfter
		}
		all = append(all, s)
	}
	return all
}

// files is the pair for TLS, which may change while connections last.
type files struct {
	pair atomic.Pointer[tls.Certificate]
	path atomic.Pointer[string] // of the certificate
}

func (f *files) load(cert, key string) error {
	if cert == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	f.pair.Store(&pair)
	f.path.Store(&cert)
	return nil
}

func (f *files) has() bool { return f.pair.Load() != nil }

func (f *files) get() (*tls.Certificate, error) { return f.pair.Load(), nil }
