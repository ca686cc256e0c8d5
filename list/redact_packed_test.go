package list

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"unicode/utf16"

	"sencoforum/message"
	"sencoforum/token"
)

// A text in base64 of which token.May knows that it holds nothing is not read any further. It loses the same as if it were.
func TestTokensInPackedTexts(t *testing.T) {
	l, keys := forumWithKeys(t)
	tok := keys.Sign(token.Claims{Kind: token.OneClick, A: 7, B: 1}, l.Name)
	wide := func(s string) string {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return string(b)
	}
	for name, c := range map[string]struct {
		head, text string
		found      bool
	}{
		"plain":                         {"text/plain", "a " + tok, true},
		"plain without one":             {"text/plain", "a caf\xe9", false},
		"latin":                         {"text/plain; charset=iso-8859-1", "caf\xe9 " + tok, true},
		"in lines of a reply":           {"text/plain; charset=utf-8; format=flowed", "> " + tok[:9] + " \r\n> " + tok[9:], true},
		"with an escape":                {"text/plain; charset=utf-8", strings.Replace(tok, "snc1_", "%73nc1%5F", 1), true},
		"HTML with tags between":        {"text/html; charset=utf-8", "<b>s</b>nc1<i>_</i>" + tok[5:], true},
		"HTML with references":          {"text/html", strings.Replace(tok, "snc1_", "&#115;nc1&lowbar;", 1), true},
		"HTML that names a charset":     {"text/html", "<meta charset=utf-7>+AHM-nc1+AF8-" + tok[5:], true},
		"in two octets each":            {"text/plain; charset=utf-16le", wide("a " + tok), true},
		"in shifted letters":            {"text/plain; charset=utf-7", "+AHM-nc1+AF8-" + tok[5:], true},
		"in two octets, without one":    {"text/plain; charset=utf-16le", wide("a letter"), false},
		"a charset whose name is cut":   {"text/plain; charset*0=ut; charset*1=f-16le", wide(tok), true},
		"a file that is no text at all": {"application/octet-stream", "\x00" + tok, true},
	} {
		packed := base64.StdEncoding.EncodeToString([]byte(c.text)) + "\r\n"
		for _, raw := range []string{
			"Subject: x\r\nContent-Type: " + c.head + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + packed,
			"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: " + c.head + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + packed + "--b--\r\n",
			"Subject: x\r\nContent-Type: " + c.head + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + packed + "-- \r\nglued on " + tok + "\r\n",
		} {
			got, err := l.Redact(keys, message.Parse([]byte(raw)), true)
			if err != nil {
				t.Fatal(err)
			}
			all := l.clearing(keys, true)
			all.May = nil
			want, err := message.Clear(message.Parse([]byte(raw)), all)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %v\n%s\nand after a look at all of it\n%s", name, err, got, want)
			}
			if found := string(got) != raw; found != (c.found || strings.Contains(raw, tok)) {
				t.Errorf("%s: changed is %v in\n%s", name, found, got)
			}
		}
	}
}
