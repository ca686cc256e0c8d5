package doctor

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"

	lists "sencoforum/list" // list is a word of this package
)

// Place says where a record is entered.
type Place string

// The places.
const (
	InZone    Place = "zone"      // at the DNS provider of the domain
	AtHost    Place = "host"      // at whoever provides the machine and its addresses
	Undecided Place = "undecided" // in the zone, once somebody has put in what we cannot know
	Later     Place = "later"     // in the zone, when the file of the record is served; mail works without it
)

// Record is one DNS record to publish.
type Record struct {
	Name     string `json:"name"`               // in full, without a dot at its end
	Type     string `json:"type"`               //
	Value    string `json:"value"`              // as it is typed into a form; TXT in one piece, without quotes
	Priority int    `json:"priority,omitempty"` // of an MX record
	Place    Place  `json:"place"`              //
	Title    string `json:"title"`              // what it is, in a few words
	Why      string `json:"why"`                // a sentence or two
}

// PolicyFile is what must be served on the web beside the MTA-STS record.
type PolicyFile struct {
	Domain string `json:"domain"`
	URL    string `json:"url"`
	Text   string `json:"text"`
}

// mxPriority is the usual one for the only mail host.
const mxPriority = 10

// Records returns every record to publish, those of the host first. own are the addresses of this machine on the public
// Internet, where it knows them.
func Records(s Setup, own []netip.Addr) []Record {
	all := hostRecords(s, own)
	for _, d := range s.Domains {
		all = append(all, domainRecords(s, d)...)
	}
	return all
}

func hostRecords(s Setup, own []netip.Addr) (all []Record) {
	for _, a := range own {
		all = append(all, Record{
			Name: s.Hostname, Type: addressType(a), Value: a.String(), Place: InZone, Title: "Address of this machine",
			Why: "Other mail servers find this machine by it.",
		})
	}
	if len(own) == 0 {
		all = append(all, Record{
			Name: s.Hostname, Type: "A", Value: "the public address of this machine", Place: Undecided, Title: "Address of this machine",
			Why: "Other mail servers find this machine by it. This machine does not know its public address; your hosting provider shows it.",
		})
	}
	if !contains(s.Domains, s.Hostname) && s.Service == nil {
		all = append(all, Record{
			Name: s.Hostname, Type: "TXT", Value: "v=spf1 a -all", Place: InZone, Title: "Who may send as this machine (SPF)",
			Why: "Notices of the server itself have no sender; for them mail hosts look at the machine's own name.",
		})
	}
	return append(all, reverseRecords(s, own)...)
}

func reverseRecords(s Setup, own []netip.Addr) (all []Record) {
	host, why := s.Hostname, "Big providers refuse mail from an address that does not point back to its name. Your hosting provider sets it; "+
		"look for \"reverse DNS\" in its control panel."
	if s.Service != nil {
		why = "Good to have, but not needed while mail leaves through " + s.Service.Host + "."
	}
	for _, a := range own {
		all = append(all, Record{
			Name: reverseName(a), Type: "PTR", Value: host, Place: AtHost, Title: "Reverse DNS of " + a.String(), Why: why,
		})
	}
	if len(own) == 0 {
		all = append(all, Record{
			Name: "the public address of this machine", Type: "PTR", Value: host, Place: AtHost, Title: "Reverse DNS of that address", Why: why,
		})
	}
	return all
}

