package search

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestSpellingIsRefreshed(t *testing.T) {
	t.Parallel()
	now := testNow
	words := map[string]uint64{"dyslexia": 50}
	var fails error
	asked := 0
	s := NewSpelling(func(_ context.Context, _ string, each func(string, uint64) bool) error {
		asked++
		for w, n := range words {
			if !each(w, n) {
				break
			}
		}
		return fails
	}, func() time.Time { return now })
	want := func(text, meant string) {
		t.Helper()
		q, ok := s.Correct(context.Background(), Parse(text, testNow), &Vocabulary{})
		if ok != (meant != "") || ok && q.Typed != meant {
			t.Errorf("%q is corrected to %q (%v), want %q", text, q.Typed, ok, meant)
		}
	}
	fails = errors.New("the index is away")
	want("dislexia", "")
	fails = nil
	want("dislexia", "dyslexia")
	words["tribunal"] = 50
	want("tribunel", "")
	if asked != 2 {
		t.Errorf("the words were read %d times, want 2", asked)
	}
	now = now.Add(lexiconAge)
	want("tribunel", "tribunal")
	now, fails = now.Add(lexiconAge), errors.New("the index is away")
	want("tribunel", "tribunal")
}
