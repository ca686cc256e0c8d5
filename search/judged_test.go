package search

import (
	"bufio"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sencoforum/archive"
	"sencoforum/internal/discussions"
)

// A judged search is one whose answers somebody has graded (testdata/judged/README.md).
type judged struct {
	query, kind, wants string
	names              string // what the query names: recall counts discussions that name it, too
	lines              []grading
}

// A grading gives discussions a grade.
type grading struct {
	grade    int
	key      string // of a situation; or a Message-ID with its angle brackets
	by       string // only those in which this person wrote
	from, to int    // years; 0: any
}

// kinds are what searches are like, in the order in which they are reported.
var kinds = []string{"acronym", "phrase", "historical", "words", "exact", "author", "date", "misspelt", "question", "form", "needle"}

// readJudged reads searches from a file of testdata/judged; none where there is no such file.
func readJudged(t testing.TB, name string) (all []judged) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "judged", name))
	if os.IsNotExist(err) {
		t.Logf("there is no %s", name)
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		n++
		line := strings.TrimSpace(s.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if q, ok := strings.CutPrefix(line, "query: "); ok {
			all = append(all, judged{query: q})
			continue
		}
		if len(all) == 0 {
			t.Fatalf("%s:%d: %q stands before the first query", name, n, line)
		}
		if err := all[len(all)-1].read(line); err != nil {
			t.Fatalf("%s:%d: %v", name, n, err)
		}
	}
	return all
}

func (j *judged) read(line string) (err error) {
	if kind, ok := strings.CutPrefix(line, "kind: "); ok {
		if j.kind = kind; !slices.Contains(kinds, kind) {
			err = fmt.Errorf("no such kind: %s", kind)
		}
		return err
	}
	if wants, ok := strings.CutPrefix(line, "wants: "); ok {
		j.wants = wants
		return nil
	}
	if names, ok := strings.CutPrefix(line, "names: "); ok {
		j.names = names
		return nil
	}
	number, what, _ := strings.Cut(line, " ")
	g := grading{}
	if g.grade, err = strconv.Atoi(number); err != nil || g.grade < 0 || g.grade > 3 {
		return fmt.Errorf("no grade: %q", line)
	}
	if strings.HasPrefix(what, "<") {
		g.key = what
		j.lines = append(j.lines, g)
		return nil
	}
	what, years, _ := strings.Cut(what, "@")
	if years != "" {
		if g.from, g.to, err = readYears(years); err != nil {
			return err
		}
	}
	if name, ok := strings.CutPrefix(what, "by:"); ok {
		words := strings.Fields(name)
		if len(words) > 2 {
			g.key = words[2]
			words = words[:2]
		}
		g.by, what = strings.Join(words, " "), g.key
	}
	g.key = what
	j.lines = append(j.lines, g)
	return nil
}

func readYears(s string) (from, to int, err error) {
	a, b, isRange := strings.Cut(s, "-")
	if a != "" {
		if from, err = strconv.Atoi(a); err != nil {
			return 0, 0, err
		}
	}
	if !isRange {
		return from, from, nil
	}
	if b != "" {
		to, err = strconv.Atoi(b)
	}
	return from, to, err
}

// grade is what a discussion is worth to somebody who searched.
func (j judged) grade(d discussions.Discussion) int {
	for _, g := range j.lines {
		year := d.Begun().Year()
		if (g.key == "" || g.key == d.Key) && (g.by == "" || d.Wrote(g.by)) && (g.from == 0 || year >= g.from) && (g.to == 0 || year <= g.to) {
			return g.grade
		}
	}
	return 0
}

// A judgedArchive is one on which searches are judged: the grade of each discussion for each.
type judgedArchive struct {
	searches []judged
	grades   []map[archive.Number]int  // of discussions, by search
	named    []map[archive.Number]bool // discussions that name what a search names; nil: all do
}

// A measured is how well one search did.
type measured struct {
	kind         string
	ndcg, recall float64
}

// measure compares answers with the judgements. first are the ten best discussions, found all that were found at all.
func (a judgedArchive) measure(i int, first []archive.Number, found map[archive.Number]bool) measured {
	grades := a.grades[i]
	m := measured{kind: a.searches[i].kind}
	gain := 0.0
	for at, n := range first[:min(10, len(first))] {
		gain += gainOf(grades[n]) / math.Log2(float64(at+2))
	}
	best := slices.Collect(maps.Values(grades))
	slices.SortFunc(best, func(a, b int) int { return b - a })
	ideal, relevant, recalled := 0.0, 0, 0
	for at, g := range best[:min(10, len(best))] {
		ideal += gainOf(g) / math.Log2(float64(at+2))
	}
	for n, g := range grades {
		if g < 3 || a.named != nil && a.named[i] != nil && !a.named[i][n] {
			continue
		}
		relevant++
		if found[n] {
			recalled++
		}
	}
	if ideal > 0 {
		m.ndcg = gain / ideal
	}
	if relevant > 0 {
		m.recall = float64(recalled) / float64(relevant)
	}
	return m
}

// gainOf is what a discussion of a grade is worth.
func gainOf(grade int) float64 { return math.Exp2(float64(grade)) - 1 }

// A table of results: a column for each way to rank, a row for each kind.
type resultTable struct {
	title string
	ways  []string
	rows  map[string][]measured // by way, in the order of the searches
}

func (r *resultTable) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%-12s %4s", r.title, "kind", "n")
	for _, w := range r.ways {
		fmt.Fprintf(&b, " %22s", w)
	}
	b.WriteString("\n")
	for _, k := range append(slices.Clone(kinds), "all", "not historical") {
		n, cells := 0, ""
		for _, w := range r.ways {
			got := r.of(w, k)
			n = got.n
			cells += fmt.Sprintf("    nDCG %.3f rec %.3f", got.ndcg, got.recall)
		}
		if n > 0 {
			fmt.Fprintf(&b, "%-12.12s %4d%s\n", k, n, cells)
		}
	}
	return b.String()
}

type mean struct {
	n            int
	ndcg, recall float64
}

// of is the mean of a way over the searches of a kind.
func (r *resultTable) of(way, kind string) (m mean) {
	for _, s := range r.rows[way] {
		if kind == "all" || kind == "not historical" && s.kind != "historical" || s.kind == kind {
			m.n++
			m.ndcg += s.ndcg
			m.recall += s.recall
		}
	}
	if m.n > 0 {
		m.ndcg /= float64(m.n)
		m.recall /= float64(m.n)
	}
	return m
}

func TestJudgementsNameWhatThereIs(t *testing.T) {
	t.Parallel()
	all, err := discussions.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"send-own.txt", "send-seen.txt", "send-new.txt"} {
		searches := readJudged(t, file)
		for _, j := range searches {
			if j.kind == "" || j.wants == "" || len(j.lines) == 0 {
				t.Errorf("%s: %q lacks a kind, a wish or its grades", file, j.query)
			}
			for _, g := range j.lines {
				one := judged{lines: []grading{{grade: 3, key: g.key, by: g.by}}}
				if !slices.ContainsFunc(all, func(d discussions.Discussion) bool { return one.grade(d) == 3 }) {
					t.Errorf("%s: %q: nothing is %q by %q", file, j.query, g.key, g.by)
				}
			}
		}
		t.Logf("%s: %d searches", file, len(searches))
	}
}
