package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sencoforum/hold"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// follows is what somebody follows on a list.
func (s *site) follows(p list.PersonID, l list.ID) (all []string) {
	testdb.View(s.t, s.db, func(tx *store.Tx) error {
		got, err := hold.SavedOf(tx, hold.SavedKey{A: p, B: l})
		for _, one := range got.All {
			all = append(all, one.Words)
		}
		return err
	})
	return all
}

func TestASearchIsFollowedAndStopped(t *testing.T) {
	s := searchSite(t)
	tom := s.as(1)
	html := tom.get("/search?q=annual+review&topic=annual-review&when=2009&sort=oldest")
	_, after, ok := strings.Cut(html, `action="/search/follow"><input type="hidden" name="words" value="`)
	words, _, _ := strings.Cut(after, `"`)
	if !ok || words != "annual review topic:annual-review" {
		t.Fatalf("offered %q\n%s", words, html)
	}
	r, _ := tom.ask("POST", "/search/follow", form("words", words))
	if got := fmt.Sprint(s.follows(1, 1), s.follows(1, 2)); r.StatusCode != http.StatusSeeOther || got != fmt.Sprintf("[%s] [%s]", words, words) {
		t.Fatalf("%d, %s", r.StatusCode, got)
	}
	if html := tom.get("/search?q=annual+review&topic=annual-review"); !strings.Contains(html, "You follow this search by email.") || strings.Contains(html, "Follow this search<") {
		t.Errorf("followed:\n%s", html)
	}
	if html := tom.get("/settings?done=follows"); strings.Count(html, `name="words" value="`+words+`"`) != 2 || !strings.Contains(html, "You follow that search.") {
		t.Errorf("settings:\n%s", html)
	}
	for range 2 {
		if r, _ := tom.ask("POST", "/settings/searches", form("list", "heads", "words", words)); r.StatusCode != http.StatusSeeOther {
			t.Errorf("stop: %d", r.StatusCode)
		}
	}
	if got := fmt.Sprint(s.follows(1, 1), s.follows(1, 2)); got != "["+words+"] []" {
		t.Errorf("left: %s", got)
	}
}

func TestWhatCannotBeFollowed(t *testing.T) {
	s := searchSite(t)
	asha := s.as(2)
	for _, query := range []string{"", "?q=", "?sort=oldest", "?when=2009"} {
		if html := asha.get("/search" + query); strings.Contains(html, "/search/follow") {
			t.Errorf("%q is offered", query)
		}
	}
	if r, html := asha.ask("POST", "/search/follow", form("words", " ")); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "Look for something first.") {
		t.Errorf("nothing: %d", r.StatusCode)
	}
	if r, _ := asha.ask("POST", "/search/follow", form("words", "parents", "list", "heads")); r.StatusCode != http.StatusNotFound || len(s.follows(2, 2)) > 0 {
		t.Errorf("a list of others: %d", r.StatusCode)
	}
	for i := range hold.SavedMost + 1 {
		r, _ := asha.ask("POST", "/search/follow", form("words", fmt.Sprintf("words%d", i)))
		if want := map[bool]int{true: http.StatusSeeOther, false: http.StatusUnprocessableEntity}[i < hold.SavedMost]; r.StatusCode != want {
			t.Errorf("%d: %d", i, r.StatusCode)
		}
	}
	if n := len(s.follows(2, 1)); n != hold.SavedMost {
		t.Errorf("%d are followed", n)
	}
}

func TestAskTheForumLeadsToTheFormWhereThereIsOne(t *testing.T) {
	s := searchSite(t)
	s.server.cfg.Desk = (&deskLog{}).desk()
	if html := s.as(1).get("/search?q=zebra+crossing"); !strings.Contains(html, `href="/post?subject=zebra&#43;crossing"`) && !strings.Contains(html, `href="/post?subject=zebra+crossing"`) {
		t.Errorf("page:\n%s", html)
	}
}
