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