func domainRecords(s Setup, d string) []Record {
	mx := Record{
		Name: d, Type: "MX", Value: s.Hostname, Priority: mxPriority, Place: InZone, Title: "Where mail for " + d + " goes",
		Why: "Without it, nobody's post arrives.",
	}
	if s.Front {
		mx.Why += " Name your mail server in front instead, if mail comes in there."
	}
	all := []Record{mx, spfRecord(s, d)}
	for _, k := range s.Keys {
		if r, ok := keyRecord(k, d); ok {
			all = append(all, r)
		}
	}
	return append(all,
		Record{
			Name: "_dmarc." + d, Type: "TXT", Value: "v=DMARC1; p=none; rua=mailto:" + reportsAddress(d), Place: InZone,
			Title: "What others do with forged mail (DMARC)",
			Why: "Big providers demand it. They send daily reports to that address, which the forum reads. Begin with p=none; when " +
				"\"sencoforum reports\" has shown for some weeks that all our own mail passes, raise it to p=quarantine and then to p=reject.",
		},
		Record{
			Name: "_smtp._tls." + d, Type: "TXT", Value: "v=TLSRPTv1; rua=mailto:" + reportsAddress(d), Place: InZone,
			Title: "Reports on failed encryption (TLS-RPT)",
			Why:   "Optional. Providers then report when they could not send mail here over TLS; \"sencoforum reports\" shows it.",
		},
		Record{
			Name: "_mta-sts." + d, Type: "TXT", Value: "v=STSv1; id=" + policyID(policy(s.Hostname)), Place: Later,
			Title: "Mail to us only over TLS (MTA-STS)",
			Why:   "Optional. Publish it when the policy file is on the web, and change the id whenever that file changes.",
		})
}

func spfRecord(s Setup, d string) Record {
	r := Record{
		Name: d, Type: "TXT", Value: "v=spf1 mx -all", Place: InZone, Title: "Who may send mail as " + d + " (SPF)",
		Why: "Says that the machine in the MX record, and no other, sends mail of this domain. There may be only one such record.",
	}
	switch {
	case s.Service != nil:
		r.Place, r.Value = Undecided, "v=spf1 include:(the name that "+s.Service.Host+" tells you) -all"
		r.Why = "Mail leaves through " + s.Service.Host + ": its help pages say what to write after include, and which further records (DKIM) it needs. There may be only one SPF record."
	case s.Front:
		r.Value = "v=spf1 mx a:" + s.Hostname + " -all"
		r.Why = "Says that this machine and the one in the MX record, and no other, send mail of this domain. There may be only one such record."
	}
	return r
}

// keyRecord is the record of a key; false where nothing signed by it can be under way.
func keyRecord(k Key, d string) (Record, bool) {
	r := Record{
		Name: k.Name(d), Type: "TXT", Value: k.Record, Place: InZone, Title: "Key of our signatures (DKIM)",
		Why: "With it mail hosts check that a mail is really from here. It is one long line: copy all of it.",
	}
	switch k.State {
	case Prepared:
		r.Why = "The next key. Publish it some hours before: sencoforum dkim use " + k.Selector
	case Retired:
		r.Why = "The last key. Mail that it signed is still under way: leave the record until sencoforum dkim remove " + k.Selector + " works."
	}
	return r, k.State != Retired || k.Needed
}

// Policies returns the MTA-STS policy file of each domain.
func Policies(s Setup) (all []PolicyFile) {
	for _, d := range s.Domains {
		all = append(all, PolicyFile{Domain: d, URL: policyURL(d), Text: policy(s.Hostname)})
	}
	return all
}

// reportsAddress is where others send their reports about a domain.
func reportsAddress(d string) string { return lists.ReportsAddress(d).String() }

// policyURL is where RFC 8461 §3.3 wants the policy.
func policyURL(d string) string { return "https://mta-sts." + d + "/.well-known/mta-sts.txt" }

// policy is the policy file for one mail host. It begins with testing, in which failures are reported and mail goes on.
func policy(host string) string {
	return "version: STSv1\nmode: testing\nmx: " + host + "\nmax_age: 604800\n"
}

// policyID changes with the policy (RFC 8461 §3.1: up to 32 letters and digits).
func policyID(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

func addressType(a netip.Addr) string {
	if a.Is4() {
		return "A"
	}
	return "AAAA"
}

// reverseName is the name under which an address has its PTR record (RFC 1035 §3.5, RFC 3596 §2.5).
func reverseName(a netip.Addr) string {
	var b strings.Builder
	if a.Is4() {
		q := a.As4()
		return fmt.Sprintf("%d.%d.%d.%d.in-addr.arpa", q[3], q[2], q[1], q[0])
	}
	q := a.As16()
	for i := len(q) - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "%x.%x.", q[i]&15, q[i]>>4)
	}
	return b.String() + "ip6.arpa"
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if sameName(n, name) {
			return true
		}
	}
	return false
}

// sameName compares names of the DNS, of which some come with a dot at the end.
func sameName(a, b string) bool { return canonical(a) == canonical(b) }

func canonical(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
