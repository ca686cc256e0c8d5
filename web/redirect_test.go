package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestWhoComesWithoutTLSIsSentToHTTPS(t *testing.T) {
	s := newSite(t, nil)
	for _, c := range []struct{ name, method, target, want string }{
		{"a page", "GET", "/t/1?all=1", "https://forum.example.org/t/1?all=1"},
		{"by the name of another host", "GET", "http://evil.example/t/1", "https://forum.example.org/t/1"},
		{"an address that looks like a host", "GET", "//evil.example/x", "https://forum.example.org/evil.example/x"},
		{"letters that need to be escaped", "HEAD", "/a/1/a%20b%0d%0a", "https://forum.example.org/a/1/a%20b%0D%0A"},
		{"a form is refused", "POST", "/code", ""},
	} {
		r := httptest.NewRequest(c.method, "/", nil)
		u, err := r.URL.Parse(c.target)
		if err != nil {
			t.Fatal(err)
		}
		r.URL = u
		if c.target[:2] == "//" {
			r.URL.Path, r.URL.Host = c.target, ""
			c.want = "https://forum.example.org/evil.example/x"
		}
		w := httptest.NewRecorder()
		s.server.clear.Handler.ServeHTTP(w, r)
		status := http.StatusPermanentRedirect
		if c.want == "" {
			status = http.StatusForbidden
		}
		if got := w.Header().Get("Location"); got != c.want || w.Code != status {
			t.Errorf("%s: %d to %q, want %q", c.name, w.Code, got, c.want)
		}
	}
}
