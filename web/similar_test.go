package web

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func TestADiscussionNamesOthersLikeIt(t *testing.T) {
	s := newSite(t, nil)
	for i := range 30 {
		s.post(1, 1, fmt.Sprint("Minibus and kitchen ", i), fmt.Sprintf("Where do you hire the minibus number %d for the trip of the school?", i))
	}
	old := s.post(1, 2, "Hedgehogs hibernating in the library", "Do hedgehogs hibernate in a library or in a shed with porridge?")
	s.post(2, 1, "Hedgehogs hibernating for heads", "Heads: do hedgehogs hibernate in a library or in a shed with porridge?")
	asked := s.post(1, 1, "Hibernating hedgehogs, library?", "Our library has hedgehogs that hibernate. Is a shed with porridge better?")
	tom := s.searching().as(1) // he reads both lists
	path := fmt.Sprintf("/t/%d", asked)
	for range 2 { // the second time from memory
		page := tom.get(path)
		_, alike, ok := strings.Cut(page, "Similar discussions</h2>")
		if !ok || !strings.Contains(alike, fmt.Sprintf(`<a href="/t/%d">Hedgehogs hibernating in the library</a>`, old)) {
			t.Fatalf("the earlier one is not named:\n%s", page)
		}
		if strings.Contains(alike, "for heads") || strings.Contains(alike, path+`"`) || strings.Contains(alike, "Minibus") {
			t.Errorf("another list, itself, or one that is not like it:\n%s", alike)
		}
	}
	if len(s.server.finder.likes.now) != 1 {
		t.Errorf("remembered: %v", s.server.finder.likes.now)
	}
	s.server.finder.similarTime = 0 // a page that does not wait has them for its next reader
	clear(s.server.finder.likes.now)
	tom.get(path)
	for s.server.finder.places <- struct{}{}; len(s.server.finder.places) > 1; {
		runtime.Gosched()
	}
	<-s.server.finder.places
	if page := tom.get(path); !strings.Contains(page, "in the library</a>") {
		t.Errorf("they were not found beside the page:\n%s", page)
	}
	testdb.Update(t, s.db, func(tx *store.Tx) error { _, err := archive.Hide(tx, old, archive.Seal{}, s.now); return err })
	if page := tom.get(path); strings.Contains(page, "in the library</a>") {
		t.Errorf("one that was removed is named:\n%s", page)
	}
	for range cap(s.server.finder.places) { // when others search, the page does without
		s.server.finder.places <- struct{}{}
	}
	if page := tom.get(fmt.Sprintf("/t/%d", old-1)); strings.Contains(page, "Similar discussions") {
		t.Errorf("it was looked for although there was no place:\n%s", page)
	}
}
