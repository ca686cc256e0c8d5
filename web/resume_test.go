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

// suspended is a site where a provider complained about Tom, who has another address, and the path that he was told.
func suspended(t *testing.T) (*site, string) {
	t.Helper()
	s := newSite(t, nil)
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		p, err := list.GetPerson(tx, 1)
		if err != nil {
			return err
		}
		p.Backup = testdb.Address(t, "tom@home.example")
		if err := list.SavePerson(tx, p); err != nil {
			return err
		}
		_, err = s.server.cfg.Bounces.Complained(tx, 1, 1)
		return err
	})
	return s, "/yes/" + s.back()
}

func (s *site) isSuspended() (yes bool) {
	testdb.View(s.t, s.db, func(tx *store.Tx) error {
		m, err := list.Member(tx, 1, 1)
		yes = m.Suspended
		return err
	})
	return yes
}

func TestGettingMailAgain(t *testing.T) {
	s, path := suspended(t)
	for _, method := range []string{"GET", "HEAD"} {
		if s.ask(method, path, ""); !s.isSuspended() {
			t.Fatalf("%s ends a suspension", method)
		}
	}
	if got := text(t, s.ask("GET", path, "")); !strings.Contains(got, "Send me emails again</button>") {
		t.Errorf("page:\n%s", got)
	}
	before := len(s.letters())
	for range 2 { // a second press of the button
		if got := text(t, s.ask("POST", path, "")); !strings.Contains(got, "You get the emails of SENCO-FORUM again.") || s.isSuspended() {
			t.Errorf("suspended %v, page:\n%s", s.isSuspended(), got)
		}
	}
	if got := len(s.letters()) - before; got != 2 {
		t.Errorf("%d mails, want one to each address", got)
	}
	if r := s.ask("GET", path, ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("a used link shows a button: %d", r.StatusCode)
	}
}

func TestALinkOfASuspensionDies(t *testing.T) {
	s, path := suspended(t)
	s.now = noon.Add(90 * 24 * time.Hour)
	for _, method := range []string{"GET", "POST"} {
		if r := s.ask(method, path, ""); r.StatusCode != http.StatusNotFound || !s.isSuspended() {
			t.Errorf("after 90 days: %s %d", method, r.StatusCode)
		}
	}
	s, path = suspended(t)
	testdb.Update(t, s.db, func(tx *store.Tx) error { return list.Leave(tx, 1, 1) })
	if r := s.ask("POST", path, ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("whoever has left gets mail again: %d", r.StatusCode)
	}
}
