package message

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	label63 := strings.Repeat("a", 63)
	for _, c := range []struct {
		name, in    string
		local, host string
		out         string // where it is not the same as in
	}{
		{name: "an ordinary address is taken as it is", in: "priya.n@school.sch.uk", local: "priya.n", host: "school.sch.uk"},
		{name: "the domain is lowered, the local part is not", in: "Priya.N@School.SCH.UK", local: "Priya.N", host: "school.sch.uk", out: "Priya.N@school.sch.uk"},
		{name: "every special letter of an atom is allowed", in: "!#$%&'*+-/=?^_`{|}~@example.org", local: "!#$%&'*+-/=?^_`{|}~", host: "example.org"},
		{name: "the percent hack is just a local part", in: "user%other.example@example.org", local: "user%other.example", host: "example.org"},
		{name: "a quoted local part loses its quotes and gets them back", in: `"jane smith"@example.org`, local: "jane smith", host: "example.org"},
		{name: "needless quotes go", in: `"jane"@example.org`, local: "jane", host: "example.org", out: "jane@example.org"},
		{name: "an escaped quote stays escaped", in: `"a\"b\\c"@example.org`, local: `a"b\c`, host: "example.org"},
		{name: "an at sign may be quoted", in: `"a@b"@example.org`, local: "a@b", host: "example.org"},
		{name: "an international domain becomes A-labels", in: "info@bücher.example", local: "info", host: "xn--bcher-kva.example", out: "info@xn--bcher-kva.example"},
		{name: "an A-label stays", in: "info@XN--BCHER-KVA.example", local: "info", host: "xn--bcher-kva.example", out: "info@xn--bcher-kva.example"},
		{name: "an international local part stays", in: "jürgen@example.org", local: "jürgen", host: "example.org"},
		{name: "one label is a domain", in: "root@localhost", local: "root", host: "localhost"},
		{name: "an IPv4 literal is kept in brackets", in: "a@[192.0.2.1]", local: "a", host: "[192.0.2.1]"},
		{name: "an IPv6 literal is kept in brackets", in: "a@[ipv6:2001:DB8::1]", local: "a", host: "[IPv6:2001:db8::1]", out: "a@[IPv6:2001:db8::1]"},
		{name: "64 octets of local part are allowed", in: strings.Repeat("a", 64) + "@example.org", local: strings.Repeat("a", 64), host: "example.org"},
		{name: "a label of 63 octets is allowed", in: "a@" + label63 + ".org", local: "a", host: label63 + ".org"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseAddress(c.in)
			if want := (Address{c.local, c.host}); got != want || err != nil {
				t.Fatalf("ParseAddress(%q) = %+v, %v, want %+v", c.in, got, err, want)
			}
			want := c.out
			if want == "" {
				want = c.in
			}
			if got.String() != want {
				t.Errorf("String = %q, want %q", got.String(), want)
			}
		})
	}
}

// TestParseAddressRefuses: what an address must not be.
func TestParseAddressRefuses(t *testing.T) {
	label63 := strings.Repeat("a", 63)
	for _, c := range []struct{ name, in string }{
		{"65 octets of local part are not", strings.Repeat("a", 65) + "@example.org"},
		{"quotes count towards the octets", `"` + strings.Repeat("a", 62) + ` "@example.org`},
		{"a label of 64 octets is not", "a@a" + label63 + ".org"},
		{"a domain of more than 255 octets is not", "a@" + strings.Repeat("a.", 127) + "aa.org"},
		{"nothing is refused", ""},
		{"no at sign is refused", "postmaster"},
		{"an empty local part is refused", "@example.org"},
		{"an empty quoted local part is refused", `""@example.org`},
		{"an empty domain is refused", "a@"},
		{"a source route is refused", "@a.example,@b.example:c@d.example"},
		{"two at signs are refused", "a@b@example.org"},
		{"a dot at the start is refused", ".a@example.org"},
		{"a dot at the end is refused", "a.@example.org"},
		{"two dots are refused", "a..b@example.org"},
		{"a final dot of the domain is refused", "a@example.org."},
		{"an empty label is refused", "a@example..org"},
		{"a hyphen at the start of a label is refused", "a@-example.org"},
		{"an underscore in the domain is refused", "a@ex_ample.org"},
		{"a naked IPv4 address is refused", "a@192.0.2.1"},
		{"a broken literal is refused", "a@[192.0.2.1"},
		{"a literal of words is refused", "a@[example.org]"},
		{"a literal with a zone is refused", "a@[IPv6:fe80::1%eth0]"},
		{"an IPv6 address needs its tag", "a@[2001:db8::1]"},
		{"a space is refused", "a b@example.org"},
		{"angle brackets are refused", "<a@example.org>"},
		{"an open quote is refused", `"a@example.org`},
		{"text behind a quoted part is refused", `"a"b@example.org`},
		{"NUL is refused", "a\x00b@example.org"},
		{"a quoted NUL is refused", "\"a\x00\"@example.org"},
		{"CR LF is refused", "a@example.org\r\nRCPT TO:<b@example.org>"},
		{"a quoted CR LF is refused", "\"a\r\n\"@example.org"},
		{"DEL is refused", "a\x7f@example.org"},
		{"a C1 control is refused", "a\u0085@example.org"},
		{"a bidi override is refused", "a\u202egro.elpmaxe@b.example"},
		{"a zero-width space is refused", "a\u200bb@example.org"},
		{"a zero-width joiner in the domain is refused", "a@exam\u200dple.org"},
		{"bytes that are no UTF-8 are refused", "a\xff@example.org"},
		{"a soft hyphen is refused", "a\u00adb@example.org"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := ParseAddress(c.in); err == nil || !got.IsZero() {
				t.Errorf("ParseAddress(%q) = %+v, %v", c.in, got, err)
			}
		})
	}
}

