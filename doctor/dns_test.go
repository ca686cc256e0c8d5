package doctor

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
)

func TestNothingIsWrongWithAGoodForum(t *testing.T) {
	for _, f := range newWorld(t).examine(t) {
		demand(t, f, OK, "")
	}
}

// fail is a zone line by which a question is never answered.
func fail(name, kind string) string { return "\n$FAIL " + name + ". " + kind + "\n" }

// Each case replaces a part of the good zone, or adds to it where old is empty.
//
// ceiling: flat table
func TestPlantedFaultsOfTheDNS(t *testing.T) {
	const (
		ptr, mx   = "(PTR)", "(MX)"
		spf, host = "Who may send as lists", "Who may send as mail"
		dkim      = "(DKIM)"
		dmarc     = "(DMARC)"
		sts, rpt  = "(MTA-STS)", "(TLS-RPT)"
		address   = "Address of mail.example.org"
		mxLine    = "MX 10 mail.example.org."
		spfLine   = `"v=spf1 mx -all"`
		dkimData  = `"v=DKIM1; k=rsa; p=MIIBAAAA"`
		dmarcData = `"v=DMARC1; p=none; rua=mailto:mail-reports@lists.example.org"`
	)
	tests := []struct {
		name, old, by string
		check         string
		want          Level
		says          string
	}{
		{"the name has no address", "mail.example.org. 60 IN A 192.0.2.10\n", "", address, Fault, "There is none in the DNS"},
		{"the name leads to another machine", "IN A 192.0.2.10", "IN A 192.0.2.99", address, Fault, "leads to another machine"},
		{"one of two addresses is strange", "", "mail.example.org. 60 IN A 192.0.2.99\n", address, Warning, "192.0.2.99 is not an address of this machine"},
		{"the address is private", "IN A 192.0.2.10", "IN A 10.0.0.5", address, Fault, "Nobody outside your own network"},
		{"one address is private", "", "mail.example.org. 60 IN A 10.0.0.5\n", address, Warning, "10.0.0.5"},
		{"the DNS does not answer about the address", "", fail("mail.example.org", "A"), address, NotChecked, "gave no answer (server misbehaving)"},

		{"the address has no name", "10.2.0.192.in-addr.arpa. 60 IN PTR mail.example.org.\n", "", ptr, Fault, "Set the reverse DNS of 192.0.2.10 to mail.example.org"},
		{"the address has another name", "PTR mail.example.org.", "PTR host10.example.net.", ptr, Fault, "does not lead back"},
		{"an address from which mail leaves is not the name's", "IN A 192.0.2.10", "IN A 192.0.2.99", ptr, Fault, "does not lead back to the address"},
		{"another name leads back", "PTR mail.example.org.", "PTR h.example.net.\nh.example.net. 60 IN A 192.0.2.10", ptr, Warning, "not the name that this server says"},
		{"the DNS does not answer about the name of the address", "", fail("10.2.0.192.in-addr.arpa", "PTR"), ptr, NotChecked, "gave no answer"},

		{"the machine's name has no SPF", `mail.example.org. 60 IN TXT "v=spf1 a -all"` + "\n", "", host, Warning, "v=spf1 a -all"},
		{"the machine's name has a wrong SPF", `"v=spf1 a -all"`, `"v=spf1 -all"`, host, Warning, "does not allow 192.0.2.10"},
		{"the DNS does not answer about the machine's SPF", "", fail("mail.example.org", "TXT"), host, NotChecked, "gave no answer"},

		{"there is no MX", "lists.example.org. 60 IN " + mxLine + "\n", "", mx, Fault, "no MX record"},
		{"a null MX", mxLine, "MX 0 .", mx, Fault, "takes no mail at all"},
		{"the MX names another machine", mxLine, "MX 10 o.example.\no.example. 60 IN A 192.0.2.77", mx, Fault, "another machine"},
		{"the MX has another name of this machine", mxLine, "MX 10 o.example.\no.example. 60 IN A 192.0.2.10", mx, OK, "leads to this machine"},
		{"a second MX names another machine", "", "lists.example.org. 60 IN MX 20 o.example.\no.example. 60 IN A 192.0.2.77\n", mx, Warning, "may also go to o.example"},
		{"the MX names an alias", mxLine, "MX 10 m.example.\nm.example. 60 IN CNAME mail.example.org.", mx, Fault, "another name (CNAME) for mail.example.org"},
		{"the MX holds an address", mxLine, "MX 10 192.0.2.10.", mx, Fault, "has to hold a name"},
		{"the MX names what is not there", mxLine, "MX 10 gone.example.", mx, Fault, "has no address"},
		{"the DNS does not answer about the MX", "", fail("lists.example.org", "MX"), mx, NotChecked, "gave no answer"},
		{"the DNS does not answer about the host of the MX", mxLine, "MX 10 o.example.\n$FAIL o.example. A", mx, NotChecked, "gave no answer"},

		{"the DNS does not answer about our name, and the MX has another", mxLine, "MX 10 o.example.\no.example. 60 IN A 192.0.2.77" + fail("mail.example.org", "A"), mx, NotChecked, "gave no answer"},

		{"there is no SPF", spfLine, `"other"`, spf, Fault, "no SPF record"},
		{"two SPF records", "", `lists.example.org. 60 IN TXT "v=spf1 -all"` + "\n", spf, Fault, "Two SPF records"},
		{"SPF of a newer version is none", spfLine, `"v=spf10 mx -all"`, spf, Fault, "no SPF record"},
		{"a word that is no SPF", spfLine, `"v=spf1 mx ipv4:192.0.2.1 -all"`, spf, Fault, `"ipv4:192.0.2.1" in it is no SPF`},
		{"SPF forgets us", spfLine, `"v=spf1 ip4:192.0.2.99 -all"`, spf, Fault, "does not allow 192.0.2.10"},
		{"SPF allows everybody", spfLine, `"v=spf1 mx +all"`, spf, Fault, "everybody may send"},
		{"SPF allows everybody by what it includes", spfLine, "\"v=spf1 mx include:o.example -all\"\no.example. 60 IN TXT \"v=spf1 all\"", spf, Fault, "o.example says +all"},
		{"SPF says nothing of others", spfLine, `"v=spf1 mx"`, spf, Warning, "Write -all"},
		{"SPF costs too much", spfLine, `"v=spf1 mx` + strings.Repeat(" a:mail.example.org", 10) + ` -all"`, spf, Fault, "more than 10 look-ups"},
		{"SPF costs just enough", spfLine, `"v=spf1 mx` + strings.Repeat(" a:mail.example.org", 9) + ` -all"`, spf, OK, "allows 192.0.2.10"},
		{"SPF includes itself", spfLine, `"v=spf1 include:lists.example.org -all"`, spf, Fault, "look-ups"},
		{"SPF includes what is not there", spfLine, `"v=spf1 include:gone.example -all"`, spf, Fault, "missing or broken"},
		{"SPF includes what is broken", spfLine, "\"v=spf1 include:o.example -all\"\no.example. 60 IN TXT \"v=spf1 nonsense\"", spf, Fault, "missing or broken"},
		{"the DNS does not answer about the SPF", "", fail("lists.example.org", "TXT"), spf, NotChecked, "gave no answer"},
		{"the DNS does not answer about what SPF includes", spfLine, `"v=spf1 include:o.example mx -all"` + fail("o.example", "TXT"), spf, NotChecked, "gave no answer"},
		{"the DNS does not answer about what SPF names", spfLine, `"v=spf1 a:o.example -all"` + fail("o.example", "A"), spf, NotChecked, "gave no answer"},
		{"SPF depends on the mail", spfLine, `"v=spf1 exists:%{i}.o.example -all"`, spf, NotChecked, "depends on the mail"},

		{"the key is missing", dkimData, `"other"`, dkim, Fault, "is no DKIM record"},
		{"the record of the key is missing", "s1._domainkey.lists.example.org. 60 IN TXT " + dkimData, "", dkim, Fault, "There is no record at s1._domainkey.lists.example.org"},
		{"another key", dkimData, `"v=DKIM1; k=rsa; p=MIIBBBBB"`, dkim, Fault, "holds another key"},
		{"the key was cut short", dkimData, `"v=DKIM1; k=rsa; p=MIIBA"`, dkim, Fault, "cut short: 5 of 8 letters"},
		{"the key was damaged", dkimData, `"v=DKIM1; k=rsa; p=MIIB\"BBB"`, dkim, Fault, "damaged"},
		{"the key is withdrawn", dkimData, `"v=DKIM1; k=rsa; p="`, dkim, Fault, "empty key"},
		{"two records of the key", "", "s1._domainkey.lists.example.org. 60 IN TXT \"v=DKIM1; p=\"\n", dkim, Fault, "2 records"},
		{"spaces in the key and no version", dkimData, `"p=MIIB AAAA"`, dkim, OK, "Published"},
		{"the key is on trial", dkimData, `"v=DKIM1; t=s:y; k=rsa; p=MIIBAAAA"`, dkim, Warning, "t=y"},
		{"the DNS does not answer about the key", "", fail("s1._domainkey.lists.example.org", "TXT"), dkim, NotChecked, "gave no answer"},

		{"there is no DMARC", dmarcData, `"other"`, dmarc, Fault, "no DMARC record"},
		{"two DMARC records", "", `_dmarc.lists.example.org. 60 IN TXT "v=DMARC1; p=none"` + "\n", dmarc, Fault, "count as none"},
		{"DMARC without a policy", dmarcData, `"v=DMARC1; rua=mailto:a@b.example"`, dmarc, Fault, "p=none"},
		{"a policy that nobody knows", dmarcData, `"v=DMARC1; p=monitor"`, dmarc, Fault, "p=monitor, but only"},
		{"DMARC without reports", dmarcData, `"v=DMARC1; p=none"`, dmarc, Warning, "rua=mailto:mail-reports@lists.example.org"},
		{"DMARC reports to the postmaster", dmarcData, `"v=DMARC1; p=none; rua=mailto:d@vendor.example,mailto:Postmaster@lists.example.org!10m"`, dmarc, OK, "Forged mail is reported"},
		{"DMARC reports to nobody", dmarcData, `"v=DMARC1; p=none; rua=mailto:d@vendor.example,mailto:dmarc@lists.example.org"`, dmarc, Warning, "Reports to dmarc@lists.example.org are lost"},
		{"DMARC with a bad address", dmarcData, `"v=DMARC1; p=none; rua=a@b.example"`, dmarc, Warning, "mailto:"},
		{"a tag that nobody knows", dmarcData, `"v=DMARC1; p=none; ruaa=mailto:a@b.example"`, dmarc, Warning, `"ruaa"`},
		{"DMARC refuses", dmarcData, `"v=DMARC1; p=reject; rua=mailto:a@b.example"`, dmarc, OK, "Forged mail is refused"},
		{"DMARC of the parent counts", "_dmarc.lists.example.org. 60 IN TXT " + dmarcData, `_dmarc.example.org. 60 IN TXT "v=DMARC1; p=none; sp=quarantine; rua=mailto:a@b.example"`, dmarc, OK, "spam folder"},
		{"the DNS does not answer about DMARC", "", fail("_dmarc.lists.example.org", "TXT"), dmarc, NotChecked, "gave no answer"},

		{"there is no MTA-STS", `"v=STSv1; id=1"`, `"other"`, sts, OK, "optional"},
		{"MTA-STS without an id", `"v=STSv1; id=1"`, `"v=STSv1;"`, sts, Fault, "id"},
		{"two MTA-STS records", "", `_mta-sts.lists.example.org. 60 IN TXT "v=STSv1; id=2"` + "\n", sts, Fault, "count as none"},
		{"the policy forgets the MX", mxLine, "MX 10 o.example.\no.example. 60 IN A 192.0.2.10", sts, Fault, "does not name the mail host o.example"},
		{"the DNS does not answer about MTA-STS", "", fail("_mta-sts.lists.example.org", "TXT"), sts, NotChecked, "gave no answer"},

		{"there is no TLS-RPT beside MTA-STS", `"v=TLSRPTv1; `, `"other`, rpt, Warning, "nobody learns"},
		{"TLS-RPT to nobody", `"v=TLSRPTv1; rua=mailto:mail-reports@lists.example.org"`, `"v=TLSRPTv1; rua=mailto:tls@lists.example.org"`, rpt, Warning, "Reports to tls@lists.example.org are lost"},
		{"TLS-RPT without an address", `"v=TLSRPTv1; rua=mailto:mail-reports@lists.example.org"`, `"v=TLSRPTv1; rua=postmaster"`, rpt, Warning, "names no address"},
		{"two TLS-RPT records", "", `_smtp._tls.lists.example.org. 60 IN TXT "v=TLSRPTv1"` + "\n", rpt, Warning, "count as none"},
		{"the DNS does not answer about TLS-RPT", "", fail("_smtp._tls.lists.example.org", "TXT"), rpt, NotChecked, "gave no answer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			if test.old == "" {
				w.zone += test.by
			} else {
				w.replace(t, test.old, test.by)
			}
			demand(t, find(t, w.examine(t), test.check), test.want, test.says)
		})
	}
}

