package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

func TestMembersAreFoundAndModerated(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		for i := range membersPerPage + 5 {
			p, err := list.AddPerson(tx, list.Person{Name: fmt.Sprintf("Jo %02d <b>", i), Address: testdb.Address(t, fmt.Sprintf("jo%d@college.example", i))})
			if err != nil {
				return err
			}
			if err := list.Join(tx, list.Membership{List: 1, Person: p.ID, Role: list.RoleMember, Mode: list.ModeWeekly, Suspended: i == 7, Moderated: i == 8}); err != nil {
				return err
			}
		}
		return nil
	})
	asha := s.as(2)
	html := asha.get("/mod/members")
	wants(t, html, "58 people", "Next page", "Asha Patel", "Moderator")
	if strings.Contains(html, "<b>") {
		t.Errorf("a name is markup:\n%s", html)
	}
	for query, want := range map[string]string{"q=jo12%40": "1 person", "q=JO+13": "1 person", "state=bouncing": "1 person", "state=moderated": "1 person", "state=moderators": "2 people", "q=nobody": "0 people"} {
		wants(t, asha.get("/mod/members?"+query), "<h2>"+want+"</h2>")
	}
	for _, odd := range []string{"state=x", "list=heads", "page=9", "page=-1"} {
		if r, _ := asha.ask("GET", "/mod/members?"+odd, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", odd, r.StatusCode)
		}
	}
	path := "/mod/members/4?list=senco-forum"
	wants(t, asha.get(path), "jo0@college.example", "Read all their messages first")
	_, html = asha.ask("POST", path, sent("do", "moderate"))
	wants(t, html, "Please confirm", "Everything that they write to the list waits for a moderator.")
	if m := s.member(1, 4); m.Moderated {
		t.Fatal("moderated without a yes")
	}
	if r, _ := asha.ask("POST", path, sent("do", "moderate", "yes", "1")); r.Header.Get("Location") != path+"&done=moderate" || !s.member(1, 4).Moderated {
		t.Errorf("%d, %v", r.StatusCode, r.Header)
	}
	if r, html := asha.ask("POST", path, sent("do", "moderate")); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "That is so already.") {
		t.Errorf("twice: %d", r.StatusCode)
	}
	asha.ask("POST", path, sent("do", "remove", "yes", "1"))
	if r, _ := asha.ask("GET", path, ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("removed: %d", r.StatusCode)
	}
	if r, _ := asha.ask("POST", "/mod/members/3?list=senco-forum", sent("do", "ban", "yes", "1")); r.StatusCode != http.StatusUnprocessableEntity || s.member(1, 3).Role != list.RoleOwner {
		t.Errorf("a moderator bans the owner: %d", r.StatusCode)
	}
	wants(t, strings.Join(s.logged(), "\n"), "member 2 act moderate: web, fresh sign-in", "member 2 act remove: web, fresh sign-in")
}

// The file of all members needs a fresh sign-in and a yes, and is in the record.
func TestMembersAsAFile(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	asha := s.as(2)
	s.now = s.now.Add(time.Hour)
	if r, _ := asha.ask("POST", "/mod/members", sent("do", "csv", "yes", "1")); r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.Header.Get("Location"), "/in?again=1") {
		t.Errorf("not fresh: %d, %v", r.StatusCode, r.Header)
	}
	asha = s.as(2)
	if r, html := asha.ask("POST", "/mod/members", sent("do", "csv")); r.StatusCode != http.StatusOK || strings.Contains(html, "tom@school") {
		t.Errorf("without a yes: %d\n%s", r.StatusCode, html)
	}
	r, file := asha.ask("POST", "/mod/members?list=senco-forum", sent("do", "csv", "yes", "1"))
	if r.Header.Get("Content-Disposition") != "attachment; filename=senco-forum-members.csv" || !strings.Contains(file, "tom@school.example") {
		t.Errorf("%v\n%s", r.Header, file)
	}
	if l := s.logged(); len(l) != 1 || l[0] != "member 2 member export: web, fresh sign-in; 3 members" {
		t.Errorf("record %q", l)
	}
}
