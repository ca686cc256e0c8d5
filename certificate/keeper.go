package certificate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// LetsEncrypt is the directory of the authority that is asked where the settings name none.
const LetsEncrypt = autocert.DefaultACMEDirectory

// Protocol is the one that the authority negotiates when it looks on port 443 (RFC 8737 §6.2).
const Protocol = acme.ALPNProto

// Times between two looks. An authority takes five failures of a name in an hour, and one attempt may be two of them.
const (
	lookEvery  = 12 * time.Hour
	firstRetry = 20 * time.Minute
	laterRetry = time.Hour
)

// Config is which certificates are kept.
type Config struct {
	Dir       string   // where they are stored; made when it is needed
	Hosts     []string // the names, in ASCII
	Contact   string   // who hears from the authority; may be empty
	Directory string   // of the authority; empty: LetsEncrypt
}

// A Keeper has the certificates of some names, and renews them while Run runs.
type Keeper struct {
	log     *slog.Logger
	cfg     Config
	files   cache
	manager *autocert.Manager
	heard   *heard
	again   chan struct{}
	current map[string]*atomic.Pointer[tls.Certificate] // the names never change

	mu      sync.Mutex // guards what follows
	trouble map[string]reason
}

// A State is how it stands with one name.
type State struct {
	Host     string
	Leaf     *x509.Certificate // nil: there is none yet
	What, Do string            // why the authority issues none, and what helps; empty: nothing is wrong
}

// States are how it stands with every name now.
func (k *Keeper) States() (all []State) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, host := range k.cfg.Hosts {
		host = strings.ToLower(host)
		s := State{Host: host, What: k.trouble[host].what, Do: k.trouble[host].do}
		if pair := k.current[host].Load(); pair != nil {
			s.Leaf = pair.Leaf
		}
		all = append(all, s)
	}
	return all
}

// note keeps why a name has no new certificate; of the zero one, that all is well.
func (k *Keeper) note(host string, why reason) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.trouble[host] = why
}

// Open returns a Keeper with what is stored. It asks nobody.
func Open(log *slog.Logger, c Config) (*Keeper, error) {
	if c.Directory == "" {
		c.Directory = LetsEncrypt
	}
	k := &Keeper{log: log, cfg: c, heard: new(heard), again: make(chan struct{}, 1), current: map[string]*atomic.Pointer[tls.Certificate]{}, trouble: map[string]reason{}}
	k.files = cache{dir: place(c), changed: k.take}
	for _, host := range c.Hosts {
		k.current[strings.ToLower(host)] = new(atomic.Pointer[tls.Certificate])
	}
	for host, at := range k.current {
		pair, err := k.files.pair(host)
		if err != nil {
			return nil, err
		}
		at.Store(pair)
	}
	k.manager = &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: k.files, HostPolicy: autocert.HostWhitelist(c.Hosts...), Email: c.Contact,
		Client: &acme.Client{DirectoryURL: c.Directory, HTTPClient: &http.Client{Transport: k.heard, Timeout: time.Minute}, UserAgent: "sencoforum"},
	}
	return k, nil
}

// errName says that somebody asked for a name that is not ours.
var errName = errors.New("no certificate for this name")

// Certificate answers a handshake (tls.Config.GetCertificate): who names no host gets that of the first. It never waits for the
// authority.
func (k *Keeper) Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
	if name == "" && len(k.cfg.Hosts) > 0 {
		name = strings.ToLower(k.cfg.Hosts[0])
	}
	at := k.current[name]
	if at == nil {
		return nil, errName
	}
	if len(hello.SupportedProtos) == 1 && hello.SupportedProtos[0] == Protocol {
		return k.manager.GetCertificate(hello)
	}
	if pair := at.Load(); pair != nil {
		return pair, nil
	}
	return nil, fmt.Errorf("%s has no certificate yet", name)
}

