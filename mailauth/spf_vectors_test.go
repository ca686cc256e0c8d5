package mailauth

import (
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"sencoforum/internal/corpora"
)

// suite is a scenario of the openspf.org tests for RFC 7208.
type suite struct {
	Description string
	Tests       map[string]vector
	Zonedata    map[string][]yaml.Node
}

type vector struct {
	Helo, Host, Mailfrom string
	Result               yaml.Node // one word, or several that are all right
}

// The reasons why a result may differ. All come from the library, and none matters to a verdict but colonName and
// leadingZero, because anything that is not a pass vouches for nobody.
const (
	looseName = "the library looks a malformed name up instead of refusing the record, and finds nothing"
	noExp     = "the library does not read exp=, so it does not see faults in it"
	looseTerm = "the library passes over a malformed modifier, or evaluates the terms before it"
	looseByte = "the library takes a byte outside ASCII for a part of a name, and finds nothing"
	// A record that authorises by such a name gives permerror, never a pass too many.
	colonName = "the library refuses a colon within a name, which the grammar allows and host names cannot have"
	// The owner has listed the address, if clumsily.
	leadingZero = "the library reads /032 as /32"
)

// differences are the vectors whose result is another here, and why that is acceptable.
var differences = map[string]struct {
	got Check
	why string
}{
	"control-char-policy": {Fail, looseByte},
	"non-ascii-policy":    {Fail, looseByte},

	"a-null":                       {Neutral, looseName},
	"a-only-toplabel":              {Neutral, looseName},
	"a-only-toplabel-trailing-dot": {Neutral, looseName},
	"a-bad-toplabel":               {Neutral, looseName},
	"a-bad-domain":                 {Neutral, looseName},
	"a-numeric":                    {Neutral, looseName},
	"a-numeric-toplabel":           {Neutral, looseName},
	"mx-null":                      {Neutral, looseName},
	"mx-numeric-top-label":         {Neutral, looseName},
	"mx-bad-toplab":                {Neutral, looseName},
	"mx-bad-domain":                {Neutral, looseName},

	"a-colon-domain":            {PermError, colonName},
	"a-colon-domain-ip4mapped":  {PermError, colonName},
	"mx-colon-domain":           {PermError, colonName},
	"mx-colon-domain-ip4mapped": {PermError, colonName},
	"cidr4-032":                 {Pass, leadingZero},
	"redirect-syntax-error":     {Neutral, looseTerm},
	"redirect-empty-domain":     {Neutral, looseTerm},
	"unknown-modifier-syntax":   {Fail, looseTerm},
	"exp-syntax-error":          {Neutral, noExp},
	"exp-twice":                 {Fail, noExp},
	"exp-empty-domain":          {Fail, noExp},
}

func TestSPFVectors(t *testing.T) {
	file := filepath.Join(corpora.Dir(t, "auth"), "spf", "rfc7208-tests.yml")
	passed, total := 0, 0
	for _, s := range readSuites(t, file) {
		z := s.zone(t)
		for name, v := range s.Tests {
			total++
			got := v.check(t, z)
			known, listed := differences[name]
			switch right := slices.Contains(words(v.Result), string(got)); {
			case right && listed:
				t.Errorf("%s: is right now; take it off the list", name)
			case right:
				passed++
			case !listed || known.got != got:
				t.Errorf("%s / %s: got %s, want %s", s.Description, name, got, words(v.Result))
			}
		}
	}
	for name, d := range differences {
		t.Logf("%s gives %s: %s", name, d.got, d.why)
	}
	t.Logf("%d of %d SPF vectors pass, %d known differences", passed, total, len(differences))
	if total < 100 {
		t.Errorf("only %d vectors were read", total)
	}
}

func (v vector) check(t *testing.T, z *zone) Check {
	t.Helper()
	client, err := netip.ParseAddr(v.Host)
	if err != nil {
		t.Fatal(err)
	}
	local, domain := "", ""
	if at := strings.LastIndexByte(v.Mailfrom, '@'); at >= 0 {
		local, domain = v.Mailfrom[:at], v.Mailfrom[at+1:]
	}
	l := &lookups{resolver: z, each: time.Minute, left: spfLookups, shorten: true}
	result, _ := checkSPF(t.Context(), l, Input{Client: client, Helo: v.Helo, MailFrom: Mailbox{local, domain}})
	return result.Result
}

func readSuites(t *testing.T, file string) []suite {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var suites []suite
	for d := yaml.NewDecoder(f); ; {
		var s suite
		if err := d.Decode(&s); errors.Is(err, io.EOF) {
			return suites
		} else if err != nil {
			t.Fatal(err)
		}
		suites = append(suites, s)
	}
}

// zone turns the data of a scenario into a zone. Records of type SPF stand for TXT where a name has no TXT of its own.
func (s suite) zone(t *testing.T) *zone {
	z := merged()
	for name, entries := range s.Zonedata {
		name = strings.ToLower(name)
		var spf, txt []string
		for _, e := range entries {
			if e.Kind == yaml.ScalarNode { // TIMEOUT
				for _, kind := range []string{"TXT ", "MX ", "IP ", "PTR "} {
					if _, set := z.records[kind+name]; !set {
						z.records[kind+name] = []string{noAnswer}
					}
				}
				continue
			}
			switch kind, value := e.Content[0].Value, e.Content[1]; kind {
			case "SPF":
				spf = append(spf, strings.Join(words(*value), ""))
			case "TXT":
				txt = append(txt, strings.Join(words(*value), ""))
			case "A", "AAAA":
				z.records["IP "+name] = append(z.records["IP "+name], value.Value)
			case "MX":
				z.records["MX "+name] = append(z.records["MX "+name], strings.Join(words(*value), " "))
			case "PTR":
				z.records["PTR "+address(name)] = append(z.records["PTR "+address(name)], value.Value)
			default:
				t.Fatalf("zone of %q: unknown type %s", s.Description, kind)
			}
		}
		if txt == nil {
			txt = spf
		}
		if slices.Contains(txt, "NONE") {
			txt = nil
		}
		if txt != nil {
			z.records["TXT "+name] = txt
		}
	}
	return z
}

// address turns a name below in-addr.arpa or ip6.arpa into the address.
func address(name string) string {
	if v4, ok := strings.CutSuffix(name, ".in-addr.arpa"); ok {
		parts := strings.Split(v4, ".")
		slices.Reverse(parts)
		return strings.Join(parts, ".")
	}
	parts := strings.Split(strings.TrimSuffix(name, ".ip6.arpa"), ".")
	slices.Reverse(parts)
	var b strings.Builder
	for i, p := range parts {
		if i > 0 && i%4 == 0 {
			b.WriteByte(':')
		}
		b.WriteString(p)
	}
	return netip.MustParseAddr(b.String()).String()
}

// words returns one scalar, or all of a list.
func words(n yaml.Node) []string {
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	var all []string
	for _, c := range n.Content {
		all = append(all, c.Value)
	}
	return all
}
