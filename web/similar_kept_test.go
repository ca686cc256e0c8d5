package web

import (
	"testing"
	"time"

	"sencoforum/archive"
)

func TestOfFewDiscussionsItIsRememberedWhatTheyAreLikeAndNotForEver(t *testing.T) {
	var l likes
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	often := likeKey{1, 1}
	l.put(often, []archive.Number{7}, now)
	for n := range 5 * likesHalf {
		l.put(likeKey{archive.Number(n + 2), 1}, nil, now)
		if _, ok := l.get(often, now); !ok {
			t.Fatalf("what is read again and again is forgotten after %d others", n)
		}
	}
	if got := len(l.now) + len(l.old); got > 2*likesHalf {
		t.Errorf("%d are remembered, want at most %d", got, 2*likesHalf)
	}
	if _, ok := l.get(likeKey{2, 1}, now); ok {
		t.Error("what nobody read again is remembered")
	}
	if _, ok := l.get(often, now.Add(similarKept)); ok {
		t.Error("it is remembered for ever")
	}
}
