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
func TestWordsThatMustNotLeave(t *testing.T) {
	inner := "Subject: SECRET\r\n\r\nkept\r\n"
	mixed := func(parts ...string) string {
		return "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + strings.Join(parts, "\r\n--b\r\n") + "\r\n--b--\r\n"
	}
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
			if !m.Wants(hush) && name != "between the parts" {
				t.Error("nothing was found")
			}
			got := Reworded(m, hush)
			if text := string(got.Root.Raw); strings.Contains(text, "SECRET") || got.Wants(hush) || !strings.Contains(got.Text(), "kept") {
				t.Errorf("got\n%s", text)
			}
		})
	}
}

func TestWhatHoldsNothingTravelsAsItIs(t *testing.T) {
	part := mime("application/pdf; name=a.pdf", "base64", base("%PDF-1.7 and so on"))
	raw := "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + mime("text/plain", "quoted-printable", "SEC=\r\nRET\r\n") + "\r\n--b\r\n" + part + "\r\n--b--\r\n"
	if got := string(Reworded(Parse([]byte(raw)), hush).Root.Raw); !strings.Contains(got, part) {
		t.Errorf("the file was changed:\n%s", got)
	}
}

func FuzzReworded(f *testing.F) {
	f.Add([]byte("Subject: a\r\n\r\nSECRET\r\n"))
	f.Add([]byte(mime("text/html", "base64", base("<b>SEC&#82;ET</b>"))))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSECRET\r\n--b--\r\n"))
	f.Add([]byte("Content-Type: message/rfc822\r\n\r\nSubject: SECRET\r\n\r\nx\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if Scan(raw, Arriving()) != nil {
			return
		}
		got := Reworded(Parse(raw), hush)
		if strings.Contains(string(got.Root.Raw), "SECRET") || strings.Contains(got.Text(), "SECRET") {
			t.Errorf("left in\n%s", got.Root.Raw)
		}
	})
}
