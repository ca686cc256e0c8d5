package archive

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Who looks for a parent by its subject reads no post that judge has no use for: it chooses the same one without them.
func TestASearchBySubjectThatEndsEarlyFindsTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	ended, chosen := 0, 0
	for range 20_000 {
		now := time.Date(2026, 11, 28, 9, 0, 0, r.IntN(1e9), time.UTC)
		a := asker{author: fmt.Sprint(r.IntN(4)), addressed: []string{fmt.Sprint(r.IntN(4))}, forwards: r.IntN(4) == 0, voice: &voice{}}
		if r.IntN(2) == 0 {
			a.quoted = phrases{1, 2, 3, 4, 5, 6}
		}
		if r.IntN(8) == 0 {
			a.answersAt = now.Add(-time.Duration(r.IntN(40)) * 24 * time.Hour)
		}
		var all, found []suspect
		at := now
		for n := range r.IntN(suspectsMost) {
			at = at.Add(-time.Duration(r.IntN(5)) * 24 * time.Hour)
			s := suspect{number: Number(n + 1), thread: Number(r.IntN(3)), author: fmt.Sprint(r.IntN(4)), written: at, recent: now.Sub(at) <= subjectWindow}
			own := phrases{0, 1, 2, uint64(r.IntN(6)), uint64(6 + r.IntN(40))}
			slices.Sort(own)
			own = slices.Compact(own)
			s.own = func() phrases { return own }
			all = append(all, s)
		}
		for _, s := range all {
			if a.done(len(found), s.written.Unix() < now.Unix()-int64(subjectWindow/time.Second)-1) {
				ended++
				break
			}
			found = append(found, s)
		}
		got, want := judge(a, found), judge(a, all)
		if got != want {
			t.Fatalf("of %d posts %d are looked at, and %d is chosen, not %d", len(all), len(found), got, want)
		}
		if got >= 0 {
			chosen++
		}
	}
	if ended < 1000 || chosen < 1000 {
		t.Errorf("%d searches ended early, %d found a parent", ended, chosen)
	}
}
