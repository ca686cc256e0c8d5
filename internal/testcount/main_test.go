package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type tallyCase struct {
	name  string
	lines string
	want  string
	ok    bool
}

var cases = []tallyCase{
	{"all pass", `
{"Action":"start","Package":"a"}
{"Action":"run","Package":"a","Test":"TestX"}
{"Action":"output","Package":"a","Test":"TestX","Output":"=== RUN   TestX\n"}
{"Action":"pass","Package":"a","Test":"TestX/sub"}
{"Action":"pass","Package":"a","Test":"TestX"}
{"Action":"pass","Package":"a","Elapsed":0.25}
`, "pass a 0.2s\n2 passed, 0 failed, 0 skipped\n", true},
	{"a failure is shown", `
{"Action":"start","Package":"a"}
{"Action":"output","Package":"a","Test":"TestX","Output":"x_test.go:1: got 1\n"}
{"Action":"fail","Package":"a","Test":"TestX"}
{"Action":"output","Package":"a","Output":"FAIL\n"}
{"Action":"fail","Package":"a"}
`, "x_test.go:1: got 1\nfail a 0.0s\n0 passed, 1 failed, 0 skipped\n", false},
	{"a skip is no success", `
{"Action":"output","Package":"a","Test":"TestX","Output":"x_test.go:1: no corpora\n"}
{"Action":"skip","Package":"a","Test":"TestX"}
{"Action":"pass","Package":"a","Test":"TestY"}
{"Action":"pass","Package":"a"}
`, "x_test.go:1: no corpora\npass a 0.0s\n1 passed, 0 failed, 1 skipped\n", false},
	{"a package without tests is no skipped test", `
{"Action":"skip","Package":"b"}
{"Action":"pass","Package":"a","Test":"TestY"}
`, "skip b 0.0s\n1 passed, 0 failed, 0 skipped\n", true},
	{"a package that does not build", `
{"ImportPath":"a [a.test]","Action":"build-output","Output":"a.go:1: undefined\n"}
{"ImportPath":"a [a.test]","Action":"build-fail"}
{"Action":"start","Package":"a"}
{"Action":"output","Package":"a","Output":"FAIL a [build failed]\n"}
{"Action":"fail","Package":"a","FailedBuild":"a [a.test]"}
`, "a.go:1: undefined\nFAIL a [build failed]\nfail a 0.0s\n0 passed, 1 failed, 0 skipped\n", false},
	{"a package that ends without a verdict", `
{"Action":"start","Package":"a"}
{"Action":"pass","Package":"a","Test":"TestY"}
`, "no verdict from a\n1 passed, 1 failed, 0 skipped\n", false},
	{"seeds of a fuzz target are not counted, unless they fail", `
{"Action":"pass","Package":"a","Test":"FuzzX/seed#0"}
{"Action":"output","Package":"a","Test":"FuzzX/seed#1","Output":"x_test.go:1: bad\n"}
{"Action":"fail","Package":"a","Test":"FuzzX/seed#1"}
{"Action":"fail","Package":"a","Test":"FuzzX"}
`, "x_test.go:1: bad\n0 passed, 1 failed, 0 skipped\n", false},
	{"nothing ran", "", "0 passed, 0 failed, 0 skipped\n", false},
	{"the go command's own words", "go: no such module\n", "go: no such module\n0 passed, 0 failed, 0 skipped\n", false},
}

var shortCases = []tallyCase{
	{"a long test is counted apart and not shown", `
{"Action":"output","Package":"a","Test":"TestX","Output":"x_test.go:1: LONG: left to make check: years\n"}
{"Action":"skip","Package":"a","Test":"TestX"}
{"Action":"pass","Package":"a","Test":"TestY"}
{"Action":"pass","Package":"a"}
`, "pass a 0.0s\n1 passed, 0 failed, 0 skipped\nlong tests left to make check: 1\n", true},
	{"a test that lacks a program is shown, and no failure", `
{"Action":"output","Package":"a","Test":"TestX","Output":"x_test.go:1: no swaks\n"}
{"Action":"skip","Package":"a","Test":"TestX"}
{"Action":"pass","Package":"a","Test":"TestY"}
{"Action":"pass","Package":"a"}
`, "x_test.go:1: no swaks\npass a 0.0s\n1 passed, 0 failed, 1 skipped\nlong tests left to make check: 0\n", true},
	{"a failure is one", `
{"Action":"pass","Package":"a","Test":"TestY"}
{"Action":"fail","Package":"a","Test":"TestX"}
{"Action":"fail","Package":"a"}
`, "fail a 0.0s\n1 passed, 1 failed, 0 skipped\nlong tests left to make check: 0\n", false},
	{"nothing but long tests is nothing", `
{"Action":"output","Package":"a","Test":"TestX","Output":"LONG: left to make check: years\n"}
{"Action":"skip","Package":"a","Test":"TestX"}
{"Action":"pass","Package":"a"}
`, "pass a 0.0s\n0 passed, 0 failed, 0 skipped\nlong tests left to make check: 1\n", false},
}

func TestTally(t *testing.T) {
	all := append(slices.Clone(cases), tallyCase{"where all is wanted a long test that was left is no success", strings.TrimSuffix(shortCases[0].lines, "\n"),
		"x_test.go:1: LONG: left to make check: years\npass a 0.0s\n1 passed, 0 failed, 1 skipped\n", false})
	checkTallies(t, all, false)
	checkTallies(t, shortCases, true)
}

func checkTallies(t *testing.T, cases []tallyCase, short bool) {
	for _, c := range cases {
		var out strings.Builder
		tally := newTally(&out)
		tally.short = short
		if err := tally.read(strings.NewReader(strings.TrimPrefix(c.lines, "\n"))); err != nil {
			t.Fatal(err)
		}
		ok := tally.end()
		if diff := cmp.Diff(c.want, out.String()); diff != "" || ok != c.ok {
			t.Errorf("%s: success is %v (-want +got):\n%s", c.name, ok, diff)
		}
	}
}
