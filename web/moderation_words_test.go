package web

import (
	"strings"
	"testing"

	"sencoforum/audit"
	"sencoforum/hold"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// The record names whoever runs the server in words, and not by the number of a user on its machine.
func TestTheRecordNamesTheOperatorInWords(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		for _, actor := range []string{"operator uid 0", "server"} {
			if err := audit.Append(tx, audit.Entry{At: s.now, Actor: actor, Action: "list set", List: 1, Detail: "duty all"}); err != nil {
				return err
			}
		}
		return nil
	})
	html := s.as(2).get("/mod/log")
	wants(t, html, "<p>Changed a setting of the list <span class=\"meta\">(Who is told of what waits: all moderators)", "<strong>Whoever runs the server</strong>", "<strong>The server, by itself</strong>")
	if strings.Contains(html, "uid") {
		t.Errorf("the page has the number of a user:\n%s", html)
	}
}

// An address stands in a sentence as it was written, also at its beginning.
func TestAnAddressKeepsItsLetters(t *testing.T) {
	for is, want := range map[string]string{"stranger@elsewhere.example is not a member": "stranger@elsewhere.example is not a member", "jo is new": "Jo is new", "": "", "é": "É"} {
		if got := capital(is); got != want {
			t.Errorf("%q: %q, want %q", is, got, want)
		}
	}
	s := newSite(t, nil)
	s.delayed()
	s.held(heldMail{kind: hold.Post, subject: "Pens", body: "Which pens?"})
	if html := s.as(2).get("/mod"); strings.Contains(html, "Tom@school.example") || !strings.Contains(html, "tom@school.example") {
		t.Errorf("page:\n%s", html)
	}
}

func TestTheRecordIsToldInWords(t *testing.T) {
	for action, want := range map[string]string{"held approved": "Approved", "act ban": "Banned somebody", "member set": "Changed a member’s settings", "act nosuch": "act nosuch", "purge": "purge"} {
		if got := didWords(action); got != want {
			t.Errorf("%s: %q, want %q", action, got, want)
		}
	}
	for detail, want := range map[string]string{
		"duty all": "Who is told of what waits: all moderators", "web, fresh sign-in; closed on": "The list is closed: nobody can write to it: yes; web, fresh sign-in",
		"posts_hour off": "How many messages a member may write in an hour: no limit", "posts_hour 5": "How many messages a member may write in an hour: 5", "title": "What the list is called", "nosuch 5": "nosuch 5",
	} {
		if got := settingWords(detail); got != want {
			t.Errorf("%s: %q, want %q", detail, got, want)
		}
	}
	for detail, want := range map[string]string{
		"pause 2027-09-02T00:00:00+01:00, mode daily": "pause 2 September 2027, mode daily", "until 2026-11-22T11:58:00Z": "until 22 November 2026, 11:58", "ack off": "ack off", "web, fresh sign-in": "web, fresh sign-in",
	} {
		if got := detailWords(detail); got != want {
			t.Errorf("%s: %q, want %q", detail, got, want)
		}
	}
}
