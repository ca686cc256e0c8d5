package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// archive is a small archive that sends its codes to a folder.
func archive(t *testing.T, dir string) *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /in", func(w http.ResponseWriter, r *http.Request) {
		to := r.FormValue("email")
		mail := "To: " + to + "\r\nSubject: 314 159 is your Forum code\r\n\r\n"
		if err := os.WriteFile(filepath.Join(dir, to+".eml"), []byte(mail), 0o600); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("POST /code", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("code") == "314159" {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "x", Path: "/"})
		}
	})
	page := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if _, err := r.Cookie("session"); err != nil {
				w.WriteHeader(http.StatusForbidden)
			}
			fmt.Fprint(w, "<h1>", text)
		}
	}
	mux.HandleFunc("/settings", page("Settings"))
	mux.HandleFunc("/{$}", page(`<a href="/2014">2014</a> <a href="/2014">2014</a>`))
	mux.HandleFunc("/2014", page(`<a href="/2014/09">September</a>`))
	mux.HandleFunc("/2014/09", page(`<a href="/t/12">One</a> <a href="/t/13">Two</a>`))
	mux.HandleFunc("/t/12", page("One"))
	mux.HandleFunc("/search", page("Found"))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func TestAReaderSignsInAndFailuresAreNoTimes(t *testing.T) {
	dir := t.TempDir()
	c, err := parse([]string{"-url", archive(t, dir).URL, "-address", "reader@members.example,other@members.example", "-mail", dir}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	r, err := signIn(c, c.addresses[0])
	if err != nil {
		t.Fatal(err)
	}
	other, err := signIn(c, c.addresses[1])
	if err != nil {
		t.Fatal(err)
	}
	if r.cookie() != "session=x" {
		t.Errorf("cookie %q", r.cookie())
	}
	p, err := r.plan()
	if err != nil {
		t.Fatal(err)
	}
	if len(p["month"]) != 1 || len(p["discussion"]) != 2 {
		t.Errorf("pages %v, want a month and two discussions", p)
	}

	got := walk([]*reader{r, other}, p, 1e6, 100) // half of the discussions are not there
	if got.Failed == 0 || got.ByKind["discussion"].N+got.Failed != 60 || got.ByKind["home"].N != 20 || got.ByKind["search"].N != 10 {
		t.Errorf("%+v", got)
	}
}

func TestWithoutACodeNobodyIsSignedIn(t *testing.T) {
	dir := t.TempDir()
	old := time.Now().Add(-time.Hour)
	name := filepath.Join(dir, "old.eml")
	if err := os.WriteFile(name, []byte("To: reader@members.example\r\nSubject: 271 828 is your Forum code\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, old, old); err != nil {
		t.Fatal(err)
	}
	if got, err := codeIn(dir, "reader@members.example", time.Now()); err != nil || got != "" {
		t.Errorf("an old mail gave the code %q, error %v", got, err)
	}
}
