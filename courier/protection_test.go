package courier

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Domains with one set of hosts share connections only as far as they want the same.
func TestAHopIsSharedByThoseWhoWantTheSame(t *testing.T) {
	texts := map[string]string{
		"a.example": policy("enforce", week, "mx.provider.example"), "b.example": policy("enforce", "60", "*.provider.example"),
		"c.example": policy("testing", week, "mx.provider.example"), "d.example": policy("testing", week, "mx.else.example"),
		"e.example": policy("none", week), "f.example": "", "clear.example": "", "forced.example": policy("enforce", week, "mx.provider.example"),
	}
	z := &zone{addrs: map[string][]netip.Addr{"mx.provider.example.": addresses("203.0.113.1")}, mx: map[string][]*net.MX{}, txt: map[string][]string{}}
	for domain := range texts {
		z.mx[domain+"."] = mx(10, "mx.provider.example.")
		z.txt["_mta-sts."+domain+"."] = []string{"v=STSv1; id=1"}
	}
	c := New(discard(), Config{Resolver: z, ClearDomains: []string{"clear.example", "forced.example"}, HTTPS: byHost(texts)})
	got := map[string]string{}
	for domain := range texts {
		hop, err := c.Route(t.Context(), domain)
		if err != nil {
			t.Fatal(err)
		}
		got[hop.Key] += domain[:1]
		if hop.Operator != "provider.example" {
			t.Errorf("%s: operator %s: the limit of connections is no more shared", domain, hop.Operator)
		}
	}
	for key, domains := range got {
		got[key] = string(slices.Sorted(slices.Values([]byte(domains))))
	}
	want := map[string]string{"mx-verified:mx.provider.example": "abf", "mx-testing:mx.provider.example": "cd",
		"mx:mx.provider.example": "ef", "mx-clear:mx.provider.example": "c"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hops (-want +got):\n%s", diff)
	}
}

// byHost serves the policies of many domains.
type byHost map[string]string

func (b byHost) RoundTrip(r *http.Request) (*http.Response, error) {
	return (&policyHost{text: b[strings.TrimPrefix(r.URL.Host, "mta-sts.")]}).RoundTrip(r)
}

func TestProtect(t *testing.T) {
	for _, tc := range []struct {
		mode      stsMode
		policy    TLSPolicy
		exception bool
		want      string
	}{
		{stsEnforce, Required, false, "mx-verified"},
		{stsEnforce, Required, true, "mx-verified"},
		{stsEnforce, Opportunistic, false, "mx-verified"},
		{stsEnforce, Opportunistic, true, "mx-verified"},
		{stsTesting, Required, false, "mx-testing"},
		{stsTesting, Required, true, "mx-clear-testing"},
		{stsTesting, Opportunistic, false, "mx-clear-testing"},
		{stsTesting, Opportunistic, true, "mx-clear-testing"},
		{stsNone, Required, false, "mx"},
		{stsNone, Required, true, "mx-clear"},
		{stsNone, Opportunistic, false, "mx-clear"},
		{stsNone, Opportunistic, true, "mx-clear"},
	} {
		p := protect(tc.mode, tc.policy, tc.exception)
		key := p.key([][]string{{"a", "b"}, {"c"}})
		if want := tc.want + ":a,b>c"; key != want {
			t.Errorf("mode %v, policy %v, exception %v: %s, want %s", tc.mode, tc.policy, tc.exception, key, want)
		}
		w, err := New(discard(), Config{}).way(key)
		if diff := cmp.Diff([][]string{{"a", "b"}, {"c"}}, w.hosts); err != nil || w.protection != p || diff != "" {
			t.Errorf("%s is read as %+v, %v", key, w, err)
		}
	}
}