func TestOnlyASureAnswerIsOne(t *testing.T) {
	tests := []struct {
		name    string
		values  []string
		err     error
		unknown bool
	}{
		{"values", []string{"a"}, nil, false},
		{"there is no such name", nil, &net.DNSError{IsNotFound: true}, false},
		{"a server that fails", nil, &net.DNSError{IsTemporary: true}, true},
		{"a name that is not found for now", nil, &net.DNSError{IsNotFound: true, IsTemporary: true}, true},
		{"nobody answers in time, by one server not found", nil, &net.DNSError{IsNotFound: true, IsTimeout: true}, true},
		{"an answer that cannot be read", nil, &net.DNSError{Err: "malformed"}, true},
		{"some values that cannot be read", []string{"a"}, &net.DNSError{Err: "malformed"}, false},
		{"the question was never asked", nil, context.DeadlineExceeded, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := answered(test.values, test.err)
			if (got.Err != nil) != test.unknown || len(got.Values) != len(test.values) {
				t.Errorf("got %+v, want unknown: %t", got, test.unknown)
			}
		})
	}
}

// A DNS server that answers nothing at all makes no fault.
func TestADeadDNSIsNoFault(t *testing.T) {
	w := newWorld(t)
	w.zone = ""
	for line := range strings.Lines(goodZone) {
		if f := strings.Fields(line); len(f) > 3 {
			w.zone += fmt.Sprintf("$FAIL %s %s\n", f[0], f[3])
		}
	}
	w.zone += "$FAIL mail.example.org. AAAA\n"
	for _, f := range w.examine(t) {
		if f.Level == Fault {
			t.Errorf("a fault: %+v", f)
		}
	}
}

