package web

import (
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func TestTheBeginningOfAMessageIsRememberedAsLongAsItIsThere(t *testing.T) {
	s := newSite(t, nil)
	n := s.post(1, 1, "Overlays", "Which coloured overlays do you use?")
	tom := s.as(1)
	for range 2 { // the second time from memory
		if page := tom.get("/"); !strings.Contains(page, "Which coloured overlays") {
			t.Fatalf("it is not shown:\n%s", page)
		}
	}
	e := &s.server.excerpts
	if len(e.now) != 1 {
		t.Fatalf("remembered: %v", e.now)
	}
	p := archive.Post{Number: n}
	testdb.View(t, s.db, func(tx *store.Tx) (err error) {
		p, err = archive.Get(tx, n)
		return err
	})
	if _, ok := e.find(p, s.now); !ok {
		t.Error("it is not remembered")
	}
	p.Revision++
	if text, ok := e.find(p, s.now); ok {
		t.Errorf("of what was changed it says %q", text)
	}
	testdb.Update(t, s.db, func(tx *store.Tx) error { _, err := archive.Hide(tx, n, archive.Seal{}, s.now); return err })
	if page := tom.get("/"); strings.Contains(page, "Which coloured overlays") {
		t.Errorf("it was removed and is shown:\n%s", page)
	}
	for range 3 {
		s.now = s.now.Add(excerptsKept)
		e.find(archive.Post{}, s.now)
	}
	if len(e.now)+len(e.old) > 0 {
		t.Errorf("it is remembered for ever: %v, %v", e.now, e.old)
	}
}

func TestAFewBeginningsAreRemembered(t *testing.T) {
	var e excerpts
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for n := range 10 * excerptsHalf {
		e.keep(archive.Post{Number: archive.Number(n)}, "text", now)
	}
	if got := len(e.now) + len(e.old); got > 2*excerptsHalf {
		t.Errorf("%d are remembered", got)
	}
}
