//go:build failpoint

package failpoint

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// asked is what the environment asks for. It is read before main begins.
var asked = mustParse(os.Getenv(Variable))

func mustParse(value string) plan {
	p, err := parse(value)
	if err != nil {
		fmt.Fprintf(os.Stderr, "failpoint: %v\n", err)
		os.Exit(2)
	}
	return p
}

// pause is how long a delay lasts.
const pause = 300 * time.Millisecond

// Hit says that the place was reached, and does what was asked for this time.
func Hit(name Name) error {
	n, do := asked.reach(name)
	if do == "" {
		return nil
	}
	fmt.Fprintf(os.Stderr, "failpoint: %s hit %d: %s\n", name, n, do)
	switch do {
	case kill:
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // nothing more happens in this goroutine
	case delay:
		time.Sleep(pause)
		return nil
	}
	return fmt.Errorf("failpoint %s: this error was asked for", name)
}
