package rig

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for another process. It is far beyond what
// is needed, for machines that have other work.
const patience = 90 * time.Second

// A process is a program that a test started: in a session and group of its
// own, and gone when the test ends, even when the test is killed.
type process struct {
	cmd   *exec.Cmd
	said  output        // on standard output and standard error
	ended chan struct{} // closed when it has ended
}

func launch(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.said, &p.said
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid = true
	if err := begin(cmd); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait() // the state of the process says more
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // who has ended well has no group any more
		<-p.ended
		if t.Failed() {
			t.Logf("%s said in the end:\n%s", cmd.Args, p.said.tail(4<<10))
		}
	})
	return p
}

func (p *process) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatalf("signal %v: %v", s, err)
	}
}

func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// exits waits for the process to end by itself and compares the exit code.
func (p *process) exits(t *testing.T, code int) {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatalf("it still runs after %v", patience)
	}
	if s := p.cmd.ProcessState; !s.Exited() || s.ExitCode() != code {
		t.Fatalf("it ended with %v, want exit code %d", s, code)
	}
	if out := p.said.String(); strings.Contains(out, "goroutine ") || strings.Contains(out, "SIGBUS") {
		t.Errorf("it broke down:\n%s", out)
	}
}

// says waits until the process has written a text.
func (p *process) says(t *testing.T, text string) {
	t.Helper()
	eventually(t, "it says "+text, func() bool {
		if strings.Contains(p.said.String(), text) {
			return true
		}
		if !p.running() {
			t.Fatalf("it ended and did not say %q", text)
		}
		return false
	})
}

// kill ends the process as a power cut does.
func (p *process) kill(t *testing.T) {
	t.Helper()
	p.signal(t, syscall.SIGKILL)
	<-p.ended
}

// eventually waits for something that other processes do.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); {
		if time.Now().After(end) {
			t.Fatalf("waited %v in vain until %s", patience, what)
		}
		time.Sleep(20 * time.Millisecond) // another process's clock cannot be simulated
	}
}

// output is what a process writes, readable meanwhile.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

var _ io.Writer = (*output)(nil)

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// tail is the last n bytes.
func (o *output) tail(n int) string {
	text := o.String()
	return text[max(0, len(text)-n):]
}

// shortDir makes a directory that only we can read. Its path is short, because
// the name of a socket may have 107 characters.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rig")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// drain is how long messages in progress may take when the server stops.
const drain = 30 * time.Second
