package mailauth

import (
	"bytes"
	"context"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/worked"
)

// FuzzStrip checks that only whole fields go, that nothing of ours is left, and that the body stays.
func FuzzStrip(f *testing.F) {
	f.Add([]byte("Authentication-Results: mx.example; spf=pass\r\nX: y\r\n\r\nbody"), "mx.example")
	f.Add([]byte("ARC-Seal: i=1\r\nARC-Authentication-Results: i=1; (c) \"mx.example\" 1; spf=pass\r\n\r\n"), "MX.example")
	f.Add([]byte("Authentication-Results\n : (((\\"), "")
	f.Fuzz(func(t *testing.T, raw []byte, id string) {
		before := bytes.Clone(raw)
		got := Strip(raw, id)
		if !bytes.Equal(before, raw) {
			t.Fatal("the input was changed")
		}
		if again := Strip(got, id); !bytes.Equal(again, got) {
			t.Fatalf("a second time more goes: %q, then %q", got, again)
		}
		all, end := fields(raw)
		kept, keptEnd := fields(got)
		if !bytes.HasSuffix(got, raw[end:]) || len(got)-keptEnd != len(raw)-end {
			t.Fatalf("the body changed: %q from %q", got, raw)
		}
		left := all
		for _, k := range kept {
			text := got[k.start:k.end]
			i := slices.IndexFunc(left, func(f field) bool { return bytes.Equal(raw[f.start:f.end], text) })
			if i < 0 {
				t.Fatalf("the field %q is new or out of order in %q", text, got)
			}
			left = left[i+1:]
		}
	})
}

// safeField is what a field of ours may look like.
var safeField = regexp.MustCompile(`^Authentication-Results: [a-z0-9._-]+;\r\n(?:[ -~]*\r\n +)*[ -~]*\r\n$`)

// FuzzField checks that no text of a stranger gets out of its place.
func FuzzField(f *testing.F) {
	f.Add("mx.example", "a.example", "sel", "rsa-sha256", "pass", "reject")
	f.Add("mx\r\nX: y", "a;b", "(", "\"", "fail\r\n", "ü")
	f.Fuzz(func(t *testing.T, id, domain, selector, algorithm, check, policy string) {
		v := Verdict{
			Author: domain, SPF: SPF{Result: Check(check), Domain: domain},
			DKIM:  []Signature{{Result: Check(check), Domain: domain, Selector: selector, Algorithm: algorithm, Reason: ReasonAltered}},
			DMARC: DMARC{Result: Check(check), Domain: domain, Policy: Policy(policy)},
		}
		got := v.Field(id)
		if !safeField.MatchString(got) || strings.Count(got, ";") != 3 {
			t.Fatalf("got %q", got)
		}
		for line := range strings.SplitSeq(got, "\r\n") {
			if len(line) > 998 {
				t.Fatalf("a line of %d octets", len(line))
			}
		}
		if id, ok := normal(id); ok && len(Strip([]byte(got+"\r\n"), id)) != 2 {
			t.Fatalf("Strip does not know our own field %q", got)
		}
	})
}

// FuzzVerify checks that nothing a stranger sends or publishes makes a check fail, or passes without reason.
func FuzzVerify(f *testing.F) {
	f.Add([]byte(mail("victim.example")), "victim.example", "bounce", "victim.example", "mx.example", "v=spf1 -all", "v=DMARC1; p=reject", "v=DKIM1; p=")
	f.Add([]byte(foreignSignature+mail("victim.example")), "schüler.example", "", "", "[1.2.3.4]",
		"v=spf1 include:%{d} exists:%{l1r-}.%{i}._spf.%{h} mx/24//64 ptr a:b redirect=c", "v=DMARC1; np=reject; psd=y; t=y", "k=ed25519; t=s:y; p=AAAA")
	f.Add([]byte("From\v: x\r\nDKIM-Signature: v=1; d=evil.example; i=@x; h=from; x=1; l=1; b=; bh=\r\n"), "a.b.c.d.e.f.g.h.i.j", "a@b", "x", "y", "v=spf1 +all", "", shortKey)
	f.Fuzz(func(t *testing.T, raw []byte, from, local, domain, helo, spf, dmarc, key string) {
		z := canned{spf, dmarc, key}
		start := worked.Time(t)
		before := bytes.Clone(raw)
		v := New(z, Config{}).Verify(context.Background(), Input{
			Client: netip.MustParseAddr(evilHost), Helo: helo, MailFrom: Mailbox{local, domain}, From: from, Raw: raw,
		})
		if took := worked.Time(t) - start; took > 5*time.Second {
			t.Fatalf("took %v", took)
		}
		if !bytes.Equal(before, raw) {
			t.Fatal("the message was changed")
		}
		aligned := v.SPF.Aligned && v.SPF.Result == Pass || slices.ContainsFunc(v.DKIM, func(s Signature) bool { return s.Aligned && s.Result == Pass })
		if aligned != (v.Result == Verified) || len(v.DKIM) > maxSignatures {
			t.Fatalf("the verdict does not fit its parts: %+v", v)
		}
		if field := v.Field("mx.test"); !safeField.MatchString(field) {
			t.Fatalf("field %q", field)
		}
	})
}
