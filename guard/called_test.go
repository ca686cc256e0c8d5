package guard

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sentences reads a file of testdata/called.
func sentences(t *testing.T, name string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "called", name))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	return all
}

// TestNamesBesideACue measures the rule on sentences that were labelled before it. At least nine names in ten are found, and at most
// one sentence in a hundred of those that look alike is held.
func TestNamesBesideACue(t *testing.T) {
	named, seen := 0, 0
	for _, s := range sentences(t, "pupils.txt") {
		plain := strings.NewReplacer("[[", "", "]]", "").Replace(s)
		found := Look(Input{Own: plain, Today: corpusDay}, DefaultAllow())
		for rest := s; ; {
			_, after, ok := strings.Cut(rest, "[[")
			if !ok {
				break
			}
			who, after, _ := strings.Cut(after, "]]")
			rest = after
			named++
			in := Input{Own: plain}
			if sees(in, found, string(Child), "own", who) || sees(in, found, string(Plan), "own", who) {
				seen++
			} else {
				miss(t, "not found", who, plain)
			}
		}
	}
	others := sentences(t, "others.txt")
	held := 0
	for _, s := range others {
		if found := Look(Input{Own: s, Today: corpusDay}, DefaultAllow()); Holds(found) {
			held++
			miss(t, "held", "", s)
		}
	}
	t.Logf("%d of %d names beside a cue found; %d of %d sentences that look alike held", seen, named, held, len(others))
	if 10*seen < 9*named || 100*held > len(others) {
		t.Errorf("%d of %d found, %d of %d held", seen, named, held, len(others))
	}
}
