package search

import (
	"context"
	"testing"
)

func TestNamesOfTheVocabularyAreReadyBeforeAnybodyAsks(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.many(warmLeast)
	s.post("A word", "It is common, this word.")
	s.follow()
	words, err := ParseVocabulary("Common word\nmeans: A word that is common.\n\nUnheard thing\nmeans: Nobody wrote of it.\n")
	if err != nil {
		t.Fatal(err)
	}
	with := NewSearcher(s.x, words)
	c := &s.x.serving.postings
	for range 2 { // the second time with names that were given anew
		if changed, err := s.x.warm(context.Background()); err != nil || !changed {
			t.Fatalf("changed %t, error %v", changed, err)
		}
		held := c.ready.posts(fieldAny, phraseName([]placedWord{{"common", 0}, {"word", 1}}))
		if held < warmLeast*9/10 || held > warmLeast {
			t.Errorf("the name is known to be in %d posts, want %d", held, warmLeast)
		}
		with.Use(words)
	}
	for _, ready := range []string{"with what is ready", "without"} {
		if got := s.ask(`"common word"`, nil); got.Discussions != warmLeast {
			t.Errorf("%s: %d discussions are found, want %d", ready, got.Discussions, warmLeast)
		}
		c.forget()
		c.use(nil)
	}
}
