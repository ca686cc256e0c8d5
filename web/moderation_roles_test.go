package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// An owner gives and takes roles, after being asked once more; all moderators are told, and who moderates from now on gets a
// practice message, as from the command line.
func TestAnOwnerGivesRoles(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	ellen := s.as(3)
	const tom = "/mod/members/1?list=senco-forum"
	wants(t, ellen.get(tom), `<select class="auto" id="rl" name="role"><option value="member" selected>Member</option>`)
	_, page := ellen.ask("POST", tom, sent("do", "role", "role", "moderator", "was", "member"))
	wants(t, page, "Please confirm", "a moderator</strong>", "They decide what waits", `name="role" value="moderator"`)
	if s.member(1, 1).Role != list.RoleMember {
		t.Fatal("a role without a yes")
	}
	told := len(s.letters())
	yes := sent("do", "role", "role", "moderator", "was", "member", "yes", "1")
	if r, _ := ellen.ask("POST", tom, yes); r.Header.Get("Location") != tom+"&done=role" || s.member(1, 1).Role != list.RoleModerator {
		t.Fatalf("%d %v", r.StatusCode, r.Header)
	}
	mails := strings.Join(s.letters()[told:], "\n")
	wants(t, mails, "Done: make tom@school.example a moderator", "Practice")
	wants(t, strings.Join(s.logged(), "\n"), "member 3 moderator set: role moderator", "member 3 act role: web, fresh sign-in")
	if r, page := ellen.ask("POST", tom, sent("do", "role", "role", "auditor", "was", "member", "yes", "1")); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "Somebody else has just changed their role") {
		t.Errorf("a stale page: %d", r.StatusCode)
	}
	if r, _ := ellen.ask("POST", tom, yes); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("twice: %d", r.StatusCode)
	}
	if r, _ := ellen.ask("POST", tom, sent("do", "role", "role", "king", "was", "moderator", "yes", "1")); r.StatusCode != http.StatusUnprocessableEntity || s.member(1, 1).Role != list.RoleModerator {
		t.Errorf("a role that is none: %d", r.StatusCode)
	}
	if r, _ := ellen.ask("POST", tom, sent("do", "role", "role", "member", "was", "moderator", "yes", "1")); r.StatusCode != http.StatusSeeOther || s.member(1, 1).Role != list.RoleMember {
		t.Errorf("the role is not taken: %d", r.StatusCode)
	}
}

// Nobody but an owner gives roles, not even to themselves; and the last owner stays one.
func TestWhoGivesRoles(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	asha := s.as(2)
	for _, who := range []string{"1", "2"} {
		path := "/mod/members/" + who + "?list=senco-forum"
		if strings.Contains(asha.get(path), `name="role"`) {
			t.Error("a moderator is offered roles")
		}
		for _, yes := range []string{"", "1"} {
			if r, page := asha.ask("POST", path, sent("do", "role", "role", "owner", "yes", yes)); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "Only an owner") {
				t.Errorf("%s %q: %d", path, yes, r.StatusCode)
			}
		}
	}
	ellen := s.as(3)
	const own = "/mod/members/3?list=senco-forum"
	for _, yes := range []string{"", "1"} {
		if r, page := ellen.ask("POST", own, sent("do", "role", "role", "member", "was", "owner", "yes", yes)); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "the last owner") {
			t.Errorf("the last owner, %q: %d\n%s", yes, r.StatusCode, page)
		}
	}
	if s.member(1, 2).Role != list.RoleModerator || s.member(1, 3).Role != list.RoleOwner || s.member(1, 1).Role != list.RoleMember {
		t.Error("a role was changed")
	}
	ellen.ask("POST", "/mod/members/2?list=senco-forum", sent("do", "role", "role", "owner", "was", "moderator", "yes", "1"))
	if r, _ := ellen.ask("POST", own, sent("do", "role", "role", "member", "was", "owner", "yes", "1")); r.StatusCode != http.StatusSeeOther || s.member(1, 3).Role != list.RoleMember {
		t.Errorf("beside another owner: %d", r.StatusCode)
	}
	if r, _ := ellen.ask("GET", "/mod/members", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("they see the members still: %d", r.StatusCode)
	}
	s.now = s.now.Add(16 * time.Minute)
	if r, _ := asha.ask("POST", "/mod/members/1?list=senco-forum", sent("do", "role", "role", "owner", "yes", "1")); !strings.HasPrefix(r.Header.Get("Location"), "/in?again=1") {
		t.Errorf("not fresh: %d %v", r.StatusCode, r.Header)
	}
}

// A moderator trusts somebody, and ends and begins the email to them.
func TestTrustAndEmailOnAMembersPage(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		m, err := list.Member(tx, 1, 1)
		m.Holds, m.Moderated = 1, true
		if err != nil {
			return err
		}
		return list.SaveMember(tx, m)
	})
	asha := s.as(2)
	const tom = "/mod/members/1?list=senco-forum"
	for _, c := range []struct {
		do, says string
		is       func(list.Membership) bool
	}{
		{"trust", "also what would be their first", func(m list.Membership) bool { return m.Holds == 0 && !m.Moderated }},
		{"suspend", "No posts are sent to them", func(m list.Membership) bool { return m.Suspended }},
		{"resume", "Posts are sent to them again", func(m list.Membership) bool { return !m.Suspended }},
	} {
		wants(t, asha.get(tom), `value="`+c.do+`"`)
		_, page := asha.ask("POST", tom, sent("do", c.do))
		wants(t, page, "Please confirm", c.says)
		if r, _ := asha.ask("POST", tom, sent("do", c.do, "yes", "1")); r.Header.Get("Location") != tom+"&done="+c.do || !c.is(s.member(1, 1)) {
			t.Errorf("%s: %d %+v", c.do, r.StatusCode, s.member(1, 1))
		}
		if r, _ := asha.ask("POST", tom, sent("do", c.do, "yes", "1")); r.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s twice: %d", c.do, r.StatusCode)
		}
		wants(t, strings.Join(s.logged(), "\n"), "member 2 act "+c.do+": web, fresh sign-in")
	}
}
