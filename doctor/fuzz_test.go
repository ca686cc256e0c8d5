package doctor

import (
	"net/netip"
	"testing"
)

// Records are what strangers write: whatever it is, reading it ends, and in one of the known ways.
func FuzzRecords(f *testing.F) {
	f.Add("v=spf1 a:x/24//64 mx ip4:192.0.2.0/24 ?exists:%{i}.x redirect=x")
	f.Add("v=spf1 include:a.example include:a.example -")
	f.Add("v=DMARC1; p=none; rua=mailto:a@b.example,")
	f.Add("version: STSv1\nmx: *.\nmax_age: 99999999999999999999\n")
	f.Fuzz(func(t *testing.T, text string) {
		s := SPFFacts{Domain: "a.example", TXT: map[string]Answer[string]{"a.example": {Values: []string{text}}}}
		if n := s.lookups("a.example", 0); n < 0 || n > 100*len(text)+100 {
			t.Errorf("%d look-ups in %q", n, text)
		}
		if s.lookups("a.example", 0) <= maxLookups {
			if got := s.check("a.example", netip.MustParseAddr("192.0.2.1"), 0); got == "" {
				t.Errorf("no result of %q", text)
			}
			s.open("a.example", 0)
		}
		judgePolicy("DMARC", "a.example", "a.example", text)
		judgeKey("a.example", KeyFacts{Key: Key{State: InUse, Record: "v=DKIM1; p=AA"}, TXT: Answer[string]{Values: []string{text}}})
		parsePolicy(text).allows("a.example")
	})
}
