package rig

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// begin starts a program that ends when this process does, however it ends: a rig that is killed must leave no server
// behind. Only a program that changes its user outlives us, because the system then forgets whom it was to follow.
func begin(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	s := start{cmd: cmd, done: make(chan error, 1)}
	starter() <- s
	return <-s.done
}

type start struct {
	cmd  *exec.Cmd
	done chan error
}

// starter takes what is to be started. The signal comes when the thread that started a program ends (prctl(2)), so one
// thread starts them all, and lives as long as we do.
var starter = sync.OnceValue(func() chan<- start {
	starts := make(chan start)
	go func() {
		runtime.LockOSThread()
		for s := range starts {
			s.done <- s.cmd.Start()
		}
	}()
	return starts
})
