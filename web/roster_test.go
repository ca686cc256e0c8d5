package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sencoforum/archive"
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

// What somebody answered to others stands on their page, the newest first and in pages, in the lists in which they are seen alone.
func TestAMembersAnswersStandOnTheirPage(t *testing.T) {
	s := newSite(t, nil)
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		p, err := list.GetPerson(tx, 1)
		if err != nil {
			return err
		}
		p.Name = "Tom Lee"
		return list.SavePerson(tx, p)
	})
	s.as(1).ask("POST", "/settings", url.Values{"list": {"senco-forum"}, "mode": {"every"}, "shown": {"1"}}.Encode())
	first := s.post(1, 2, "Pens", "Are pens allowed?")
	s.post(1, 1, "Paper", "Is paper allowed?")
	var last archive.Number
	for i := range answersPer + 2 {
		last = s.answer(1, 1, first, fmt.Sprintf("Answer number %d.", i))
	}
	s.answer(1, 2, first, "Of Asha.")
	other := s.post(2, 1, "Heads", "For heads alone?")
	s.answer(2, 1, other, "A word for heads.")
	s.searching()
	asha := s.as(2)
	page := asha.get("/member/1")
	wants(t, page, "<h2>Their answers</h2>", fmt.Sprint(answersPer+2, " answers, the newest first"), `<a href="/t/2">Paper</a>`, fmt.Sprintf(`<a href="/m/%d">`, last), "Older answers", fmt.Sprintf("Answer number %d.", answersPer+1))
	if strings.Contains(page, "Of Asha") || strings.Contains(page, "Is paper") || strings.Contains(page, "Answer number 1.") || strings.Count(page, "Answer number") != answersPer {
		t.Errorf("page:\n%s", page)
	}
	second := asha.get("/member/1?page=2")
	wants(t, second, "Answer number 1.", "Answer number 0.", "Newer answers")
	if strings.Contains(second, "Older") || strings.Contains(second, "Discussions that they began") {
		t.Errorf("page:\n%s", second)
	}
	if own := s.as(1).get("/member/1"); strings.Contains(own, "heads") {
		t.Errorf("a list in which he is not seen:\n%s", own)
	}
	for _, path := range []string{"/member/1?page=3", "/member/1?page=0", "/member/1?page=x"} {
		if r, _ := asha.ask("GET", path, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	testdb.Update(t, s.db, func(tx *store.Tx) error { _, err := archive.Hide(tx, last, archive.Seal{}, noon); return err })
	if page := asha.get("/member/1"); strings.Contains(page, fmt.Sprintf(`"/m/%d"`, last)) || !strings.Contains(page, fmt.Sprint(answersPer+1, " answers")) {
		t.Errorf("a post that was hidden:\n%s", page)
	}
}
