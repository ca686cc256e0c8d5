package message

import "testing"

func TestNamesThatLookAlike(t *testing.T) {
	const name = "Asha Patel"
	for _, other := range []string{
		"asha patel", "ASHA PATEL", "Asha  Patel", " Asha Patel ", "\u0410sha Patel", "Ash\u0430 Patel", "Asha \u0420atel", "\u0391sha \u03a1atel",
		"Asha P\u03b1tel", "Asha Pate1", "Asha PateI", "Asha Pate|", "\uff21\uff53\uff48\uff41 \uff30atel", "\U0001d400sha Patel",
		"As\u200bha Patel", "Asha\u00a0Patel", "\u202eAsha Patel", "Asha Pa\u00adtel", "Asha. Patel", "Asha Pat\u0435l", "A\u0455ha Patel", "As\u04bba Patel",
	} {
		if Skeleton(other) != Skeleton(name) {
			t.Errorf("%q (%q) is not taken for %q (%q)", other, Skeleton(other), name, Skeleton(name))
		}
	}
	for _, other := range []string{"Asha Patil", "Sasha Patel", "Ash\u00e0 Patel", "A. Patel", "AshaPatel", ""} {
		if Skeleton(other) == Skeleton(name) {
			t.Errorf("%q is taken for %q", other, name)
		}
	}
	if Skeleton("Dr Brown") != Skeleton("Dr Brovvn") || Skeleton("Morna") != Skeleton("Moma") || Skeleton("Tom O0") != Skeleton("tom oo") {
		t.Error("pairs of letters that look like one are not found")
	}
}

// TestEveryLookAlikeIsFound: each letter of the tables, put in the place of the one it imitates.
func TestEveryLookAlikeIsFound(t *testing.T) {
	n := 0
	for _, r := range "АΑВΒСЕΕНΗІΙЈКΚМΜΝОΟРΡЅТΤХΧΥΖаαсеһіјкκоορрѕтуνхх" {
		n++
		s := Skeleton(string(r))
		if len(s) != 1 || s[0] < 'a' || s[0] > 'z' {
			t.Errorf("%q (%U) has the skeleton %q", r, r, s)
		}
	}
	if n < 40 {
		t.Fatalf("only %d letters were tried", n)
	}
}

func FuzzSkeleton(f *testing.F) {
	f.Add("Asha \u0420atel")
	f.Fuzz(func(t *testing.T, s string) {
		if once := Skeleton(s); len(once) > 40*len(s)+10 {
			t.Errorf("%q grew to %d bytes", s, len(once))
		}
	})
}
