package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func TestTheFirstPage(t *testing.T) {
	s := newSite(t, nil)
	s.now = noon.AddDate(0, 0, -10)
	q := s.post(1, 2, "Old question", "What do you all do about it, please?")
	s.post(2, 2, "Of the heads", "Only for heads?")
	s.now = noon
	for i := range homeLatest {
		s.post(1, 1, fmt.Sprintf("New %d", i), "Dear colleagues,\nSome words.")
	}
	asha := s.as(2)
	html := asha.get("/")
	if !strings.Contains(html, "New 19") || strings.Contains(html, "heads") || !strings.Contains(html, "Can you help?") || !strings.Contains(html, fmt.Sprintf(`/t/%d">Old question`, q)) || strings.Contains(html, "noindex") == false {
		t.Errorf("page:\n%s", html)
	}
	_, after, _ := strings.Cut(html, `href="/?from=`)
	older := "/?from=" + after[:strings.IndexByte(after, '"')]
	if page := asha.get(older); !strings.Contains(page, "Old question") || strings.Contains(page, ">New 19<") {
		t.Errorf("%s:\n%s", older, page)
	}
	tom := s.as(1)
	if page := tom.get("/"); !strings.Contains(page, "/?list=heads") {
		t.Errorf("both lists:\n%s", page)
	}
	if page := tom.get("/?list=heads"); !strings.Contains(page, "Of the heads") || strings.Contains(page, ">New 19<") {
		t.Errorf("one list:\n%s", page)
	}
	for _, path := range []string{"/?list=other", "/?from=x", "/?from=1"} {
		if r, _ := tom.ask("GET", path, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	if r, _ := asha.ask("GET", "/?list=heads", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("a list of others: %d", r.StatusCode)
	}
}

func TestMonthsAndYears(t *testing.T) {
	s := newSite(t, nil)
	s.now = time.Date(2026, 10, 31, 23, 30, 0, 0, time.UTC)
	for i := range monthPer + 1 {
		s.post(1, 1, fmt.Sprintf("Of October %d", i), "Words.")
		s.now = s.now.Add(-time.Minute)
	}
	s.now = time.Date(2026, 11, 1, 0, 5, 0, 0, time.UTC)
	s.post(1, 1, "Of November", "Words.")
	tom := s.as(1)
	if html := tom.get("/2026/11"); !strings.Contains(html, "Of November") || strings.Contains(html, "Of October") {
		t.Errorf("November:\n%s", html)
	}
	html := tom.get("/2026/10")
	_, after, _ := strings.Cut(html, `href="/2026/10?from=`)
	second := tom.get("/2026/10?from=" + after[:strings.IndexByte(after, '"')])
	if a, b := strings.Count(html, "Of October"), strings.Count(second, "Of October"); a != monthPer || b != 1 || strings.Contains(html, "Of November") {
		t.Errorf("October: %d and %d", a, b)
	}
	if html := tom.get("/2026"); !strings.Contains(html, `<td class="n">51</td>`) || !strings.Contains(html, ">November<") || strings.Contains(html, ">May<") {
		t.Errorf("the year:\n%s", html)
	}
	for _, path := range []string{"/2026/13", "/2026/00", "/2026/1", "/1066", "/9999", "/26", "/2026/11/1", "/2026/ab"} {
		if r, _ := tom.ask("GET", path, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	tom.get("/2025/03")
	if html := tom.get("/1999"); !strings.Contains(html, `href="/2026"`) || strings.Contains(html, `href="/2025"`) {
		t.Errorf("an empty year leads to others:\n%s", html)
	}
	if r, _ := tom.ask("GET", "/pipermail/senco-forum/2026-October/thread.html", ""); r.Header.Get("Location") != "/2026/10" {
		t.Errorf("an old month: %d", r.StatusCode)
	}
}

func TestTopics(t *testing.T) {
	s, tom := reading(t)
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		topic, _, err := archive.AddTopic(tx, archive.Topic{List: 1, Name: "Reading"})
		if err == nil {
			_, err = archive.Tag(tx, 1, topic.ID)
		}
		return err
	})
	if html := tom.get("/topics"); !strings.Contains(html, "/topic/reading?list=senco-forum") || !strings.Contains(html, "1 discussion<") {
		t.Errorf("topics:\n%s", html)
	}
	if html := tom.get("/topic/reading"); !strings.Contains(html, "Reading pens") {
		t.Errorf("topic:\n%s", html)
	}
}

// What moderators chose for the new is seen by its title alone, and only what they chose.
func TestStart(t *testing.T) {
	s, tom := reading(t)
	s.post(1, 1, "Not chosen", "Words.")
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		c, _, err := archive.CreateCollection(tx, archive.Collection{List: 1, Slug: archive.StartSlug, Title: "Your first term", Intro: "For members."})
		if err == nil {
			_, _, err = archive.PutEntry(tx, c, archive.Entry{Thread: 1, Summary: "Three pens are best.", Added: s.now, By: "member 2"})
		}
		return err
	})
	if html := s.browser().get("/start"); !strings.Contains(html, "Reading pens") || strings.Contains(html, "/t/1") || strings.Contains(html, "Three pens") || strings.Contains(html, "For members.") || strings.Contains(html, "Not chosen") || strings.Contains(html, "noindex") {
		t.Errorf("a visitor sees\n%s", html)
	}
	if html := tom.get("/start"); !strings.Contains(html, `href="/t/1"`) || !strings.Contains(html, "Three pens") {
		t.Errorf("a member sees\n%s", html)
	}
}

