package web

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"sencoforum/token"
)

// FuzzRoute sends requests for any address, as a visitor. No answer is a fault, leads anywhere but to a page of ours, or shows
// a post; and nobody leaves without a token of ours that says so.
func FuzzRoute(f *testing.F) {
	s := newSite(f, nil)
	s.post(1, 1, "Confidential question", "The text of a post.")
	other := s.keys.Sign(token.Claims{Kind: token.Feedback, A: 1, B: 1}, "senco-forum")
	for _, path := range []string{"/", "/u/", "/u/" + other, "/yes/" + token.Random(), "/u//" + other, "/style.css", "//u/x", "/u/../yes/x", "", "*", "/u/%00",
		"/t/1", "/m/1", "/m/1/raw", "/a/1/x", "/2026/11", "/2026", "/topic/x", "/in", "/code", "/in/" + other, "/pipermail/senco-forum/2026-November/000001.html"} {
		f.Add("GET", path, "to=//evil.example&from=1-1")
		f.Add("POST", path, "email=tom@school.example&to=/t/1")
	}
	f.Fuzz(func(t *testing.T, method, path, body string) {
		s.t = t
		r := httptest.NewRequest("GET", "/", strings.NewReader(body))
		r.Method, r.URL = method, &url.URL{Path: path, RawQuery: body}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = "127.0.0.1:4711"
		w := httptest.NewRecorder()
		s.server.server.Handler.ServeHTTP(w, r)
		if w.Code >= 500 || strings.Contains(w.Body.String(), "Confidential") || strings.Contains(w.Body.String(), "text of a post") {
			t.Errorf("%s %q: %d\n%s", method, path, w.Code, w.Body)
		}
		if to := w.Header().Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//")) {
			t.Errorf("%s %q leads to %q", method, path, to)
		}
		if len(s.members()) != len(everybody) {
			t.Errorf("%s %q: members %v", method, path, s.members())
		}
	})
}
