package web

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"sencoforum/list"
)

func TestMyDataNeedsAFreshCode(t *testing.T) {
	var asked []list.PersonID
	large := false
	s := newSite(t, func(c *Config) {
		c.Data = func(_ context.Context, to io.Writer, who list.PersonID) error {
			asked = append(asked, who)
			if large {
				return ErrTooLarge
			}
			_, err := io.WriteString(to, "PK-zip")
			return err
		}
	})
	tom := s.as(1)
	r, got := tom.ask("POST", accountPath, "")
	if r.StatusCode != http.StatusOK || got != "PK-zip" || r.Header.Get("Content-Type") != "application/zip" || !strings.Contains(r.Header.Get("Content-Disposition"), "attachment") || len(asked) != 1 || asked[0] != 1 {
		t.Fatalf("%d %v %q", r.StatusCode, r.Header, got)
	}
	large = true
	if r, html := tom.ask("POST", accountPath, ""); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "ask the moderators") {
		t.Errorf("too large: %d\n%s", r.StatusCode, html)
	}
	large = false
	tom.ask("POST", accountPath, "")
	if r, _ := tom.ask("POST", accountPath, ""); r.StatusCode != http.StatusTooManyRequests || len(asked) != 3 {
		t.Errorf("the fourth of a day: %d, %d", r.StatusCode, len(asked))
	}
	s.now = s.now.Add(25 * time.Hour)
	tom = s.as(1)
	s.now = s.now.Add(16 * time.Minute)
	r, _ = tom.ask("POST", accountPath, "")
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/code" || tom.cookies[codeCookie] == "" || len(asked) != 3 {
		t.Fatalf("a code of a while ago is enough: %d %s", r.StatusCode, r.Header.Get("Location"))
	}
	if html := tom.get("/code"); !strings.Contains(html, "tom@school.example") {
		t.Errorf("page:\n%s", html)
	}
}

func TestAnotherAddressOnThePage(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Host.JoinURL = c.Host.WebURL })
	tom := s.as(1)
	for _, bad := range []string{"", "tom", strings.Repeat("x", 300) + "@school.example"} {
		if r, html := tom.ask("POST", "/settings/address", form("address", bad)); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "<title>Error: ") {
			t.Errorf("%q: %d", bad, r.StatusCode)
		}
	}
	// What is answered is the same for an address of somebody else's.
	for _, a := range []string{"asha@school.example", "tom@new.example"} {
		r, _ := tom.ask("POST", "/settings/address", form("address", a))
		if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != accountPath+"?done=move" || len(s.letters()) != 0 {
			t.Errorf("%s: %d %s, %d letters", a, r.StatusCode, r.Header.Get("Location"), len(s.letters()))
		}
		s.later()
	}
	letters := s.letters()
	if len(letters) != 2 {
		t.Fatalf("letters %q", letters)
	}
	for _, l := range letters {
		_, after, _ := strings.Cut(l, "/yes/")
		path := "/yes/" + after[:37]
		if html := s.browser().get(path); !strings.Contains(html, "tom@new.example") {
			t.Errorf("page:\n%s", html)
		}
		if _, html := s.browser().ask("POST", path, ""); !strings.Contains(html, "We have your yes") {
			t.Errorf("page:\n%s", html)
		}
	}
	if html := tom.get(accountPath); !strings.Contains(html, "<strong>tom@new.example</strong>") {
		t.Errorf("page:\n%s", html)
	}
	tom.ask("POST", "/settings/address", form("address", "tom@home.example", "do", "backup"))
	s.later()
	s.browser().ask("POST", s.lastYes(), "")
	if html := tom.get(accountPath); !strings.Contains(html, "we write to tom@home.example") {
		t.Errorf("page:\n%s", html)
	}
	tom.ask("POST", "/settings/address", form("do", "none"))
	if html := tom.get(accountPath); strings.Contains(html, "tom@home.example") {
		t.Errorf("page:\n%s", html)
	}
}

// An address that takes only what a form sends says so, and which button is meant.
func TestAFormsAddressOpenedAsAPage(t *testing.T) {
	s := newSite(t, nil)
	for _, path := range []string{"/settings/sessions", checkPath} {
		r, html := s.as(1).ask("GET", path, "")
		if r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "POST" || !strings.Contains(html, "Nothing was changed") || !strings.Contains(html, "press it there") {
			t.Errorf("%s: %d\n%s", path, r.StatusCode, html)
		}
	}
}