// Of returns the certificate of a name, or nil while there is none.
func (k *Keeper) Of(host string) *tls.Certificate {
	at := k.current[strings.ToLower(host)]
	if at == nil {
		return nil
	}
	return at.Load()
}

// Challenge answers the authority on port 80, and passes on everything else.
func (k *Keeper) Challenge(next http.Handler) http.Handler { return k.manager.HTTPHandler(next) }

// Look makes Run look at once, for example when somebody has mended what was in its way.
func (k *Keeper) Look() {
	select {
	case k.again <- struct{}{}:
	default: // it will look anyway
	}
}

// Run fetches what is missing and renews what ends, until ctx ends. What goes wrong is logged with the next step, and tried
// again.
func (k *Keeper) Run(ctx context.Context) error {
	defer k.heard.stop()
	for failures := 0; ; {
		wait := lookEvery
		if k.all(ctx) {
			failures = 0
		} else if failures++; failures == 1 {
			wait = firstRetry
		} else {
			wait = laterRetry
		}
		select {
		case <-ctx.Done():
			return nil
		case <-k.again:
		case <-time.After(wait):
		}
	}
}

// all looks after each name, and reports whether all is well.
func (k *Keeper) all(ctx context.Context) bool {
	well := true
	for _, host := range k.cfg.Hosts {
		host = strings.ToLower(host)
		at := k.current[host]
		if old := at.Load(); old == nil || time.Now().After(old.Leaf.NotAfter) {
			k.heard.forget() // it is asked anew
		}
		pair, err := k.obtain(ctx, host)
		switch {
		case ctx.Err() != nil:
			return true
		case err != nil:
			well = false
			what, do := explain(host, k.cfg.Directory, k.heard.said(), err)
			k.note(host, reason{what, do})
			k.log.Error("there is no new certificate", "host", host, "cause", what, "do", do)
			continue
		}
		k.take(host, pair)
		k.warn(host, pair.Leaf)
	}
	return well
}

// take puts a certificate into use, unless a newer one is. The library calls it as soon as one is stored, also when it renews by
// itself.
func (k *Keeper) take(host string, pair *tls.Certificate) {
	at := k.current[host]
	if at == nil {
		return
	}
	for old := at.Load(); old == nil || old.Leaf.NotAfter.Before(pair.Leaf.NotAfter); old = at.Load() {
		if at.CompareAndSwap(old, pair) {
			k.log.Info("a certificate is in use", "host", host, "until", pair.Leaf.NotAfter.UTC())
			return
		}
	}
}

// obtain returns the certificate of a name: the one that is kept and renewed, or a new one. The library takes no context; what
// it still does when ctx has ended comes to nothing.
func (k *Keeper) obtain(ctx context.Context, host string) (*tls.Certificate, error) {
	type answer struct {
		pair *tls.Certificate
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		pair, err := k.manager.GetCertificate(&tls.ClientHelloInfo{ServerName: host, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}})
		done <- answer{pair, err}
	}()
	select {
	case a := <-done:
		return a.pair, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Due is when a certificate is to be renewed: when a third of its time is left, and 30 days at most.
func Due(c *x509.Certificate) time.Time {
	return c.NotAfter.Add(-min(c.NotAfter.Sub(c.NotBefore)/3, 30*24*time.Hour))
}

// warn tells of a certificate whose renewal is late: a quarter of the time for it has gone by.
func (k *Keeper) warn(host string, c *x509.Certificate) {
	left, span := time.Until(c.NotAfter), c.NotAfter.Sub(Due(c))
	if left > span*3/4 {
		k.note(host, reason{})
		return
	}
	what, do := explain(host, k.cfg.Directory, k.heard.said(), nil)
	k.note(host, reason{what, do})
	level := slog.LevelWarn
	if left < span/4 {
		level = slog.LevelError
	}
	k.log.Log(context.Background(), level, "a certificate was not renewed", "host", host, "until", c.NotAfter.UTC(), "cause", what, "do", do)
}
