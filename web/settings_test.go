package web

import (
	"net/http"
	"strings"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

func (s *site) member(l list.ID, p list.PersonID) (m list.Membership) {
	testdb.View(s.t, s.db, func(tx *store.Tx) (err error) { m, err = list.Member(tx, l, p); return err })
	return m
}

func TestDeliveryIsSetOnThePage(t *testing.T) {
	s := newSite(t, nil)
	tom := s.as(1)
	if html := tom.get("/settings"); strings.Count(html, `value="every" checked`) != 2 || !strings.Contains(html, "tom@school.example") || !strings.Contains(html, "(this one)") {
		t.Errorf("page:\n%s", html)
	}
	r, _ := tom.ask("POST", "/settings", form("list", "heads", "mode", "weekly", "pause", "12 April", "ack", "1"))
	m := s.member(2, 1)
	if r.StatusCode != http.StatusSeeOther || m.Mode != list.ModeWeekly || !m.NotOwn || m.NoAck || m.PausedUntil.In(london).Format("2006-01-02") != "2027-04-12" {
		t.Errorf("%d, %+v", r.StatusCode, m)
	}
	if other := s.member(1, 1); other.Mode != list.ModeEvery || other.NotOwn {
		t.Errorf("the other list: %+v", other)
	}
	if html := tom.get("/settings?done=saved"); !strings.Contains(html, "You are paused until Monday 12 April 2027") || !strings.Contains(html, ">Saved.<") {
		t.Errorf("page:\n%s", html)
	}
	for what, sent := range map[string]string{
		"no mode": form("list", "heads"), "a mode that is none": form("list", "heads", "mode", "hourly"), "no date": form("list", "heads", "mode", "daily", "pause", "Easter"),
		"a day long ago": form("list", "heads", "mode", "daily", "pause", "2020-01-01"),
	} {
		r, html := tom.ask("POST", "/settings", sent)
		if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "<title>Error: My settings") || s.member(2, 1).Mode != list.ModeWeekly {
			t.Errorf("%s: %d", what, r.StatusCode)
		}
	}
	if _, html := tom.ask("POST", "/settings", form("list", "heads", "mode", "daily", "pause", "for 3 weeks", "own", "1")); !s.member(2, 1).Paused(s.now) || s.member(2, 1).NotOwn {
		t.Errorf("as the robot reads it:\n%s", html)
	}
	if r, _ := s.as(2).ask("POST", "/settings", form("list", "heads", "mode", "daily")); r.StatusCode != http.StatusNotFound {
		t.Errorf("a list of others: %d", r.StatusCode)
	}
}

// What was typed is there again, and nothing else of the page is lost: the name was, and "Save name" then took it away.
func TestAMistakeInTheSettingsLosesNothing(t *testing.T) {
	s := newSite(t, nil)
	tom := s.as(1)
	tom.ask("POST", "/settings", form("name", "Tom Brown"))
	name := `id="name" type="text" name="name" value="Tom Brown"`
	if html := tom.get("/settings"); !strings.Contains(html, name) {
		t.Fatalf("page:\n%s", html)
	}
	_, html := tom.ask("POST", "/settings", form("list", "heads", "mode", "weekly", "pause", "Easter", "shown", "1"))
	for _, want := range []string{"We could not read the date “Easter”.", name, `value="Easter" maxlength="40" aria-describedby="ph1 error" aria-invalid="true"`,
		`value="weekly" checked`, `name="own" value="1"> Send`, `name="shown" value="1" checked`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in:\n%s", want, html)
		}
	}
	if strings.Count(html, `aria-invalid="true"`) != 1 {
		t.Errorf("more than one field is marked:\n%s", html)
	}
	if _, html := tom.ask("POST", "/settings", form("name", "tom@school.example")); !strings.Contains(html, `value="tom@school.example" maxlength="80"`) || !strings.Contains(html, `aria-describedby="nameh error" aria-invalid="true"`) {
		t.Errorf("a wrong name:\n%s", html)
	}
	if _, html := tom.ask("POST", "/settings", form("list", "heads", "mode", "daily", "pause", "2 September 2099")); !strings.Contains(html, "A pause lasts a year at most.") {
		t.Errorf("a long pause:\n%s", html)
	}
}

