package courier

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// stsCase is a policy and what is read in it: its parts on one line, or the error.
type stsCase struct{ name, text, want string }

// stsStart is how most policies of these tests begin.
const stsStart = "version: STSv1\nmode: enforce\n"

func (tc stsCase) run(t *testing.T) {
	p, err := parseSTSPolicy(tc.text)
	got := strings.Join(append([]string{p.mode.String(), p.maxAge.String()}, p.mx...), " ")
	if err != nil {
		got = err.Error()
	}
	if got != tc.want {
		t.Errorf("policy\n got %s\nwant %s", got, tc.want)
	}
}

func TestParseSTSPolicy(t *testing.T) {
	for _, tc := range []stsCase{
		{"the example of RFC 8461", "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmx: backupmx.example.com\nmax_age: 604800\n",
			"enforce 168h0m0s mail.example.com *.example.net backupmx.example.com"},
		{"CRLF", "version: STSv1\r\nmode: testing\r\nmx: a.example\r\nmax_age: 60\r\n", "testing 1m0s a.example"},
		{"both ends of line, none at the end", "version: STSv1\r\nmode: testing\nmx: a.example\r\nmax_age: 60", "testing 1m0s a.example"},
		{"any order, no blanks", "max_age:60\nmx:a.example\nmode:testing\nversion:STSv1", "testing 1m0s a.example"},
		{"blanks behind values, empty lines", "version: \tSTSv1 \t\nmode: testing \n\nmx: a.example\nmax_age: 60\n\n", "testing 1m0s a.example"},
		{"upper case in a name", stsStart + "mx: MAIL.Example.com\nmx: *.EXAMPLE.net\nmax_age: 60", "enforce 1m0s mail.example.com *.example.net"},
		{"unknown fields", stsStart + "note: one: two é\nmx: a.example\nmax_age: 60", "enforce 1m0s a.example"},
		{"of a field that stands twice the first counts", stsStart + "mode: none\nversion: STSv2\nmx: a.example\nmax_age: 60\nmax_age: x", "enforce 1m0s a.example"},
		{"none needs no host", "version: STSv1\nmode: none\nmax_age: 60", "none 1m0s"},
		{"no time at all", stsStart + "mx: a.example\nmax_age: 0", "enforce 0s a.example"},
		{"the longest time", stsStart + "mx: a.example\nmax_age: 31557600", "enforce 8766h0m0s a.example"},
	} {
		t.Run(tc.name, tc.run)
	}
}

