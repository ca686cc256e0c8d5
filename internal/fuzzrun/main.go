// Command fuzzrun runs every fuzz target of the module, two at once, and prints what each did.
//
//	fuzzrun -time 20s            # each for the same time
//	fuzzrun -time 20s -in 3      # the quick form: what reads mail as it arrives, addresses, settings and CSV, and each day another
//	                             # third of what no stranger's bytes reach first
//	fuzzrun -time 150s -jobs 1   # a CPU-hour for 24 targets on one core
//
// It ends with exit code 1 when a target fails; the input that did it lies in the target's testdata and is a seed from
// then on. Go's own fuzzing sometimes ends a full run with "context deadline exceeded" and no such input, because its
// worker was in the middle of one when time was up; that is no failure.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// target is one fuzz function.
type target struct{ pkg, name string }

// result is what a run of a target did.
type result struct {
	target
	execs string // inputs tried
	cpu   time.Duration
	err   error
	out   []byte
}

func main() {
	each := flag.Duration("time", 20*time.Second, "how long each target runs")
	days := flag.Int("in", 1, "in how many days the targets all run that no stranger's bytes reach first, a part of them on each")
	jobs := flag.Int("jobs", 2, "targets at once, each on one core")
	only := flag.String("only", "", "a regular expression that package.Target must match")
	flag.Parse()
	all, err := list(regexp.MustCompile(*only))
	if err != nil || len(all) == 0 {
		fmt.Fprintln(os.Stderr, "fuzzrun: list the targets:", err)
		os.Exit(1)
	}
	b, err := newBinaries()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fuzzrun:", err)
		os.Exit(1)
	}
	ok := tell(b.runAll(ofToday(all, *days, time.Now()), *each, *jobs))
	if err := os.RemoveAll(b.tmp); err != nil || !ok {
		os.Exit(1)
	}
}

// front are the targets that read what anybody may send, before anything else has looked at it, and what operators bring along.
var front = regexp.MustCompile(`/smtpd\.|/cmd/sencoforum\.|/config\.|/message\.Fuzz(Scan|Parse|Address|Strict|Split|Words)$|/membership\.FuzzReadCSV$|` +
	`/mailauth\.FuzzField$|/courier\.FuzzReadReply$`)

// ofToday leaves out those that have their turn on another day.
func ofToday(all []target, days int, now time.Time) (some []target) {
	for i, t := range all {
		if front.MatchString(t.pkg+"."+t.name) || i%max(1, days) == now.YearDay()%max(1, days) {
			some = append(some, t)
		}
	}
	return some
}

// list asks the go command for all targets.
func list(only *regexp.Regexp) ([]target, error) {
	out, err := exec.Command("go", "test", "-list", "^Fuzz", "./...").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	return parse(string(out), only), nil
}

// parse reads what go test -list prints: names, then the line of their package.
func parse(out string, only *regexp.Regexp) (all []target) {
	var names []string
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		switch {
		case len(f) == 0:
		case strings.HasPrefix(f[0], "Fuzz"):
			names = append(names, f[0])
		case f[0] == "ok" && len(f) > 1:
			for _, n := range names {
				if only.MatchString(f[1] + "." + n) {
					all = append(all, target{f[1], n})
				}
			}
			names = nil
		}
	}
	return all
}

func (b *binaries) runAll(all []target, each time.Duration, jobs int) []result {
	results := make([]result, len(all))
	var wg sync.WaitGroup
	next := make(chan int)
	for range jobs {
		wg.Go(func() {
			for i := range next {
				results[i] = b.run(all[i], each)
				fmt.Println(results[i])
			}
		})
	}
	for i := range all {
		next <- i
	}
	close(next)
	wg.Wait()
	return results
}

var execsLine = regexp.MustCompile(`execs: (\d+)`)

// run runs a target on one core, in the time that was asked for and a while for its seeds.
func (b *binaries) run(t target, each time.Duration) result {
	bin, err := b.of(t.pkg)
	if err != nil {
		return result{target: t, err: err, execs: "0"}
	}
	cmd := exec.Command(bin.path, "-test.run=^$", "-test.fuzz=^"+t.name+"$", "-test.fuzztime="+each.String(), "-test.fuzzminimizetime=5s",
		"-test.parallel=1", "-test.paniconexit0", "-test.fuzzcachedir="+filepath.Join(b.cache, "fuzz", t.pkg))
	cmd.Dir = bin.dir
	out, err := cmd.CombinedOutput()
	if onlyTimeUp(out) {
		err = nil
	}
	if bytes.Contains(out, []byte("not built with coverage instrumentation")) {
		err = errors.New("nothing guided it: the build flags of internal/fuzzrun say nothing to this compiler")
	}
	r := result{target: t, err: err, out: out, execs: "0"}
	if all := execsLine.FindAllSubmatch(out, -1); len(all) > 0 {
		r.execs = string(all[len(all)-1][1])
	}
	if cmd.ProcessState != nil {
		r.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	return r
}

// onlyTimeUp reports a run that found nothing and was ended by its own deadline.
func onlyTimeUp(out []byte) bool {
	return timeUp.Match(out) && !bytes.Contains(out, []byte("Failing input")) && !bytes.Contains(out, []byte("panic"))
}

var timeUp = regexp.MustCompile(`--- FAIL: Fuzz\w+ \([\d.]+s\)\n    context deadline exceeded\n`)

func (r result) String() string {
	word := "ok"
	if r.err != nil {
		word = "FAIL"
	}
	return fmt.Sprintf("%-4s %s.%s: %s inputs, %.0f s of CPU", word, r.pkg, r.name, r.execs, r.cpu.Seconds())
}

// tell prints the output of what failed, and the sum. It reports whether nothing did.
func tell(results []result) bool {
	var cpu time.Duration
	failed := 0
	for _, r := range results {
		cpu += r.cpu
		if r.err != nil {
			failed++
			fmt.Printf("\n%s.%s: %v\n%s\n", r.pkg, r.name, r.err, r.out)
		}
	}
	fmt.Printf("fuzzing: %d targets, %d failed, %.1f CPU minutes\n", len(results), failed, cpu.Minutes())
	return failed == 0
}
