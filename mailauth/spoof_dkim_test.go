package mailauth

import (
	"strings"
	"testing"
	"time"
)

// ceiling: flat table
func TestSpoofDKIM(t *testing.T) {
	victim := []string{"ed@victim.example"}
	flags := func(flags string) map[string][]string {
		key := keysFor(t, "victim.example")["TXT ed._domainkey.victim.example"][0]
		return one("TXT ed._domainkey.victim.example", key+"; t="+flags)
	}
	runSpoofs(t, []spoof{
		// honest mail
		{name: "aligned signature", sign: victim, want: Verified, why: ReasonDMARCPass},
		{name: "aligned RSA signature", sign: []string{"rsa@victim.example"}, want: Verified, why: ReasonDMARCPass},
		{name: "forwarded: SPF fails, the signature lives", sign: victim, envelope: "victim.example", want: Verified, why: ReasonDMARCPass},
		{name: "forwarded by a list that signs as well", sign: []string{"ed@evil.example", "ed@victim.example"}, want: Verified, why: ReasonDMARCPass},
		{name: "signature of the organisation for a subdomain", from: "mail.victim.example", sign: victim, want: Verified, why: ReasonDMARCPass},
		{name: "signature of a subdomain for the organisation", sign: []string{"ed@mail.victim.example"}, want: Verified, why: ReasonDMARCPass},
		{name: "fields that are not signed were added", sign: victim, change: before("Received: by x\r\nList-Id: <l>\r\n"), want: Verified, why: ReasonDMARCPass},
		{name: "no DMARC record, the same domain", from: "bare.example", sign: []string{"ed@bare.example"}, want: Verified, why: ReasonDKIMAligned},
		{name: "signature in upper case", sign: []string{"ed@Victim.EXAMPLE"}, want: Verified, why: ReasonDMARCPass},
		{name: "a broken signature beside a good one", sign: victim,
			change: before(strings.Replace(foreignSignature, "evil", "victim", 1)), want: Verified, why: ReasonDMARCPass},
		{name: "a good signature below 40 of strangers", sign: victim, change: before(strings.Repeat(foreignSignature, 40)), want: Verified, why: ReasonDMARCPass},

		// replay and change
		{name: "unsigned", want: Failed, why: ReasonDMARCFail},
		{name: "replay with another From", signedFrom: "evil.example", sign: []string{"ed@evil.example"}, want: Failed, why: ReasonAltered},
		{name: "replay of the victim's mail with From in another domain", from: "soft.example", signedFrom: "victim.example", sign: victim,
			want: Failed, why: ReasonAltered},
		{name: "another display name", sign: victim, change: replace("Ann Smith", "Head Teacher"), want: Failed, why: ReasonAltered},
		{name: "another subject", sign: victim, change: replace("Hello", "Urgent"), want: Failed, why: ReasonAltered},
		{name: "text appended", sign: victim, change: after("More.\r\n"), want: Failed, why: ReasonAltered},
		{name: "second From above", sign: victim, change: before("From: boss@victim.example\r\n"), want: Failed, why: ReasonSeveralFrom},
		{name: "second From below", sign: victim, change: replace("\r\n\r\n", "\r\nFrom: boss@victim.example\r\n\r\n"), want: Failed, why: ReasonSeveralFrom},
		{name: "second From with a space before the colon", sign: victim, change: before("From : boss@victim.example\r\n"), want: Failed, why: ReasonSeveralFrom},
		{name: "second From with a vertical tab", sign: victim, change: before("From\v: boss@victim.example\r\n"), want: Failed, why: ReasonSeveralFrom},
		{name: "second From with a no-break space", sign: victim, change: before("From\u00a0: boss@victim.example\r\n"), want: Failed, why: ReasonSeveralFrom},
		{name: "second From, folded", sign: victim, change: before("From\r\n : boss@victim.example\r\n"), want: Failed, why: ReasonSeveralFrom},
		{name: "second From without a colon", sign: victim, change: before("From\r\n"), want: Failed, why: ReasonSeveralFrom},
		{name: "no From at all", sign: victim, change: replace("From: Ann", "X-From: Ann"), want: Failed, why: ReasonSeveralFrom},
		{name: "a second Subject below, which would be seen", sign: victim, change: replace("\r\n\r\n", "\r\nSubject: Urgent\r\n\r\n"), want: Failed, why: ReasonAltered},
		{name: "no empty line", sign: victim, change: func(raw string) string { h, _, _ := strings.Cut(raw, "\r\n\r\n"); return h + "\r\n" },
			want: Failed, why: ReasonMalformed},

		// signatures that our policy refuses
		{name: "l= and appended text", sign: victim, change: func(raw string) string {
			return replace("; s=ed", "; l=21; s=ed")(raw) + "Send money.\r\n"
		}, want: Failed, why: ReasonPartOfBody},
		{name: "l=0", sign: victim, change: replace("; s=ed", "; l=0; s=ed"), want: Failed, why: ReasonPartOfBody},
		{name: "l with white space", sign: victim, change: replace("; s=ed", ";\r\n l = 9; s=ed"), want: Failed, why: ReasonPartOfBody},
		{name: "SHA-1", sign: []string{"rsa@victim.example"}, change: replace("a=rsa-sha256", "a=rsa-sha1"), want: Failed, why: ReasonSHA1},
		{name: "an unknown algorithm", sign: victim, change: replace("a=ed25519-sha256", "a=none"), want: Failed, why: ReasonMalformed},
		{name: "a key of 512 bits", sign: []string{"short@victim.example"}, want: Failed, why: ReasonShortKey},
		{name: "a key of 8192 bits", sign: []string{"rsa@victim.example"},
			dns: one("TXT rsa._domainkey.victim.example", "v=DKIM1; p="+longKey()), want: Failed, why: ReasonLongKey},
		{name: "From is not signed", sign: victim, change: replace("h=From:To:Subject:Date:From", "h=To:Subject:Date"), want: Failed, why: ReasonFromUnsigned},
		{name: "only X-From is signed", sign: victim, change: replace("h=From:To:Subject:Date:From", "h=X-From:To"), want: Failed, why: ReasonFromUnsigned},
		{name: "101 signed fields", sign: victim, change: replace("h=From", "h="+strings.Repeat("X:", 101)+"From"), want: Failed, why: ReasonMalformed},
		{name: "expired", sign: victim, change: replace("; s=ed", "; s=ed; x=1000000000"), want: Failed, why: ReasonExpired},
		{name: "an expiry that is no number", sign: victim, change: replace("; s=ed", "; s=ed; x=never"), want: Failed, why: ReasonMalformed},
		{name: "i= of another domain", sign: victim, change: replace("; s=ed", "; s=ed; i=@evil.example"), want: Failed, why: ReasonForeignSigner},
		{name: "i= that only ends like d=", sign: victim, change: replace("; s=ed", "; s=ed; i=ann@evilvictim.example"), want: Failed, why: ReasonForeignSigner},
		{name: "i= without a sign", sign: victim, change: replace("; s=ed", "; s=ed; i=victim.example"), want: Failed, why: ReasonForeignSigner},
		{name: "a repeated tag", sign: victim, change: replace("; s=ed", "; s=ed; d=evil.example"), want: Failed, why: ReasonMalformed},
		{name: "version 2", sign: victim, change: replace("v=1", "v=2"), want: Failed, why: ReasonMalformed},
		{name: "no body hash", sign: victim, change: replace("bh=", "xh="), want: Failed, why: ReasonMalformed},
		{name: "a field of 9 KiB", sign: victim, change: replace("; s=ed", "; s=ed; z="+strings.Repeat("z", 9<<10)), want: Failed, why: ReasonMalformed},
		{name: "key in test mode", sign: victim, dns: flags("y"), want: Failed, why: ReasonTestKey},
		{name: "key in test mode among flags", sign: victim, dns: flags("s : y"), want: Failed, why: ReasonTestKey},
		{name: "key for exact signers, as it should be", sign: victim, dns: flags("s"), want: Verified, why: ReasonDMARCPass},

		// keys
		{name: "key revoked", sign: victim, dns: one("TXT ed._domainkey.victim.example", "v=DKIM1; k=ed25519; p="), want: Failed, why: ReasonMalformed},
		{name: "key gone", sign: []string{"gone@victim.example"}, want: Failed, why: ReasonMalformed},
		{name: "two key records", sign: victim, dns: one("TXT ed._domainkey.victim.example", "v=DKIM1; p=x", "v=DKIM1; p=y"), want: Failed, why: ReasonMalformed},
		{name: "key for other services", sign: victim, dns: one("TXT ed._domainkey.victim.example",
			keysFor(t, "victim.example")["TXT ed._domainkey.victim.example"][0]+"; s=tlsrpt"), want: Failed, why: ReasonMalformed},
		{name: "empty key record", sign: victim, dns: one("TXT ed._domainkey.victim.example", ""), want: Failed, why: ReasonMalformed},
		{name: "huge key record", sign: victim, dns: one("TXT ed._domainkey.victim.example", strings.Repeat("a", 60000)), want: Failed, why: ReasonMalformed},
		{name: "key of another kind than the signature", sign: victim, dns: one("TXT ed._domainkey.victim.example",
			keysFor(t, "victim.example")["TXT rsa._domainkey.victim.example"][0]), want: Failed, why: ReasonMalformed},

		// other people's signatures
		{name: "signature of a look-alike", sign: []string{"ed@victim-example.example"}, want: Failed, why: ReasonDMARCFail},
		{name: "d= with the victim as its beginning", sign: []string{"ed@victim.example.evil.example"},
			dns: keysFor(t, "victim.example.evil.example"), want: Failed, why: ReasonDMARCFail},
		{name: "d= that only ends like the victim", sign: []string{"ed@evilvictim.example"}, dns: keysFor(t, "evilvictim.example"), want: Failed, why: ReasonDMARCFail},
		{name: "d= is the top-level domain", sign: []string{"ed@example"}, dns: keysFor(t, "example"), want: Failed, why: ReasonDMARCFail},
		{name: "unaligned Microsoft signature", sign: []string{"ed@tenant.onmicrosoft.example"}, want: Failed, why: ReasonDMARCFail},
		{name: "strict: the organisation signs for a subdomain", from: "mail.strict.example", sign: []string{"ed@strict.example"},
			dns: one("TXT _dmarc.mail.strict.example", "v=DMARC1; p=reject; adkim=s"), want: Failed, why: ReasonDMARCFail},
		{name: "strict: a subdomain signs for the organisation", from: "strict.example", sign: []string{"ed@mail.strict.example"}, want: Failed, why: ReasonDMARCFail},
		{name: "strict: the very domain", from: "strict.example", sign: []string{"ed@strict.example"}, want: Verified, why: ReasonDMARCPass},
		{name: "no DMARC record: the parent does not count", from: "sub.bare.example", sign: []string{"ed@bare.example"}, want: Unverified, why: ReasonNoRecord},
		{name: "1,000 signatures, none aligned", change: before(strings.Repeat(foreignSignature, 1000)), want: Failed, why: ReasonDMARCFail},
	})
}