func TestInvalidSTSPolicy(t *testing.T) {
	for _, tc := range []stsCase{
		{"empty", "", "the policy has another version than STSv1"},
		{"another version", "version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 60", "the policy has another version than STSv1"},
		{"version in another case", "version: stsv1\nmode: enforce\nmx: a.example\nmax_age: 60", "the policy has another version than STSv1"},
		{"no version", "mode: enforce\nmx: a.example\nmax_age: 60", "the policy has another version than STSv1"},
		{"no mode", "version: STSv1\nmx: a.example\nmax_age: 60", "the policy has no known mode"},
		{"unknown mode", "version: STSv1\nmode: report\nmx: a.example\nmax_age: 60", "the policy has no known mode"},
		{"mode in another case", "version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 60", "the policy has no known mode"},
		{"no max_age", stsStart + "mx: a.example", "the policy has no max_age from 0 to 31557600"},
		{"max_age beyond a year", stsStart + "mx: a.example\nmax_age: 31557601", "the policy has no max_age from 0 to 31557600"},
		{"max_age beyond all numbers", stsStart + "mx: a.example\nmax_age: 99999999999999999999", "the policy has no max_age from 0 to 31557600"},
		{"max_age of eleven digits", stsStart + "mx: a.example\nmax_age: 00000000060", "the policy has no max_age from 0 to 31557600"},
		{"negative max_age", stsStart + "mx: a.example\nmax_age: -1", "the policy has no max_age from 0 to 31557600"},
		{"signed max_age", stsStart + "mx: a.example\nmax_age: +1", "the policy has no max_age from 0 to 31557600"},
		{"broken max_age", stsStart + "mx: a.example\nmax_age: 1.5", "the policy has no max_age from 0 to 31557600"},
		{"enforce without a host", stsStart + "max_age: 60", "the policy names no mail host"},
		{"testing without a host", "version: STSv1\nmode: testing\nmax_age: 60", "the policy names no mail host"},
		{"a wildcard alone", stsStart + "mx: *\nmax_age: 60", "the policy has a mail host with an invalid name"},
		{"a wildcard for all", stsStart + "mx: *.\nmax_age: 60", "the policy has a mail host with an invalid name"},
		{"a wildcard in the middle", stsStart + "mx: a.*.example\nmax_age: 60", "the policy has a mail host with an invalid name"},
		{"two wildcards", stsStart + "mx: *.*.example\nmax_age: 60", "the policy has a mail host with an invalid name"},
		{"a wildcard for a part of a label", stsStart + "mx: mx*.example\nmax_age: 60", "the policy has a mail host with an invalid name"},
		{"a dot as of RFC 5280", stsStart + "mx: .example\nmax_age: 60", "the policy has a mail host with an invalid name"},
		{"one bad host spoils all", stsStart + "mx: a.example\nmx: b c.example\nmax_age: 60", "the policy has a mail host with an invalid name"},
		{"a host in other letters", stsStart + "mx: schüle.example\nmax_age: 60", "the policy has a mail host with an invalid name"},
		{"too many hosts", stsStart + strings.Repeat("mx: a.example\n", 101) + "max_age: 60", "the policy names more than 100 mail hosts"},
		{"a line without a colon", stsStart + "mx: a.example\nmax_age: 60\noops", "the policy has a malformed line"},
		{"a field without a value", stsStart + "mx:\nmax_age: 60", "the policy has a malformed line"},
		{"a blank before a field", " version: STSv1\nmode: none\nmax_age: 60", "the policy has a malformed line"},
		{"a bare CR", "version: STSv1\rmode: none\rmax_age: 60", "the policy has a malformed line"},
		{"a page of HTML", "<!DOCTYPE html>\n<html></html>", "the policy has a malformed line"},
		{"a byte order mark", "\ufeffversion: STSv1\nmode: none\nmax_age: 60", "the policy has a malformed line"},
		{"no UTF-8", stsStart + "mx: a.example\nmax_age: 60\nnote: \xff", "the policy is no UTF-8"},
	} {
		t.Run(tc.name, tc.run)
	}
}

func TestPolicyAllows(t *testing.T) {
	p := stsPolicy{mx: []string{"mail.example.com", "*.example.net"}}
	for host, want := range map[string]bool{
		"mail.example.com":            true,
		"example.com":                 false,
		"a.mail.example.com":          false,
		"mx.example.net":              true,
		"example.net":                 false,
		"a.b.example.net":             false,
		".example.net":                true, // no such name comes here, see arrange
		"mxexample.net":               false,
		"mx.example.net.evil.example": false,
		"net":                         false,
		"":                            false,
	} {
		if got := p.allows(host); got != want {
			t.Errorf("%q is allowed: %v, want %v", host, got, want)
		}
	}
	if (stsPolicy{}).allows("") {
		t.Error("no policy names the host without a name")
	}
}

func FuzzSTSPolicy(f *testing.F) {
	f.Add("version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 604800\n", "mx.example.net")
	f.Add("version: STSv1\r\nmode: testing\r\nmx: A.example\r\nx: y\r\nmax_age: 0\r\n", "a.example")
	f.Add("version: STSv1\nmode: none\nmax_age: 31557600", "a")
	f.Fuzz(func(t *testing.T, text, host string) {
		p, err := parseSTSPolicy(text)
		if err != nil {
			return
		}
		again, err := parseSTSPolicy(p.String())
		if diff := cmp.Diff(p, again, cmp.AllowUnexported(stsPolicy{})); diff != "" || err != nil {
			t.Errorf("written and read: %v (-want +got):\n%s", err, diff)
		}
		if p.maxAge < 0 || p.maxAge > maxSTSAge || p.mode != stsNone && len(p.mx) == 0 || p.maxAge%time.Second != 0 {
			t.Errorf("policy %+v", p)
		}
		if !p.allows(host) {
			return
		}
		for _, pattern := range p.mx {
			if host == pattern || strings.HasSuffix(host, pattern[1:]) && strings.Count(host, ".") == strings.Count(pattern, ".") {
				return
			}
		}
		t.Errorf("%q is allowed by %q", host, p.mx)
	})
}
