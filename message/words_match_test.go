package message

import "testing"

// TestMatcher: phrases inside and across each other are found as a plain search finds them.
func TestMatcher(t *testing.T) {
	m := newMatcher([]string{"abcd", "he"}, []string{"bc"}, nil, []string{"hers", "is"})
	for text, want := range map[string]uint{
		"": 0, "abc": 2, "abcd": 3, "ababcd": 3, "ushers": 9, "shers": 9, "his": 8, "xbcx": 2, "ab cd": 0, "heris": 9, "hhe": 1,
	} {
		if got := m.in(text); got != want {
			t.Errorf("%q: sets %b, want %b", text, got, want)
		}
	}
}

func FuzzMatcher(f *testing.F) {
	f.Add("this email and any attachment is confidential: to unsubscribe from this list, virus-free. www")
	f.Fuzz(func(t *testing.T, text string) {
		low := asciiLower(text)
		want := uint(0)
		for i, phrases := range [][]string{bannerPhrases, listPhrases, scannerPhrases, disclaimerPhrases, disclaimerHints} {
			if hasAny(low, phrases) {
				want |= 1 << i
			}
		}
		if got := noticeMatcher().in(low); got != want {
			t.Errorf("%q: %b, want %b", text, got, want)
		}
	})
}
