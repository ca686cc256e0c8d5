package doctor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/dnszone"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// goodZone has nothing wrong with it.
const goodZone = `
mail.example.org. 60 IN A 192.0.2.10
10.2.0.192.in-addr.arpa. 60 IN PTR mail.example.org.
mail.example.org. 60 IN TXT "v=spf1 a -all"
lists.example.org. 60 IN MX 10 mail.example.org.
lists.example.org. 60 IN TXT "v=spf1 mx -all"
lists.example.org. 60 IN TXT "some-site-verification=1234"
s1._domainkey.lists.example.org. 60 IN TXT "v=DKIM1; k=rsa; p=MIIBAAAA"
_dmarc.lists.example.org. 60 IN TXT "v=DMARC1; p=none; rua=mailto:mail-reports@lists.example.org"
_smtp._tls.lists.example.org. 60 IN TXT "v=TLSRPTv1; rua=mailto:mail-reports@lists.example.org"
_mta-sts.lists.example.org. 60 IN TXT "v=STSv1; id=1"
`

// goodPolicy is the MTA-STS policy of goodZone.
const goodPolicy = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmax_age: 604800\r\n"

// world is a forum, with all that its doctor looks at.
type world struct {
	setup       Setup
	zone        string
	addresses   []netip.Addr
	sources     []netip.Addr // nil: all of them
	hosts       string
	closed      map[string]error // addresses that cannot be reached
	service     func(net.Conn)   // what answers elsewhere; nil: nothing is said
	roots       *x509.CertPool
	issuer      int // how the authority of certificates answers
	policy      string
	policyType  string
	policyCode  int
	policyError error
	policyDate  time.Time
}

// newWorld is one in which all is well; its files are in a directory of the test.
func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	cert, key := writeCert(t, "mail.example.org", noon.AddDate(0, 0, 60))
	return &world{
		setup: Setup{
			Hostname: "mail.example.org", Domains: []string{"lists.example.org"}, Sign: true,
			Keys:   []Key{{Selector: "s1", State: InUse, Record: "v=DKIM1; k=rsa; p=MIIBAAAA", Needed: true}},
			Listen: []string{":25"}, TLSCert: cert, TLSKey: key, ServerRuns: true,
			Store: Store{Schema: 1, Free: 5 << 30, MinFree: 1 << 30, Files: 1024, Wanted: 858, Backup: noon.AddDate(0, 0, -1)},
			Paths: Paths{Data: dir},
		},
		zone:       goodZone,
		addresses:  []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("fe80::1")},
		closed:     map[string]error{},
		policy:     goodPolicy,
		policyType: "text/plain; charset=utf-8",
		policyCode: 200,
		policyDate: noon.Add(-time.Second),
	}
}

// replace changes the zone, which has to hold what is replaced.
func (w *world) replace(t *testing.T, old, by string) {
	t.Helper()
	if !strings.Contains(w.zone, old) {
		t.Fatalf("the zone has no %q", old)
	}
	w.zone = strings.Replace(w.zone, old, by, 1)
}

// examine looks and judges.
func (w *world) examine(t *testing.T) []Finding {
	t.Helper()
	zone, err := dnszone.Parse(w.zone)
	if err != nil {
		t.Fatal(err)
	}
	return Judge(Look(t.Context(), w.setup, Outside{
		Resolver: zone, Dial: w.dial, Fetch: w.fetch, Roots: w.roots,
		Addresses: func() []netip.Addr { return w.addresses },
		Sources: func() []netip.Addr {
			if w.sources == nil {
				return w.addresses
			}
			return w.sources
		},
		Hosts: func() string { return w.hosts },
	}, noon))
}

func (w *world) dial(_ context.Context, _, address string) (net.Conn, error) {
	if err := w.closed[address]; err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") // a pipe has no room, and TLS may say two things at once
	if err != nil {
		return nil, err
	}
	defer l.Close()
	here, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return nil, err
	}
	there, err := l.Accept()
	if err != nil {
		return nil, errors.Join(err, here.Close())
	}
	go func() {
		defer there.Close()
		if w.service != nil {
			w.service(there)
		}
	}()
	return here, nil
}

func (w *world) fetch(q *http.Request) (*http.Response, error) {
	if q.URL.Host == "ca.example" {
		return &http.Response{StatusCode: w.issuer, Body: io.NopCloser(strings.NewReader("{}"))}, nil
	}
	if q.URL.String() != "https://mta-sts.lists.example.org/.well-known/mta-sts.txt" {
		return nil, errors.New("a wrong address: " + q.URL.String())
	}
	h := http.Header{"Content-Type": {w.policyType}, "Date": {w.policyDate.Format(http.TimeFormat)}}
	return &http.Response{StatusCode: w.policyCode, Header: h, Body: io.NopCloser(strings.NewReader(w.policy))}, w.policyError
}

// writeCert writes a certificate of its own authority and its key into files.
func writeCert(t *testing.T, name string, until time.Time) (cert, key string) {
	t.Helper()
	dir := t.TempDir()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: noon.AddDate(0, 0, -30), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// find returns the only finding whose check holds some words.
func find(t *testing.T, all []Finding, words string) Finding {
	t.Helper()
	var found []Finding
	for _, f := range all {
		if strings.Contains(f.Check, words) {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d findings about %q in %+v", len(found), words, all)
	}
	return found[0]
}

// demand compares a finding with what it has to say. Whatever is wrong has to come with a next step.
func demand(t *testing.T, f Finding, level Level, says string) {
	t.Helper()
	if f.Level != level {
		t.Errorf("got level %s, want %s: %+v", f.Level, level, f)
	}
	if all := f.Found + " " + f.Problem + " " + f.Do; !strings.Contains(all, says) {
		t.Errorf("got %q, want %q in it", all, says)
	}
	switch {
	case f.Found == "", f.Part == "":
		t.Errorf("nothing is said of what was found: %+v", f)
	case (level == Fault || level == Warning) && (f.Problem == "" || f.Do == ""):
		t.Errorf("something is wrong and there is no next step: %+v", f)
	case level == NotChecked && (f.Problem != "" || f.Do == ""):
		t.Errorf("what was not checked is told as wrong, or without a next step: %+v", f)
	}
}
