package search

import (
	"context"
	"testing"

	"sencoforum/archive"
	"sencoforum/internal/discussions"
)

// earlierAreAboutTheSame looks for what was asked before for one discussion of each situation.
func earlierAreAboutTheSame(t *testing.T, s *shelf, known map[archive.Number]discussions.Discussion) {
	w := s.searcher(shippedWords(t))
	latest := map[string]archive.Number{}
	count := map[string]int{}
	for n, d := range known {
		count[d.Key]++
		if n > latest[d.Key] {
			latest[d.Key] = n
		}
	}
	named, right, none, asked, alone, vain := 0, 0, 0, 0, 0, 0
	for key, n := range latest {
		if count[key] < 4 && count[key] > 1 {
			continue
		}
		likes, err := w.Similar(context.Background(), s.reader(), n, 3)
		if err != nil {
			t.Fatal(err)
		}
		if count[key] == 1 { // nothing is like it
			alone++
			vain += len(likes)
			for _, l := range likes {
				t.Logf("%s: %.2f %s", key, l.Worth, l.Subject)
			}
			continue
		}
		if asked++; len(likes) == 0 {
			none++
		}
		for _, l := range likes {
			named++
			if l.Thread == n {
				t.Fatalf("%s is like itself", key)
			}
			if known[l.Thread].Key == key {
				right++
			} else {
				t.Logf("%s (%s): %.2f %s (%s)", key, subjectOf(known[n]), l.Worth, known[l.Thread].Key, l.Subject)
			}
		}
	}
	t.Logf("of %d questions %d have none; of %d named discussions %d are of the same situation (%.1f %%)", asked, none, named, right, 100*float64(right)/float64(named))
	t.Logf("of %d questions like no other, %d discussions are named in vain", alone, vain)
	if vain > alone/3 {
		t.Errorf("%d discussions are named in vain", vain)
	}
	if right*100 < named*90 {
		t.Errorf("of %d named discussions only %d are about the same", named, right)
	}
	if none*3 > asked {
		t.Errorf("%d of %d questions that were asked before have no earlier discussion", none, asked)
	}
}

func subjectOf(d discussions.Discussion) string { return d.Key + " " + d.Begun().Format("2006") }
