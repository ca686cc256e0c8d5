package notice

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFitted(t *testing.T) {
	long := strings.Repeat("word ", 18) // 90 letters
	for name, c := range map[string]struct{ text, want string }{
		"a line that fits":              {"A line.\n", "A line.\n"},
		"a long line":                   {long + "\n", strings.TrimSpace(strings.Repeat("word ", 15)) + "\nword word word \n"},
		"a long line that is set apart": {"  " + long + "\n", "  " + strings.TrimSpace(strings.Repeat("word ", 14)) + "\n  word word word word \n"},
		"a word and what it does":       {"  trust   " + long + "\n", "  trust   " + strings.TrimSpace(strings.Repeat("word ", 13)) + "\n          word word word word word \n"},
		"a quote":                       {"> " + long + "\n", "> " + long + "\n"},
		"a command":                     {"sencoforum " + long + "\n", "sencoforum " + long + "\n"},
		"no blank":                      {strings.Repeat("x", 90) + "\n", strings.Repeat("x", 90) + "\n"},
		"letters of two bytes":          {strings.Repeat("üü ", 30) + "\n", strings.TrimSpace(strings.Repeat("üü ", 25)) + "\n" + strings.Repeat("üü ", 5) + "\n"},
		"blanks alone":                  {strings.Repeat(" ", 90) + "\n", strings.Repeat(" ", 90) + "\n"},
	} {
		if diff := cmp.Diff(c.want, fitted(c.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A paragraph on one line, as many programs send it, is not broken within a word.
func TestPieces(t *testing.T) {
	words, x := strings.Repeat("wörd ", 79), strings.Repeat("x", longest) // 395 letters, and those that have to be broken
	for name, c := range map[string]struct {
		line string
		want []string
	}{
		"a line that fits":         {words, []string{words}},
		"words":                    {words + "wörd wörd", []string{words + "wörd ", "wörd"}},
		"a word over the end":      {words + "further on", []string{words, "further on"}},
		"no blank":                 {x + "xx", []string{x, "xx"}},
		"a blank at its beginning": {"a " + x, []string{"a " + x[2:], "xx"}},
	} {
		if diff := cmp.Diff(c.want, pieces(c.line)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
