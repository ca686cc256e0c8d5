// Package worked measures tests by the processor: how long something takes by the clock says how much else the machine has to do.
package worked

import (
	"syscall"
	"testing"
	"time"
)

// Time is how long this process has had the processor, with all that it does at once.
func Time(t testing.TB) time.Duration {
	t.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
