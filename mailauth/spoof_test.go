package mailauth

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// The hosts of the spoof tables. Every good domain lets only the good host send.
const (
	goodHost = "192.0.2.10"
	evilHost = "203.0.113.66"
)

// spoof is one try to be somebody else, or honest mail that looks like one. Empty fields mean: From is at
// victim.example, which asks to reject; the message is not signed; the envelope sender is at evil.example, which
// vouches for evilHost, from where it comes.
type spoof struct {
	name       string
	from       string
	signedFrom string              // the domain of From while it was signed, where that was another
	sign       []string            // selector@domain of each signature, from the top
	change     func(string) string // what happened to the message afterwards
	envelope   string              // the domain of the envelope sender; "<>" for the null sender
	helo, host string
	dns        map[string][]string // records in place of those of the world

	want Result
	why  Reason // must be among the reasons of the verdict or of a signature
}

func (s spoof) run(t *testing.T, world map[string][]string) Verdict {
	t.Helper()
	from := or(s.from, "victim.example")
	raw := mail(or(s.signedFrom, from))
	for _, by := range slices.Backward(s.sign) {
		selector, domain, _ := strings.Cut(by, "@")
		raw = signed(t, raw, dkim.SignOptions{Domain: domain, Selector: selector})
	}
	if s.signedFrom != "" {
		raw = strings.Replace(raw, "<ann@"+s.signedFrom+">", "<ann@"+from+">", 1)
	}
	if s.change != nil {
		raw = s.change(raw)
	}
	in := Input{
		Client: netip.MustParseAddr(or(s.host, evilHost)), Helo: or(s.helo, "mx.evil.example"),
		MailFrom: Mailbox{"bounce", or(s.envelope, "evil.example")}, From: from, Raw: []byte(raw),
	}
	if s.envelope == "<>" {
		in.MailFrom = Mailbox{}
	}
	z := merged(world, s.dns)
	v := New(z, Config{}).Verify(t.Context(), in)
	if most := spfLookups + dkimLookups + dmarcLookups; len(z.asked) > most {
		t.Errorf("%s: %d look-ups, more than %d", s.name, len(z.asked), most)
	}
	return v
}

// reasons returns every reason in a verdict.
func reasons(v Verdict) []Reason {
	all := slices.Clone(v.Reasons)
	for _, s := range v.DKIM {
		all = append(all, s.Reason)
	}
	return all
}

func runSpoofs(t *testing.T, rows []spoof) {
	world := theWorld(t)
	names := map[string]bool{}
	for _, s := range rows {
		if names[s.name] {
			t.Errorf("two rows are called %q", s.name)
		}
		names[s.name] = true
		v := s.run(t, world)
		if v.Result != s.want || !slices.Contains(reasons(v), s.why) {
			t.Errorf("%s: got %s because of %q, want %s because of %q\n%s", s.name, v.Result, reasons(v), s.want, s.why, v.Field("mx.test"))
		}
		if want := s.want == Verified; want != (v.SPF.Aligned || slices.ContainsFunc(v.DKIM, func(s Signature) bool { return s.Aligned })) {
			t.Errorf("%s: the verdict %s does not fit the alignment: %s", s.name, v.Result, v.Field("mx.test"))
		}
	}
	t.Logf("%d rows", len(rows))
}

// theWorld is the DNS of the spoof tables.
func theWorld(t testing.TB) map[string][]string {
	world := map[string][]string{
		"TXT evil.example":           {"v=spf1 ip4:" + evilHost + " -all"},
		"TXT mx.evil.example":        {"v=spf1 ip4:" + evilHost + " -all"},
		"TXT _dmarc.victim.example":  {"v=DMARC1; p=reject"},
		"TXT _dmarc.soft.example":    {"v=DMARC1; p=quarantine"},
		"TXT _dmarc.watch.example":   {"v=DMARC1; p=none; rua=mailto:d@watch.example"},
		"TXT _dmarc.strict.example":  {"v=DMARC1; p=reject; adkim=s; aspf=s"},
		"TXT _dmarc.testing.example": {"v=DMARC1; p=quarantine; t=y"},
	}
	for _, d := range []string{"victim.example", "mail.victim.example", "soft.example", "watch.example", "bare.example",
		"strict.example", "mail.strict.example", "testing.example", "xn--schler-5ya.example", "tenant.onmicrosoft.example",
		"victim-example.example", "a.b.c.d.e.f.g.h.victim.example"} {
		world["TXT "+d] = []string{"v=spf1 ip4:" + goodHost + " -all"}
		world["IP "+d] = []string{goodHost}
		maps.Copy(world, keysFor(t, d))
	}
	maps.Copy(world, keysFor(t, "evil.example"))
	return world
}

// keysFor publishes the keys of the selectors ed, rsa and short for a domain.
func keysFor(t testing.TB, domain string) map[string][]string {
	at := "._domainkey." + domain
	return map[string][]string{
		"TXT ed" + at:    {"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(testKeys(t).ed.Public().(ed25519.PublicKey))},
		"TXT rsa" + at:   {"v=DKIM1; k=rsa; p=" + spki(t, testKeys(t).rsa)},
		"TXT short" + at: {"v=DKIM1; p=" + shortKey},
	}
}

func spki(t testing.TB, private *rsa.PrivateKey) string {
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

type keyPair struct {
	ed  ed25519.PrivateKey
	rsa *rsa.PrivateKey
}

var makeKeys = sync.OnceValues(func() (keyPair, error) {
	private, err := rsa.GenerateKey(nil, 2048)
	return keyPair{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)), private}, err
})

func testKeys(t testing.TB) keyPair {
	keys, err := makeKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// signed puts a signature in front of a message. The selector names the key: ed, or rsa and all others.
func signed(t testing.TB, raw string, o dkim.SignOptions) string {
	t.Helper()
	o.Signer = crypto.Signer(testKeys(t).rsa)
	if o.Selector == "ed" {
		o.Signer = testKeys(t).ed
	}
	o.HeaderCanonicalization, o.BodyCanonicalization = dkim.CanonicalizationRelaxed, dkim.CanonicalizationRelaxed
	if o.HeaderKeys == nil {
		o.HeaderKeys = []string{"From", "To", "Subject", "Date", "From"}
	}
	var b strings.Builder
	if err := dkim.Sign(&b, strings.NewReader(raw), &o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func mail(domain string) string {
	return "From: Ann Smith <ann@" + domain + ">\r\nTo: Forum <forum@lists.example>\r\nSubject: Hello\r\n" +
		"Date: Mon, 02 Nov 2026 09:00:00 +0000\r\nMessage-ID: <1@" + domain + ">\r\n\r\nDear all,\r\n\r\nhello.\r\n"
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// replace returns a change of the first old text into the new.
func replace(old, with string) func(string) string {
	return func(raw string) string {
		if !strings.Contains(raw, old) {
			panic("nothing to replace: " + old)
		}
		return strings.Replace(raw, old, with, 1)
	}
}

func before(text string) func(string) string { return func(raw string) string { return text + raw } }

func after(text string) func(string) string { return func(raw string) string { return raw + text } }

func one(name string, records ...string) map[string][]string {
	return map[string][]string{name: records}
}

// both joins two changes of the world.
func both(a, b map[string][]string) map[string][]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// shortKey is an RSA key of 512 bits; its private half is not needed, since it is refused before it is used.
const shortKey = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKHkXPYcnKrbR4WvqwKRNpTzwtBM8KVhZ9Bq+un4VmAh6Hp+86nDWWKI60FOO+SBpl89fpy9oZm74hF72fd53zcCAwEAAQ=="
