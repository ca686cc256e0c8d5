package message

import "testing"

func TestTextThatIsNotInItsCharset(t *testing.T) {
	for name, c := range map[string]struct {
		raw  string
		want bool
	}{
		"ASCII without a label":        {"Subject: s\n\nwords\n", false},
		"8 bits without a label":       {"Subject: s\n\nna\xefve\n", true},
		"UTF-8 without a label":        {"Subject: s\n\nnaïve\n", true},
		"UTF-8 as it says":             {"Content-Type: text/plain; charset=utf-8\n\nnaïve\n", false},
		"windows-1252 that says UTF-8": {"Content-Type: text/plain; charset=\"UTF-8\"\n\nna\xefve\n", true},
		"8 bits that say ASCII":        {"Content-Type: text/plain; charset=us-ascii\n\nna\xefve\n", true},
		"coded, 8 bits, says ASCII":    {"Content-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: quoted-printable\n\nna=EFve\n", true},
		"latin-1 as it says":           {"Content-Type: text/plain; charset=iso-8859-1\n\nna\xefve\n", false},
		"a charset that nobody knows":  {"Content-Type: text/plain; charset=klingon\n\nna\xefve\n", true},
		"a file":                       {"Content-Type: application/pdf\n\nna\xefve\n", false},
	} {
		if got := Parse([]byte(c.raw)).Root.Mislabelled(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
