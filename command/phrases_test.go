package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sencoforum/internal/corpora"
	"sencoforum/internal/long"
)

// TestPhrases reads every phrase with every ending, as raw mail. Nothing may be done that was not wanted.
func TestPhrases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/phrases/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no phrases: %v", err)
	}
	phrases, endings := readPhrases(t, files...), readEndings(t, "testdata/endings")
	if len(phrases) < 150 || len(endings) < 40 {
		t.Fatalf("only %d phrases and %d endings", len(phrases), len(endings))
	}
	every := 1
	if testing.Short() {
		every = 7
	}
	c := runAll(t, phrases, endings, every)
	t.Logf("%d phrases, %d endings, %s", len(phrases), len(endings), c)
	if c.wrong > 0 {
		t.Errorf("%d wrong actions", c.wrong)
	}
	if all := c.right + c.asked + c.wrong; 100*c.right < 97*all {
		t.Errorf("only %d of %d are right", c.right, all)
	}
}

// TestFreshPhrases counts the set of a writer who had not seen the parser. A wrong action fails here too; what is asked is only
// counted, since nothing is tuned to it.
func TestFreshPhrases(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("testdata/fresh/phrases.txt"); err != nil {
		t.Skipf("SKIPPED: NO FRESH PHRASES: %v", err)
	}
	phrases, endings := readPhrases(t, "testdata/fresh/phrases.txt"), readEndings(t, "testdata/fresh/endings")
	if len(endings) == 0 {
		endings = readEndings(t, "testdata/endings")
	}
	every := 1
	if testing.Short() {
		every = 7
	}
	c := runAll(t, phrases, endings, every)
	t.Logf("%d fresh phrases, %d endings, %s", len(phrases), len(endings), c)
	if c.wrong > 0 {
		t.Errorf("%d wrong actions", c.wrong)
	}
}

// TestPhrasesAboveRealQuotes puts the phrases above what another reader of replies has cut off real mails. Where those begin with
// something that no rule knows, the writer is asked; nothing may be done that was not wanted.
func TestPhrasesAboveRealQuotes(t *testing.T) {
	long.Test(t, "hundreds of real mails below every third phrase")
	t.Parallel()
	var endings []ending
	for _, file := range corpora.Files(t, filepath.Join(corpora.Dir(t, "replies/discourse"), "elided"), "*.txt") {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(strings.ToValidUTF8(string(b), "?"), "{{", "")
		endings = append(endings, ending{filepath.Base(file), "From: Asha Patel <asha@school.example>\nSubject: Re: {{subject}}\n" +
			"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{{text}}\n\n" + text})
	}
	files, _ := filepath.Glob("testdata/phrases/*.txt")
	c := runAll(t, readPhrases(t, files...), endings, 3)
	t.Logf("%d real endings, %s", len(endings), c)
	if c.wrong > 0 {
		t.Errorf("%d wrong actions", c.wrong)
	}
}
