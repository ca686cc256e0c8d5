package search

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// always finds the same posts.
type always struct {
	cursor
	docs []uint32
}

func (a always) in(*stretch) (*matches, error) {
	return &matches{docs: append([]uint32(nil), a.docs...), worth: make([]float64, len(a.docs))}, nil
}

func TestWhatPeopleHadStoppedToWriteCountsInPostsFromBefore(t *testing.T) {
	c := compiler{scanned: &scanned{}}
	c.written = func(place uint32) uint32 { return []uint32{10, 30, 20, 40}[place] }
	for end, want := range map[int64][]uint32{0: {0, 1, 2, 3}, 30: {0, 2}, 10: {}} {
		before := time.Time{}
		if end > 0 {
			before = time.Unix(end, 0)
		}
		got, err := c.dated(always{docs: []uint32{0, 1, 2, 3}}, before).in(nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.docs); diff != "" {
			t.Errorf("before %d (-want +got):\n%s", end, diff)
		}
	}
}
