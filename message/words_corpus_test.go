package message

import (
	"crypto/sha256"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sencoforum/internal/corpora"
)

var half = flag.String("half", "all", "which half of the replies TestCorpusReplies reads: developed, held or all")

// inHalf reports whether a file belongs to the half that is asked for. Which half it is in depends on its name alone.
func inHalf(name string) bool {
	held := sha256.Sum256([]byte(name))[0] >= 128
	return *half == "all" || held == (*half == "held")
}

// squeezed is a text in words with one space between, without the marks of quotes, which the other reader moves when
// it joins lines.
func squeezed(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		_, rest := quoteMark(line)
		b.WriteString(strings.TrimLeft(rest, "|"))
		b.WriteByte(' ')
	}
	return oneSpace(strings.ReplaceAll(b.String(), ">", " "))
}

// linesFound counts the lines of want that have letters, and those that text contains.
func linesFound(t *testing.T, name, what, want, text string) (found, all int) {
	t.Helper()
	text = squeezed(text)
	for line := range strings.Lines(normalLines(want)) {
		piece := squeezed(line)
		if !hasLetters(piece) {
			continue
		}
		all++
		if strings.Contains(text, piece) {
			found++
		} else {
			t.Logf("%s: %s lost: %.100q", name, what, piece)
		}
	}
	return found, all
}

// replyTally counts the lines of one set.
type replyTally struct{ files, own, ownAll, hidden, hiddenAll, shown int }

func (r *replyTally) report(t *testing.T, name string, wantOwn, wantHidden int) {
	t.Helper()
	t.Logf("%s (%s half): %d files; own words: %d of %d lines; elided: %d of %d lines; %d shown since nothing else is left",
		name, *half, r.files, r.own, r.ownAll, r.hidden, r.hiddenAll, r.shown)
	share(t, name+" own words", r.own, r.ownAll, wantOwn)
	share(t, name+" elided", r.hidden, r.hiddenAll, wantHidden)
}

// TestCorpusReplies compares with what another reader of replies keeps and leaves out, by lines. Where everything is
// quoted it agrees that everything is shown.
func TestCorpusReplies(t *testing.T) {
	dir := corpora.Dir(t, "replies/discourse")
	var tally replyTally
	for _, file := range corpora.Files(t, filepath.Join(dir, "emails"), "*.txt") {
		name := filepath.Base(file)
		if !inHalf(name) {
			continue
		}
		tally.files++
		segments := Split(normalLines(fixUTF8(string(readFile(t, file)))))
		own, hidden := OwnWords(segments), ""
		for _, s := range segments {
			if s.Kind != Own {
				hidden += s.Text
			}
		}
		if b, err := os.ReadFile(filepath.Join(dir, "trimmed", name)); err == nil {
			n, all := linesFound(t, name, "own", fixUTF8(string(b)), own)
			tally.own, tally.ownAll = tally.own+n, tally.ownAll+all
		}
		if b, err := os.ReadFile(filepath.Join(dir, "elided", name)); err == nil {
			n, all := linesFound(t, name, "elided", fixUTF8(string(b)), hidden)
			if hidden == "" && strings.ContainsAny(own[:1], ">-") {
				tally.shown += all
				continue
			}
			tally.hidden, tally.hiddenAll = tally.hidden+n, tally.hiddenAll+all
		}
	}
	tally.report(t, "discourse", 96, 98)
}

// TestCorpusRepliesGithub has inputs only: they must be covered whole and keep own words.
func TestCorpusRepliesGithub(t *testing.T) {
	for _, file := range corpora.Files(t, corpora.Dir(t, "replies/github"), "*.txt") {
		text := normalLines(fixUTF8(string(readFile(t, file))))
		segments := Split(text)
		checkSegments(t, text, segments)
		if !inHalf(filepath.Base(file)) {
			continue
		}
		t.Logf("%s: own %.200q", filepath.Base(file), OwnWords(segments))
	}
}
