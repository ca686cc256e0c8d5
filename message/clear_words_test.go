package message

import (
	"encoding/base64"
	"strings"
	"testing"
)

// hush hides the word SECRET.
func hush(text string) string { return strings.ReplaceAll(text, "SECRET", "[hidden]") }

func mime(kind, encoding, body string) string {
	return "MIME-Version: 1.0\r\nContent-Type: " + kind + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + body
}

func base(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) + "\r\n" }

// Each text holds the word once, and "kept" in what must not be lost.
func TestWordsThatMustNotStay(t *testing.T) {
	inner := "Subject: SECRET\r\n\r\nkept\r\n"
	for name, raw := range map[string]string{
		"plain":                    "Subject: SECRET\r\nTo: x\r\n\r\nkept SECRET\r\n",
		"base64":                   mime("text/plain; charset=utf-8", "base64", base("kept SECRET ü")),
		"quoted-printable, broken": mime("text/plain", "quoted-printable", "kept SEC=\r\nRET\r\n"),
		"latin 1":                  mime("text/plain; charset=iso-8859-1", "8bit", "kept SECRET \xfc\r\n"),
		"HTML":                     mime("text/html", "7bit", "<p>kept <a href='SECRET'>link</a></p>\r\n"),
		"HTML, for people alone":   mime("text/html", "7bit", "<p>kept SEC&#82;ET</p>\r\n"),
		"a file of text":           mixed(mime("text/plain", "7bit", "kept"), mime("text/csv; name=a.csv", "base64", base("SECRET,1"))),
		"another file":             mixed(mime("text/plain", "7bit", "kept"), mime("application/x-odd", "base64", base("\x00\x01SECRET"))),
		"an attached message":      mixed(mime("text/plain", "7bit", "hello"), mime("message/rfc822", "7bit", inner)),
		"hidden in one":            mixed(mime("text/plain", "7bit", "kept"), mime("message/rfc822", "7bit", mime("text/plain", "base64", base("SECRET")))),
		"the name of a file":       mixed(mime("text/plain", "7bit", "kept"), mime("text/csv; name=SECRET.csv", "7bit", "1,2")),
		"between the parts":        "Content-Type: multipart/mixed; boundary=b\r\n\r\nSECRET\r\n--b\r\n\r\nkept\r\n--b--\r\nSECRET\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			m := Parse([]byte(raw))
			if !wanted(m, hush) && name != "between the parts" {
				t.Error("nothing was found")
			}
			got, err := Clear(m, hushing())
			if err != nil || strings.Contains(string(got), "SECRET") || wanted(Parse(got), hush) || !strings.Contains(Parse(got).Text()+string(got), "kept") {
				t.Errorf("%v, got\n%s", err, got)
			}
		})
	}
}

// wanted reports whether a change finds anything to do in a message as people and programs read it: in a field, in a part, or
// in a message that is attached.
func wanted(m *Message, change Change) bool {
	if wantedField(m.Header, change) {
		return true
	}
	for n, p := range m.Walk() {
		if n > 0 && wantedField(p.Header, change) || len(p.Parts) == 0 && wantedPart(p, change) {
			return true
		}
	}
	return false
}

func wantedPart(p *Part, change Change) bool {
	return change.wants(string(p.Content())) || change.wants(p.Text()) || change.wants(p.Reading()) ||
		p.isAttachedMessage() && wanted(p.Message(), change)
}

func wantedField(h Header, change Change) bool {
	for _, f := range h.Fields() {
		if change.wants(f.Value) || change.wants(cleanLine(decodeWords(f.Value))) {
			return true
		}
	}
	return false
}
