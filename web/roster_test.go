package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// Nobody is in the list of members before they say so, and nobody's address ever is.
func TestMembersAreListedWhenTheyAgree(t *testing.T) {
	s := newSite(t, nil)
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		p, err := list.GetPerson(tx, 2)
		if err != nil {
			return err
		}
		p.Name = "Asha Patel"
		return list.SavePerson(tx, p)
	})
	s.post(1, 2, "Pens", "Are pens allowed?")
	tom, asha := s.as(1), s.as(2)
	if _, html := tom.ask("GET", "/", ""); strings.Contains(html, `"/members"`) {
		t.Error("the menu has a list of members in which nobody is")
	}
	if r, _ := tom.ask("GET", "/member/2", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("before she agreed: %d", r.StatusCode)
	}
	agree := url.Values{"list": {"senco-forum"}, "mode": {"every"}, "own": {"1"}, "ack": {"1"}, "shown": {"1"}}
	if r, html := asha.ask("POST", "/settings", agree.Encode()); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d\n%s", r.StatusCode, html)
	}
	_, menu := tom.ask("GET", "/", "")
	_, all := tom.ask("GET", "/members", "")
	_, one := tom.ask("GET", "/member/2", "")
	_, own := asha.ask("GET", "/settings", "")
	for what, got := range map[string]bool{
		"menu": strings.Contains(menu, `"/members"`), "list": strings.Contains(all, `<a href="/member/2">Asha Patel (moderator)</a>`), "page": strings.Contains(one, "<h1>Asha Patel</h1>"),
		"discussion": strings.Contains(one, `<a href="/t/1">Pens</a>`), "settings": strings.Contains(own, `name="shown" value="1" checked`),
	} {
		if !got {
			t.Errorf("%s does not show her", what)
		}
	}
	if strings.Contains(all+one, "asha@") {
		t.Error("an address")
	}
	agree.Del("shown")
	asha.ask("POST", "/settings", agree.Encode())
	if r, _ := tom.ask("GET", "/member/2", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("after she took it back: %d", r.StatusCode)
	}
}

// Somebody who is seen in one list is not seen by the members of another, nor once they have left.
func TestMembersAreListedForTheirOwnListOnly(t *testing.T) {
	s := newSite(t, nil)
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		p, err := list.GetPerson(tx, 1)
		if err != nil {
			return err
		}
		p.Name = "Tom Lee"
		return list.SavePerson(tx, p)
	})
	s.as(1).ask("POST", "/settings", url.Values{"list": {"heads"}, "mode": {"every"}, "shown": {"1"}}.Encode())
	if r, html := s.as(2).ask("GET", "/member/1", ""); r.StatusCode != http.StatusNotFound || strings.Contains(html, "Tom") {
		t.Errorf("a reader of the other list: %d", r.StatusCode)
	}
	if r, _ := s.as(1).ask("GET", "/member/1", ""); r.StatusCode != http.StatusOK {
		t.Errorf("himself: %d", r.StatusCode)
	}
	s.ask("POST", "/u/"+s.link(2, 1), "")
	if r, _ := s.as(1).ask("GET", "/member/1", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("after he left: %d", r.StatusCode)
	}
}
