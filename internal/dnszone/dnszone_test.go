package dnszone

import (
	"strings"
	"testing"
)

func TestParseIsStrict(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"a name needs its dot", "a.example 60 IN A 192.0.2.1", "no name with a dot"},
		{"a TTL is a number", "a.example. IN 60 A 192.0.2.1", "not name, TTL"},
		{"an A record has an IPv4 address", "a.example. 60 IN A 2001:db8::1", "other kind"},
		{"an MX has a preference", "a.example. 60 IN MX b.example.", "unknown type"},
		{"a text has quotes", "a.example. 60 IN TXT v=spf1", "without quotes"},
		{"a text has an end", `a.example. 60 IN TXT "v=spf1`, "without an end"},
		{"a string has at most 255 characters", `a.example. 60 IN TXT "` + strings.Repeat("x", 256) + `"`, "255"},
		{"only known types", "a.example. 60 IN SRV 0 0 25 b.example.", "unknown type"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.line)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestStringsOfATextAreJoined(t *testing.T) {
	z, err := Parse(`a.example. 60 IN TXT "v=\"x" "y"` + "\n")
	if err != nil {
		t.Fatal(err)
	}
	got, err := z.LookupTXT(t.Context(), "a.example.")
	if want := `v="xy`; err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}
