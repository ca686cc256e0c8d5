package document

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"runtime/debug"
	"syscall"

	"golang.org/x/sys/unix"
)

// self is this very program, also after its file was replaced by a newer one.
func self() string { return "/proc/self/exe" }

// alone keeps a child out of the signals that a terminal sends to its parent.
func alone(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// limit sets the limits of the child, before it has read an octet of the file.
func limit() error {
	runtime.GOMAXPROCS(1)
	debug.SetMemoryLimit(maxMemory * 3 / 4)
	memory := uint64(maxMemory)
	if raceDetector {
		memory = 8 << 30
	}
	for _, l := range []struct {
		what int
		max  uint64
	}{
		{unix.RLIMIT_DATA, memory}, {unix.RLIMIT_CPU, maxCPU}, {unix.RLIMIT_FSIZE, 0}, {unix.RLIMIT_CORE, 0}, {unix.RLIMIT_NOFILE, 16},
	} {
		if err := unix.Setrlimit(l.what, &unix.Rlimit{Cur: l.max, Max: l.max}); err != nil {
			return fmt.Errorf("limit %d: %w", l.what, err)
		}
	}
	return nil
}

// killed reports that the system ended a child, which it does when its time on the processor is over.
func killed(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGXCPU)
}