func TestAddressKey(t *testing.T) {
	for _, c := range []struct{ name, a, b string }{
		{"letters are compared without case", "Jane.Smith@Example.ORG", "jane.smith@example.org"},
		{"quotes that are not needed do not count", `"jane"@example.org`, "jane@example.org"},
		{"composed and decomposed letters are the same", "ju\u0308rgen@example.org", "jürgen@example.org"},
		{"both spellings of an international domain are the same", "a@BÜCHER.example", "a@xn--bcher-kva.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, errA := ParseAddress(c.a)
			b, errB := ParseAddress(c.b)
			if errA != nil || errB != nil || a.Key() != b.Key() {
				t.Errorf("keys are %q (%v) and %q (%v), want the same", a.Key(), errA, b.Key(), errB)
			}
		})
	}
	if a, b := (Address{"a", "x.org"}), (Address{"b", "x.org"}); a.Key() == b.Key() {
		t.Error("two addresses have one key")
	}
}

func TestAddressJSON(t *testing.T) {
	type row struct {
		Null, Odd Address
		ByAddress map[Address]int
	}
	odd := Address{"jane smith", "example.org"}
	in := row{Odd: odd, ByAddress: map[Address]int{odd: 1}}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out row
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatalf("unmarshal %s: %v", b, err)
	}
	if !out.Null.IsZero() || out.Odd != odd || out.ByAddress[odd] != 1 {
		t.Errorf("%s came back as %+v", b, out)
	}
	if err := json.Unmarshal([]byte(`{"Odd":"nonsense"}`), &out); err == nil {
		t.Error("nonsense was taken for an address")
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"a@example.org", `"a b"@example.org`, "a@[IPv6:::1]", "a@[192.0.2.1]", "jürgen@bücher.example", "@a:b@c",
		"a@xn--", "\"\\\"\"@x", "a@xn--bcher-kva.example", "a%b@c", "Priya <p@example.org>, (x) y@z", "a at b.example",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, mb := range readMailboxes(s) {
			if mb.Address.IsZero() {
				continue
			}
			if again, err := ParseAddress(mb.Address.String()); err != nil || again != mb.Address {
				t.Fatalf("readMailboxes(%q) gave %+v, which reads as %+v, %v", s, mb.Address, again, err)
			}
		}
		a, err := ParseAddress(s)
		if err != nil {
			if !a.IsZero() {
				t.Fatalf("ParseAddress(%q) refused and gave %+v", s, a)
			}
			return
		}
		again, err := ParseAddress(a.String())
		if err != nil || again != a {
			t.Fatalf("ParseAddress(%q) = %+v, written as %q, read as %+v, %v", s, a, a.String(), again, err)
		}
		if strings.ContainsAny(a.String(), "\r\n\x00") || len(a.Domain) > maxDomain || len(a.Local) > maxLocal {
			t.Fatalf("ParseAddress(%q) let %+v pass", s, a)
		}
		if k, err := ParseAddress(a.Key()); err != nil || k.Key() != a.Key() {
			t.Fatalf("the key %q of %q is no stable address: %v", a.Key(), s, err)
		}
	})
}
