package guard

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// eyesSentences reads a file of testdata/eyes, testdata/eyes2 or testdata/eyes3.
func eyesSentences(t *testing.T, set, name string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", set, name))
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

// TestNamesOfFreshEyes measures all rules for names on sentences by somebody who had seen neither the rules nor the sentences
// of their writer: three people, one after the other (testdata/eyes, testdata/eyes2, testdata/eyes3). Of the third
// only the first look counts, so that its figures are printed and nothing is demanded of them.
func TestNamesOfFreshEyes(t *testing.T) {
	for _, set := range []string{"eyes", "eyes2", "eyes3"} {
		t.Run(set, func(t *testing.T) { judgeNames(t, set, set != "eyes3") })
	}
}

func judgeNames(t *testing.T, set string, demand bool) {
	named, seen := findNamed(t, set)
	others, held := eyesSentences(t, set, "others.txt"), 0
	for _, s := range others {
		if Holds(Look(Input{Own: s, Today: corpusDay}, DefaultAllow())) {
			held++
			miss(t, "held", "", s)
		}
	}
	t.Logf("fresh eyes: %d of %d pupils found; %d of %d other sentences held", seen, named, held, len(others))
	if demand && (100*seen < 90*named || 100*held > len(others)) {
		t.Errorf("%d of %d found, %d of %d held", seen, named, held, len(others))
	}
}

// findNamed counts the pupils that a set names, and those of them that are found.
func findNamed(t *testing.T, set string) (int, int) {
	t.Helper()
	named, seen := 0, 0
	for _, s := range eyesSentences(t, set, "pupils.txt") {
		plain := strings.NewReplacer("[[", "", "]]", "").Replace(s)
		found := Look(Input{Own: plain, Today: corpusDay}, DefaultAllow())
		for _, piece := range strings.Split(s, "[[")[1:] {
			who, _, _ := strings.Cut(piece, "]]")
			named++
			in := Input{Own: plain}
			if sees(in, found, string(Child), "own", who) || sees(in, found, string(Plan), "own", who) {
				seen++
			} else {
				miss(t, "not found", who, plain)
			}
		}
	}
	return named, seen
}
