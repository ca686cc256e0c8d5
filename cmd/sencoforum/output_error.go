package main

import (
	"errors"
	"fmt"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2 // the command line or the settings are wrong; nothing was done
	exitChecks = 3 // a check found a fault
)

// exit is an error with an exit code of its own. Any other error is exitFailed.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string { return e.err.Error() }
func (e *exit) Unwrap() error { return e.err }

// errSaid ends a command whose output has said already what is wrong.
var errSaid = errors.New("said already")

// errAsk ends a command that needs a yes first; admin.question has the words.
var errAsk = errors.New("nothing was done: this needs a yes; add --yes to do it without being asked")

// usage is an error about the command line.
func usage(format string, args ...any) error {
	return &exit{code: exitUsage, err: fmt.Errorf(format, args...)}
}

// exitCode is the exit code of a command that ended with err.
func exitCode(err error) int {
	var e *exit
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &e):
		return e.code
	case errors.Is(err, errAsk):
		return exitUsage
	}
	return exitFailed
}
