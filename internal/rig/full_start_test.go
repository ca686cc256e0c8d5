package rig

import (
	"fmt"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// TestRigFullStart starts a server that has work to do before it takes mail, and no room to do it: many posts wait for
// longer than the list's delay, which has been shortened, and the file may not grow. It must start, put mail off, and do
// the work when there is room.
func TestRigFullStart(t *testing.T) {
	needRoot(t)
	needTools(t, "prlimit")
	s := newFullStage(t, build(t), fullTmpfs(t, 320<<20, 0), fullPlan{members: 2, smtp: `min_free = "1 B"`})
	s.obeys(t, "list", "set", "rig", "send_delay", "15m")
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			p := s.poster(n % 2)
			for i := range 250 {
				p.post(fmt.Sprintf("<wait.%d.%d@sender.example>", n, i), fullNoise(200))
			}
		})
	}
	all.Wait()
	s.obeys(t, "list", "set", "rig", "send_delay", "0s")
	s.stop(t)
	s.Wrap = []string{"prlimit", fmt.Sprintf("--fsize=%d:", s.used(t)), "--"}
	s.begin(t)
	if _, copies := s.journal.Count(); copies > 0 {
		t.Errorf("%d copies were sent: there was room for the work, and the run proves nothing", copies)
	}
	var none unix.Rlimit
	if err := unix.Prlimit(s.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}, &none); err != nil {
		t.Fatal(err)
	}
	s.recovers(t)
	r := s.account(t)
	s.faults(t, r)
	t.Logf("%d posts, %d copies, %d twice; %s", r.Posts, r.Copies, r.Duplicates, s.answers)
}

// obeys gives the server a command, which must succeed.
func (s *fullStage) obeys(t *testing.T, line ...string) {
	t.Helper()
	if out, err := s.Command(t.Context(), line...); err != nil {
		t.Fatalf("%v: %v: %s", line, err, out)
	}
}
