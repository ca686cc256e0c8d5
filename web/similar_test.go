package web

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// findAlike lets it be found what discussions are like, until it is.
func (s *site) findAlike(found func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.index.RunAlike(ctx) }()
	for began := time.Now(); !found() && time.Since(began) < time.Minute; {
		runtime.Gosched()
	}
	cancel()
	if err := <-ended; err != nil {
		s.t.Error(err)
	}
}

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
	alike := func() string {
		_, after, _ := strings.Cut(tom.get(path), "Similar discussions</h2>")
		return after
	}
	if got := alike(); got != "" {
		t.Errorf("a page names others before any were found:\n%s", got)
	}
	s.findAlike(func() bool { return alike() != "" })
	got := alike()
	if !strings.Contains(got, fmt.Sprintf(`<a href="/t/%d">Hedgehogs hibernating in the library</a>`, old)) {
		t.Fatalf("the earlier one is not named:\n%s", got)
	}
	if strings.Contains(got, "for heads") || strings.Contains(got, path+`"`) || strings.Contains(got, "Minibus") {
		t.Errorf("another list, itself, or one that is not like it:\n%s", got)
	}
	testdb.Update(t, s.db, func(tx *store.Tx) error { _, err := archive.Hide(tx, old, archive.Seal{}, s.now); return err })
	if got := alike(); got != "" {
		t.Errorf("one that was removed is named:\n%s", got)
	}
	testdb.Update(t, s.db, func(tx *store.Tx) error { _, err := archive.Show(tx, old, s.now); return err })
	if got := alike(); !strings.Contains(got, "in the library</a>") {
		t.Errorf("one that is shown again is not named:\n%s", got)
	}
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		_, err := archive.Rewritten(tx, asked, []byte("Subject: Taken out\r\n\r\nTaken out.\r\n"), "Taken out", "", s.now)
		return err
	})
	if got := alike(); got != "" {
		t.Errorf("it is still told what was asked in words that were taken out:\n%s", got)
	}
}
