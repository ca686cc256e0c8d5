package search

import (
	"fmt"
	"testing"
	"time"

	index "github.com/blevesearch/bleve_index_api"
)

// slowIndex is an index whose disk takes its time at each reading.
type slowIndex struct {
	index.Index
	takes time.Duration
	reads int
}

func (s *slowIndex) Reader() (index.IndexReader, error) {
	s.reads++
	<-time.After(s.takes)
	return s.Index.Reader()
}

// slowed lets each reading take longer than a search may.
func (s *shelf) slowed() *slowIndex {
	s.x.patience = 50 * time.Millisecond
	slow := &slowIndex{Index: s.x.serving.index, takes: 10 * s.x.patience}
	s.x.serving.index = slow
	return slow
}

func TestASlowIndexGivesWhatItFoundInTimeAndSaysSo(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	const posts = 600
	s.many(posts)
	s.follow()
	if got := s.ask("common", nil); got.Partial || got.Discussions != posts {
		t.Fatalf("in time %d are found, partial %t", got.Discussions, got.Partial)
	}
	s.slowed()
	got := s.ask("common", nil)
	if !got.Partial || len(got.Found) == 0 || got.Discussions >= posts {
		t.Errorf("%d are found, %d shown, partial %t; want some, and that it says so", got.Discussions, len(got.Found), got.Partial)
	}
}

func TestASearchOverASlowIndexReadsItOnce(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for i := range 3 {
		s.post("Hedgehogs", "What do hedgehogs eat?", id(fmt.Sprint("a", i)))
	}
	s.follow()
	slow := s.slowed()
	// Nothing has all of these words, so another spelling and each word alone would be looked for.
	if got := s.ask("hedgehogs porridge minibus tribunl museum", nil); !got.Partial || slow.reads > 1 {
		t.Errorf("partial %t after %d readings, want one", got.Partial, slow.reads)
	}
}
