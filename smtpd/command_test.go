package smtpd

import (
	"strings"
	"testing"
)

func TestParseCommand(t *testing.T) {
	tests := []struct {
		name, in, verb, arg string
		ok                  bool
	}{
		{"verb alone", "quit\r\n", "QUIT", "", true},
		{"verb and argument", "EHLO relay.test\r\n", "EHLO", "relay.test", true},
		{"lone line feed", "NOOP\n", "NOOP", "", true},
		{"nothing at all", "\r\n", "", "", true},
		{"UTF-8 in the argument", "EHLO ü\r\n", "EHLO", "ü", true},
		{"UTF-8 in the verb", "ſTARTTLS\r\n", "", "", false},
		{"bare CR", "NO\rOP\r\n", "", "", false},
		{"two CR", "NOOP\r\r\n", "", "", false},
		{"NUL", "NOOP\x00\r\n", "", "", false},
		{"tab", "MAIL\tFROM:<>\r\n", "", "", false},
		{"delete", "NOOP \x7f\r\n", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, ok := parseCommand([]byte(tt.in))
			if c.verb != tt.verb || c.arg != tt.arg || ok != tt.ok {
				t.Errorf("got %q %q %v", c.verb, c.arg, ok)
			}
		})
	}
}

func TestCutPath(t *testing.T) {
	tests := []struct {
		name, in, path, params string
		ok                     bool
	}{
		{"plain", "TO:<a@b.test>", "a@b.test", "", true},
		{"space and case", "to: <a@b.test>", "a@b.test", "", true},
		{"parameters", "TO:<a@b.test> NOTIFY=NEVER", "a@b.test", " NOTIFY=NEVER", true},
		{"null", "TO:<>", "", "", true},
		{"bracket in quotes", `TO:<"a>"@b.test>`, `"a>"@b.test`, "", true},
		{"quote in quotes", `TO:<"a\">"@b.test>`, `"a\">"@b.test`, "", true},
		{"quote not closed", `TO:<"a@b.test>`, "", "", false},
		{"bracket not closed", "TO:<a@b.test", "", "", false},
		{"no bracket", "TO:a@b.test", "", "", false},
		{"other keyword", "FROM:<a@b.test>", "", "", false},
		{"nothing", "", "", "", false},
		{"parameters without a space", "TO:<a@b.test>NOTIFY=NEVER", "a@b.test", "NOTIFY=NEVER", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, params, ok := cutPath(tt.in, "TO:")
			if path != tt.path || params != tt.params || ok != tt.ok {
				t.Errorf("got %q %q %v", path, params, ok)
			}
		})
	}
}

func TestCutRoute(t *testing.T) {
	for in, want := range map[string]string{
		"a@b.test": "a@b.test", "@c.test:a@b.test": "a@b.test", "@c.test,@d.test:a@b.test": "a@b.test",
		"@c.test:": "", "@c.test": "@c.test", "": "",
	} {
		if got := cutRoute(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if _, err := readSender("@c.test:"); err == nil {
		t.Error("a route to nowhere passed as the null sender")
	}
}

func TestParseChunk(t *testing.T) {
	tests := []struct {
		name, in string
		size     int64
		last, ok bool
	}{
		{"a chunk", "12", 12, false, true},
		{"the last chunk", "12 LAST", 12, true, true},
		{"in any case", "12 last ", 12, true, true},
		{"an empty last chunk", "0 LAST", 0, true, true},
		{"an empty chunk", "0", 0, false, false},
		{"the largest", "4294967295", 1<<32 - 1, false, true},
		{"over 32 bits", "4294967296", 0, false, false},
		{"negative", "-1", 0, false, false},
		{"signed", "+1", 0, false, false},
		{"nothing", "", 0, false, false},
		{"another word", "12 FIRST", 0, false, false},
		{"a space that is none", "12\u00a0LAST", 0, false, false},
		{"hexadecimal", "0x10", 0, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			size, last, ok := parseChunk(tt.in)
			if size != tt.size || last != tt.last || ok != tt.ok {
				t.Errorf("got %d %v %v", size, last, ok)
			}
		})
	}
}

func TestHelo(t *testing.T) {
	for in, want := range map[string]string{
		"relay.test": "relay.test", "[192.0.2.1]": "[192.0.2.1]", "[IPv6:2001:db8::1]": "[IPv6:2001:db8::1]",
		"my_pc": "my_pc", "a b": "", "a;b": "", "ü": "", strings.Repeat("a", 256): "",
	} {
		if got := helo(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
