package mailauth

import (
	"fmt"
	"strings"
	"testing"
)

// ceiling: flat table
func TestSpoofSPF(t *testing.T) {
	all := one("TXT victim.example", "v=spf1 +all")
	runSpoofs(t, []spoof{
		{name: "SPF passes for the author's domain", envelope: "victim.example", host: goodHost, want: Verified, why: ReasonDMARCPass},
		{name: "SPF passes for a subdomain", envelope: "mail.victim.example", host: goodHost, want: Verified, why: ReasonDMARCPass},
		{name: "SPF passes for the organisation of a subdomain", from: "mail.victim.example", envelope: "victim.example", host: goodHost,
			want: Verified, why: ReasonDMARCPass},
		{name: "Microsoft 365: unaligned signature, SPF aligned", sign: []string{"ed@tenant.onmicrosoft.example"}, envelope: "victim.example",
			host: goodHost, want: Verified, why: ReasonDMARCPass},
		{name: "Microsoft 365 without DMARC", from: "bare.example", sign: []string{"ed@tenant.onmicrosoft.example"}, envelope: "bare.example",
			host: goodHost, want: Verified, why: ReasonSPFAligned},
		{name: "a broken signature, SPF aligned", sign: []string{"ed@victim.example"}, change: after("x\r\n"), envelope: "victim.example",
			host: goodHost, want: Verified, why: ReasonAltered},
		{name: "envelope in upper case with a final dot", envelope: "Victim.Example.", host: goodHost, want: Verified, why: ReasonDMARCPass},
		{name: "From in upper case with a final dot", from: "VICTIM.example.", envelope: "victim.example", host: goodHost, want: Verified, why: ReasonDMARCPass},
		{name: "IPv4 address mapped into IPv6", envelope: "victim.example", host: "::ffff:" + goodHost, want: Verified, why: ReasonDMARCPass},
		{name: "record in several strings, joined", from: "bare.example", envelope: "bare.example", host: goodHost,
			dns: one("TXT bare.example", "v=spf1 ip4:192.0."+"2.10 -all"), want: Verified, why: ReasonSPFAligned},
		{name: "other texts beside the record", from: "bare.example", envelope: "bare.example", host: goodHost,
			dns: one("TXT bare.example", "site-verification=1", "", "v=spf1 ip4:192.0.2.10 -all"), want: Verified, why: ReasonSPFAligned},
		{name: "+all passes, and is told", envelope: "victim.example", dns: all, want: Verified, why: ReasonSPFAll},
		{name: "+all by an include passes, and is told", envelope: "victim.example",
			dns: both(one("TXT victim.example", "v=spf1 include:open.example -all"), one("TXT open.example", "v=spf1 +all")), want: Verified, why: ReasonSPFAll},

		{name: "SPF passes for the attacker's own domain", want: Failed, why: ReasonDMARCFail},
		{name: "SPF passes for a look-alike", envelope: "victim-example.example", host: goodHost, want: Failed, why: ReasonDMARCFail},
		{name: "SPF fails", envelope: "victim.example", want: Failed, why: ReasonDMARCFail},
		{name: "SPF passes for a name below which the victim lies in appearance", envelope: "victim.example.evil.example",
			dns: one("TXT victim.example.evil.example", "v=spf1 +all"), want: Failed, why: ReasonDMARCFail},
		{name: "softfail", envelope: "victim.example", dns: one("TXT victim.example", "v=spf1 ~all"), want: Failed, why: ReasonDMARCFail},
		{name: "neutral", envelope: "victim.example", dns: one("TXT victim.example", "v=spf1 ?all"), want: Failed, why: ReasonDMARCFail},
		{name: "no SPF record", envelope: "victim.example", dns: one("TXT victim.example", ""), want: Failed, why: ReasonDMARCFail},
		{name: "empty text", envelope: "victim.example", dns: one("TXT victim.example"), want: Failed, why: ReasonDMARCFail},
		{name: "two SPF records", envelope: "victim.example", host: goodHost, dns: one("TXT victim.example", "v=spf1 +all", "v=spf1 -all"), want: Failed, why: ReasonDMARCFail},
		{name: "huge SPF record", envelope: "victim.example", host: goodHost,
			dns: one("TXT victim.example", "v=spf1 "+strings.Repeat("ip4:192.0.2.1 ", 4000)+"+all"), want: Failed, why: ReasonDMARCFail},
		{name: "many SPF macros", envelope: "victim.example", dns: one("TXT victim.example", "v=spf1 exists:"+strings.Repeat("%{s}", 1000)+" -all"),
			want: Failed, why: ReasonDMARCFail},
		{name: "include loop", envelope: "victim.example", dns: one("TXT victim.example", "v=spf1 include:victim.example +all"), want: Failed, why: ReasonDMARCFail},
		{name: "redirect loop", envelope: "victim.example", dns: both(one("TXT victim.example", "v=spf1 redirect=b.example"),
			one("TXT b.example", "v=spf1 redirect=victim.example")), want: Failed, why: ReasonDMARCFail},
		{name: "a hundred mail hosts", envelope: "victim.example", dns: manyMX("victim.example", 100, 10), want: Failed, why: ReasonDMARCFail},
		{name: "ten times ten mail hosts", envelope: "victim.example", dns: manyMX("victim.example", 10, 10), want: Failed, why: ReasonDMARCFail},
		{name: "SPF strict: a subdomain does not count", from: "strict.example", envelope: "mail.strict.example", host: goodHost, want: Failed, why: ReasonDMARCFail},
		{name: "SPF strict: the very domain counts", from: "strict.example", envelope: "strict.example", host: goodHost, want: Verified, why: ReasonDMARCPass},
		{name: "an at-sign in the local part leads nowhere", envelope: `x"@victim.example`, host: goodHost, want: Failed, why: ReasonDMARCFail},

		{name: "null sender: HELO counts", envelope: "<>", helo: "victim.example", host: goodHost, want: Verified, why: ReasonDMARCPass},
		{name: "null sender: HELO of a subdomain counts", envelope: "<>", helo: "mail.victim.example", host: goodHost, want: Verified, why: ReasonDMARCPass},
		{name: "null sender: HELO of the attacker", envelope: "<>", want: Failed, why: ReasonDMARCFail},
		{name: "null sender: HELO claims the victim", envelope: "<>", helo: "victim.example", want: Failed, why: ReasonDMARCFail},
		{name: "null sender: HELO is an address", envelope: "<>", helo: "[192.0.2.10]", host: goodHost, want: Failed, why: ReasonDMARCFail},
		{name: "HELO passes, but the sender is not null", helo: "victim.example", host: goodHost, want: Failed, why: ReasonDMARCFail},
	})
}

// manyMX publishes n mail hosts for each of several names, and a record that asks for all of them.
func manyMX(domain string, n, names int) map[string][]string {
	zone := map[string][]string{}
	record := "v=spf1"
	for i := range names {
		name := fmt.Sprintf("mx%d.%s", i, domain)
		record += " mx:" + name
		for j := range n {
			host := fmt.Sprintf("h%d.%s", j, name)
			zone["MX "+name] = append(zone["MX "+name], "10 "+host)
			zone["IP "+host] = []string{"198.51.100.1"}
		}
	}
	zone["TXT "+domain] = []string{record + " +all"}
	return zone
}
