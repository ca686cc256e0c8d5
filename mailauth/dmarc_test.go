package mailauth

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseRecord(t *testing.T) {
	for _, c := range []struct {
		txt  string
		want record
	}{
		{"v=DMARC1; p=reject", record{p: PolicyReject, psd: psdUnknown}},
		{"v=DMARC1;p=none;sp=quarantine;np=reject;", record{p: PolicyNone, sp: PolicyQuarantine, np: PolicyReject, psd: psdUnknown}},
		{"v = DMARC1 ; p = none ; psd = y", record{p: PolicyNone, psd: psdYes}},
		{"V=DMARC1; psd=N; p=Quarantine; t=Y", record{p: PolicyQuarantine, psd: psdNo, testing: true}},
		{"v=DMARC1; adkim=s; aspf=S; p=none", record{p: PolicyNone, psd: psdUnknown, strictDKIM: true, strictSPF: true}},
		{"v=DMARC1; adkim=x; aspf=; psd=z; t=1; p=none", record{p: PolicyNone, psd: psdUnknown}},
		{"v=DMARC1; what=ever; junk; =; p=none", record{p: PolicyNone, psd: psdUnknown}},
		{"v=DMARC1", record{psd: psdUnknown, broken: true}},
		{"v=DMARC1; p=", record{psd: psdUnknown, broken: true}},
		{"v=DMARC1; p=reject; p=none", record{psd: psdUnknown, broken: true}},
		{"v=DMARC1; p=reject; np=no", record{p: PolicyReject, psd: psdUnknown, broken: true}},
		{"v=DMARC1; rua=mailto:a@a.example", record{psd: psdUnknown, broken: true, reports: true}},
		{"v=DMARC1; rua=a@a.example,, :", record{psd: psdUnknown, broken: true}},
	} {
		got, ok := parseRecord(c.txt)
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(record{})); diff != "" || !ok {
			t.Errorf("%q (%v, -want +got):\n%s", c.txt, ok, diff)
		}
	}
	for _, txt := range []string{"", "v", "v=DMARC", "v=DMARC1x; p=none", "v=dmarc1; p=none", " v=DMARC1; p=none", "p=none; v=DMARC1", "v=spf1 -all"} {
		if _, ok := parseRecord(txt); ok {
			t.Errorf("%q counts as a record", txt)
		}
	}
}

func TestPolicyOfARecord(t *testing.T) {
	for _, c := range []struct {
		txt           string
		below, exists bool
		want          Policy
	}{
		{"v=DMARC1; p=reject; sp=quarantine; np=none", false, true, PolicyReject},
		{"v=DMARC1; p=reject; sp=quarantine; np=none", true, true, PolicyQuarantine},
		{"v=DMARC1; p=reject; sp=quarantine; np=none", true, false, PolicyNone},
		{"v=DMARC1; p=reject; sp=quarantine", true, false, PolicyQuarantine},
		{"v=DMARC1; p=reject; np=none", true, true, PolicyReject},
		{"v=DMARC1; p=reject", true, false, PolicyReject},
		{"v=DMARC1; p=reject; t=y", false, true, PolicyQuarantine},
		{"v=DMARC1; p=quarantine; t=y", false, true, PolicyNone},
		{"v=DMARC1; p=none; t=y", false, true, PolicyNone},
		{"v=DMARC1; p=none; sp=reject; t=y", true, true, PolicyQuarantine},
		{"v=DMARC1; p=reject; sp=bad; rua=mailto:a@a.example", false, true, PolicyNone},
	} {
		r, _ := parseRecord(c.txt)
		if got := r.policy(c.below, c.exists); got != c.want {
			t.Errorf("%q below %v exists %v: got %s, want %s", c.txt, c.below, c.exists, got, c.want)
		}
	}
}