func TestSPFIsRead(t *testing.T) {
	f := SPFFacts{Domain: "a.example", TXT: map[string]Answer[string]{
		"a.example": {Values: []string{"v=spf1 include:b.example include:c.example ?all"}},
		"b.example": {Values: []string{"v=spf1 ip4:192.0.2.0/24 ~all"}},
		"c.example": {Values: []string{"v=spf1 -ip6:2001:db8::/32 redirect=d.example"}},
		"d.example": {Values: []string{"v=spf1 a:h.example/24//64 -all"}},
	}, Addrs: map[string]Answer[netip.Addr]{
		"h.example": {Values: []netip.Addr{netip.MustParseAddr("198.51.100.7"), netip.MustParseAddr("2001:db9::1")}},
	}}
	tests := []struct {
		name, addr string
		want       spfResult
	}{
		{"an include matches", "192.0.2.5", spfPass},
		{"a network of a host, by way of a redirect", "198.51.100.200", spfPass},
		{"an IPv6 network of a host", "2001:db9::ffff", spfPass},
		{"beside the IPv6 network of a host", "2001:db9:0:1::1", spfNeutral},
		{"a refusal inside an include is no match", "2001:db8::1", spfNeutral},
		{"the last word", "203.0.113.1", spfNeutral},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := f.check("a.example", netip.MustParseAddr(test.addr), 0); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	if got, want := f.lookups("a.example", 0), 4; got != want {
		t.Errorf("got %d look-ups, want %d", got, want)
	}
}
