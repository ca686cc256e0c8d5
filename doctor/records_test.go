package doctor

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"sencoforum/internal/dnszone"
)

// longKey is a record of the length that a real RSA key has.
var longKey = "v=DKIM1; k=rsa; p=" + strings.Repeat("MIIB", 98)

func somePlan() Setup {
	return Setup{
		Hostname: "mail.example.org", Domains: []string{"lists.example.org"}, Sign: true,
		Keys: []Key{{Selector: "s1", State: InUse, Record: longKey, Needed: true}},
	}
}

var both = []netip.Addr{netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("2001:db8::10")}

// What is printed is what the doctor wants to find: with PTR records beside it, nothing is wrong.
func TestTheDoctorIsContentWithTheZone(t *testing.T) {
	w := newWorld(t)
	w.addresses = both
	w.setup.Keys = somePlan().Keys
	w.zone = Zone(Records(w.setup, both), Policies(w.setup))
	for _, r := range Records(w.setup, both) {
		if r.Type == "PTR" {
			w.zone += r.Name + ". 60 IN PTR " + r.Value + ".\n"
		}
	}
	for _, f := range w.examine(t) {
		if f.Check != "Clock" {
			demand(t, f, OK, "")
		}
	}
}

func TestZoneIsStrictlyAZone(t *testing.T) {
	s := somePlan()
	z, err := dnszone.Parse(Zone(Records(s, both), Policies(s)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := z.LookupTXT(t.Context(), "s1._domainkey.lists.example.org")
	if err != nil || len(got) != 1 || got[0] != longKey {
		t.Errorf("got %q, %v, want the key in one piece", got, err)
	}
	if _, err := z.LookupTXT(t.Context(), "_mta-sts.lists.example.org"); err == nil {
		t.Error("the MTA-STS record is there before its file can be")
	}
	if got, want := quoted(strings.Repeat("x", 256)), `"`+strings.Repeat("x", 255)+`" "x"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRecords(t *testing.T) {
	with := func(change func(*Setup)) Setup {
		s := somePlan()
		change(&s)
		return s
	}
	tests := []struct {
		name  string
		setup Setup
		own   []netip.Addr
		want  string // name, type, place and a part of the value
	}{
		{"the mail host", somePlan(), both, "lists.example.org MX zone mail.example.org"},
		{"an IPv6 address", somePlan(), both, "mail.example.org AAAA zone 2001:db8::10"},
		{"the name of an IPv6 address", somePlan(), both, "0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR host mail.example.org"},
		{"an address that is not known", somePlan(), nil, "mail.example.org A undecided the public address"},
		{"mail through a service", with(func(s *Setup) { s.Service = &Service{Host: "smtp.school.example"} }), both, "lists.example.org TXT undecided v=spf1 include:(the name that smtp.school.example tells you) -all"},
		{"a mail server in front", with(func(s *Setup) { s.Front = true }), both, "lists.example.org TXT zone v=spf1 mx a:mail.example.org -all"},
		{"the policy comes later", somePlan(), both, "_mta-sts.lists.example.org TXT later v=STSv1; id="},
		{"a key to come", with(func(s *Setup) { s.Keys[0].State = Prepared }), both, "s1._domainkey.lists.example.org TXT zone v=DKIM1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var all []string
			for _, r := range Records(test.setup, test.own) {
				if r.Title == "" || r.Why == "" {
					t.Errorf("no reason is given: %+v", r)
				}
				all = append(all, strings.Join([]string{r.Name, r.Type, string(r.Place), r.Value}, " "))
			}
			if !slices.ContainsFunc(all, func(line string) bool { return strings.HasPrefix(line, test.want) }) {
				t.Errorf("got\n%s\nwant %s", strings.Join(all, "\n"), test.want)
			}
		})
	}
}

func TestARetiredKeyThatNobodyNeedsIsNotPublished(t *testing.T) {
	s := somePlan()
	s.Keys[0].State, s.Keys[0].Needed = Retired, false
	for _, r := range Records(s, both) {
		if strings.Contains(r.Name, "_domainkey") {
			t.Errorf("got %+v, want none", r)
		}
	}
}
