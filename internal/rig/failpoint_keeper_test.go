package rig

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"sencoforum/internal/failpoint"
)

// maxDeaths is after how many deaths a keeper gives the server up.
const maxDeaths = 3

// A keeper runs the server as a supervisor does: when it ends by itself it is started again. The first start alone has
// a failpoint.
type keeper struct {
	srv  *Server
	ask  string        // NAME:ACTION:N
	stop chan struct{} // closed when the server shall end
	over chan struct{} // closed when it has ended for good

	mu     sync.Mutex // guards the rest
	cmd    *exec.Cmd
	said   []byte   // standard error of all starts
	deaths []string // how the server ended by itself: "exit status 1", "signal: killed"
	faults []string // what a server must never do
}

// keep starts the server.
func keep(srv *Server, ask string) *keeper {
	k := &keeper{srv: srv, ask: ask, stop: make(chan struct{}), over: make(chan struct{})}
	go k.run()
	return k
}

func (k *keeper) run() {
	defer close(k.over)
	env := append(os.Environ(), failpoint.Variable+"="+k.ask)
	for k.once(env) {
		env = os.Environ()
	}
}

// once runs the server until it ends and says whether it is to be started again.
func (k *keeper) once(env []string) bool {
	cmd := exec.Command(k.srv.Binary, "--config", k.srv.Config, "serve")
	cmd.Env, cmd.Stderr, cmd.Stdout = env, k, io.Discard
	if err := begin(cmd); err != nil {
		k.fault("start the server: %v", err)
		return false
	}
	k.mu.Lock()
	k.cmd = cmd
	k.mu.Unlock()
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }() // its state says more than the error
	select {
	case <-ended:
	case <-k.stop:
		k.finish(cmd, ended)
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.deaths = append(k.deaths, cmd.ProcessState.String())
	return len(k.deaths) < maxDeaths
}

// finish ends the server as an operator does.
func (k *keeper) finish(cmd *exec.Cmd, ended <-chan struct{}) {
	cmd.Process.Signal(os.Interrupt)
	select {
	case <-ended:
	case <-time.After(startTime):
		cmd.Process.Kill()
		<-ended
		k.fault("the server did not stop within %s", startTime)
		return
	}
	if !cmd.ProcessState.Success() {
		k.fault("the server was told to stop and ended with %s", cmd.ProcessState)
	}
}

// end stops the server and waits until it is gone.
func (k *keeper) end() {
	select {
	case <-k.stop:
	default:
		close(k.stop)
	}
	<-k.over
}

// Write takes what the server says on standard error.
func (k *keeper) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.said = append(k.said, p...)
	return len(p), nil
}

func (k *keeper) fault(format string, args ...any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.faults = append(k.faults, fmt.Sprintf(format, args...))
}

// acted reports whether the failpoint has said that it acts now.
func (k *keeper) acted(p sweepTrial) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return strings.Contains(string(k.said), fmt.Sprintf("failpoint: %s hit %d: %s\n", p.name, p.n, p.action))
}

// died returns how often the server has ended by itself.
func (k *keeper) died() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.deaths)
}

// running is the number of the server's process, 0 before the first.
func (k *keeper) running() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.cmd == nil {
		return 0
	}
	return k.cmd.Process.Pid
}

// outcome returns how the server died and what it must never do. Call it after end.
func (k *keeper) outcome() (deaths, faults []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, word := range []string{"goroutine ", "panic", "fatal error", "SIGBUS"} {
		if strings.Contains(string(k.said), word) {
			k.faults = append(k.faults, fmt.Sprintf("the server said %q", word))
		}
	}
	return k.deaths, k.faults
}

// tail is the end of what the server said.
func (k *keeper) tail() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return string(k.said[max(0, len(k.said)-2<<10):])
}
