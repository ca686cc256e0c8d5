package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// A runner runs command lines of one script, one after another, in one process: the program takes longer to start than nearly all
// commands take. It belongs to one goroutine, and starts when it is first needed.
type runner struct {
	env []string
	cmd *exec.Cmd // nil: not started
	in  io.WriteCloser
	to  *json.Encoder
	of  *json.Decoder
}

// runnerKey finds the runner of a script.
type runnerKey struct{}

// A scriptLine is a command line in a directory; a scriptResult is what it came to.
type (
	scriptLine struct {
		Dir  string
		Args []string
	}
	scriptResult struct {
		Code        int
		Out, ErrOut string
	}
)

// giveRunner prepares a script; its environment is complete.
func giveRunner(e *testscript.Env) {
	r := &runner{env: e.Vars}
	e.Values[runnerKey{}] = r
	e.Defer(r.stop)
}

func (r *runner) start() (err error) {
	r.cmd = exec.Command("script-lines") // this program: see TestMain
	r.cmd.Env, r.cmd.Stderr = r.env, os.Stderr
	if r.in, err = r.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	r.to, r.of = json.NewEncoder(r.in), json.NewDecoder(out)
	return r.cmd.Start()
}

func (r *runner) run(dir string, args []string) (got scriptResult, err error) {
	if r.cmd == nil {
		err = r.start()
	}
	if err == nil {
		err = r.to.Encode(scriptLine{dir, args})
	}
	if err == nil {
		err = r.of.Decode(&got)
	}
	return got, err
}

func (r *runner) stop() {
	if r.in != nil {
		r.in.Close()
		_ = r.cmd.Wait() // what it answered was looked at
	}
}

// scriptLines is the program that runs lines as they come, like atNoon, with nobody who types.
func scriptLines() {
	lines, results := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var line scriptLine
		if err := lines.Decode(&line); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			panic(err)
		}
		if err := os.Chdir(line.Dir); err != nil {
			panic(err)
		}
		var out, errOut strings.Builder
		o := noonOptions()
		o.in, o.out, o.errOut, o.terminal = strings.NewReader(""), &out, &errOut, false
		code := run(context.Background(), line.Args, o)
		if err := results.Encode(scriptResult{code, out.String(), errOut.String()}); err != nil {
			panic(err)
		}
	}
}

// runLine runs a command line of the program in the script's runner: run sencoforum ARGUMENT...
func runLine(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 || args[0] != "sencoforum" {
		ts.Fatalf("run knows only sencoforum; write exec")
	}
	got, err := ts.Value(runnerKey{}).(*runner).run(ts.MkAbs("."), args[1:])
	ts.Check(err)
	_, _ = io.WriteString(ts.Stdout(), got.Out) // into memory
	_, _ = io.WriteString(ts.Stderr(), got.ErrOut)
	if neg != (got.Code != 0) {
		ts.Fatalf("the exit code is %d\n%s%s", got.Code, got.Out, got.ErrOut)
	}
}
