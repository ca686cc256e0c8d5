package guard

import (
	"slices"
	"strings"
	"testing"

	"sencoforum/internal/ordinary"
)

func TestFullNamesWithoutAWord(t *testing.T) {
	for _, c := range []struct {
		name, text string
		hint       bool
	}{
		{"a name that only deeds tell of", "Oliver Marsh was sent home at eleven again.", true},
		{"a name at the end of a sentence", "Nobody has found a school for Oliver Marsh.", true},
		{"a name in a phone's reply", "Same here with Amelia Hartley, no sleep at all", true},
		{"two names", "Oliver Marsh and Amelia Hartley will not sit together.", true},
		{"a first name alone", "Oliver was sent home at eleven again.", false},
		{"what is found already", "Our pupil Oliver Marsh was sent home.", false},
		{"a title", "Mrs Amelia Hartley was very kind.", false},
		{"a role behind it", "Amelia Hartley, our new SENCO, was very kind.", false},
		{"a role before it", "The trainer on that day was Amelia Hartley and the food was good.", false},
		{"a role, and an apposition", "Our head, Amelia Hartley, has seen it.", false},
		{"a role on the line before", "Our head,\nAmelia Hartley, has seen it.", false},
		{"who is thanked", "Thanks to Amelia Hartley for the list.", false},
		{"who was spoken to", "I spoke to Amelia Hartley on Monday.", false},
		{"who wrote", "There is a good book on this by Amelia Hartley.", false},
		{"who works somewhere", "Amelia Hartley at the RNIB was very kind.", false},
		{"who has a telephone", "Ring in the morning: Amelia Hartley, 07700 900123.", false},
		{"who leads", "Amelia Hartley runs it on Thursdays.", false},
		{"a greeting", "Dear Amelia Hartley", false},
		{"a signature", "See you there.\n\nAmelia Hartley", false},
		{"a signature with a pronoun", "See you there.\n\n-- \nAmelia Hartley (she/her)\nYsgol y Bryn", false},
		{"a building", "We meet at the Amelia Hartley Centre on Monday.", false},
		{"a school", "St Albans\nQueen Elizabeth's High School", false},
		{"an allowed name", "Has anybody done the Oliver McGowan training?", false},
		{"a list of who was there", "Present: Amelia Hartley, Oliver Marsh and Lily Brook.", false},
	} {
		found := Look(Input{Own: c.text, Today: corpusDay}, DefaultAllow())
		if got := slices.ContainsFunc(found, isFullName); got != c.hint || got && Holds(found) {
			t.Errorf("%s: hint is %v: %s %v", c.name, got, c.text, found)
		}
	}
	for _, in := range []Input{{Quoted: "Oliver Marsh was sent home."}, {Files: []File{{Name: "Oliver Marsh.txt", Text: "Oliver Marsh was sent home.", Read: true}}}} {
		if found := Look(in, DefaultAllow()); slices.ContainsFunc(found, isFullName) {
			t.Errorf("a hint outside the writer's own words: %v", found)
		}
	}
}

func isFullName(f Finding) bool { return f.Kind == FullName }

// TestFullNamesInOrdinaryPosts: few of those who name no pupil are asked to look once more.
func TestFullNamesInOrdinaryPosts(t *testing.T) {
	all := map[string][]Input{}
	for _, dir := range []string{"posts", "fresh"} {
		for _, p := range readCorpus(t, dir) {
			if len(p.Plants) == 0 {
				all[dir] = append(all[dir], p.input())
			}
		}
	}
	for _, m := range ordinary.Mails() {
		all["mails"] = append(all["mails"], inputOf(m.Raw))
	}
	for kind, inputs := range all {
		hinted := 0
		for _, in := range inputs {
			if found := Look(in, DefaultAllow()); slices.ContainsFunc(found, isFullName) {
				hinted++
				miss(t, kind, "hint", show(in, found))
			}
		}
		t.Logf("%s: a hint at a full name in %d of %d", kind, hinted, len(inputs))
		if 20*hinted > len(inputs) {
			t.Errorf("%s: a hint at a full name in %d of %d, more than one in 20", kind, hinted, len(inputs))
		}
	}
}

// TestHeldOrHinted measures of how many pupils that fresh eyes named the writer hears, one way or the other.
func TestHeldOrHinted(t *testing.T) {
	for _, set := range []string{"eyes", "eyes2", "eyes3"} {
		held, hinted, passed := 0, 0, 0
		for _, s := range eyesSentences(t, set, "pupils.txt") {
			found := Look(Input{Own: strings.NewReplacer("[[", "", "]]", "").Replace(s), Today: corpusDay}, DefaultAllow())
			switch {
			case Holds(found):
				held++
			case slices.ContainsFunc(found, isFullName):
				hinted++
			default:
				passed++
				miss(t, set, "neither held nor hinted", s)
			}
		}
		t.Logf("%s: of sentences that name a pupil %d are held, %d give a hint, %d pass", set, held, hinted, passed)
		if 4*passed > held+hinted+passed {
			t.Errorf("%s: %d of %d pass", set, passed, held+hinted+passed)
		}
	}
}
