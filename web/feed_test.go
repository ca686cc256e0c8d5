package web

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// newFeed makes a feed on the settings page and returns its path.
func (b *browser) newFeed(of string) string {
	b.s.t.Helper()
	r, html := b.ask("POST", "/settings/feeds", form("of", of))
	at := strings.Index(html, "https://forum.example.org/feed/")
	if r.StatusCode != http.StatusOK || at < 0 {
		b.s.t.Fatalf("%d\n%s", r.StatusCode, html)
	}
	return html[at+len("https://forum.example.org"):][:len("/feed/")+token.Length+len(feedEnd)]
}

// atom is what a program reads of a feed.
type atom struct {
	Title   string `xml:"title"`
	ID      string `xml:"id"`
	Updated string `xml:"updated"`
	Entries []struct {
		Title   string `xml:"title"`
		ID      string `xml:"id"`
		Updated string `xml:"updated"`
		Content string `xml:"content"`
	} `xml:"entry"`
}

// fetch gets a feed as a program does, without a cookie.
func (s *site) fetch(path string) (a atom) {
	s.t.Helper()
	r, body := s.browser().ask("GET", path, "")
	if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "application/atom+xml; charset=utf-8" || len(r.Cookies()) > 0 {
		s.t.Fatalf("%d, %v\n%s", r.StatusCode, r.Header, body)
	}
	if err := xml.Unmarshal([]byte(body), &a); err != nil {
		s.t.Fatalf("%v\n%s", err, body)
	}
	if strings.Contains(body, token.Prefix) {
		s.t.Errorf("it tells its own address:\n%s", body)
	}
	return a
}

func feedSite(t *testing.T) *site {
	s := newSite(t, nil)
	q := s.post(1, 1, "Reading <pens> & \"exams\"", "Do you use <b>them</b>?\n\n> quoted words of somebody", "From: Secretname <secret@school.example>")
	s.answer(1, 2, q, "Yes, often.")
	s.post(1, 2, "Overlays\u202e", "Do overlays help?")
	s.post(2, 1, "Only for heads", "Heads only.")
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		if _, _, err := archive.AddTopic(tx, archive.Topic{List: 1, Name: "Exam access"}); err != nil {
			return err
		}
		_, err := archive.Tag(tx, q, 1)
		return err
	})
	return s
}

func TestAFeedHasTitlesAndOwnWordsOfOneList(t *testing.T) {
	s := feedSite(t)
	tom := s.as(1)
	if html := tom.get("/settings"); strings.Contains(html, "/feed/"+token.Prefix) || !strings.Contains(html, "A feed of") {
		t.Errorf("before:\n%s", html)
	}
	path := tom.newFeed("senco-forum")
	a := s.fetch(path)
	if a.Title != "SENCO-FORUM" || len(a.Entries) != 2 || a.ID != "https://forum.example.org/?list=senco-forum" || a.Updated != a.Entries[0].Updated {
		t.Fatalf("%+v", a)
	}
	if e := a.Entries[0]; e.Title != "Overlays" || e.ID != "https://forum.example.org/t/3" || e.Content != "<p>Do overlays help?</p>\n" {
		t.Errorf("%+v", e)
	}
	if e := a.Entries[1]; e.Title != "Reading <pens> & \"exams\"" || e.Content != "<p>Do you use &lt;b&gt;them&lt;/b&gt;?</p>\n<p>1 reply in the archive.</p>" {
		t.Errorf("%+v", e)
	}
	if _, body := s.browser().ask("GET", path, ""); strings.Contains(body, "Secretname") || strings.Contains(body, "secret@") || strings.Contains(body, "quoted words") || strings.Contains(body, "heads") {
		t.Errorf("it tells more than it should:\n%s", body)
	}
	topic := s.fetch(tom.newFeed("senco-forum/exam-access"))
	if topic.Title != "Exam access – SENCO-FORUM" || len(topic.Entries) != 1 || topic.Entries[0].ID != "https://forum.example.org/t/1" {
		t.Errorf("topic: %+v", topic)
	}
	if html := tom.get("/settings"); strings.Contains(html, token.Prefix) || !strings.Contains(html, "all of SENCO-FORUM") || !strings.Contains(html, "Exam access (SENCO-FORUM)") {
		t.Errorf("after:\n%s", html)
	}
}

