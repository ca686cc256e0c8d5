package guard

import (
	"strings"
	"testing"
)

// TestSignsOfAPupil has sentences as alike as could be (alike.txt in testdata/eyes and testdata/eyes2): what stands in [[ ]] is found; in a sentence without it
// nothing is.
func TestSignsOfAPupil(t *testing.T) {
	for _, s := range append(eyesSentences(t, "eyes", "alike.txt"), eyesSentences(t, "eyes2", "alike.txt")...) {
		_, after, named := strings.Cut(s, "[[")
		who, _, _ := strings.Cut(after, "]]")
		in := Input{Own: "Hello,\n\n" + strings.NewReplacer("[[", "", "]]", "").Replace(s) + "\n\nThanks", Today: corpusDay}
		found := Look(in, DefaultAllow())
		if got := Holds(found); got != named {
			t.Errorf("held is %v: %s", got, s)
		} else if named && !sees(in, found, string(Child), "own", who) && !sees(in, found, string(Plan), "own", who) {
			t.Errorf("something else is found than %q: %s: %v", who, s, found)
		}
	}
}
