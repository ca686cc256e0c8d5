package search

import (
	"strings"
	"testing"
)

func TestNoWordIsPassedOverThatHasTheTerm(t *testing.T) {
	a := newAnalyser()
	texts := []string{"Étude Inquiry inquiries I-pad e.g. EHCPs SEN-Support dying skis x-ray 3.5 Ŵy"}
	for from := range spellings {
		texts = append(texts, from)
	}
	for _, p := range beginnings {
		texts = append(texts, p[0], p[0]+"al")
	}
	for _, e := range shippedWords(t).Entries() {
		texts = append(texts, e.Name, strings.Join(e.Also, " "), strings.Join(e.Short, " "))
	}
	for _, text := range texts {
		for _, want := range a.tokens(text, maxOwn) {
			letters := &firstLetters{}
			letters.add(want.term)
			found := false
			for _, got := range a.some(text, letters) {
				found = found || got == want
			}
			if !found {
				t.Errorf("%q in %q is passed over", want.term, text)
			}
		}
	}
}
