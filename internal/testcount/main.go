// Command testcount reads what `go test -json` prints on its standard input, shows what failed and what was skipped,
// and ends with the number of tests, sub-tests included: "N passed, N failed, N skipped".
//
// Seeds of fuzz targets are not counted. A package that does not build or ends without a verdict counts as one failure.
// The exit code is 1 when anything failed or was skipped, or when nothing ran: a test that was passed over has shown
// nothing.
//
// With -short a skip is shown and is no failure, because a machine may lack a program; long tests (internal/long) are
// counted in a line of their own.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"sencoforum/internal/long"
)

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Output     string
	Elapsed    float64
}

// tally is what was seen so far.
type tally struct {
	out   io.Writer
	short bool // skips are no failures

	passed, failed, skipped int
	left                    int // long tests passed over

	output map[string]*strings.Builder // by test, until its verdict
	bad    map[string]bool             // packages in which a test failed
	open   map[string]bool             // packages without a verdict
}

func main() {
	t := newTally(os.Stdout)
	flag.BoolVar(&t.short, "short", false, "the tests ran with -short: skips are shown and are no failures")
	flag.Parse()
	if err := t.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testcount:", err)
		os.Exit(1)
	}
	if !t.end() {
		os.Exit(1)
	}
}

func newTally(out io.Writer) *tally {
	return &tally{out: out, output: make(map[string]*strings.Builder), bad: make(map[string]bool), open: make(map[string]bool)}
}

func (t *tally) read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(t.out, lines.Text()) // the go command's own words
			continue
		}
		t.take(e)
	}
	return lines.Err()
}

func (t *tally) take(e event) {
	key := e.Package + e.ImportPath + " " + e.Test
	switch e.Action {
	case "start":
		t.open[e.Package] = true
	case "output", "build-output":
		if t.output[key] == nil {
			t.output[key] = new(strings.Builder)
		}
		t.output[key].WriteString(e.Output)
	case "pass", "fail", "skip":
		t.verdict(e, key)
	case "build-fail":
		t.show(key)
	}
}

func (t *tally) verdict(e event, key string) {
	defer delete(t.output, key)
	if e.Test == "" {
		t.packageVerdict(e, key)
		return
	}
	if t.short && e.Action == "skip" && t.isLong(key) {
		t.left++
		return
	}
	if e.Action != "pass" {
		t.show(key)
	}
	if isSeed(e.Test) {
		return
	}
	switch e.Action {
	case "pass":
		t.passed++
	case "fail":
		t.failed++
		t.bad[e.Package] = true
	case "skip":
		t.skipped++
	}
}

// packageVerdict shows a package's own words when it failed for another reason than a failed test, which is counted
// already. A package without tests "skips"; that is no skipped test.
func (t *tally) packageVerdict(e event, key string) {
	delete(t.open, e.Package)
	if e.Action == "fail" && !t.bad[e.Package] {
		t.failed++
		t.show(key)
	}
	fmt.Fprintf(t.out, "%s %s %.1fs\n", e.Action, e.Package, e.Elapsed)
}

func (t *tally) show(key string) {
	if b := t.output[key]; b != nil {
		fmt.Fprint(t.out, b.String())
	}
}

// isLong says whether a test was skipped because it is long.
func (t *tally) isLong(key string) bool {
	b := t.output[key]
	return b != nil && strings.Contains(b.String(), long.Mark)
}

// isSeed says whether a test is one input of a fuzz target.
func isSeed(test string) bool {
	target, _, sub := strings.Cut(test, "/")
	return sub && strings.HasPrefix(target, "Fuzz")
}

// end prints the numbers and says whether every test passed.
func (t *tally) end() bool {
	for name := range t.open {
		fmt.Fprintln(t.out, "no verdict from", name)
		t.failed++
	}
	fmt.Fprintf(t.out, "%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
	if t.short {
		fmt.Fprintf(t.out, "long tests left to make check: %d\n", t.left)
	}
	return t.passed > 0 && t.failed == 0 && (t.short || t.skipped == 0)
}
