package search

import (
	"slices"
	"strings"
	"testing"
)

// TestExpansionsOfOtherTimes has names that bounds had cut off, or that another had in its place.
func TestExpansionsOfOtherTimes(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	for _, c := range []struct{ text, has, hasNot string }{
		{"SA+", "school action plus; stage 3; sen support", "ehcna"},
		{"SA+?", "school action plus", "ehcna"},
		{"SA", "school action; sen support", ""},
		{"PP+", "pupil premium", ""},
		{"sendist", "tribunal", "sen tribunal"},
		{"asperger", "autistic", "autistic spectrum disorder"},
		{"TA", "lsa; support assistant; welfare assistant; ancillary", "learning support assistant"},
		{"scribe", "special arrangements", "exam access arrangements"},
		{"banding", "element 3", ""},
		{"element 3", "banding; statement funding", "top up funding"},
		{"s139a", "ehc plan", ""},
		{"parent partnership", "named person", ""},
		{"statementing", "ehc plan", ""},
		{"CRB", "dbs; list 99", ""},
		{"ECT", "nqt; probationer", ""},
		{"TaMHS", "mhst; emhp", ""},
		{"LSU", "inclusion hub", ""},
		{"engagement model", "p scales", ""},
		{"top-up", "statement hours; banding", ""},
		{"TLR", "management allowance", ""},
		{"LSC", "fefc; efa", ""},
		{"respite care", "short breaks; aiming high", ""},
		{"toilet training", "nappies; continence", ""},
		{"communication aid", "voca", ""},
	} {
		var got []string
		for _, cl := range v.Expand(Parse(c.text, testNow)).Clauses {
			for _, e := range cl.Terms[0].Expansions {
				got = append(got, strings.Join(e.Words, " "))
			}
		}
		for want := range strings.SplitSeq(c.has, "; ") {
			if !slices.Contains(got, want) {
				t.Errorf("%q does not look for %q but for %q", c.text, want, got)
			}
		}
		if c.hasNot != "" && slices.Contains(got, c.hasNot) {
			t.Errorf("%q looks for %q, of which no place is left for others: %q", c.text, c.hasNot, got)
		}
	}
}

func TestAPlusBehindAWord(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"SA+ now": "sa+ now", "c++": "c+", "-sa+": "-sa", "+sa+": `"sa"`, "16+ and A+.": "16+ and a+"} {
		q := Parse(text, testNow)
		if got := q.String(); got != want {
			t.Errorf("%q prints as %q, want %q", text, got, want)
		}
		if again := Parse(want, testNow); again.String() != want {
			t.Errorf("%q is read and printed as %q", want, again)
		}
	}
}
