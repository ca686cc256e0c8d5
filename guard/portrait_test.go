package guard

import "testing"

// TestPupilsBySeveralSigns measures the rule that counts signs on two sets by its writer: portrait was tuned on, portrait2 was looked at
// once before it was (docs/safeguarding.md has both figures). Those of other people are in TestNamesOfFreshEyes.
func TestPupilsBySeveralSigns(t *testing.T) {
	for set, least := range map[string]int{"portrait": 24, "portrait2": 15} {
		named, seen := findNamed(t, set)
		held := 0
		others := eyesSentences(t, set, "others.txt")
		for _, s := range others {
			if Holds(Look(Input{Own: s, Today: corpusDay}, DefaultAllow())) {
				held++
				miss(t, "held", "", s)
			}
		}
		t.Logf("%s: %d of %d pupils found; %d of %d other sentences held", set, seen, named, held, len(others))
		if seen < least || held > 0 {
			t.Errorf("%s: %d of %d found, %d of %d held", set, seen, named, held, len(others))
		}
	}
}

// TestOneSignIsNotEnough has the same names with one sign less.
func TestOneSignIsNotEnough(t *testing.T) {
	for _, c := range []struct {
		text string
		held bool
	}{
		{"Oliver Pemberton cried in maths again.", true},
		{"Oliver Pemberton cried.", false},
		{"Oliver Pemberton is our new physio and he cried in maths.", false},
		{"Mr Oliver Pemberton cried in maths again.", false},
		{"Oliver McGowan cried in maths again.", false},
		{"Thanks, Oliver Pemberton\nHe cried in maths.", false},
		{"Has anybody a plan for a boy who cried in maths? Oliver Pemberton shared one.", false},
	} {
		if got := Holds(Look(Input{Own: c.text, Today: corpusDay}, DefaultAllow())); got != c.held {
			t.Errorf("%q: held %v, want %v", c.text, got, c.held)
		}
	}
}
