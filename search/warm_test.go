package search

import (
	"context"
	"fmt"
	"testing"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// posts is in how many posts of all segments something is ready.
func (s *readySet) posts(field, word string) (n int) {
	lists := s.word(field, word).lists
	for i := range lists {
		n += int(lists[i].n &^ plainList)
	}
	return n
}

func TestTheCommonestWordsAreReadyWhateverIsSearchedFor(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.many(warmLeast)
	s.follow()
	changed, err := s.x.warm(context.Background())
	if err != nil || !changed {
		t.Fatalf("changed %t, error %v", changed, err)
	}
	e := s.x.serving
	c := &e.postings
	ready := c.ready.posts(fieldAny, "common")
	if ready < warmLeast*9/10 {
		t.Errorf("of a word in all posts those of %d are ready", ready)
	}
	c.now, c.old = nil, nil
	err = e.read(func(snap *scorch.IndexSnapshot) error {
		for i := range 50_000 { // others are asked for, again and again
			c.mu.Lock()
			c.keep(postingKey{word: fmt.Sprint(i)}, &postings{docs: make([]uint32, 1000)})
			c.mu.Unlock()
		}
		if again := c.ready.posts(fieldAny, "common"); again != ready {
			t.Errorf("those of %d are, once others were searched for", again)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if changed, err = s.x.warm(context.Background()); err != nil || changed {
		t.Errorf("again: changed %t, error %v", changed, err)
	}
	if got := s.ask("common", nil); got.Discussions != warmLeast {
		t.Errorf("%d discussions are found, want %d", got.Discussions, warmLeast)
	}
}