// foreignSignature is a well-formed signature that nobody made.
const foreignSignature = "DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=rsa; h=from; bh=AAAA; b=AAAA\r\n"

func TestExpiryIsByOurClock(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	value := " v=1; a=rsa-sha256; d=a.example; s=s; h=from; bh=A; b=B; x=1700000000"
	if sig := parseSignature(field{}, value, at); sig.Result != "" {
		t.Errorf("refused at the last second: %s", sig.Reason)
	}
	if sig := parseSignature(field{}, value, at.Add(time.Second)); sig.Reason != ReasonExpired {
		t.Errorf("a second later: got %q, want %q", sig.Reason, ReasonExpired)
	}
}

// A key for exact signers refuses a signer in a subdomain (RFC 6376 §3.6.1, t=s), which the library does not know.
func TestExactKeyNeedsTheVeryDomain(t *testing.T) {
	sig := signature{Signature: Signature{Domain: "a.example"}, rawDomain: "a.example", selector: "s", signer: "mail.a.example"}
	s := &signer{keys: map[string]key{"s._domainkey.a.example": {exact: true}}}
	s.judge(&sig, verification("a.example"))
	if sig.Result != Refused || sig.Reason != ReasonExactKey {
		t.Errorf("got %s because of %q, want %s because of %q", sig.Result, sig.Reason, Refused, ReasonExactKey)
	}
}
