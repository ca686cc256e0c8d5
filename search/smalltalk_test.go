package search

import (
	"slices"
	"strings"
	"testing"
)

// looked are the words of a query that must match, names of the vocabulary as one.
func looked(q Query) string {
	var all []string
	for _, c := range q.Clauses {
		if !isCommon(c) {
			all = append(all, strings.Join(c.Terms[0].Words, " "))
		}
	}
	return strings.Join(all, ", ")
}

func TestSmallTalkNeedNotMatch(t *testing.T) {
	t.Parallel()
	words := shippedWords(t)
	for _, c := range []struct{ name, typed, want string }{
		{"a question after the name of today", "SA+ what is it called now", "sa"},
		{"a question for a meaning", "what does SEMH stand for", "semh"},
		{"a question to colleagues", "does anyone have a provision map these days", "provision map"},
		{"advice", "any advice on selective mutism please", "selective mutism"},
		{"a name with such a word stays whole", "now and next board", "now and next board"},
		{"a word between is looked for", "help with reading", "reading"},
		{"nothing but small talk is looked for as it is", "any advice", "any, advice"},
		{"help is a word where it is what somebody looks for", "help in class", "help, class"},
		{"quotes mean what they say", `"what is it called now" SEMH`, "what is it called now, semh"},
	} {
		q := words.Expand(Parse(c.typed, testNow))
		if got := looked(q); got != c.want {
			t.Errorf("%s: %q looks for %q, want %q", c.name, c.typed, got, c.want)
		}
		if again := Parse(Parse(c.typed, testNow).String(), testNow); looked(words.Expand(again)) != c.want {
			t.Errorf("%s: printed and read again it looks for %q", c.name, looked(words.Expand(again)))
		}
	}
}

// The words that SENCOs used in other years lead to those of today, and the other way round.
func TestWordsOfOtherYearsLeadToEachOther(t *testing.T) {
	t.Parallel()
	words := shippedWords(t)
	for _, c := range []struct{ typed, finds string }{
		{"SLT", "senior leadership team"}, {"SLT", "speech and language therapist"}, {"SMT", "SLT"},
		{"element 3", "top up"}, {"dictation", "voice typing"}, {"dinner lady", "midday supervisor"},
		{"PCT", "clinical commissioning group"}, {"ACPC", "safeguarding partnership"}, {"SENTW", "Education Tribunal for Wales"},
		{"stage 3", "School Action Plus"}, {"stage 2", "SEN support"}, {"proposed statement", "draft EHC plan"}, {"LSA", "TA"}, {"NTA", "TA"},
		{"performance descriptors", "P scales"}, {"transitional review", "preparing for adulthood"}, {"IPM", "provision map"},
		{"remedial teacher", "learning support teacher"}, {"139a", "LDA"}, {"foetal alcohol", "FASD"}, {"SASC", "SpLD Assessment Standards Committee"},
	} {
		var found []string
		for _, cl := range words.Expand(Parse(c.typed, testNow)).Clauses {
			for _, term := range cl.Terms {
				for _, e := range term.Expansions {
					found = append(found, formKey(e.Name))
				}
			}
		}
		if !slices.Contains(found, formKey(c.finds)) {
			t.Errorf("%q does not look for %q but for %q", c.typed, c.finds, found)
		}
	}
}
