package command

import (
	"flag"
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

var update = flag.Bool("update", false, "write the table in docs/commands.md anew")

// docs/commands.md ends with the table as it is.
func TestDocumentedTable(t *testing.T) {
	const file, heading = "../docs/commands.md", "| word | also read |"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, _, ok := strings.Cut(string(b), heading)
	want := before + Markdown()
	if *update && ok {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(b) != want {
		t.Errorf("%s has another table; write it anew with -update", file)
	}
}