func TestWalkNames(t *testing.T) {
	for _, c := range []struct {
		domain string
		want   []string
	}{
		{"com", []string{"com"}},
		{"mail.example.com", []string{"mail.example.com", "example.com", "com"}},
		{"a.b.c.d.e.f.g.com", []string{"a.b.c.d.e.f.g.com", "b.c.d.e.f.g.com", "c.d.e.f.g.com", "d.e.f.g.com", "e.f.g.com", "f.g.com", "g.com", "com"}},
		// the example of RFC 9989 §4.10
		{"a.b.c.d.e.f.g.h.i.j.mail.example.com", []string{"a.b.c.d.e.f.g.h.i.j.mail.example.com", "g.h.i.j.mail.example.com",
			"h.i.j.mail.example.com", "i.j.mail.example.com", "j.mail.example.com", "mail.example.com", "example.com", "com"}},
	} {
		got := walkNames(c.domain)
		if diff := cmp.Diff(c.want, got); diff != "" || len(got) > walkQueries {
			t.Errorf("%s (-want +got):\n%s", c.domain, diff)
		}
	}
}

// The first three are the examples of RFC 9989 §4.10.2.
func TestTreeWalk(t *testing.T) {
	const plain, yes, no = "v=DMARC1; p=none", "v=DMARC1; p=none; psd=y", "v=DMARC1; p=none; psd=n"
	for _, c := range []struct {
		name, domain string
		dns          map[string]string // domain → record
		org, policy  string            // the organisational domain, and where the record that applies is
		asked        int
	}{
		{"records in the middle", "a.mail.example.com", map[string]string{"mail.example.com": plain, "example.com": plain}, "example.com", "example.com", 4},
		{"psd=n in the middle", "a.mail.example.com", map[string]string{"mail.example.com": no, "example.com": plain}, "mail.example.com", "mail.example.com", 2},
		{"only psd=y at the top", "a.mail.example.com", map[string]string{"com": yes}, "example.com", "com", 4},
		{"nothing", "a.mail.example.com", nil, "a.mail.example.com", "", 4},
		{"its own record", "a.example.com", map[string]string{"a.example.com": plain}, "a.example.com", "a.example.com", 3},
		{"its own record and the organisation's", "a.example.com", map[string]string{"a.example.com": plain, "example.com": plain}, "example.com", "a.example.com", 3},
		{"psd=y at the start is no suffix for itself", "co.uk", map[string]string{"co.uk": yes}, "co.uk", "co.uk", 1},
		{"psd=y one above", "x.co.uk", map[string]string{"co.uk": yes, "uk": yes}, "x.co.uk", "co.uk", 2},
		{"psd=y above an organisation with a record", "mail.x.co.uk", map[string]string{"x.co.uk": plain, "co.uk": yes}, "x.co.uk", "x.co.uk", 3},
		{"a record between the organisation and the author does not apply", "a.b.x.co.uk", map[string]string{"b.x.co.uk": plain, "co.uk": yes}, "x.co.uk", "co.uk", 4},
		{"psd=n at the start", "dept.x.com", map[string]string{"dept.x.com": no, "x.com": plain}, "dept.x.com", "dept.x.com", 1},
		{"a registry without psd=y", "x.com", map[string]string{"com": plain}, "com", "com", 2},
		{"nine labels, record at the start", "a.b.c.d.e.f.g.x.com", map[string]string{"a.b.c.d.e.f.g.x.com": plain, "x.com": plain}, "x.com", "a.b.c.d.e.f.g.x.com", 8},
		{"nine labels, a record that is never asked for", "a.b.c.d.e.f.g.x.com", map[string]string{"b.c.d.e.f.g.x.com": no}, "a.b.c.d.e.f.g.x.com", "", 8},
	} {
		z := merged()
		for domain, txt := range c.dns {
			z.records["TXT _dmarc."+domain] = []string{txt}
		}
		w := &walker{&lookups{resolver: z, each: time.Minute, left: dmarcLookups}, map[string]found{}}
		walk := w.walk(t.Context(), c.domain)
		f, _ := walk.policyRecord()
		if walk.organisation() != c.org || f.domain != c.policy || len(z.asked) != c.asked {
			t.Errorf("%s: got organisation %q, record at %q, %d queries, want %q, %q, %d", c.name,
				walk.organisation(), f.domain, len(z.asked), c.org, c.policy, c.asked)
		}
	}
}