func TestASuspensionEndsOnThePage(t *testing.T) {
	s := newSite(t, nil)
	m := s.member(2, 1)
	m.Suspended = true
	testdb.Update(t, s.db, func(tx *store.Tx) error { return list.SaveMember(tx, m) })
	tom := s.as(1)
	if html := tom.get("/settings"); !strings.Contains(html, "refused our email") {
		t.Errorf("page:\n%s", html)
	}
	tom.ask("POST", "/settings", form("list", "heads", "mode", "every"))
	if s.member(2, 1).Suspended {
		t.Error("it goes on")
	}
}

func TestNamesOnThePage(t *testing.T) {
	s := newSite(t, nil)
	tom, asha := s.as(1), s.as(2)
	for typed, want := range map[string]int{"Tom Brown": http.StatusSeeOther, "tom@school.example": http.StatusUnprocessableEntity, "SENCO-FORUM": http.StatusUnprocessableEntity} {
		if r, _ := tom.ask("POST", "/settings", form("name", typed)); r.StatusCode != want {
			t.Errorf("%q: %d, want %d", typed, r.StatusCode, want)
		}
	}
	if r, html := asha.ask("POST", "/settings", form("name", "T0m Brown")); r.StatusCode == http.StatusSeeOther && strings.Contains(html, "Tom Brown") {
		t.Errorf("a name like Tom's: %d", r.StatusCode)
	}
	if r, _ := asha.ask("POST", "/settings", form("name", "Tom Brown")); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("Tom's name: %d", r.StatusCode)
	}
}

func TestLeavingOnThePage(t *testing.T) {
	s := newSite(t, nil)
	tom, asha := s.as(1), s.as(2)
	if r, _ := tom.ask("POST", "/settings", form("list", "senco-forum", "do", "leave")); r.StatusCode != http.StatusSeeOther {
		t.Errorf("one of two lists: %d", r.StatusCode)
	}
	tom.get("/settings?done=left")
	r, html := asha.ask("POST", "/settings", form("list", "senco-forum", "do", "leave"))
	if r.StatusCode != http.StatusOK || !strings.Contains(html, "You have left SENCO-FORUM") || asha.cookies[sessionCookie] != "" {
		t.Errorf("the only list: %d\n%s", r.StatusCode, html)
	}
	if got := strings.Join(s.members(), " "); got != "2/1" {
		t.Errorf("members %s", got)
	}
}

func TestDevicesAreSignedOut(t *testing.T) {
	s := newSite(t, nil)
	here, there, asha := s.as(1), s.as(1), s.as(2)
	html := here.get("/settings")
	if strings.Count(html, "A browser") < 2 || strings.Count(html, "(this one)") != 1 {
		t.Errorf("page:\n%s", html)
	}
	var name string
	for _, part := range strings.Split(html, `name="session" value="`)[1:] {
		digest, rest, _ := strings.Cut(part, `"`)
		if digest != "all" && !strings.Contains(rest[:40], "Sign out here") {
			name = digest
		}
	}
	asha.ask("POST", "/settings/sessions", form("session", name))
	there.get("/settings")
	here.ask("POST", "/settings/sessions", form("session", name))
	if r, _ := there.ask("GET", "/settings", ""); r.StatusCode != http.StatusForbidden {
		t.Errorf("the other device: %d", r.StatusCode)
	}
	here.ask("POST", "/settings/sessions", form("session", "all"))
	if r, _ := here.ask("GET", "/settings", ""); r.StatusCode != http.StatusForbidden {
		t.Errorf("this device: %d", r.StatusCode)
	}
	asha.get("/settings")
}
