package main

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the wanted output anew")

// Each archive holds the results of a run and the tables that they must make.
func TestTables(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			results := filepath.Join(t.TempDir(), "results.jsonl")
			if err := os.WriteFile(results, archive.Files[0].Data, 0o600); err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			if err := run(results, &out); err != nil {
				t.Fatal(err)
			}
			if *update {
				archive.Files[1].Data = []byte(out.String())
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"results of two runs", `{"run":"a","peer":"ours","measure":"accept"} {"run":"b","peer":"ours","measure":"accept"}`, `more than one run: "a" and "b"`},
		{"no results", "", "there is no result"},
		{"a result of nobody", `{"run":"a","measure":"accept"}`, "result 1: a result without a peer"},
		{"what is no JSON", `{"run":"a","peer":"ours","measure":"accept"} nothing`, "result 2: "},
	} {
		_, err := read(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v", c.name, err)
		}
		if mixed := c.name == "results of two runs"; errors.Is(err, errMixed) != mixed {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

func TestMedian(t *testing.T) {
	k := key{"ours", "accept", "1"}
	for _, c := range []struct {
		name   string
		values []float64
		want   float64
	}{
		{"of one", []float64{7}, 7},
		{"of three, in any order", []float64{9, 1, 2}, 2},
		{"of two, the middle", []float64{1, 2}, 1.5},
	} {
		r := results{of: map[key][]result{}}
		for _, v := range c.values {
			r.of[k] = append(r.of[k], result{key: k, values: map[string]float64{"x": v}})
		}
		if got, ok := r.median(k, "x"); got != c.want || !ok {
			t.Errorf("%s: got %v, %v", c.name, got, ok)
		}
		if _, ok := r.median(k, "y"); ok {
			t.Errorf("%s: a value that is not there was found", c.name)
		}
	}
}

func TestNumber(t *testing.T) {
	for want, v := range map[string]float64{"0": 0, "12345": 12345.4, "100": 99.96, "12.3": 12.34, "2": 2, "2.05": 2.05, "0.0123": 0.01234, "-1.5": -1.5} {
		if got := number(v, true); got != want {
			t.Errorf("%v: got %q, want %q", v, got, want)
		}
	}
	if got := number(7, false); got != "" {
		t.Errorf("no number: %q", got)
	}
}

func TestVerdict(t *testing.T) {
	k := key{"ours", "x", ""}
	figure := median("ours", "x", "", "v")
	for _, c := range []struct {
		name   string
		t      target
		v      float64
		want   string
		absent bool
	}{
		{"a lower bound is missed", target{ours: figure, must: 3, aim: 6}, 2.9, "**MISSED**", false},
		{"a lower bound is met exactly", target{ours: figure, must: 3, aim: 6}, 3, "must met", false},
		{"both lower bounds are met", target{ours: figure, must: 3, aim: 6}, 6, "aim met", false},
		{"an upper bound is missed", target{ours: figure, less: true, must: 3, aim: 2}, 3.1, "**MISSED**", false},
		{"an upper bound is met", target{ours: figure, less: true, must: 3, aim: 2}, 2.5, "must met", false},
		{"both upper bounds are met", target{ours: figure, less: true, must: 3, aim: 2}, 2, "aim met", false},
		{"there is only an aim", target{ours: figure, aim: 2}, 1, "aim missed", false},
		{"there is only a must", target{ours: figure, must: 2}, 5, "must met", false},
		{"there is no bound", target{ours: figure}, 5, "", false},
		{"an upper bound of what is meant says nothing when it is high", target{ours: figure, less: true, upper: true, must: 3}, 5, "not shown: an upper bound", false},
		{"with fewer recipients than meant", target{ours: figure, must: 2, size: 2500}, 5, "must met with 300 recipients, not the 2500 it is for", false},
		{"with as many as meant", target{ours: figure, must: 2, size: 300}, 5, "must met", false},
		{"nothing was measured", target{ours: figure, must: 2}, 5, "not measured", true},
		{"one of ours did not reach everybody", target{ours: figure, must: 2}, 5, "**INCOMPLETE**: 1 of ours did not reach everybody once", false},
		{"the other was not measured", target{ours: figure, beside: median("postfix", "x", "", "v"), how: ratio, must: 2}, 5, "not measured", false},
	} {
		r := results{of: map[key][]result{k: {{key: k, values: map[string]float64{"v": c.v, "recipients": 300}}}}}
		if c.name == "one of ours did not reach everybody" {
			r.incomplete = map[key]int{k: 1}
		}
		if c.absent {
			r.of = nil
		}
		if got := c.t.verdict(r); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
