package search

import (
	"bufio"
	"os"
	"path/filepath"
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

// leads reports whether who types one name finds the posts that say another.
func (l leadReader) leads(typed, other string) bool {
	want := l.stems(other)
	q := l.words.Expand(Parse(typed, testNow))
	for _, c := range q.Clauses {
		if isCommon(c) {
			continue
		}
		for _, t := range c.Terms {
			if strings.Contains(want, l.stems(strings.Join(t.Words, " "))) && len(q.Clauses) == 1 {
				return true
			}
			for _, e := range t.Expansions {
				if strings.Contains(want, l.stems(strings.Join(e.Words, " "))) {
					return true
				}
			}
		}
	}
	return false
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
			for _, other := range names {
				if other == typed {
					continue
				}
				if pairs++; !l.leads(typed, other) {
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
