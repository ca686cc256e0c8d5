package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAQueryIsWrittenAsTheServerWantsIt(t *testing.T) {
	const q = `dyslexia AND screening NOT overlays date:2010..2012`
	for dialect, want := range map[string]string{
		"neutral": q,
		"notmuch": `dyslexia AND screening NOT overlays date:2010-01-01..2012-12-31`,
		"ours":    `dyslexia screening -overlays year:2010-2012`,
	} {
		if got := dialects[dialect](q); got != want {
			t.Errorf("%s: %q, want %q", dialect, got, want)
		}
	}
}

func TestEveryQueryIsAskedInEachRoundAndErrorsAreCounted(t *testing.T) {
	asked := map[string]int{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked[r.FormValue("q")]++
		if r.Header.Get("Cookie") != "session=x" {
			t.Error("nobody is signed in")
		}
		if r.FormValue("q") == "bad" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "queries.tsv")
	if err := os.WriteFile(file, []byte("# kind\tquery\nterm\tgood\nterm\tbad\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := parse([]string{"-queries", file, "-rounds", "2", "-cookie", "session=x", "-url", s.URL + "/?q={}"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run(c, &out); err != nil {
		t.Fatal(err)
	}
	if asked["good"] != 3 || asked["bad"] != 3 || !strings.Contains(out.String(), `"failed":3`) || !strings.Contains(out.String(), `"term":{"n":2`) {
		t.Errorf("asked %v, printed %s", asked, out.String())
	}
}