func TestAFeedIsForNobodyElse(t *testing.T) {
	s := feedSite(t)
	asha := s.as(2)
	for _, of := range []string{"", "heads", "other", "senco-forum/none", "senco-forum/", "heads/exam-access"} {
		if r, html := asha.ask("POST", "/settings/feeds", form("of", of)); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "Choose of what you want a feed.") || strings.Contains(html, token.Prefix) {
			t.Errorf("%q: %d", of, r.StatusCode)
		}
	}
	path := asha.newFeed("senco-forum")
	for _, bad := range []string{"/feed/x", "/feed/.atom", "/feed/" + token.Random() + ".atom", strings.TrimSuffix(path, ".atom"), path + "x", path + "/"} {
		if r, _ := s.browser().ask("GET", bad, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", bad, r.StatusCode)
		}
	}
	if r, _ := s.browser().ask("POST", path, ""); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", r.StatusCode)
	}
	before := s.db.Stats()
	for range 3 {
		s.fetch(path)
	}
	if after := s.db.Stats(); after.Transactions != before.Transactions {
		t.Error("fetching writes")
	}
	if strings.Contains(s.log.String(), token.Prefix) {
		t.Errorf("log:\n%s", s.log.String())
	}
	testdb.Update(t, s.db, func(tx *store.Tx) error { return list.Leave(tx, 1, 2) })
	if r, html := s.browser().ask("GET", path, ""); r.StatusCode != http.StatusNotFound || strings.Contains(html, "pens") {
		t.Errorf("after leaving: %d", r.StatusCode)
	}
}

func TestAFeedIsStopped(t *testing.T) {
	s := feedSite(t)
	tom, asha := s.as(1), s.as(2)
	path := tom.newFeed("heads")
	_, after, _ := strings.Cut(tom.get("/settings"), `name="stop" value="`)
	name := after[:64]
	if r, _ := asha.ask("POST", "/settings/feeds", form("stop", name)); r.StatusCode != http.StatusSeeOther {
		t.Errorf("%d", r.StatusCode)
	}
	s.fetch(path) // it is not hers
	for range 2 {
		if r, _ := tom.ask("POST", "/settings/feeds", form("stop", name)); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/settings?done=feed" {
			t.Errorf("%d", r.StatusCode)
		}
	}
	if r, _ := s.browser().ask("GET", path, ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("stopped: %d", r.StatusCode)
	}
}

// A program that asks whether something is new is told of what was removed as well.
func TestAFeedSaysWhetherItIsNew(t *testing.T) {
	s := feedSite(t)
	path := s.as(1).newFeed("senco-forum")
	first, body := s.browser().ask("GET", path, "")
	again := func(name, value string) (*http.Response, string) {
		b := s.browser()
		b.head[name] = value
		return b.ask("GET", path, "")
	}
	tag, since := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
	for name, value := range map[string]string{"If-None-Match": tag, "If-Modified-Since": since} {
		if r, got := again(name, value); r.StatusCode != http.StatusNotModified || got != "" {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
	if r, got := s.browser().ask("HEAD", path, ""); r.StatusCode != http.StatusOK || got != "" || r.Header.Get("ETag") != tag {
		t.Errorf("HEAD: %d", r.StatusCode)
	}
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		for _, n := range []archive.Number{1, 3} {
			if _, err := archive.Hide(tx, n, archive.Seal{}, s.now); err != nil {
				return err
			}
		}
		return nil
	})
	for name, value := range map[string]string{"If-None-Match": tag, "If-Modified-Since": since} {
		r, got := again(name, value)
		if r.StatusCode != http.StatusOK || strings.Contains(got, "overlays") || strings.Contains(got, "<b>them") || got == body {
			t.Errorf("%s after a removal: %d\n%s", name, r.StatusCode, got)
		}
		if r.Header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("Cache-Control %q", r.Header.Get("Cache-Control"))
		}
	}
}

func TestAFeedHasBounds(t *testing.T) {
	s := feedSite(t)
	for i := range feedLength {
		s.post(1, 1, fmt.Sprintf("Question %d", i), strings.Repeat("word ", 400))
	}
	tom := s.as(1)
	path := tom.newFeed("senco-forum")
	a := s.fetch(path)
	if len(a.Entries) != feedLength || len(a.Entries[0].Content) > feedWords+20 || !strings.Contains(a.Entries[0].Content, "…") {
		t.Errorf("%d entries, %d characters", len(a.Entries), len(a.Entries[0].Content))
	}
	for range feedsAtOnce - 1 {
		s.fetch(path)
	}
	if r, _ := s.browser().ask("GET", path, ""); r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" {
		t.Errorf("too often: %d", r.StatusCode)
	}
	s.now = s.now.Add(feedEvery + time.Second)
	s.fetch(path)
}
