package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// A moderator says on their own settings page whether they take turns; nobody else has that there, and nothing else changes with it.
func TestAModeratorTakesTurnsOnDuty(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	takes := func(p list.PersonID) bool {
		var m list.Membership
		testdb.View(t, s.db, func(tx *store.Tx) (err error) { m, err = list.Member(tx, 1, p); return err })
		return m.Duty
	}
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		m, err := list.Member(tx, 1, 2)
		if err != nil {
			return err
		}
		m.NotOwn, m.Suspended = true, true
		return list.SaveMember(tx, m)
	})
	tom, asha := s.as(1), s.as(2)
	if strings.Contains(tom.get("/settings"), "on duty") {
		t.Error("a member is asked about duty")
	}
	wants(t, asha.get("/settings"), "I take turns on duty", "At present all moderators are told at once")
	if r, _ := asha.ask("POST", "/settings", sent("list", "senco-forum", "do", "duty", "duty", "1")); r.Header.Get("Location") != "/settings?done=saved" || !takes(2) {
		t.Fatalf("%d, %t", r.StatusCode, takes(2))
	}
	wants(t, asha.get("/settings"), `name="duty" value="1" checked`)
	wants(t, strings.Join(s.logged(), "\n"), "member 2 member set: ", "duty")
	testdb.View(t, s.db, func(tx *store.Tx) error {
		m, err := list.Member(tx, 1, 2)
		if !m.NotOwn || !m.Suspended {
			t.Errorf("something else changed: %+v", m)
		}
		return err
	})
	if asha.ask("POST", "/settings", sent("list", "senco-forum", "do", "duty")); takes(2) {
		t.Error("still on duty")
	}
	if r, _ := tom.ask("POST", "/settings", sent("list", "senco-forum", "do", "duty", "duty", "1")); r.StatusCode != http.StatusNotFound || takes(1) {
		t.Errorf("a member on duty: %d", r.StatusCode)
	}
}

// With more than three moderators the page says who is told this week.
func TestTheSettingsSayWhoIsOnDuty(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		for i := range 3 {
			p, err := list.AddPerson(tx, list.Person{Name: fmt.Sprintf("Una%d Smith", i), Address: testdb.Address(t, fmt.Sprintf("una%d@school.example", i))})
			if err != nil {
				return err
			}
			if err := list.Join(tx, list.Membership{List: 1, Person: p.ID, Role: list.RoleModerator, Mode: list.ModeEvery, Duty: i < 2}); err != nil {
				return err
			}
		}
		return nil
	})
	wants(t, s.as(2).get("/settings"), "This week Una0 and Una1 are told, and the others four hours later.")
}
