package mailauth

import "testing"

// ceiling: flat table
func TestSpoofDMARC(t *testing.T) {
	record := func(domain string, records ...string) map[string][]string {
		return one("TXT _dmarc."+domain, records...)
	}
	runSpoofs(t, []spoof{
		// policies
		{name: "quarantine", from: "soft.example", want: Failed, why: ReasonDMARCFail},
		{name: "none", from: "watch.example", want: Unverified, why: ReasonDMARCFailNone},
		{name: "no record", from: "bare.example", want: Unverified, why: ReasonNoRecord},
		{name: "a domain that does not exist", from: "nowhere.invalid", want: Unverified, why: ReasonNoRecord},
		{name: "reject in test mode still fails", dns: record("victim.example", "v=DMARC1; p=reject; t=y"), want: Failed, why: ReasonTestMode},
		{name: "quarantine in test mode asks for nothing", from: "testing.example", want: Unverified, why: ReasonTestMode},
		{name: "pct=0 is gone", dns: record("victim.example", "v=DMARC1; p=reject; pct=0"), want: Failed, why: ReasonDMARCFail},
		{name: "a pct that is no number", dns: record("victim.example", "v=DMARC1; p=reject; pct=all; rf=x; ri=y; fo=?"), want: Failed, why: ReasonDMARCFail},
		{name: "two records count as none", dns: record("victim.example", "v=DMARC1; p=reject", "v=DMARC1; p=none"), want: Unverified, why: ReasonNoRecord},
		{name: "a record beside other texts", dns: record("victim.example", "hello", "v=DMARC1; p=reject", "v=DMARC2; p=none"), want: Failed, why: ReasonDMARCFail},
		{name: "policy in upper case", dns: record("victim.example", "v=DMARC1;P=REJECT"), want: Failed, why: ReasonDMARCFail},
		{name: "v not first", dns: record("victim.example", "p=reject; v=DMARC1"), want: Unverified, why: ReasonNoRecord},
		{name: "v in lower case", dns: record("victim.example", "v=dmarc1; p=reject"), want: Unverified, why: ReasonNoRecord},
		{name: "a bad policy without reports", dns: record("victim.example", "v=DMARC1; p=rejct"), want: Unverified, why: ReasonBadRecord},
		{name: "a bad policy with reports is none", dns: record("victim.example", "v=DMARC1; p=rejct; rua=mailto:d@victim.example"), want: Unverified, why: ReasonDMARCFailNone},
		{name: "a bad subdomain policy", dns: record("victim.example", "v=DMARC1; p=reject; sp=x; rua=mailto:d@victim.example"), want: Unverified, why: ReasonDMARCFailNone},
		{name: "an empty record", dns: record("victim.example", "v=DMARC1"), want: Unverified, why: ReasonBadRecord},
		{name: "an empty text at _dmarc", dns: record("victim.example", ""), want: Unverified, why: ReasonNoRecord},
		{name: "a bad alignment mode is relaxed", sign: []string{"ed@mail.victim.example"}, dns: record("victim.example", "v=DMARC1; p=reject; adkim=x"),
			want: Verified, why: ReasonDMARCPass},
		{name: "a bad record, but an aligned signature", sign: []string{"ed@victim.example"}, dns: record("victim.example", "v=DMARC1; p=rejct"),
			want: Verified, why: ReasonDKIMAligned},

		// subdomains
		{name: "an invented subdomain", from: "evil.victim.example", want: Failed, why: ReasonDMARCFail},
		{name: "a subdomain with sp=none", from: "mail.victim.example", dns: record("victim.example", "v=DMARC1; p=reject; sp=none"), want: Unverified, why: ReasonDMARCFailNone},
		{name: "sp does not matter to the domain itself", dns: record("victim.example", "v=DMARC1; p=reject; sp=none"), want: Failed, why: ReasonDMARCFail},
		{name: "np for an invented subdomain", from: "evil.victim.example", dns: record("victim.example", "v=DMARC1; p=none; np=reject"), want: Failed, why: ReasonNoSubdomain},
		{name: "np leaves a real subdomain alone", from: "mail.victim.example", dns: record("victim.example", "v=DMARC1; p=none; np=reject"), want: Unverified, why: ReasonDMARCFailNone},
		{name: "np=none lets an invented subdomain be", from: "evil.victim.example", dns: record("victim.example", "v=DMARC1; p=reject; np=none"), want: Unverified, why: ReasonNoSubdomain},
		{name: "a subdomain with its own record", from: "mail.victim.example", dns: record("mail.victim.example", "v=DMARC1; p=none"), want: Unverified, why: ReasonDMARCFailNone},
		{name: "the middle of three has a record of its own", from: "x.mail.victim.example", dns: record("mail.victim.example", "v=DMARC1; p=none"),
			want: Failed, why: ReasonDMARCFail},
		{name: "fourteen labels are walked in eight steps", from: "a.b.c.d.e.f.g.h.i.j.k.victim.example", want: Failed, why: ReasonDMARCFail},
		{name: "a record nine labels down is found only at the start", from: "a.b.c.d.e.f.g.h.victim.example",
			dns: record("a.b.c.d.e.f.g.h.victim.example", "v=DMARC1; p=none"), want: Unverified, why: ReasonDMARCFailNone},
		{name: "the organisation signs for nine labels down", from: "a.b.c.d.e.f.g.h.victim.example", sign: []string{"ed@victim.example"}, want: Verified, why: ReasonDMARCPass},
		{name: "an evil sibling subdomain", from: "mail.victim.example", sign: []string{"ed@evil.victim.example"}, dns: keysFor(t, "evil.victim.example"),
			want: Verified, why: ReasonDMARCPass}, // RFC 9989 trusts an organisation with its names

		// public suffixes
		{name: "psd=y: another organisation below it", from: "victim.suffix.example", sign: []string{"ed@evil.suffix.example"},
			dns: both(keysFor(t, "evil.suffix.example"), record("suffix.example", "v=DMARC1; p=reject; psd=y")), want: Failed, why: ReasonDMARCFail},
		{name: "psd=y: the suffix itself signs", from: "victim.suffix.example", sign: []string{"ed@suffix.example"},
			dns: both(keysFor(t, "suffix.example"), record("suffix.example", "v=DMARC1; p=reject; psd=y")), want: Failed, why: ReasonDMARCFail},
		{name: "psd=y: the organisation signs for its subdomain", from: "mail.victim.suffix.example", sign: []string{"ed@victim.suffix.example"},
			dns: both(keysFor(t, "victim.suffix.example"), record("suffix.example", "v=DMARC1; p=reject; psd=y")), want: Verified, why: ReasonDMARCPass},
		{name: "psd=y: np of the suffix for a domain that nobody has", from: "nobody.suffix.example",
			dns: record("suffix.example", "v=DMARC1; p=none; psd=y; np=reject"), want: Failed, why: ReasonNoSubdomain},
		{name: "psd=y: mail of the suffix itself", from: "suffix.example", sign: []string{"ed@suffix.example"},
			dns: both(keysFor(t, "suffix.example"), record("suffix.example", "v=DMARC1; p=reject; psd=y")), want: Verified, why: ReasonDMARCPass},
		{name: "psd=n: a department of its own is not the university", from: "dept.victim.example", sign: []string{"ed@victim.example"},
			dns: record("dept.victim.example", "v=DMARC1; p=reject; psd=n"), want: Failed, why: ReasonDMARCFail},
		{name: "psd=n: the department signs for its host", from: "host.dept.victim.example", sign: []string{"ed@dept.victim.example"},
			dns: both(keysFor(t, "dept.victim.example"), record("dept.victim.example", "v=DMARC1; p=reject; psd=n")), want: Verified, why: ReasonDMARCPass},
		{name: "an attacker cannot join by psd=n in his own name", sign: []string{"ed@evil.example"}, dns: record("evil.example", "v=DMARC1; p=none; psd=n"),
			want: Failed, why: ReasonDMARCFail},

		// international names
		{name: "U-label in From, A-label signs", from: "schüler.example", signedFrom: "xn--schler-5ya.example", sign: []string{"ed@xn--schler-5ya.example"},
			change: replace("schüler", "xn--schler-5ya"), want: Verified, why: ReasonDKIMAligned},
		{name: "A-label in From, in upper case", from: "XN--SCHLER-5YA.example", sign: []string{"ed@xn--schler-5ya.example"}, want: Verified, why: ReasonDKIMAligned},
		{name: "U-label in upper case", from: "SCHÜLER.example", envelope: "schüler.example", host: goodHost, want: Verified, why: ReasonSPFAligned},
		{name: "ideographic full stop", from: "victim。example", want: Failed, why: ReasonDMARCFail},
		{name: "fullwidth letters are the same domain", from: "ｖｉｃｔｉｍ.example", want: Failed, why: ReasonDMARCFail},
		{name: "Cyrillic look-alike is another domain", from: "victіm.example", sign: []string{"ed@victim.example"}, want: Unverified, why: ReasonNoRecord},
		{name: "soft hyphen in the name", from: "vic\u00adtim.example", want: Failed, why: ReasonDMARCFail},
		{name: "no domain", from: " ", want: Unverified, why: ReasonBadAuthor},
		{name: "an address literal", from: "[192.0.2.10]", want: Unverified, why: ReasonBadAuthor},
		{name: "a label of 64 letters", from: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.victim.example", want: Unverified, why: ReasonBadAuthor},
		{name: "a line end in the domain", from: "victim.example\r\nX: y", want: Unverified, why: ReasonBadAuthor},
		{name: "two final dots", from: "victim.example..", want: Unverified, why: ReasonBadAuthor},
	})
}

// ceiling: flat table
func TestSpoofWhenServersDoNotAnswer(t *testing.T) {
	dead := func(names ...string) map[string][]string {
		zone := map[string][]string{}
		for _, name := range names {
			zone[name] = []string{noAnswer}
		}
		return zone
	}
	runSpoofs(t, []spoof{
		{name: "policy unknown, nobody vouches", dns: dead("TXT _dmarc.victim.example"), want: Temporary, why: ReasonDNS},
		{name: "policy unknown, the very domain signs", sign: []string{"ed@victim.example"}, dns: dead("TXT _dmarc.victim.example"), want: Verified, why: ReasonDNS},
		{name: "policy unknown, SPF of the very domain", envelope: "victim.example", host: goodHost, dns: dead("TXT _dmarc.victim.example"), want: Verified, why: ReasonDNS},
		{name: "policy unknown, a subdomain signs", sign: []string{"ed@mail.victim.example"}, dns: dead("TXT _dmarc.victim.example"), want: Temporary, why: ReasonDNS},
		{name: "key unknown, SPF passes", sign: []string{"ed@victim.example"}, envelope: "victim.example", host: goodHost,
			dns: dead("TXT ed._domainkey.victim.example"), want: Verified, why: ReasonDMARCPass},
		{name: "key unknown, nothing else", sign: []string{"ed@victim.example"}, dns: dead("TXT ed._domainkey.victim.example"), want: Temporary, why: ReasonDNS},
		{name: "key of a stranger unknown", sign: []string{"ed@evil.example"}, dns: dead("TXT ed._domainkey.evil.example"), want: Failed, why: ReasonDMARCFail},
		{name: "one key unknown, another valid", sign: []string{"rsa@victim.example", "ed@victim.example"},
			dns: dead("TXT rsa._domainkey.victim.example"), want: Verified, why: ReasonDMARCPass},
		{name: "key unknown of a signature that does not count", sign: []string{"ed@victim.example"}, change: replace("; s=ed", "; l=1; s=ed"),
			dns: dead("TXT ed._domainkey.victim.example"), want: Failed, why: ReasonPartOfBody},
		{name: "key unknown, strict, in a subdomain", from: "strict.example", sign: []string{"ed@mail.strict.example"},
			dns: dead("TXT ed._domainkey.mail.strict.example"), want: Failed, why: ReasonDMARCFail},
		{name: "SPF unknown, the signature is valid", sign: []string{"ed@victim.example"}, envelope: "victim.example", dns: dead("TXT victim.example"),
			want: Verified, why: ReasonDMARCPass},
		{name: "SPF unknown, nothing else", envelope: "victim.example", dns: dead("TXT victim.example"), want: Temporary, why: ReasonDNS},
		{name: "SPF of a stranger unknown", dns: dead("TXT evil.example"), want: Failed, why: ReasonDMARCFail},
		{name: "SPF unknown in an include", envelope: "victim.example", dns: both(one("TXT victim.example", "v=spf1 include:x.example -all"), dead("TXT x.example")),
			want: Temporary, why: ReasonDNS},
		{name: "SPF unknown, no record", from: "bare.example", envelope: "bare.example", dns: dead("TXT bare.example"), want: Temporary, why: ReasonDNS},
		{name: "SPF unknown, policy none", from: "watch.example", envelope: "watch.example", dns: dead("TXT watch.example"), want: Temporary, why: ReasonDNS},
		{name: "parent unknown for a domain without a record", from: "mail.victim.example", dns: dead("TXT _dmarc.victim.example"), want: Temporary, why: ReasonDNS},
		{name: "top-level domain unknown, policy known", dns: dead("TXT _dmarc.example"), want: Failed, why: ReasonDMARCFail},
		{name: "top-level domain unknown, a subdomain signs", sign: []string{"ed@mail.victim.example"}, dns: dead("TXT _dmarc.example"), want: Verified, why: ReasonDMARCPass},
		{name: "top-level domain unknown, no record", from: "bare.example", dns: dead("TXT _dmarc.example"), want: Temporary, why: ReasonDNS},
		{name: "top-level domain unknown, no record, the very domain signs", from: "bare.example", sign: []string{"ed@bare.example"},
			dns: dead("TXT _dmarc.example"), want: Verified, why: ReasonDKIMAligned},
		{name: "the signer's organisation unknown", sign: []string{"ed@mail.victim.example"}, dns: dead("TXT _dmarc.mail.victim.example"), want: Temporary, why: ReasonDNS},
		{name: "np: existence unknown and it matters", from: "x.victim.example", want: Temporary, why: ReasonDNS,
			dns: both(one("TXT _dmarc.victim.example", "v=DMARC1; p=none; np=reject"), dead("MX x.victim.example"))},
		{name: "np: existence unknown and both refuse", from: "x.victim.example", want: Failed, why: ReasonDMARCFail,
			dns: both(one("TXT _dmarc.victim.example", "v=DMARC1; p=quarantine; np=reject"), dead("MX x.victim.example"))},
	})
}
