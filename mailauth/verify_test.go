package mailauth

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/google/go-cmp/cmp"
)

func TestVerdict(t *testing.T) {
	z := merged(theWorld(t), map[string][]string{"TXT _dmarc.victim.example": {"v=DMARC1; p=reject; sp=quarantine"}})
	raw := signed(t, mail("mail.victim.example"), dkim.SignOptions{Domain: "victim.example", Selector: "ed"})
	got := New(z, Config{}).Verify(t.Context(), Input{
		Client: netip.MustParseAddr(evilHost), Helo: "relay.example", MailFrom: Mailbox{"ann", "Mail.Victim.example"},
		From: "mail.victim.example", Raw: []byte(raw),
	})
	want := Verdict{
		Result: Verified, Reasons: []Reason{ReasonDMARCPass}, Author: "mail.victim.example",
		SPF:  SPF{Result: Fail, Domain: "mail.victim.example"},
		DKIM: []Signature{{Result: Pass, Domain: "victim.example", Selector: "ed", Algorithm: "ed25519-sha256", Aligned: true}},
		DMARC: DMARC{Result: Pass, Domain: "victim.example", Policy: PolicyQuarantine, Disposition: PolicyNone,
			Organisation: "victim.example"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	wantField := "Authentication-Results: mx.lists.example;\r\n" +
		" spf=fail smtp.mailfrom=mail.victim.example;\r\n" +
		" dkim=pass\r\n  header.d=victim.example\r\n  header.s=ed header.a=ed25519-sha256;\r\n" +
		" dmarc=pass header.from=mail.victim.example policy.dmarc=quarantine\r\n"
	if diff := cmp.Diff(wantField, got.Field("MX.lists.example")); diff != "" {
		t.Errorf("field -want +got:\n%s", diff)
	}
}

// Mail that was fetched from a mailbox has no client address.
func TestUnknownClientGivesNoSPF(t *testing.T) {
	z := merged(theWorld(t))
	v := New(z, Config{}).Verify(t.Context(), Input{MailFrom: Mailbox{"ann", "victim.example"}, From: "victim.example", Raw: []byte(mail("victim.example"))})
	if v.SPF.Result != None || v.Result != Failed {
		t.Errorf("got SPF %s, %s, want none, failed", v.SPF.Result, v.Result)
	}
}

// silent is a Resolver that never answers.
type silent struct{}

func (silent) LookupTXT(ctx context.Context, _ string) ([]string, error) { return wait[string](ctx) }
func (silent) LookupMX(ctx context.Context, _ string) ([]*net.MX, error) { return wait[*net.MX](ctx) }
func (silent) LookupIPAddr(ctx context.Context, _ string) ([]net.IPAddr, error) {
	return wait[net.IPAddr](ctx)
}
func (silent) LookupAddr(ctx context.Context, _ string) ([]string, error) { return wait[string](ctx) }

func wait[T any](ctx context.Context) ([]T, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestSilentServersCostNoMoreThanTheirTime(t *testing.T) {
	raw := mail("victim.example")
	for range 8 {
		raw = signed(t, raw, dkim.SignOptions{Domain: "victim.example", Selector: "rsa"})
	}
	for _, c := range []struct {
		config Config
		most   time.Duration
	}{
		{Config{Time: 3 * time.Second}, 3 * time.Second},
		{Config{Lookup: time.Second}, 5 * time.Second},
		{Config{}, 20 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			v := New(silent{}, c.config).Verify(t.Context(), Input{
				Client: netip.MustParseAddr(goodHost), Helo: "a.example", MailFrom: Mailbox{"ann", "victim.example"},
				From: "mail.victim.example", Raw: []byte(raw),
			})
			if took := time.Since(start); took > c.most || v.Result != Temporary {
				t.Errorf("took %v and got %s, want at most %v and temporary", took, v.Result, c.most)
			}
		})
	}
}

// The library splits an address at its first at-sign.
func TestAnAtSignInTheLocalPart(t *testing.T) {
	l := &lookups{resolver: merged(theWorld(t)), each: time.Minute, left: spfLookups}
	in := Input{Client: netip.MustParseAddr(goodHost), MailFrom: Mailbox{`"ann@evil.example"`, "victim.example"}}
	if got, _ := checkSPF(t.Context(), l, in); got.Result != Pass || got.Domain != "victim.example" {
		t.Errorf("got %s for %s, want a pass for victim.example", got.Result, got.Domain)
	}
}

// Where it is not known whether a subdomain exists, and both policies refuse, that of subdomains is told.
func TestThePolicyOfASubdomainThatMayExist(t *testing.T) {
	z := merged(map[string][]string{"TXT _dmarc.a.example": {"v=DMARC1; p=quarantine; np=reject"}, "MX x.a.example": {noAnswer}})
	v := New(z, Config{}).Verify(t.Context(), Input{From: "x.a.example", Raw: []byte(mail("x.a.example"))})
	if v.Result != Failed || v.DMARC.Policy != PolicyQuarantine {
		t.Errorf("got %s under %s, want failed under quarantine", v.Result, v.DMARC.Policy)
	}
}

func TestACallerWhoGoesAwayGetsTemporary(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	in := Input{From: "victim.example", Raw: []byte(mail("victim.example"))}
	if v := New(merged(theWorld(t)), Config{}).Verify(ctx, in); v.Result != Temporary {
		t.Errorf("got %s, want temporary", v.Result)
	}
}

func TestTooManyLookupsArePermanent(t *testing.T) {
	z := merged(manyMX("victim.example", 10, 10))
	l := &lookups{resolver: z, each: time.Minute, left: spfLookups, shorten: true}
	in := Input{Client: netip.MustParseAddr(evilHost), MailFrom: Mailbox{"ann", "victim.example"}}
	if got, _ := checkSPF(t.Context(), l, in); got.Result != PermError || len(z.asked) != spfLookups {
		t.Errorf("got %s after %d look-ups, want permerror after %d", got.Result, len(z.asked), spfLookups)
	}
}

func TestLookupsTellNoneFromTrouble(t *testing.T) {
	z := merged(map[string][]string{"TXT dead.example": {noAnswer}, "TXT empty.example": {}, "TXT long.example": {strings.Repeat("x", txtBytes+1), "y"}})
	l := &lookups{resolver: z, each: time.Minute, left: 4}
	for _, c := range []struct {
		name    string
		answers int
		trouble bool
		none    bool
	}{
		{"dead.example", 0, true, false},
		{"empty.example", 0, false, false},
		{"long.example", 1, false, false},
		{"gone.example", 0, false, true},
		{"spent.example", 0, true, false},
		{"not a name", 0, false, true},
	} {
		got, err := l.LookupTXT(t.Context(), c.name)
		var dns *net.DNSError
		none := errors.As(err, &dns) && dns.IsNotFound
		if len(got) != c.answers || isTrouble(err) != c.trouble || none != c.none {
			t.Errorf("%s: got %d answers, %v", c.name, len(got), err)
		}
	}
	if !l.overspent() {
		t.Error("nobody noticed the fifth look-up")
	}
}

// SPF macros can make names that are too long; they lose labels at the left (RFC 7208 §7.3).
func TestLongNamesAreShortenedForSPFOnly(t *testing.T) {
	long := strings.Repeat("abcdefghi.", 30) + "example"
	l := &lookups{shorten: true}
	if got, ok := l.query(long); !ok || len(got) > nameBytes || !strings.HasSuffix(long, "."+got) {
		t.Errorf("got %q, %v", got, ok)
	}
	if _, ok := (&lookups{}).query(long); ok {
		t.Error("a name of 300 octets is looked up")
	}
}
