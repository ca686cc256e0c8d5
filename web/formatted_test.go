package web

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
)

func TestAMessageWithItsFormatting(t *testing.T) {
	s := newSite(t, nil)
	s.post(1, 2, "Plain", "No HTML here.")
	s.post(1, 2, "Shaped", "--b\nContent-Type: text/html\n\n"+`<h2 style="color:red">Our plan</h2><ul><li>One</li></ul><script>alert(1)</script>`+
		`<img src="cid:logo@x" alt="logo"><img src="https://evil.example/p.gif"><p>On Sunday <a href="mailto:priya@other.example">priya@other.example</a> wrote</p>`+
		"\n--b\nContent-Type: image/png; name=logo.png\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte(png))+"\n--b--",
		`Content-Type: multipart/related; boundary="b"`)
	tom := s.as(1)
	if html := tom.get("/t/2"); !strings.Contains(html, `href="/m/2/formatted"`) || !strings.Contains(html, "Our plan") {
		t.Errorf("discussion:\n%s", html)
	}
	html := tom.get("/m/2/formatted")
	for _, want := range []string{"<p><strong>Our plan</strong></p>", "<ul><li>One</li></ul>", `<img src="/a/2/logo.png" alt="logo">`, `href="/t/2">Shaped</a>`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	for _, bad := range []string{"<script", "evil.example", "style=", "other.example", "mailto:priya"} {
		if strings.Contains(html, bad) {
			t.Errorf("%q in\n%s", bad, html)
		}
	}
	if strings.Contains(tom.get("/t/1"), "/formatted") {
		t.Error("a plain message offers its formatting")
	}
	if r, _ := tom.ask("GET", "/m/1/formatted", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("a plain message: %d", r.StatusCode)
	}
}
