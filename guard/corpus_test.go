package guard

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/guard/testdata/gen"
)

var misses = flag.Bool("misses", false, "name every post of the corpus that the guard judges wrongly")

var update = flag.Bool("update", false, "write the labelled posts anew")

// corpusDay is today in the labelled posts.
var corpusDay = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

// labelled is one post of the corpus; testdata/README.md has the format.
type labelled struct {
	ID, Subject, Own, Quoted string
	Files                    []struct {
		Name, Text string
		GPS        bool
	}
	Plants []struct{ Kind, Where, Value string }
	Hint   bool
}

func (p labelled) input() Input {
	in := Input{Subject: p.Subject, Own: p.Own, Quoted: p.Quoted, Today: corpusDay}
	for _, f := range p.Files {
		in.Files = append(in.Files, File{Name: f.Name, Text: f.Text, Read: true, Place: f.GPS})
	}
	return in
}

// TestPostsAreThoseOfTheirMaker makes the labelled posts anew: labels that nobody can make again prove nothing.
func TestPostsAreThoseOfTheirMaker(t *testing.T) {
	files, err := gen.Files()
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for name, made := range files {
		file := filepath.Join("testdata", "posts", name)
		if *update {
			if err := os.WriteFile(file, made, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		committed, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(committed, made) {
			t.Errorf("%s is not what guard/testdata/gen makes: %d bytes, and %d are made; look at both with git diff after -update", name, len(committed), len(made))
		}
	}
}

func readCorpus(t *testing.T, dir string) []labelled {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", dir, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all []labelled
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 8<<20)
		for lines.Scan() {
			var p labelled
			if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all = append(all, p)
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	return all
}

// partsOf are the texts of a post by the names that labels have for their places.
func partsOf(in Input, where string) (texts []string, part Part) {
	switch where {
	case "subject":
		return []string{in.Subject}, Subject
	case "own":
		return []string{in.Own}, Own
	case "quoted":
		return []string{in.Quoted}, Quoted
	}
	for _, f := range in.Files {
		if where == "file name" {
			texts = append(texts, f.Name)
		} else {
			texts = append(texts, f.Text)
		}
	}
	if where == "file name" {
		return texts, FileName
	}
	return texts, FileText
}

// sees reports a finding of a kind that covers a part of the planted words, where they were planted.
func sees(in Input, found []Finding, kind, where, value string) bool {
	texts, part := partsOf(in, where)
	for _, f := range found {
		if string(f.Kind) != kind || !f.Hold {
			continue
		}
		if f.Kind == Place {
			return true
		}
		if f.Where.Part != part {
			continue
		}
		text := texts[max(0, f.Where.File-1)]
		for at := 0; ; {
			n := strings.Index(text[at:], value)
			if n < 0 {
				break
			}
			if at += n; f.Start < at+len(value) && at < f.End {
				return true
			}
			at += len(value)
		}
	}
	return false
}

// wanted are the least shares of planted things that are found, in percent.
var wanted = map[string]float64{"upn": 99, "nhs": 99, "uln": 99, "nino": 90, "birth": 90, "plan": 90, "classlist": 90, "place": 90}

// TestCorpus measures the guard on labelled posts and prints the figures. A share below what is wanted, or more than one
// false hold in 200, fails.
func TestCorpus(t *testing.T) {
	for _, dir := range []string{"posts", "fresh"} {
		t.Run(dir, func(t *testing.T) {
			all := readCorpus(t, dir)
			if len(all) == 0 {
				t.Skipf("NOT RUN: there are no posts in testdata/%s", dir)
			}
			measure(t, all)
		})
	}
}

func measure(t *testing.T, all []labelled) {
	planted, seen := map[string]int{}, map[string]int{}
	ordinary, held, hints, hinted, falseHints := 0, 0, 0, 0, 0
	for _, p := range all {
		in := p.input()
		found := Look(in, DefaultAllow())
		hint := slices.ContainsFunc(found, func(f Finding) bool { return f.Kind == FirstName })
		switch {
		case p.Hint:
			hints++
			if hint {
				hinted++
			}
		case len(p.Plants) == 0 && hint:
			falseHints++
		}
		if p.Hint && !hint || len(p.Plants) == 0 && !p.Hint && hint {
			miss(t, p.ID, fmt.Sprintf("hint=%v", hint), p.Own)
		}
		if len(p.Plants) == 0 {
			ordinary++
			if Holds(found) {
				held++
				miss(t, p.ID, fmt.Sprint(held), show(in, found))
			}
		}
		for _, plant := range p.Plants {
			planted[plant.Kind]++
			if sees(in, found, plant.Kind, plant.Where, plant.Value) {
				seen[plant.Kind]++
			} else {
				miss(t, p.ID, plant.Kind+" in "+plant.Where, plant.Value+"\n"+strings.Join(append([]string{p.Subject, p.Own, p.Quoted}, fileText(in)...), "\n--\n"))
			}
		}
	}
	for _, kind := range slices.Sorted(mapKeys(planted)) {
		share := 100 * float64(seen[kind]) / float64(planted[kind])
		t.Logf("%-9s %3d of %3d found, %5.1f %%", kind, seen[kind], planted[kind], share)
		if share < wanted[kind] {
			t.Errorf("%s: %.1f %% is less than %.0f %%", kind, share, wanted[kind])
		}
	}
	t.Logf("held      %3d of %d ordinary posts, one in %.0f", held, ordinary, float64(ordinary)/float64(max(1, held)))
	t.Logf("hints     %3d of %d; and in %d posts without one", hinted, hints, falseHints)
	if 200*held > ordinary {
		t.Errorf("%d of %d ordinary posts are held, more than one in 200", held, ordinary)
	}
}

func mapKeys(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func fileText(in Input) (all []string) {
	for _, f := range in.Files {
		all = append(all, f.Name, f.Text)
	}
	return all
}

// show names what was found with its words, for the developer of a rule.
func show(in Input, found []Finding) string {
	var b strings.Builder
	for _, f := range found {
		where := map[Part]string{Subject: "subject", Own: "own", Quoted: "quoted", FileName: "file name", FileText: "file text"}[f.Where.Part]
		texts, _ := partsOf(in, where)
		text := texts[max(0, f.Where.File-1)]
		fmt.Fprintf(&b, "%s | %q in %q\n", f, text[f.Start:f.End], text[max(0, f.Start-50):min(len(text), f.End+40)])
	}
	return b.String()
}

func miss(t *testing.T, id, what, words string) {
	if *misses {
		t.Logf("%s %s: %s", id, what, words)
	}
}