func TestAlignment(t *testing.T) {
	records := map[string][]string{
		"TXT _dmarc.a.example":      {"v=DMARC1; p=reject"},
		"TXT _dmarc.own.a.example":  {"v=DMARC1; p=reject; psd=n"},
		"TXT _dmarc.also.a.example": {"v=DMARC1; p=reject"},
		"TXT _dmarc.dead.a.example": {noAnswer},
		"TXT _dmarc.suffix.example": {"v=DMARC1; p=none; psd=y"},
		"TXT _dmarc.sub.b.example":  {"v=DMARC1; p=none"},
		"TXT _dmarc.b.example":      {noAnswer},
	}
	for _, c := range []struct {
		author, domain string
		strict         bool
		want           answer
	}{
		{"a.example", "a.example", false, yes},
		{"a.example", "a.example", true, yes},
		{"a.example", "mail.a.example", false, yes},
		{"a.example", "mail.a.example", true, no},
		{"mail.a.example", "a.example", false, yes},
		{"mail.a.example", "bounce.a.example", false, yes},
		{"also.a.example", "a.example", false, yes},
		{"own.a.example", "a.example", false, no},
		{"a.example", "own.a.example", false, no},
		{"x.own.a.example", "y.own.a.example", false, yes},
		{"a.example", "aa.example", false, no},
		{"a.example", "b.example", false, no},
		{"a.example", "example", false, no},
		{"a.example", "a.test", false, no},
		{"a.example", "", false, no},
		{"a.example", "x.dead.a.example", false, maybe},
		{"a.example", "dead.a.example", true, no},
		{"dead.a.example", "dead.a.example", false, yes},
		{"sub.b.example", "x.sub.b.example", false, maybe},
		{"dead.a.example", "a.example", false, maybe},
		{"dead.a.example", "a.test", false, no},
		{"one.suffix.example", "two.suffix.example", false, no},
		{"one.suffix.example", "mail.one.suffix.example", false, yes},
		{"one.suffix.example", "suffix.example", false, no},
		{"none.test", "mail.none.test", false, no},
		{"none.test", "none.test", true, yes},
	} {
		w := &walker{&lookups{resolver: merged(records), each: time.Minute, left: dmarcLookups}, map[string]found{}}
		d := discover(t.Context(), w, c.author)
		if got := d.aligned(t.Context(), w, c.author, c.domain, c.strict); got != c.want {
			t.Errorf("%s with %s, strict %v: got %d, want %d", c.author, c.domain, c.strict, got, c.want)
		}
	}
}

func TestNormal(t *testing.T) {
	for in, want := range map[string]string{
		"Example.ORG": "example.org", "example.org.": "example.org", "_x.a-b.example": "_x.a-b.example", "localhost": "localhost",
		"schüler.example": "xn--schler-5ya.example", "SCHÜLER.example": "xn--schler-5ya.example", "victim。example": "victim.example",
		"straße.example": "xn--strae-oqa.example", "": "", ".": "", "a..b": "", ".a": "", "a b": "", "[1.2.3.4]": "", "a\x00b": "", "a/b": "",
	} {
		if got, ok := normal(in); ok != (want != "") || ok && got != want {
			t.Errorf("normal(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func TestSeveralSignersShareTheWalks(t *testing.T) {
	z := merged(theWorld(t))
	raw := mail("mail.victim.example")
	v := New(z, Config{}).Verify(t.Context(), Input{From: "mail.victim.example", Raw: []byte(raw)})
	count := func(key string) int {
		return len(slices.DeleteFunc(slices.Clone(z.asked), func(asked string) bool { return asked != key }))
	}
	if n := count("TXT _dmarc.victim.example"); n != 1 || v.DMARC.Organisation != "victim.example" {
		t.Errorf("asked %d times, organisation %q, want once, victim.example", n, v.DMARC.Organisation)
	}
}
