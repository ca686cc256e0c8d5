package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// A stop is done at once; it needs no fresh sign-in, as it needs no signature by mail.
func TestAPostIsStoppedOnAPage(t *testing.T) {
	s, tom := reading(t)
	s.delayed()
	asha := s.as(2)
	s.now = s.now.Add(time.Hour)
	wants(t, asha.get("/t/1"), `href="/mod/post/2">Stop, or more`)
	if strings.Contains(tom.get("/t/1"), "/mod/post") {
		t.Error("a member is shown the way to stop a post")
	}
	wants(t, asha.get("/mod/post/2"), "Stop it now", "We use three.", "To take words out, erase it, or close its discussion, <a href=\"/in?again=1&amp;to=/mod/post/2\">sign in once more</a>")
	if r, _ := asha.ask("POST", "/mod/post/2", sent("do", "stop")); r.Header.Get("Location") != "/mod/post/2?done=stop" {
		t.Fatalf("%d", r.StatusCode)
	}
	if r, _ := tom.ask("GET", "/m/2", ""); r.StatusCode != http.StatusGone {
		t.Errorf("a stopped post: %d", r.StatusCode)
	}
	wants(t, tom.get("/t/1"), "This message was removed by the moderators on")
	wants(t, asha.get("/t/1"), "<strong>Stopped</strong> on", `href="/mod/post/2">Release it`)
	wants(t, asha.get("/mod/post/2?done=stop"), "Stopped. Nobody can see it", "It was stopped on")
	wants(t, strings.Join(s.letters(), "\n"), "Stopped: ")
	wants(t, strings.Join(s.logged(), "\n"), "member 2 post stop: web")
}

// Everything else about a post that is out needs a code that was typed a moment ago, and a yes to a page that says what it does.
func TestAnActOnAPostIsAskedOnceMore(t *testing.T) {
	s, _ := reading(t)
	s.delayed()
	asha := s.as(2)
	for _, do := range []string{"erase", "close", "hold", "pin", "redact"} {
		r, html := asha.ask("POST", "/mod/post/2", sent("do", do, "words", "three"))
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", do, r.StatusCode)
		}
		wants(t, html, "<h1>Please confirm</h1>", `name="yes" value="1"`, `name="do" value="`+do+`"`)
	}
	s.now = s.now.Add(15 * time.Minute)
	for _, yes := range []string{"", "1"} {
		if r, _ := asha.ask("POST", "/mod/post/2", sent("do", "close", "yes", yes)); r.Header.Get("Location") != "/in?again=1&to=%2Fmod%2Fpost%2F2" {
			t.Errorf("a sign-in that is not fresh: %d, %v", r.StatusCode, r.Header)
		}
	}
	if c := s.curated(1); c.Closed.Set() {
		t.Fatal("closed without a yes")
	}
	asha = s.as(2)
	if r, _ := asha.ask("POST", "/mod/post/2", sent("do", "close", "yes", "1")); r.Header.Get("Location") != "/mod/post/2?done=close" || !s.curated(1).Closed.Set() {
		t.Errorf("closed: %d, %v", r.StatusCode, r.Header)
	}
	if r, html := asha.ask("POST", "/mod/post/2", sent("do", "redact", "words", " ")); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "Write the words") {
		t.Errorf("no words: %d", r.StatusCode)
	}
	if r, html := asha.ask("POST", "/mod/post/2", sent("do", "release")); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "cannot be done to the post as it is now") {
		t.Errorf("release of a post that is out: %d", r.StatusCode)
	}
	wants(t, strings.Join(s.letters(), "\n"), "close discussion 1")
	wants(t, strings.Join(s.logged(), "\n"), "member 2 thread close: web, fresh sign-in")
}

func (s *site) curated(n archive.Number) (c archive.Curation) {
	testdb.View(s.t, s.db, func(tx *store.Tx) (err error) { c, err = archive.Curated(tx, n); return err })
	return c
}

// Whoever wrote what waits can be banned from its page, with a second step.
func TestABanFromTheQueue(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	it := s.held(heldMail{by: 1, name: "Tom", subject: "Pens", body: "Buy pens.", causes: []list.Cause{list.CauseSpam}})
	asha, path := s.as(2), "/mod/"+it.Number.Code()
	html := asha.get("/mod")
	if strings.Index(html, `value="discard"`) > strings.Index(html, `value="approve"`) {
		t.Errorf("spam is not discarded first:\n%s", html)
	}
	_, html = asha.ask("POST", path, sent("do", "ban"))
	wants(t, html, "Ban tom@school.example", "What waits of theirs here is thrown away.")
	if s.item(it.Number).Decision != nil {
		t.Error("discarded without a yes")
	}
	asha.ask("POST", path, sent("do", "ban", "yes", "1"))
	if d := s.item(it.Number).Decision; d == nil || strings.Contains(strings.Join(s.members(), " "), "1/1") {
		t.Errorf("decision %+v, members %v", d, s.members())
	}
}

func TestTheRecordOnAPage(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		p, err := list.AddPerson(tx, list.Person{Address: testdb.Address(t, "auditor@school.example")})
		if err != nil {
			return err
		}
		return list.Join(tx, list.Membership{List: 1, Person: p.ID, Role: list.RoleAuditor, Mode: list.ModeEvery})
	})
	for range logPerPage + 3 {
		it := s.held(heldMail{by: 1, name: "Tom", subject: "Secretitem", body: "Which pens?"})
		s.as(2).ask("POST", "/mod/"+it.Number.Code(), sent("do", "discard"))
	}
	last := s.held(heldMail{by: 1, name: "Tom", subject: "Pens", body: "Which pens?"})
	s.as(3).ask("POST", "/mod/"+last.Number.Code(), sent("do", "approve"))
	for name, b := range map[string]*browser{"moderator": s.as(2), "auditor": s.as(4)} {
		html := b.get("/mod/log")
		wants(t, html, "Ellen Roy (member 3)", "<p>Approved", "Asha Patel (member 2)", "<p>Discarded without telling", "Older entries")
		if strings.Contains(html, "school.example") || strings.Contains(html, "Secretitem") {
			t.Errorf("%s: an address or a subject:\n%s", name, html)
		}
		if link := strings.Contains(html, `href="/mod/`+last.Number.Code()); link != (name == "moderator") {
			t.Errorf("%s: a link to what waited: %t", name, link)
		}
		if html = b.get("/mod/log?who=3"); strings.Contains(html, "<strong>Asha") || !strings.Contains(html, "<strong>Ellen") {
			t.Errorf("%s: what Ellen did:\n%s", name, html)
		}
		wants(t, b.get("/mod/log?kind=post+"), "<p>Nothing was done.</p>")
		if r, _ := b.ask("GET", "/mod/log?from=x", ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: an odd page: %d", name, r.StatusCode)
		}
	}
	if r, _ := s.as(4).ask("GET", "/mod", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("the queue for an auditor: %d", r.StatusCode)
	}
	if html := s.as(4).get("/"); !strings.Contains(html, "What moderators did") {
		t.Error("an auditor has no link to the record")
	}
}
