package rig

import (
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"
)

var (
	scaleName = flag.String("scale", "test", "how much the rigs do: test (seconds), quick (minutes, in the gate) or long (hours)")
	seed      = flag.Uint64("seed", 0, "of everything that a rig does at random; 0 chooses one and prints it")
)

// scale is how much each rig does.
type scale struct {
	kills      int // SIGKILLs at random instants
	hits       int // of each failpoint, from the first one on
	fullSteps  int // amounts of free room, 64 KiB apart
	faults     int // system calls that fail with EIO, one a run
	damages    int // flipped bits, swapped pages and cuts of a data file
	cuts       int // of the power
	controls   int // cuts with a disk that lies
	sinkPosts  int // posts through each kind of bad mail host
	floods     int // connection attempts
	drips      int // connections that are kept open by an octet now and then
	restarts   int // graceful, under load
	descriptor int // sockets against few descriptors
}

var scales = map[string]scale{
	"test":  {10, 1, 4, 4, 20, 2, 1, 2, 100, 200, 2, 300},
	"quick": {300, 3, 64, 60, 500, 50, 5, 10, 1000, 2000, 20, 1000},
	"long":  {10_000, 50, 1000, 1000, 11_000, 200, 20, 100, 10_000, 2000, 200, 1000},
}

// size returns the scale that -scale names.
func size(t *testing.T) scale {
	t.Helper()
	s, ok := scales[*scaleName]
	if !ok {
		t.Fatalf("-scale=%s: choose test, quick or long", *scaleName)
	}
	return s
}

// dice returns the random numbers of one rig. The same -seed gives the same numbers again.
func dice(t *testing.T) *rand.Rand {
	t.Helper()
	n := *seed
	if n == 0 {
		n = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", n)
	return rand.New(rand.NewPCG(n, 0))
}

// needRoot skips what only root may do.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: needs root")
	}
}

// needTools skips a test that uses programs which are not there.
func needTools(t *testing.T, names ...string) {
	t.Helper()
	for _, n := range names {
		if _, err := exec.LookPath(n); err != nil {
			t.Skipf("NOT TESTED: needs the program %s", n)
		}
	}
}
