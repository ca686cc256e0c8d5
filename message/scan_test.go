package message

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// rule returns the rule of a FormError, "" for nil.
func rule(t *testing.T, err error) string {
	t.Helper()
	var form *FormError
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &form):
		t.Fatalf("%v is no *FormError", err)
	}
	return form.Rule
}

// nest returns n multiparts, one in the other, and a text.
func nest(n int) []byte {
	var b strings.Builder
	b.WriteString("From: a@example.org\r\n")
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	b.WriteString("\r\ntext\r\n")
	return []byte(b.String())
}

// flat returns a multipart with n parts.
func flat(n int) []byte {
	return []byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", n) + "--b--\r\n")
}

// messages returns n messages, one in the other.
func messages(n int) []byte {
	return []byte(strings.Repeat("Content-Type: message/rfc822\r\n\r\n", n) + "Subject: x\r\n\r\ntext\r\n")
}

// words returns a subject of n encoded words.
func words(n int) []byte {
	return []byte("Subject:" + strings.Repeat(" =?utf-8?q?a?=\r\n", n) + "\r\n")
}

func TestScan(t *testing.T) {
	boundary := func(n int) []byte {
		b := strings.Repeat("b", n)
		return []byte("Content-Type: multipart/mixed; boundary=" + b + "\r\n\r\n--" + b + "\r\n\r\nx\r\n--" + b + "--\r\n")
	}
	header := func(n int) []byte {
		return []byte(strings.Repeat("X: "+strings.Repeat("x", 507)+"\r\n", n/512) + "\r\n")
	}
	both := flat(58)
	both = append(both[:len(both)-len("--b--\r\n")], "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny\r\n--b--\r\n"...)
	for _, c := range []struct {
		name                string
		raw                 []byte
		arriving, importing string
	}{
		{"an ordinary message passes", lines("From: a@b.c", "", "Hello", ""), "", ""},
		{"8-bit text passes", lines("From: a@b.c", "", "Grüße", ""), "", ""},
		{"an empty message passes", nil, "", ""},
		{"a bare CR is refused", lines("Subject: x", "", "a\rb", ""), RuleBareCR, ""},
		{"a bare CR at the end is refused", lines("Subject: x", "", "a\r"), RuleBareCR, ""},
		{"CR CR LF is a bare CR", lines("Subject: x", "", "a\r", "b"), RuleBareCR, ""},
		{"a bare LF is refused", lines("Subject: x", "", "a\nb", ""), RuleBareLF, ""},
		{"a bare LF in the header is refused", lines("Subject: x\nTo: y", "", "a"), RuleBareLF, ""},
		{"NUL is refused", lines("Subject: x", "", "a\x00b", ""), RuleNUL, ""},
		{"a line of 64 KiB passes", lines("", strings.Repeat("x", 64<<10)), "", ""},
		{"a longer line is refused", lines("", strings.Repeat("x", 64<<10+1)), RuleLineBytes, ""},
		{"a header of 127 KiB passes", header(127 << 10), "", ""},
		{"a header of 129 KiB is refused", header(129 << 10), RuleHeaderBytes, ""},
		{"a header of more than 1 MiB is refused everywhere", header(1<<20 + 512), RuleHeaderBytes, RuleHeaderBytes},
		{"300 fields pass", append(bytes.Repeat([]byte("X: y\r\n"), 300), "\r\n"...), "", ""},
		{"301 fields are refused", append(bytes.Repeat([]byte("X: y\r\n"), 301), "\r\n"...), RuleFields, ""},
		{"60 parts pass", flat(60), "", ""},
		{"61 parts are refused", flat(61), RuleParts, ""},
		{"the parts of an attached message count", append(both[:len(both):len(both)], "--b\r\n\r\nx\r\n"...), RuleParts, ""},
		{"1,001 parts are refused everywhere", flat(1001), RuleParts, RuleParts},
		{"8 levels pass", nest(8), "", ""},
		{"9 levels are refused", nest(9), RuleDepth, ""},
		{"8 attached messages, one in the other, pass", messages(8), "", ""},
		{"9 are refused", messages(9), RuleDepth, ""},
		{"a message in base64 is not looked into", append([]byte("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"), messages(9)...), "", ""},
		{"21 levels are refused everywhere", nest(21), RuleDepth, RuleDepth},
		{"a boundary of 70 letters passes", boundary(70), "", ""},
		{"a boundary of 71 letters is refused", boundary(71), RuleBoundary, ""},
		{"200 encoded words pass", words(200), "", ""},
		{"201 encoded words are refused", words(201), RuleEncodedWords, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rule(t, Scan(c.raw, Arriving())); got != c.arriving {
				t.Errorf("arriving: %q, want %q", got, c.arriving)
			}
			if got := rule(t, Scan(c.raw, Importing())); got != c.importing {
				t.Errorf("importing: %q, want %q", got, c.importing)
			}
		})
	}
}

// What costs a MIME library seconds is refused before one runs. How fast is a
// benchmark.
func TestScanRefusesWhatIsSlowToParse(t *testing.T) {
	cases := hostile()
	for name, want := range map[string]string{
		"three thousand nested multiparts":      RuleDepth,
		"two hundred thousand empty parts":      RuleParts,
		"messages in messages":                  RuleDepth,
		"a hundred thousand fields":             RuleHeaderBytes,
		"encoded words that never end":          RuleLineBytes,
		"siblings whose boundary is never used": RuleParts,
	} {
		if got := rule(t, Scan(cases[name], Arriving())); got != want {
			t.Errorf("%s: rule %q, want %q", name, got, want)
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, b := range [][]byte{nest(9), flat(61), messages(9), words(3), []byte("a\rb\n\x00"), lines("Content-Type: multipart/mixed", "", "--x", "Content-Type: text/plain", "", "--x--")} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		limits := Arriving()
		if err := Scan(raw, limits); err != nil {
			rule(t, err)
			return
		}
		if bytes.Count(raw, []byte("\r\n")) != bytes.Count(raw, []byte("\n")) || bytes.IndexByte(raw, 0) >= 0 {
			t.Fatal("a bare line end or NUL passed")
		}
		// Parse must not see more than Scan counted.
		parts := 0
		for _, p := range Parse(raw).Walk() {
			parts++
			if p.depth > limits.Depth || len(p.Header.Fields()) > limits.Fields {
				t.Fatalf("a part with %d fields at depth %d passed", len(p.Header.Fields()), p.depth)
			}
		}
		if parts > limits.Parts+1 {
			t.Fatalf("%d parts passed", parts)
		}
	})
}
