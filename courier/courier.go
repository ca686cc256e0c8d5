// Package courier carries mail out of the house: to a smarthost, straight to the mail servers of a member's
// domain (MX), or, in the demo, into a directory.
//
// [SMTP] and [Capture] both are a queue.Courier. The queue decides what goes when; a courier finds the way
// ([SMTP.Route]) and hands over ([SMTP.Deliver]), and says of each row it took, exactly once, what came of it.
//
// # A conversation
//
// Deliver keeps one connection open and sends many mails over it, each with its own envelope. Where the peer offers
// PIPELINING (RFC 2920), MAIL, RCPT and DATA leave in one write, and the next mail's MAIL, RCPT and DATA leave in the
// same write as the end of the last body, so that a mail costs one round trip. Otherwise it goes in lock-step. What a
// set of replies means is decided by pure functions (judge.go); session.go and delivery.go do what they say.
//
// A connection that ends after good service (a limit of mails per connection, an idle time) is replaced within the same
// Deliver, and the mail whose body had not begun goes over the new one.
//
// # Trouble
//
// A refusal of one mail settles its row: 4yz deferred, 5yz failed. What is not about the mail (no connection, a greeting
// other than 220, 421, no encryption, a failed log-in, a sender refused for policy, a conversation out of step) is trouble
// of the hop: Deliver returns it as its error and defers the rows it holds. When a connection dies between the end
// of a body and its reply, nobody can know whether the mail was taken: the row is deferred, so a mail may arrive
// twice but is never lost.
//
// # Encryption
//
// Whoever carries mail straight to a domain's hosts asks what the domain says of itself (MTA-STS, RFC 8461; sts.go). A policy
// in mode enforce lets its mail go only to the hosts that it names, with certificates that hold. Below it stands what the
// operator set (protection.go).
//
// # State
//
// The policies of domains are kept in the store (table "courier.policies": domain → [policyRow], at most maxPolicies),
// once [SMTP.KeepPolicies] has been called: the first visit is the one moment at which somebody in the middle can hide
// a policy, and a start must not bring that moment back. No transaction is open while the DNS or a policy host is asked.
// All else is in memory: routes for minutes, each cache guarded by one mutex; the key of a hop says all that Deliver
// needs. Methods may be called from many goroutines at once. A crash leaves nothing half done: rows not settled are the
// queue's to send again.
package courier

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"sencoforum/queue"
)

// TLSPolicy says whether mail to an MX may travel without encryption.
type TLSPolicy uint8

const (
	// Required defers mail for a peer that offers no encryption. Its certificate is not compared with its name.
	Required TLSPolicy = iota
	// Opportunistic encrypts where the peer offers it and sends in the clear where it does not (RFC 7435).
	Opportunistic
)

// Config holds what an SMTP courier needs to know. The zero value of each field is usable except Hostname.
type Config struct {
	Hostname string // our name in EHLO; should be that of the reverse DNS entry

	// The way.
	Smarthost    *Smarthost     // nil: straight to the MX of each domain
	Connections  int            // at once to one operator of MX hosts, default 5
	Providers    *Providers     // who is who, and what each bears; default: ShippedProviders
	AskProviders bool           // behind a smarthost, ask the DNS who receives the mail of domains that Providers does not know
	AllowPrivate []netip.Prefix // private and own addresses that an MX may have all the same
	Resolver     Resolver       // default: the system's
	Dial         func(ctx context.Context, network, addr string) (net.Conn, error)

	// Encryption.
	TLS          TLSPolicy
	ClearDomains []string       // recipient domains for which Opportunistic holds, unless their own policy forbids it
	RootCAs      *x509.CertPool // whom to trust where certificates are verified, default: the system's

	// HTTPS fetches MTA-STS policies, default: verified TLS to what the Resolver says.
	HTTPS http.RoundTripper

	Timeouts Timeouts
	Now      func() time.Time // for the age of remembered routes and policies
}

// Smarthost is a mail server that takes all our mail.
type Smarthost struct {
	Host string
	Port int // default 587, with implicit TLS 465, without TLS 25

	// TLS is "starttls" (also when empty), "implicit" (RFC 8314) or "none". The certificate must be valid for Host.
	// "none" is used towards loopback and private addresses alone.
	TLS string

	User, Password string // none: no log-in. Sent over TLS, or to a loopback address
	Mechanism      string // "plain", "login", or empty: the first of them that the peer offers
	Connections    int    // at once, default 20
	PerMinute      int    // copies, at most; 0: no limit
}

