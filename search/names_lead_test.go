package search

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A leadReader says by stems what a search for a name also finds.
type leadReader struct {
	*analyser
	words *Vocabulary
}

// stems are the words of a name as the index has them, one blank between them and at both ends.
func (l leadReader) stems(name string) string {
	var all []string
	for _, w := range wordsOf(name) {
		for part := range strings.SplitSeq(w, "-") {
			if t, ok := l.token(part, 0, 0); ok {
				all = append(all, t.term)
			}
		}
	}
	return " " + strings.Join(all, " ") + " "
}

// found are the stems of what a search for a name looks for: who types it finds the posts that say any of them.
func (l leadReader) found(typed string) (all []string) {
	q := l.words.Expand(Parse(typed, testNow))
	for _, c := range q.Clauses {
		if isCommon(c) {
			continue
		}
		for _, t := range c.Terms {
			if len(q.Clauses) == 1 {
				all = append(all, l.stems(strings.Join(t.Words, " ")))
			}
			for _, e := range t.Expansions {
				all = append(all, l.stems(strings.Join(e.Words, " ")))
			}
		}
	}
	return all
}

// leads reports whether posts that say a name are among what was found.
func (l leadReader) leads(found []string, name string) bool {
	say := l.stems(name)
	return slices.ContainsFunc(found, func(stems string) bool { return strings.Contains(say, stems) })
}

// TestNamesLeadToEachOther has names of the same things of all times and places.
func TestNamesLeadToEachOther(t *testing.T) {
	t.Parallel()
	f, err := os.Open(filepath.Join("testdata", "names.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l := leadReader{newAnalyser(), shippedWords(t)}
	pairs, missed := 0, 0
	for s := bufio.NewScanner(f); s.Scan(); {
		line := s.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		left, right, _ := strings.Cut(line, "|")
		names := leadNames(left)
		for _, typed := range append(names, leadNames(right)...) {
			var lacks []string
			found := l.found(typed)
			for _, other := range names {
				if other == typed {
					continue
				}
				if pairs++; !l.leads(found, other) {
					lacks = append(lacks, other)
				}
			}
			if missed += len(lacks); len(lacks) > 0 {
				t.Errorf("%q of %q does not lead to %q", typed, names[0], lacks)
			}
		}
	}
	t.Logf("%d of %d pairs of names lead to each other", pairs-missed, pairs)
}

func leadNames(list string) (all []string) {
	for n := range strings.SplitSeq(list, ";") {
		if n = strings.TrimSpace(n); n != "" {
			all = append(all, n)
		}
	}
	return all
}
