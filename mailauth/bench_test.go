package mailauth

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// The name servers answer at once, so this is what a check costs us: headers, hashes and one signature.
func BenchmarkVerify(b *testing.B) {
	for _, c := range []struct {
		name, selector string
		body           int
	}{{"rsa 2 KB", "rsa", 2 << 10}, {"ed25519 2 KB", "ed", 2 << 10}, {"rsa 1 MB", "rsa", 1 << 20}} {
		b.Run(c.name, func(b *testing.B) {
			v := New(silentZone(b), Config{})
			raw := mail("victim.example") + strings.Repeat("A line of the usual length, more or less, as people write.\r\n", c.body/60)
			raw = signed(b, raw, dkim.SignOptions{Domain: "victim.example", Selector: c.selector})
			in := Input{Client: netip.MustParseAddr(goodHost), Helo: "mx.victim.example", MailFrom: Mailbox{"ann", "victim.example"},
				From: "victim.example", Raw: []byte(raw)}
			b.ReportAllocs()
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if got := v.Verify(b.Context(), in); got.Result != Verified {
					b.Fatal(got)
				}
			}
		})
	}
}

func BenchmarkUnsigned(b *testing.B) {
	v := New(silentZone(b), Config{})
	in := Input{Client: netip.MustParseAddr(evilHost), MailFrom: Mailbox{"ann", "victim.example"}, From: "mail.victim.example", Raw: []byte(mail("x.example"))}
	b.ReportAllocs()
	for b.Loop() {
		if got := v.Verify(b.Context(), in); got.Result != Failed {
			b.Fatal(got)
		}
	}
}

// silentZone is the world of the spoof tables without the list of questions, which would grow.
func silentZone(b *testing.B) Resolver {
	z := merged(theWorld(b))
	z.quiet = true
	return z
}
