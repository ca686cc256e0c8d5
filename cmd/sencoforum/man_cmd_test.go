package main

import (
	"strings"
	"testing"
)

func TestRoffTakesWordsAsTheyAre(t *testing.T) {
	for _, c := range []struct{ name, words, want string }{
		{"hyphens can be copied", "list --shunted", `list \-\-shunted`},
		{"a point at the start is no command", ".hidden", `\&.hidden`},
		{"an apostrophe at the start is no command", "'t", `\(aqt`},
		{"a backslash stands for itself", `a\fBb`, `a\efBb`},
		{"signs that printers bend", "`~^", `\(ga\(ti\(ha`},
	} {
		if got := roff(c.words); got != c.want {
			t.Errorf("%s: %q becomes %q, want %q", c.name, c.words, got, c.want)
		}
	}
	for words, want := range map[string]string{
		"see *audit --log* now": `see \fBaudit \-\-log\fR now`,
		plain("ID... | * all"):  "ID... | * all",
		"*.x*":                  `\fB\&.x\fR`,
	} {
		if got := bold(words); got != want {
			t.Errorf("%q becomes %q, want %q", words, got, want)
		}
	}
}

func TestAHelpBecomesParagraphsAndTables(t *testing.T) {
	p := &page{}
	p.prose("Change one setting\nof a list.\n\n  title: 1 to 60\n  footer: on or off\nThen done.")
	want := ".PP\nChange one setting of a list.\n" +
		".PP\n.nf\n  title: 1 to 60\n  footer: on or off\n.fi\n" +
		".PP\nThen done.\n"
	if p.String() != want {
		t.Errorf("%q, want %q", p, want)
	}
}

// TestThePageIsWhole looks for every command in the page, and for lines that roff would take for a command of its own.
func TestThePageIsWhole(t *testing.T) {
	o := process()
	root := newRoot(o)
	root.AddCommand(serveCommand(o), manCommand(o), completionCommand(o))
	text := wholePage(root)
	if n := len(leaves(root)); n < 15 {
		t.Errorf("only %d commands", n)
	}
	for _, c := range leaves(root) {
		if !strings.Contains(text, "\n.SS "+roff(synopsis(c))+"\n") || strings.Contains(c.Name(), "help") {
			t.Errorf("%s", c.CommandPath())
		}
	}
	for line := range strings.Lines(text + commandPage(leaves(root)[1])) {
		word, _, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		if strings.HasPrefix(word, "'") || strings.HasPrefix(word, ".") && !strings.Contains(".TH .nh .ad .SH .SS .PP .TP .nf .fi ", word+" ") {
			t.Errorf("a strange line: %s", line)
		}
	}
}
