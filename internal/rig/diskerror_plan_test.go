package rig

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A diskFault is one system call that fails under the server, as strace(1) makes it fail, or that is its last.
type diskFault struct {
	call  string // as strace names it
	cause string // the error, such as EIO; or SIGKILL
	on    string // the file of the data directory, with those that become it; "" is the directory
	first bool   // while the data directory is filled, instead of in a server at work
	upTo  int    // it fails at some time from the first to this one, in each thread
	then  diskEnd

	when int
}

// diskEnd is what a server must do after a fault.
type diskEnd int

const (
	mayStop  diskEnd = iota // go on, or end with an error
	mustStop                // end with an error, by itself
	mustWork                // go on and take mail
	mustDie                 // be killed
)

// Files of the data directory.
const (
	diskStore   = "forum.db"
	diskReserve = "forum.db.reserve"
	diskKeys    = "token.keys"
	diskSocket  = "control.sock"
)

// commits are the calls by which a post becomes durable. They have half of all runs.
func commits() []diskFault {
	return []diskFault{
		{call: "pwrite64", cause: "EIO", on: diskStore, upTo: 24, then: mustStop},
		{call: "fdatasync", cause: "EIO", on: diskStore, upTo: 12, then: mustStop},
	}
}

// others are the calls around them: of a first start, of each start, and those whose failure a server can bear.
func others() []diskFault {
	return []diskFault{
		{call: "fsync", cause: "EIO", on: diskStore, first: true, upTo: 2, then: mustStop},
		{call: "openat", cause: "EIO", on: diskStore, upTo: 1, then: mustStop},
		{call: "pwrite64", cause: "ENOSPC", on: diskStore, upTo: 24, then: mustWork},
		{call: "pread64", cause: "EIO", on: diskStore, upTo: 2, then: mustStop}, // the two meta pages
		{call: "pread64", cause: "EIO", on: diskStore, upTo: 6, then: mustStop},
		{call: "fdatasync", cause: "ENOSPC", on: diskStore, upTo: 12, then: mayStop}, // behind the meta page nobody knows
		{call: "pwrite64", cause: "EIO", on: diskStore, first: true, upTo: 4, then: mustStop},
		{call: "fdatasync", cause: "EIO", on: diskStore, first: true, upTo: 3, then: mustStop},
		{call: "ftruncate", cause: "EIO", on: diskStore, first: true, upTo: 2, then: mustStop},
		{call: "renameat2", cause: "EIO", on: diskStore, first: true, upTo: 1, then: mustStop},
		{call: "fsync", cause: "EIO", first: true, upTo: 2, then: mustStop},
		{call: "linkat", cause: "EIO", on: diskKeys, first: true, upTo: 1, then: mustStop},
		{call: "statfs", cause: "EIO", upTo: 5, then: mustWork},
		{call: "fallocate", cause: "EIO", on: diskReserve, upTo: 1, then: mustWork},
		{call: "fsync", cause: "EIO", on: diskReserve, upTo: 1, then: mustWork},
		{call: "mmap", cause: "EIO", on: diskStore, upTo: 1, then: mustStop},
		{call: "openat", cause: "EIO", upTo: 1, then: mustStop},
		{call: "openat", cause: "EIO", on: diskKeys, upTo: 1, then: mustStop},
		{call: "read", cause: "EIO", on: diskKeys, upTo: 1, then: mustStop},
		{call: "flock", cause: "EIO", on: diskStore, upTo: 1, then: mustStop},
		{call: "fchmodat", cause: "EIO", on: diskSocket, upTo: 1, then: mustStop},
		{call: "openat", cause: "EIO", on: diskReserve, upTo: 1, then: mustWork},
		{call: "unlinkat", cause: "EIO", on: diskSocket, upTo: 1, then: mustStop},
		{call: "fchmodat", cause: "SIGKILL", on: diskSocket, upTo: 1, then: mustDie},
		{call: "renameat2", cause: "SIGKILL", on: diskStore, first: true, upTo: 1, then: mustDie},
		{call: "pwrite64", cause: "SIGKILL", on: diskStore, first: true, upTo: 4, then: mustDie},
		{call: "ftruncate", cause: "SIGKILL", on: diskStore, first: true, upTo: 2, then: mustDie},
		{call: "linkat", cause: "SIGKILL", on: diskKeys, first: true, upTo: 1, then: mustDie},
	}
}

// diskPlan is n faults, each at a time that the dice choose.
func diskPlan(random *rand.Rand, n int) []diskFault {
	plan, of := make([]diskFault, n), [][]diskFault{commits(), others()}
	random.Shuffle(len(of[1]), func(i, j int) { of[1][i], of[1][j] = of[1][j], of[1][i] })
	for i := range plan {
		kinds := of[i%2]
		plan[i] = kinds[i/2%len(kinds)]
		plan[i].when = 1 + random.IntN(plan[i].upTo)
	}
	return plan
}

// name is what the fault is called where the runs are counted.
func (f diskFault) name() string {
	s := f.call + " " + f.cause
	if f.first {
		s += " at a first start"
	}
	return s
}

// String tells one fault from another.
func (f diskFault) String() string {
	on := f.on
	if on == "" {
		on = "the directory"
	}
	return fmt.Sprintf("%s on %s, time %d", f.name(), on, f.when)
}

// wrap is the command that runs the server's and makes the call fail. The server stays the child: -D makes strace its
// grandchild.
func (f diskFault) wrap(dir, trace string) []string {
	end := "error="
	if f.then == mustDie {
		end = "signal="
	}
	return straceLine(trace, dir, f.on, f.call, fmt.Sprintf("%s%s:when=%d", end, f.cause, f.when))
}

// straceLine lets calls on a file of a directory have another end.
func straceLine(trace, dir, file, calls, end string) []string {
	line := []string{"strace", "-D", "-f", "-qq", "--seccomp-bpf", "-o", trace, "-e", "trace=" + calls, "-e", "inject=" + calls + ":" + end}
	paths := []string{filepath.Join(dir, file)}
	if file == diskStore {
		paths = append(paths, paths[0]+".new")
	}
	for _, p := range paths {
		line = append(line, "-P", p)
	}
	return line
}

// struck counts the calls that failed.
func struck(trace string) int {
	text, _ := os.ReadFile(trace) // not there before the first call
	return strings.Count(string(text), "(INJECTED)")
}

// needTrace skips where programs may not be traced.
func needTrace(t *testing.T) {
	t.Helper()
	needTools(t, "strace")
	trace := filepath.Join(t.TempDir(), "trace")
	line := slices.Concat(straceLine(trace, "/dev", "null", "openat", "error=EIO:when=1"), []string{"cat", "/dev/null"})
	p := launch(t, command(line))
	<-p.ended
	if struck(trace) != 1 {
		t.Skipf("NOT TESTED: strace can make no system call fail here: %s", p.said.String())
	}
}
