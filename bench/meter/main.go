// Command meter runs a program and adds up what it and all its descendants use, daemons that detach included: it makes
// itself their subreaper (Linux).
//
//	meter -out usage.json -- program args...     # usage over the whole run
//	meter -http 127.0.0.1:2700 -- daemon args... # GET /usage, POST /reset
//
// A signal is passed on to the program. The meter ends with the program's exit code when all descendants are gone.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	out := flag.String("out", "", "file for the line of JSON; standard error if empty")
	addr := flag.String("http", "", "serve GET /usage and POST /reset here")
	every := flag.Duration("every", 100*time.Millisecond, "time between samples of the memory")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	code, err := run(*out, *addr, *every, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "meter:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

// run meters a command until it and its descendants are gone, and returns its exit code.
func run(out, addr string, every time.Duration, command []string) (code int, err error) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return 0, fmt.Errorf("become subreaper: %w", err)
	}
	m := newMeter()
	if addr != "" {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return 0, err
		}
		go http.Serve(l, m.handler())
	}
	path, err := exec.LookPath(command[0])
	if err != nil {
		return 0, err
	}
	p, err := os.StartProcess(path, command, &os.ProcAttr{Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}})
	if err != nil {
		return 0, err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go m.watch(ctx, every)
	go passOn(p)
	code, err = reapAll(p.Pid)
	if err != nil {
		return 0, err
	}
	u := m.usage()
	u.Exit = code
	return max(0, code), write(out, u)
}

// patience is how long the descendants have to go in peace after a signal. Callers wait a little longer.
const patience = 8 * time.Second

// passOn gives the program the signals that the meter gets, and kills what is left when it does not obey.
func passOn(p *os.Process) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	for s := range signals {
		p.Signal(s)
		time.AfterFunc(patience, func() {
			for _, d := range descendants(os.Getpid()) {
				syscall.Kill(d.pid, syscall.SIGKILL)
			}
		})
	}
}

// reapAll waits for every descendant and returns the exit code of the program. That it ends does not end the run while
// something that it started goes on.
func reapAll(program int) (code int, err error) {
	for {
		var status syscall.WaitStatus
		switch pid, err := syscall.Wait4(-1, &status, 0, nil); {
		case err == syscall.EINTR:
		case err == syscall.ECHILD:
			return code, nil
		case err != nil:
			return code, fmt.Errorf("wait for descendants: %w", err)
		case pid == program && status.Signaled():
			code = 128 + int(status.Signal())
		case pid == program:
			code = status.ExitStatus()
		}
	}
}

func write(path string, u usage) error {
	text, err := json.Marshal(u)
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if path == "" {
		_, err = os.Stderr.Write(text)
		return err
	}
	return os.WriteFile(path, text, 0o644)
}