func TestReadingSettings(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser()
	r, _ := b.ask("POST", "/display", form("size", "150", "spacing", "wide", "paper", "dark", "font", "x\"><script>"))
	if r.StatusCode != http.StatusSeeOther || b.cookies[displayCookie] != "150.wide.dark.verdana" {
		t.Errorf("%d %v", r.StatusCode, b.cookies)
	}
	if html := b.get("/rules"); !strings.Contains(html, `<html lang="en-GB" data-size="150" data-spacing="wide" data-theme="dark">`) {
		t.Errorf("page:\n%s", html[:300])
	}
	if html := b.get("/display"); strings.Count(html, " checked") != 4 {
		t.Errorf("page:\n%s", html)
	}
	for _, cookie := range []string{"", "x", "150", `150.wide."><b>.y`, strings.Repeat("1.", 400)} {
		b.cookies[displayCookie] = cookie
		if html := b.get("/rules"); strings.Contains(html, "<b>") {
			t.Errorf("cookie %q:\n%s", cookie, html[:300])
		}
	}
}

// The pages of a demonstration do not exist elsewhere.
func TestNoDemo(t *testing.T) {
	s := newSite(t, nil)
	for _, rt := range demoRoutes {
		if r, _ := s.as(1).ask(rt.method, rt.path, form("person", "Tom")); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s %s: %d", rt.method, rt.path, r.StatusCode)
		}
	}
}

func TestWhoTheClientIs(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	for _, c := range []struct{ name, peer, said, want string }{
		{"somebody by themselves", "192.0.2.7:1", "", "192.0.2.7"},
		{"who says something else is not believed", "192.0.2.7:1", "198.51.100.1", "192.0.2.7"},
		{"a proxy is", "10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		{"about the last it names", "10.0.0.1:1", "203.0.113.9, 198.51.100.1", "198.51.100.1"},
		{"through two proxies", "10.0.0.1:1", "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"},
		{"a proxy on this machine", "127.0.0.1:1", "2001:db8::1", "2001:db8::1"},
		{"nonsense is passed over", "10.0.0.1:1", "unknown", "10.0.0.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.said != "" {
			r.Header.Set("X-Forwarded-For", c.said)
		}
		if got := s.server.client(r).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestANetworkThatAsksTooMuch(t *testing.T) {
	s := newSite(t, nil)
	ask := func(from string) int {
		r := httptest.NewRequest("GET", "/rules", nil)
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		s.server.server.Handler.ServeHTTP(w, r)
		return w.Code
	}
	for i := range atOnce {
		if got := ask("192.0.2.7:1"); got != http.StatusOK {
			t.Fatalf("request %d: %d", i, got)
		}
	}
	if a, b := ask("192.0.2.7:2"), ask("192.0.2.8:1"); a != http.StatusTooManyRequests || b != http.StatusOK {
		t.Errorf("one more: %d; another network: %d", a, b)
	}
	s.now = s.now.Add(time.Second)
	if got := ask("192.0.2.7:1"); got != http.StatusOK {
		t.Errorf("a second later: %d", got)
	}
	if n := s.server.clients; len(n.all) != 2 {
		t.Errorf("%d are remembered", len(n.all))
	}
	for i := range maxClients {
		s.server.clients.allow(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), s.now)
	}
	if n := len(s.server.clients.all); n > maxClients {
		t.Errorf("%d are remembered", n)
	}
}

// Every refusal in somebody's mail leads to a page that exists.
func TestRefusalsHavePages(t *testing.T) {
	s := newSite(t, nil)
	for _, name := range []string{"size", "form", "address", "sender", "from", "stopped", "spam", "many", "reply", "join", "private", "loop", "later"} {
		s.browser().get("/h/" + name)
	}
	if r, _ := s.browser().ask("GET", "/h/other", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("another: %d", r.StatusCode)
	}
}
