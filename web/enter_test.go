package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/signin"
	"sencoforum/store"
)

// mailed lets codes be mailed, and returns the latest with its link.
func (s *site) mailed() (code, link string) {
	s.t.Helper()
	s.now = s.now.Add(2 * time.Second)
	if _, err := signin.NewKeeper(s.server.log, s.db, s.server.cfg.Signin, s.keys, "https://forum.example.org").Step(); err != nil {
		s.t.Fatal(err)
	}
	all := s.letters()
	if len(all) == 0 {
		s.t.Fatal("no mail")
	}
	_, after, _ := strings.Cut(all[len(all)-1], "code is ")
	_, path, _ := strings.Cut(after, "https://forum.example.org")
	return after[:7], strings.Fields(path)[0]
}

func form(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

func TestSigningIn(t *testing.T) {
	s := newSite(t, func(c *Config) { c.HTTPS = true })
	s.post(1, 2, "Reading pens", "Which?")
	b := s.browser()
	r, _ := b.ask("POST", "/in", form("email", " Tom@School.example ", "to", "/t/1?all=1"))
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/code" {
		t.Fatalf("asking: %d %v", r.StatusCode, r.Header)
	}
	if html := b.get("/code"); !strings.Contains(html, "Tom@school.example") || !strings.Contains(html, `autocomplete="one-time-code"`) {
		t.Errorf("page:\n%s", html)
	}
	code, _ := s.mailed()
	r, html := b.ask("POST", "/code", form("code", "12", "keep", "1"))
	if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "You have 4 tries left.") || !strings.Contains(html, "<title>Error: Enter your code") || !strings.Contains(html, "checked") {
		t.Errorf("a wrong code: %d\n%s", r.StatusCode, html)
	}
	r, _ = b.ask("POST", "/code", form("code", code, "keep", "1"))
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/t/1?all=1" {
		t.Fatalf("the right code: %d %v", r.StatusCode, r.Header)
	}
	for _, c := range r.Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %+v", c)
		}
		if c.Name == "__Host-session" && c.MaxAge != int(signin.KeptLife.Seconds()) {
			t.Errorf("it is kept for %d s", c.MaxAge)
		}
	}
	b.get("/t/1?all=1")
	if r, _ := b.ask("POST", "/out", ""); r.StatusCode != http.StatusSeeOther || b.cookies["__Host-session"] != "" {
		t.Errorf("signing out: %d", r.StatusCode)
	}
	if r, _ := b.ask("GET", "/t/1", ""); r.StatusCode != http.StatusForbidden {
		t.Errorf("after that: %d", r.StatusCode)
	}
}

func TestSignInByTheLinkInTheMail(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser()
	b.ask("POST", "/in", form("email", "tom@school.example"))
	_, link := s.mailed()
	for range 3 { // as scanners of mail do, in browsers of their own
		if r, html := s.browser().ask("GET", link, ""); r.StatusCode != http.StatusOK || !strings.Contains(html, ">Sign in</button>") {
			t.Errorf("a scanner: %d", r.StatusCode)
		}
		if r, _ := s.browser().ask("POST", link, ""); r.StatusCode != http.StatusUnprocessableEntity || len(r.Cookies()) > 0 {
			t.Errorf("one that presses buttons: %d", r.StatusCode)
		}
	}
	if r, _ := b.ask("POST", link, ""); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/" {
		t.Errorf("here: %d", r.StatusCode)
	}
	b.get("/settings")
}

func TestWhatIsTypedWrong(t *testing.T) {
	s := newSite(t, nil)
	for typed, keeps := range map[string]string{"": "", "tom": "tom", `"><b>`: "&#34;&gt;&lt;b&gt;", strings.Repeat("x", 300): ""} {
		r, html := s.browser().ask("POST", "/in", form("email", typed))
		if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "<title>Error: Sign in") || !strings.Contains(html, `value="`+keeps+`"`) || !strings.Contains(html, "Enter your email address") {
			t.Errorf("%q: %d\n%s", typed, r.StatusCode, html)
		}
	}
	if r, _ := s.browser().ask("GET", "/code", ""); r.Header.Get("Location") != "/in" {
		t.Errorf("no code is waited for: %d", r.StatusCode)
	}
	if r, html := s.browser().ask("POST", "/code", form("code", "123456")); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "Ask for a new one") {
		t.Errorf("a code that nobody asked for: %d", r.StatusCode)
	}
	b := s.browser()
	for range signin.PerAddress {
		b.ask("POST", "/in", form("email", "nobody@school.example"))
	}
	if r, html := b.ask("POST", "/in", form("email", "nobody@school.example")); r.StatusCode != http.StatusTooManyRequests || !strings.Contains(html, "several codes") {
		t.Errorf("the sixth code: %d", r.StatusCode)
	}
	b = s.browser()
	b.ask("POST", "/in", form("email", "tom@school.example"))
	for range signin.Tries - 1 {
		b.ask("POST", "/code", form("code", "1"))
	}
	if r, html := b.ask("POST", "/code", form("code", "1")); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "last try") {
		t.Errorf("the fifth try: %d", r.StatusCode)
	}
}

// Signing in leads to a page of ours or to the first one, whatever the form says.
func TestSignInLeadsNowhereElse(t *testing.T) {
	s := newSite(t, nil)
	for to, want := range map[string]string{
		"/t/1?all=1": "/t/1?all=1", "/2026/11": "/2026/11", "": "", "//evil.example": "", "https://evil.example/t/1": "", "/\\evil.example": "", "t/1": "",
		"/nonsense": "", "/t/1\r\nX: y": "", "javascript:alert(1)": "", "/%2f/evil.example": "", "/out": "", "/in": "", "/t/" + strings.Repeat("1", 400): "", "http:/t/1": "",
	} {
		if got := s.server.local(to); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}

// A new session begins at each sign-in, so that a cookie somebody else knows is worth nothing.
func TestACookieThatWasPlantedSignsNobodyIn(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser()
	b.cookies[sessionCookie] = "snc1_00000000000000000000000000000000"
	b.ask("POST", "/in", form("email", "tom@school.example"))
	code, _ := s.mailed()
	b.ask("POST", "/code", form("code", code))
	if b.cookies[sessionCookie] == "snc1_00000000000000000000000000000000" {
		t.Error("it is the session now")
	}
	was := b.cookies[sessionCookie]
	b.ask("POST", "/in", form("email", "tom@school.example"))
	code, _ = s.mailed()
	b.ask("POST", "/code", form("code", code))
	testdb.View(t, s.db, func(tx *store.Tx) error {
		if _, _, err := s.server.cfg.Signin.Reader(tx, was); err == nil {
			t.Error("the old session goes on")
		}
		return nil
	})
}
