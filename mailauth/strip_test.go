package mailauth

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStrip(t *testing.T) {
	const rest = "From: a@a.example\r\nSubject: x\r\n\r\nAuthentication-Results: mx.lists.example; spf=pass\r\n\r\nbody\r\n"
	for _, c := range []struct {
		name, top, want string
	}{
		{"nothing", "", ""},
		{"ours", "Authentication-Results: mx.lists.example; spf=pass\r\n", ""},
		{"another's", "Authentication-Results: mx.other.example; spf=pass\r\n", "Authentication-Results: mx.other.example; spf=pass\r\n"},
		{"one that ends like ours", "Authentication-Results: evil.mx.lists.example; x=y\r\n", "Authentication-Results: evil.mx.lists.example; x=y\r\n"},
		{"in another case, with a final dot", "AUTHENTICATION-results: MX.Lists.Example.; spf=pass\r\n", ""},
		{"folded", "Authentication-Results:\r\n\tmx.lists.example;\r\n dkim=pass\r\n  header.d=a\r\n", ""},
		{"no results", "Authentication-Results: mx.lists.example; none\r\n", ""},
		{"nothing behind the name", "Authentication-Results: mx.lists.example\r\n", ""},
		{"with a version", "Authentication-Results: mx.lists.example 1; spf=pass\r\n", ""},
		{"with a version in comments", "Authentication-Results: (a) mx.lists.example (b(c)) 1 (\\)); spf=pass\r\n", ""},
		{"quoted", "Authentication-Results: \"mx.lists.example\"; spf=pass\r\n", ""},
		{"quoted with a quoted pair", "Authentication-Results: \"mx.li\\sts.example\" ; spf=pass\r\n", ""},
		{"a space before the colon", "Authentication-Results : mx.lists.example; spf=pass\r\n", ""},
		{"the colon on the next line", "Authentication-Results\r\n : mx.lists.example; spf=pass\r\n", ""},
		{"a comment that does not end", "Authentication-Results: (mx.other.example; spf=pass\r\n", ""},
		{"a quote that does not end", "Authentication-Results: \"mx.other.example; spf=pass\r\n", ""},
		{"words behind the name", "Authentication-Results: mx.other.example mx.lists.example; spf=pass\r\n", ""},
		{"empty", "Authentication-Results:\r\n", ""},
		{"several", "Authentication-Results: mx.lists.example; a=b\r\nReceived: x\r\nAuthentication-Results: mx.other.example; a=b\r\n" +
			"Authentication-Results: mx.lists.example; c=d\r\n", "Received: x\r\nAuthentication-Results: mx.other.example; a=b\r\n"},
		{"a longer name", "X-Authentication-Results: mx.lists.example; a=b\r\n", "X-Authentication-Results: mx.lists.example; a=b\r\n"},
		{"bare line feeds", "Authentication-Results: mx.lists.example;\n a=b\nX: y\n", "X: y\n"},
		{"an ARC set of ours", "ARC-Seal: i=1; a=rsa-sha256; cv=none; b=x\r\nARC-Message-Signature: i=1; b=x\r\n" +
			"ARC-Authentication-Results: i=1; mx.lists.example; spf=pass\r\n", ""},
		{"an ARC set of ours among others'", "ARC-Seal: a=rsa-sha256; i = 2; b=x\r\nARC-Message-Signature: i=(x)02; b=x\r\n" +
			"ARC-Authentication-Results: i=2; mx.lists.example 1; spf=pass\r\nARC-Seal: i=1; b=y\r\n" +
			"ARC-Message-Signature: i=1; b=y\r\nARC-Authentication-Results: i=1; mx.other.example; spf=pass\r\n",
			"ARC-Seal: i=1; b=y\r\nARC-Message-Signature: i=1; b=y\r\nARC-Authentication-Results: i=1; mx.other.example; spf=pass\r\n"},
		{"ARC results of ours without a number", "ARC-Seal: i=1; b=y\r\nARC-Authentication-Results: mx; mx.lists.example; spf=pass\r\n", "ARC-Seal: i=1; b=y\r\n"},
	} {
		got := string(Strip([]byte(c.top+rest), "MX.lists.example"))
		if diff := cmp.Diff(c.want+rest, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestStripKnowsInternationalNames(t *testing.T) {
	raw := "Authentication-Results: mx.schüler.example; spf=pass\r\nX: y\r\n\r\n"
	for _, id := range []string{"mx.schüler.example", "mx.xn--schler-5ya.example"} {
		if got := string(Strip([]byte(raw), id)); got != "X: y\r\n\r\n" {
			t.Errorf("%s: got %q", id, got)
		}
	}
	if got := string(Strip([]byte("Authentication-Results: My Host; a=b\r\n\r\n"), "other")); got != "\r\n" {
		t.Errorf("got %q", got)
	}
}

func TestStripCopiesNothingInVain(t *testing.T) {
	raw := []byte("Authentication-Results: mx.other.example; a=b\r\n\r\nx")
	if got := Strip(raw, "mx.lists.example"); &got[0] != &raw[0] {
		t.Error("a message without our fields was copied")
	}
	raw = []byte("Authentication-Results: mx.lists.example; a=b\r\nX: y\r\n\r\nx")
	kept := string(raw)
	Strip(raw, "mx.lists.example")
	if string(raw) != kept {
		t.Error("the message of the caller was changed")
	}
}

// A verdict with strangers' bytes in every field, which Verify never makes, still gives one field.
func TestFieldHoldsNoStrangersBytes(t *testing.T) {
	evil := "a\r\nX: y;(\"\x00ü"
	v := Verdict{
		Author: evil, SPF: SPF{Result: Check(evil), Domain: evil},
		DKIM:  []Signature{{Result: Pass, Domain: evil, Selector: evil, Algorithm: evil}},
		DMARC: DMARC{Result: Fail, Policy: Policy(evil)},
	}
	want := "Authentication-Results: invalid;\r\n spf=none;\r\n dkim=pass;\r\n dmarc=fail\r\n"
	if got := v.Field(evil); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFieldOfARefusedSignature(t *testing.T) {
	v := Verdict{SPF: SPF{Result: Pass, Domain: "a.example", Helo: true}, DKIM: []Signature{{Result: Refused, Domain: "a.example", Reason: ReasonPartOfBody}}}
	want := "Authentication-Results: mx.example;\r\n spf=pass smtp.helo=a.example;\r\n" +
		" dkim=policy reason=\"the signature covers only a part of the body\"\r\n  header.d=a.example;\r\n dmarc=none\r\n"
	if got := v.Field("mx.example"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := string(Strip([]byte(v.Field("mx.example")+"\r\n"), "mx.example")); strings.TrimSpace(got) != "" {
		t.Errorf("Strip leaves %q of our own field", got)
	}
}
