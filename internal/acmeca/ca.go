// Package acmeca is a certificate authority for tests: it speaks ACME (RFC 8555) over HTTP on loopback, checks each request's
// signature and nonce, proves a name by really connecting to where the test says that it leads, and issues certificates.
package acmeca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// CA is a certificate authority. What it does may be changed at any moment.
type CA struct {
	t      testing.TB
	server *httptest.Server
	key    *ecdsa.PrivateKey
	root   *x509.Certificate

	mu       sync.Mutex
	ways     []string          // challenges that are offered
	ports    map[string]string // where port 80 and 443 of every name lead; none: the name is unknown
	from, to time.Duration     // from now, of the next certificates
	down     bool
	nonces   map[string]bool
	accounts map[string]account // by their address
	orders   []*order
	serial   int64
	issued   chan int64
}

type account struct {
	key     *ecdsa.PublicKey
	thumb   string
	contact []string
}

type order struct {
	name    string
	token   string
	account string
	status  string // pending, ready, valid, invalid
	way     string
	failed  *problem
	chain   []byte
}

// problem is an error document (RFC 7807).
type problem struct {
	Type   string `json:"type"`
	Detail string `json:"detail"`
	status int
}

func (p *problem) Error() string { return p.Type + ": " + p.Detail }

func wrong(status int, kind, format string, args ...any) *problem {
	return &problem{"urn:ietf:params:acme:error:" + kind, fmt.Sprintf(format, args...), status}
}

// New starts an authority that offers both challenges, knows no name, and issues for 90 days.
func New(t testing.TB) *CA {
	t.Helper()
	c := &CA{t: t, ways: []string{"tls-alpn-01", "http-01"}, ports: map[string]string{}, from: -time.Hour, to: 90 * 24 * time.Hour,
		nonces: map[string]bool{}, accounts: map[string]account{}, issued: make(chan int64, 16)}
	var err error
	if c.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	plan := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "An authority for tests"}, NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, c.key.Public(), c.key)
	if err != nil {
		t.Fatal(err)
	}
	if c.root, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	c.server = httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(c.server.Close)
	return c
}

// Directory is the address that clients are given.
func (c *CA) Directory() string { return c.server.URL + "/directory" }

// Roots trust the authority.
func (c *CA) Roots() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(c.root)
	return p
}

// Leads says to which address the ports 80 and 443 of all names lead; empty: nowhere.
func (c *CA) Leads(port80, port443 string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ports = map[string]string{"80": port80, "443": port443}
}

// Offer says by which challenges a name may be proved.
func (c *CA) Offer(ways ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ways = ways
}

// Last says from when until when the next certificates hold, from now.
func (c *CA) Last(from, to time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from, c.to = from, to
}

// Down says whether the authority has a fault of its own.
func (c *CA) Down(down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = down
}

// Issued yields the numbers of certificates as they are issued.
func (c *CA) Issued() <-chan int64 { return c.issued }

// Names are those for which there were orders, each once.
func (c *CA) Names() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	names := map[string]bool{}
	for _, o := range c.orders {
		names[o.name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// Contacts are those of all accounts.
func (c *CA) Contacts() (all []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.accounts {
		all = append(all, a.contact...)
	}
	return all
}

// serve answers one request. It holds the lock, but not while it connects to prove a name.
func (c *CA) serve(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serial++
	nonce := fmt.Sprintf("nonce%d", c.serial)
	c.nonces[nonce] = true
	w.Header().Set("Replay-Nonce", nonce)
	if c.down {
		c.refuse(w, wrong(http.StatusForbidden, "serverInternal", "the authority is down")) // a 5xx would be tried again for minutes
		return
	}
	if r.Method != http.MethodPost {
		c.open(w, r)
		return
	}
	asked, bad := c.read(r)
	if bad == nil {
		bad = c.answer(w, asked)
	}
	if bad != nil {
		c.refuse(w, bad)
	}
}

func (c *CA) refuse(w http.ResponseWriter, p *problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.status)
	c.write(w, p)
}

func (c *CA) write(w http.ResponseWriter, v any) {
	if err := json.NewEncoder(w).Encode(v); err != nil {
		c.t.Log("the client went away: ", err)
	}
}

func (c *CA) say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	c.write(w, v)
}

// open answers what needs no signature.
func (c *CA) open(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/directory" {
		return // HEAD for a nonce
	}
	at := c.server.URL
	c.say(w, http.StatusOK, map[string]any{"newNonce": at + "/nonce", "newAccount": at + "/account", "newOrder": at + "/order",
		"meta": map[string]any{"termsOfService": at + "/terms"}})
}

// answer does what a signed request asks.
func (c *CA) answer(w http.ResponseWriter, a asked) *problem {
	what, number, _ := strings.Cut(strings.TrimPrefix(a.path, "/"), "/")
	switch what {
	case "account":
		return c.register(w, a)
	case "order":
		if number == "" {
			return c.newOrder(w, a)
		}
	}
	var n int
	if _, err := fmt.Sscan(number, &n); err != nil || n < 0 || n >= len(c.orders) || c.orders[n].account != a.account {
		return wrong(http.StatusNotFound, "malformed", "there is no %s", a.path)
	}
	o := c.orders[n]
	switch what {
	case "order":
		c.tellOrder(w, http.StatusOK, n)
	case "authz":
		c.tellAuthorization(w, n)
	case "chall-tls-alpn-01", "chall-http-01":
		c.prove(o, strings.TrimPrefix(what, "chall-"))
		c.say(w, http.StatusOK, c.challenge(n, strings.TrimPrefix(what, "chall-")))
	case "finalize":
		if bad := c.issue(o, a); bad != nil {
			return bad
		}
		c.tellOrder(w, http.StatusOK, n)
	case "cert":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		if _, err := w.Write(o.chain); err != nil {
			c.t.Log("the client went away: ", err)
		}
	}
	return nil
}

// issue makes the certificate that a proved order asks for.
func (c *CA) issue(o *order, a asked) *problem {
	var in struct {
		CSR string `json:"csr"`
	}
	der, err := []byte(nil), json.Unmarshal(a.payload, &in)
	if err == nil {
		der, err = base64.RawURLEncoding.DecodeString(in.CSR)
	}
	if err != nil || o.status != "ready" {
		return wrong(http.StatusForbidden, "orderNotReady", "the order is %s", o.status)
	}
	q, err := x509.ParseCertificateRequest(der)
	if err != nil || q.CheckSignature() != nil || !slices.Equal(q.DNSNames, []string{o.name}) {
		return wrong(http.StatusBadRequest, "badCSR", "it is not for %s", o.name)
	}
	c.serial++
	plan := &x509.Certificate{SerialNumber: big.NewInt(c.serial), DNSNames: q.DNSNames, NotBefore: time.Now().Add(c.from), NotAfter: time.Now().Add(c.to),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	cert, err := x509.CreateCertificate(rand.Reader, plan, c.root, q.PublicKey, c.key)
	if err != nil {
		return wrong(http.StatusInternalServerError, "serverInternal", "%v", err)
	}
	o.status = "valid"
	o.chain = append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.root.Raw})...)
	c.issued <- c.serial
	return nil
}

// Sign makes a certificate once more, with another beginning and end, in PEM.
func (c *CA) Sign(like *x509.Certificate, from, until time.Time) []byte {
	c.t.Helper()
	plan := *like
	plan.NotBefore, plan.NotAfter = from, until
	der, err := x509.CreateCertificate(rand.Reader, &plan, c.root, like.PublicKey, c.key)
	if err != nil {
		c.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
