package message

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadMailboxes(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string // "name|address"
	}{
		{"a name and an address", "Jane Smith <js@x.org>", []string{"Jane Smith|js@x.org"}},
		{"an address alone", "js@x.org", []string{"|js@x.org"}},
		{"the name in a comment", "js@x.org (Jane Smith)", []string{"Jane Smith|js@x.org"}},
		{"a quoted name with a comma", `"Smith, Jane" <js@x.org>, b@y.org`, []string{"Smith, Jane|js@x.org", "|b@y.org"}},
		{"a comma without quotes belongs to the name", "Smith, John (SENCO) <js@x.org>", []string{"Smith, John|js@x.org"}},
		{"a name behind a comma without address stays alone", "localuser, js@x.org", []string{"localuser|", "|js@x.org"}},
		{"an encoded name", "=?utf-8?q?Si=C3=A2n?= <s@x.org>", []string{"Siân|s@x.org"}},
		{"an encoded name in quotes", `"=?utf-8?q?Si=C3=A2n?=" <s@x.org>`, []string{"Siân|s@x.org"}},
		{"a group", "Staff: a@x.org, B <b@x.org>; c@x.org", []string{"|a@x.org", "B|b@x.org", "|c@x.org"}},
		{"an empty group", "undisclosed-recipients:;", nil},
		{"the address of an old archive", "jane at school.uk (Jane Smith)", []string{"Jane Smith|jane@school.uk"}},
		{"the same in brackets", "Jane <jane at school.uk>", []string{"Jane|jane@school.uk"}},
		{"a missing closing bracket", "Jane <js@x.org", []string{"Jane|js@x.org"}},
		{"a missing opening bracket", "Jane js@x.org>", []string{"Jane|js@x.org"}},
		{"words before an address without brackets", "Jane Smith js@x.org", []string{"Jane Smith|js@x.org"}},
		{"spaces around dots and at sign", "js @ x . org", []string{"|js@x.org"}},
		{"comments inside the address", "Pete(A nice chap) <pete(his account)@silly.test(his host)>", []string{"Pete|pete@silly.test"}},
		{"the scheme of a link is cut off", "Jane <mailto:js@x.org>", []string{"Jane|js@x.org"}},
		{"a source route is cut off", "<@a.org,@b.org:js@x.org>", []string{"|js@x.org"}},
		{"semicolons for commas", "a@x.org; b@x.org", []string{"|a@x.org", "|b@x.org"}},
		{"a quoted local part", `"jane smith"@x.org`, []string{`|"jane smith"@x.org`}},
		{"brackets inside a quoted local part", `<"a>b"@x.org>`, []string{`|"a>b"@x.org`}},
		{"an address that cannot be read keeps its name", "Jane <nonsense>", []string{"Jane|"}},
		{"a literal with colons", "a@[IPv6:2001:db8::1], b@x.org", []string{"|a@[IPv6:2001:db8::1]", "|b@x.org"}},
		{"bidi marks leave the name", "Jane\u202e htimS <js@x.org>", []string{"Jane htimS|js@x.org"}},
		{"nothing", " , ,", nil},
		{"a name with a quote that never ends", `Jane "JJ <js@x.org>`, []string{`Jane "JJ|js@x.org`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, mb := range readMailboxes(c.in) {
				got = append(got, mb.Name+"|"+mb.Address.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("mailboxes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFrom(t *testing.T) {
	for _, c := range []struct {
		name, header, want string
		ok                 bool
	}{
		{"the first address of several is the author", "From: Jane, a@x.org, b@x.org", "a@x.org", true},
		{"a From without address is none", "From: Jane Smith", "", false},
		{"no From is none", "To: a@x.org", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := Parse([]byte(c.header + "\r\n\r\n")).From()
			if got.Address.String() != c.want || ok != c.ok {
				t.Errorf("From = %+v, %v, want %q, %v", got, ok, c.want, c.ok)
			}
		})
	}
	m := Parse([]byte("To: a@x.org\r\nTo: " + strings.Repeat("b@x.org, ", 2000) + "\r\nCc: c@x.org\r\n\r\n"))
	if n := len(m.To()); n != 1+maxMailboxes {
		t.Errorf("To has %d addresses, want one of the first field and %d of the second", n, maxMailboxes)
	}
	if cc := m.Cc(); len(cc) != 1 || cc[0].Address.String() != "c@x.org" {
		t.Errorf("Cc = %+v", cc)
	}
}
