package notice

import (
	"fmt"
	"strings"
	"testing"
)

func TestGrade(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string // with one digit behind the point
	}{
		"nothing at all":                 {"", "0.0"},
		"no words":                       {"1,204 - 12:30.\n\n...", "0.0"},
		"the textbook's cat":             {"The cat sat on the mat.", "-1.4"},
		"a long sentence of short words": {"We read the first post of each new one of us so that no one who is new here has to fear that all of us get what was not meant for us.", "9.1"},
		"the same in two sentences":      {"We read the first post of each new one of us. So no one who is new here has to fear that all of us get what was not meant for us.", "2.4"},
		"long words":                     {"Moderators evaluate applications individually.", "39.1"},
		"a colon and the end of a paragraph end sentences": {"Reply with one line:\n\napprove it\n\nOr do not", "0.0"},
	} {
		if got := fmt.Sprintf("%.1f", Grade(c.text)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestSyllables(t *testing.T) {
	for word, want := range map[string]int{
		"the": 1, "here": 1, "table": 2, "free": 1, "agreed": 2, "asked": 1, "wanted": 2, "needed": 2, "times": 1, "messages": 3, "addresses": 3,
		"moderator": 4, "period": 3, "question": 2, "usual": 3, "guard": 1, "individually": 6, "people": 2, "reply": 2, "don't": 1, "x": 1, "Rules": 2, "seen": 1,
	} {
		if got := syllablesOf(word); got != want {
			t.Errorf("%s: %d, want %d", word, got, want)
		}
	}
}

func TestFaults(t *testing.T) {
	long := strings.Repeat("long words ", 8)
	for name, c := range map[string]struct{ text, want string }{
		"a plain mail has none":                   {"Hello\n\nYou get one email a week.\n", ""},
		"a hard sentence":                         {"Moderators evaluate applications individually.\n", "it reads at grade 39.1"},
		"a hard sentence of somebody else's":      {"They wrote:\n\n  Moderators evaluate applications individually.\n", ""},
		"a hard sentence in quotes":               {"I read: \"Moderators evaluate applications individually\"\n", ""},
		"a hard sentence below a line of hyphens": {"It says this.\n---------- the email ----------\nModerators evaluate applications individually.\n", ""},
		"a hard sentence beside a word to answer": {"Reply with one line:\n\n  hold   moderators evaluate applications individually\n", "it reads at grade"},
		"a banned word":                           {"It is still Pending.\n", `it says "pending"`},
		"an exclamation mark":                     {"It is done!\n", "an exclamation mark"},
		"an exclamation mark in a subject":        {"It is about \"Help!\".\n", ""},
		"a long line":                             {long + "\n", "a line has 88 letters"},
		"a long line that is quoted":              {"> " + long + "\n", ""},
		"a long link":                             {"https://forum.example.org/" + strings.Repeat("x", 80) + "\n", ""},
		"many lines":                              {strings.Repeat("A line.\n", 26), "it has 26 lines"},
		"many lines that are quoted":              {"It says:\n" + strings.Repeat("> A line.\n", 26), ""},
		"a command to paste":                      {"Run this:\nsencoforum moderator add --invalid\n", ""},
	} {
		got := strings.Join(Faults(c.text), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
