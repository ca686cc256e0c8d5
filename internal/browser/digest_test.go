package browser

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestBrowserDigest looks at the digest as a mail program shows it: a page of its own.
func TestBrowserDigest(t *testing.T) {
	l := look{axe: axe(t), lights: lights}
	chromium(t)
	h := open(t, "--posts", "200")
	h.seed(t)
	digest := h.command(t, "digest", "preview", "--html")
	if len(digest) > maxPage {
		t.Errorf("it has %d octets, more than %d", len(digest), maxPage)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(digest)
	}))
	t.Cleanup(s.Close)
	w := newTab(t, s.URL)
	w.open("/")
	faults, _ := w.taken()
	report(t, "digest", map[string][]string{"loading": faults})
	if *shots != "" {
		w.shoot("mail", "digest")
		return
	}
	report(t, "digest", w.see(l))
}
