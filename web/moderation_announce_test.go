package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

var announceForm = regexp.MustCompile(`name="form" value="([^"]+)"`)

// announced are the posts that were announced.
func (s *site) announced() (all []archive.Post) {
	s.t.Helper()
	testdb.View(s.t, s.db, func(tx *store.Tx) error {
		for n := archive.Number(1); ; n++ {
			p, err := archive.Get(tx, n)
			if err != nil {
				return nil
			}
			if p.Announced {
				all = append(all, p)
			}
		}
	})
	return all
}

// What a moderator announces on a page is shown once more, and goes out once, like the word announce by mail.
func TestAnAnnouncementIsShownFirstAndGoesOutOnce(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	asha := s.as(2)
	html := asha.get("/mod/announce")
	wants(t, html, "Announce something to SENCO-FORUM", "also to those who have a digest")
	form := announceForm.FindStringSubmatch(html)[1]
	fields := []string{"form", form, "subject", "The  summer meeting", "text", "It is on 3 July.\r\n\r\n<b>Come!</b>"}
	r, html := asha.ask("POST", "/mod/announce", sent(fields...))
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%d", r.StatusCode)
	}
	wants(t, html, "<h1>Please confirm</h1>", "Announce &#34;The summer meeting&#34;", "<p>It is on 3 July.</p>", "<p>&lt;b&gt;Come!&lt;/b&gt;</p>", "Asha, for the moderators of SENCO-FORUM", "list has 3 members", "Change it")
	if strings.Contains(html, "&gt; It is on") {
		t.Errorf("it is shown twice:\n%s", html)
	}
	_, html = asha.ask("POST", "/mod/announce", sent(append(fields, "yes", "1", "edit", "1")...))
	wants(t, html, `value="The summer meeting"`, "It is on 3 July.", `value="`+form+`"`)
	if len(s.announced()) != 0 {
		t.Fatal("it went out without a yes")
	}
	if r, _ = asha.ask("POST", "/mod/announce", sent(append(fields, "yes", "1")...)); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/mod/announce?list=senco-forum&done=announce" {
		t.Errorf("%d, %v", r.StatusCode, r.Header)
	}
	wants(t, asha.get(r.Header.Get("Location")), "It goes out after the usual delay.")
	r, html = asha.ask("POST", "/mod/announce", sent(append(fields, "yes", "1")...))
	all := s.announced()
	if r.StatusCode != http.StatusUnprocessableEntity || len(all) != 1 || all[0].Subject != "The summer meeting" || !all[0].Until.After(s.now) {
		t.Errorf("the second press: %d, %+v", r.StatusCode, all)
	}
	wants(t, html, "That is so already.", "It is on 3 July.")
	wants(t, strings.Join(s.logged(), "\n"), "member 2 post announce: web, fresh sign-in", "member 2 act announce: web, fresh sign-in")
	told := strings.Join(s.letters(), "\n")
	wants(t, told, "To: ellen@school.example", "To take it back, write: stop #1")
}

func TestWhatCannotBeAnnounced(t *testing.T) {
	s := newSite(t, func(c *Config) {
		c.Pupil = func(_ list.List, m *message.Message) []string {
			if strings.Contains(m.Text(), "Oliver") {
				return []string{"a pupil's full name, line 1"}
			}
			return nil
		}
	})
	s.delayed()
	asha := s.as(2)
	for name, c := range map[string]struct{ subject, text, want string }{
		"no subject":            {" ", "Words.", "Write a subject."},
		"no text":               {"A subject", " \r\n", "Write what you want to announce."},
		"too long":              {"A subject", strings.Repeat("x", maxAnnounced+1), "Your text is too long."},
		"a subject too long":    {strings.Repeat("x", maxSubject+1), "Words.", "Your subject is too long."},
		"it may name a child":   {"A subject", "Oliver Marsh is here.", "It may name a child"},
		"letters of many bytes": {"A subject", strings.Repeat("’", maxAnnounced+1), "Your text is too long."},
	} {
		r, html := asha.ask("POST", "/mod/announce", sent("subject", c.subject, "text", c.text, "yes", "1"))
		if r.StatusCode != http.StatusUnprocessableEntity || len(s.announced()) > 0 {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
		wants(t, html, c.want, `aria-invalid="true"`)
		if text := strings.TrimSpace(c.text); text != "" && !strings.Contains(html, text) {
			t.Errorf("%s: what was typed is lost", name)
		}
	}
	s.now = s.now.Add(16 * time.Minute)
	r, html := asha.ask("POST", "/mod/announce", sent("subject", "The meeting", "text", "On 3 July.", "yes", "1"))
	if r.StatusCode != http.StatusForbidden || len(s.announced()) > 0 {
		t.Errorf("a sign-in that is not fresh: %d", r.StatusCode)
	}
	wants(t, html, "On 3 July.", "The meeting")
}

// A moderator of two lists chooses one, and of a list that they do not moderate there is no page.
func TestAnnouncementsGoToOneList(t *testing.T) {
	s := newSite(t, nil)
	if r, _ := s.as(2).ask("POST", "/mod/announce?list=heads", sent("subject", "x", "text", "y", "yes", "1")); r.StatusCode != http.StatusNotFound || len(s.announced()) > 0 {
		t.Errorf("another list: %d", r.StatusCode)
	}
	if r, _ := s.as(1).ask("GET", "/mod/announce", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("a member: %d", r.StatusCode)
	}
}
