package rig

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// orphanVariable makes this test binary one that starts a program, says its process id, and waits.
const orphanVariable = "SENCOFORUM_RIG_ORPHAN"

// leaveAnOrphan is what that binary does.
func leaveAnOrphan() {
	cmd := exec.Command("sleep", "600")
	if err := begin(cmd); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(cmd.Process.Pid)
	cmd.Wait()
	os.Exit(1)
}

// Servers of a rig that was killed once went on.
func TestAServerEndsWithTheRigThatStartedIt(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), orphanVariable+"=1")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("it said %q", line)
	}
	if !lives(pid) {
		t.Fatal("the program did not start")
	}
	cmd.Process.Kill()
	cmd.Wait()
	eventually(t, "the program ends", func() bool { return !lives(pid) })
}

// A program follows the thread that started it, and Go may end threads.
func TestAServerOutlivesTheThreadThatAskedForIt(t *testing.T) {
	cmd := exec.Command("sleep", "600")
	var err error
	inAThreadThatEnds(func() { err = begin(cmd) })
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // another process's clock cannot be simulated
	if !lives(cmd.Process.Pid) {
		t.Error("it ended with the thread")
	}
	cmd.Process.Kill()
	cmd.Wait()
}

// inAThreadThatEnds calls fn in a thread that then ends, which the first one of a process never does.
func inAThreadThatEnds(fn func()) {
	done := make(chan bool)
	go func() {
		defer close(done)
		runtime.LockOSThread() // and is not let go: the thread ends with the goroutine
		if unix.Gettid() == os.Getpid() {
			inAThreadThatEnds(fn)
			runtime.UnlockOSThread()
			return
		}
		fn()
	}()
	<-done
}

// lives reports whether a process runs. One that nobody has waited for yet has ended all the same.
func lives(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, state, ok := bytes.Cut(b, []byte(") "))
	return err == nil && ok && state[0] != 'Z' && state[0] != 'X'
}
