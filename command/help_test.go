package command

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// The help mail fits on a screen wherever it is asked for, and has what the place offers.
func TestHelpFits(t *testing.T) {
	for _, name := range PlaceNames() {
		at, _ := PlaceOf(name)
		for _, moderator := range []bool{false, true} {
			text := Help(at, moderator)
			lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
			if len(lines) > helpLines {
				t.Errorf("%s: %d lines", name, len(lines))
			}
			for _, l := range lines {
				if utf8.RuneCountInString(l) > helpWidth {
					t.Errorf("%s: %d columns: %s", name, utf8.RuneCountInString(l), l)
				}
			}
		}
	}
	words := len(taught(RequestAddress, false))
	if words < 13 || words > 18 {
		t.Errorf("members are taught %d words", words)
	}
	if !strings.Contains(Help(HeldGuard, true), `redact "WORDS"`) || strings.Contains(Help(RequestAddress, false), "stop #N") {
		t.Error("moderators' words stand in the wrong help")
	}
}

// docs/commands.md has the table as it is.
func TestDocumentedTable(t *testing.T) {
	b, err := os.ReadFile("../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), Markdown()) {
		t.Errorf("docs/commands.md has another table; it should be:\n%s", Markdown())
	}
}
