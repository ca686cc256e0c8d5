package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"sencoforum/token"
)

// FuzzRoute sends requests for any address. No answer is a redirect or a fault, and nobody leaves without a token of
// ours that says so.
func FuzzRoute(f *testing.F) {
	s := newSite(f, nil)
	other := s.keys.Sign(token.Claims{Kind: token.Feedback, A: 1, B: 1}, "senco-forum")
	for _, path := range []string{"/", "/u/", "/u/" + other, "/yes/" + token.Random(), "/u//" + other, "/style.css", "//u/x", "/u/../yes/x", "", "*", "/u/%00"} {
		f.Add("GET", path, "")
		f.Add("POST", path, "List-Unsubscribe=One-Click")
	}
	allowed := []int{http.StatusOK, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusRequestEntityTooLarge}
	f.Fuzz(func(t *testing.T, method, path, body string) {
		s.t = t
		r := httptest.NewRequest("GET", "/", strings.NewReader(body))
		r.Method, r.URL = method, &url.URL{Path: path}
		w := httptest.NewRecorder()
		s.server.server.Handler.ServeHTTP(w, r)
		if !slices.Contains(allowed, w.Code) || w.Code == http.StatusOK && path != stylePath && token.Find(path) == nil {
			t.Errorf("%s %q: %d", method, path, w.Code)
		}
		if len(s.members()) != len(everybody) {
			t.Errorf("%s %q: members %v", method, path, s.members())
		}
	})
}
