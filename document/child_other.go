//go:build !linux

package document

import (
	"os"
	"os/exec"
	"runtime/debug"
)

// self is this program.
func self() string {
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	return name
}

func alone(*exec.Cmd) {}

// limit asks Go to stay below the limit. Only the time of the parent is sure here.
func limit() error {
	debug.SetMemoryLimit(maxMemory * 3 / 4)
	return nil
}

func killed(error) bool { return false }
