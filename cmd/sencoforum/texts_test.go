package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sencoforum/config"
)

func TestPagesOfOnesOwnAreReadOrTheirFaultsNamed(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	got, err := ownTexts(config.Texts{Rules: put("rules.md", "# Ours\n\n[Help](/help)\n"), Contact: put("contact.md", "Ring us.\n")}, "/forum")
	if err != nil || len(got) != 2 || got["rules"].Title != "Ours" || !strings.Contains(string(got["rules"].HTML), `href="/forum/help"`) {
		t.Errorf("%+v, %v", got, err)
	}
	bad := put("bad.md", "a\n\n<b>x</b>\n")
	_, err = ownTexts(config.Texts{Privacy: bad, Help: filepath.Join(dir, "none.md"), Accessibility: dir}, "")
	var faults config.Faults
	if !errors.As(err, &faults) || !strings.Contains(err.Error(), bad+": line 3: HTML is not shown; ") || !strings.Contains(err.Error(), "texts.help: open ") ||
		!strings.Contains(err.Error(), "texts.accessibility: read ") || strings.Count(err.Error(), "put a file there") != 2 {
		t.Errorf("%v", err)
	}
}

// Each page that may be replaced has a key in the settings, and each key a page.
func TestEveryPageOfOnesOwnHasAKey(t *testing.T) {
	c := config.Texts{Rules: "x", Privacy: "x", Accessibility: "x", Help: "x", Contact: "x"}
	if _, err := ownTexts(c, ""); err == nil || strings.Count(err.Error(), "texts.") != 5 {
		t.Errorf("%v", err)
	}
}