// Timeouts are the longest waits. Zero means the default, which follows RFC 5321 §4.5.3.2 where that says a time.
type Timeouts struct {
	DNS       time.Duration // for a route, 30 s
	Policy    time.Duration // for each of the two questions to a domain for its MTA-STS policy, 12 s: the queue waits 60 for all
	Connect   time.Duration // for each address, 30 s
	Greeting  time.Duration // 5 min
	Handshake time.Duration // TLS, 1 min
	Command   time.Duration // EHLO, STARTTLS, AUTH, RSET: 5 min
	Mail      time.Duration // 5 min
	Rcpt      time.Duration // 5 min
	Data      time.Duration // 2 min
	Block     time.Duration // to write each 256 KiB, 3 min
	End       time.Duration // from the end of a body to its reply, 10 min
	Quit      time.Duration // 5 s
	Finish    time.Duration // for what is in flight once the context has ended, 1 s: the queue has waited before
}

// SMTP sends mail to a smarthost or to MX hosts. It implements queue.Courier.
type SMTP struct {
	log      *slog.Logger
	cfg      Config
	tls      *tls.Config // without name; for an MX it verifies nothing
	verified *tls.Config // without name, for an MX whose domain has a policy. The two share no sessions
	routes   *routeCache
	policies *policyCache
	asking   asking // who receives what a smarthost carries
	metrics  *metrics
}

var _ queue.Courier = (*SMTP)(nil)

// New returns a courier with cfg, in which defaults replace zero values. It starts nothing and connects to nobody.
func New(log *slog.Logger, cfg Config) *SMTP {
	cfg.Hostname = strings.TrimSuffix(strings.ToLower(cfg.Hostname), ".")
	cfg.Connections = positive(cfg.Connections, 5)
	cfg.Timeouts = cfg.Timeouts.orDefault()
	if cfg.Resolver == nil {
		cfg.Resolver = &net.Resolver{PreferGo: true}
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{}).DialContext
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Providers == nil {
		cfg.Providers = ShippedProviders()
	}
	if cfg.Smarthost != nil {
		h := cfg.Smarthost.orDefault()
		cfg.Smarthost = &h
	}
	c := &SMTP{
		log:      log,
		cfg:      cfg,
		tls:      newTLS(cfg.RootCAs),
		verified: newTLS(cfg.RootCAs),
		routes:   newRouteCache(cfg.Now),
		policies: newPolicyCache(log, cfg.Now),
		metrics:  newMetrics(),
	}
	// Without a policy an MX name comes from unsigned DNS, so its certificate proves nothing.
	c.tls.InsecureSkipVerify = cfg.Smarthost == nil
	if cfg.HTTPS == nil {
		c.cfg.HTTPS = c.newHTTPS()
	}
	return c
}

// newTLS returns settings that verify, with a session cache of their own.
func newTLS(roots *x509.CertPool) *tls.Config {
	return &tls.Config{
		RootCAs:            roots,
		MinVersion:         tls.VersionTLS12,
		ClientSessionCache: tls.NewLRUClientSessionCache(128),
		// Small first records would cut a flight into several writes.
		DynamicRecordSizingDisabled: true,
	}
}

func (h Smarthost) orDefault() Smarthost {
	h.Host = strings.TrimSuffix(strings.ToLower(h.Host), ".")
	h.Mechanism = strings.ToUpper(h.Mechanism)
	h.Connections = positive(h.Connections, 20)
	switch h.TLS {
	case "implicit":
		h.Port = positive(h.Port, 465)
	case "none":
		h.Port = positive(h.Port, 25)
	default:
		h.TLS = "starttls"
		h.Port = positive(h.Port, 587)
	}
	return h
}

// key is the hop's key of a smarthost.
func (h Smarthost) key() string {
	return "smarthost:" + net.JoinHostPort(h.Host, strconv.Itoa(h.Port))
}

func (t Timeouts) orDefault() Timeouts {
	return Timeouts{
		DNS:       positive(t.DNS, 30*time.Second),
		Policy:    positive(t.Policy, 12*time.Second),
		Connect:   positive(t.Connect, 30*time.Second),
		Greeting:  positive(t.Greeting, 5*time.Minute),
		Handshake: positive(t.Handshake, time.Minute),
		Command:   positive(t.Command, 5*time.Minute),
		Mail:      positive(t.Mail, 5*time.Minute),
		Rcpt:      positive(t.Rcpt, 5*time.Minute),
		Data:      positive(t.Data, 2*time.Minute),
		Block:     positive(t.Block, 3*time.Minute),
		End:       positive(t.End, 10*time.Minute),
		Quit:      positive(t.Quit, 5*time.Second),
		Finish:    positive(t.Finish, time.Second),
	}
}

// positive returns v, or otherwise when v is not above zero.
func positive[T int | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}
