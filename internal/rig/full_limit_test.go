package rig

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestRigFileLimit forbids the store's file to grow, as "ulimit -f" does. That looks like no room (EFBIG), comes with a
// signal that must not end the server, and is over as soon as the limit is lifted.
func TestRigFileLimit(t *testing.T) {
	needRoot(t)
	needTools(t, "prlimit")
	steps := max(2, size(t).fullSteps/8)
	grows := int64(steps*steps/2) * fullStep // what all the limits let the file grow together; the disk must not be what ends
	s := newFullStage(t, build(t), fullTmpfs(t, 320<<20+grows, 0), fullPlan{members: 10, smtp: `min_free = "1 B"`})
	var took []time.Duration
	for i := range steps {
		if i%3 == 2 { // the limit is there from the start
			s.stop(t)
			s.Wrap = []string{"prlimit", fmt.Sprintf("--fsize=%d:", s.used(t)+int64(i)*fullStep), "--"}
			s.begin(t)
			s.Wrap = nil
		}
		took = append(took, s.limited(t, i, s.used(t)+int64(i)*fullStep))
	}
	worst := recovered(t, took)
	r := s.account(t)
	s.sound(t)
	s.faults(t, r)
	if s.answers.to(metCommit) == 0 {
		t.Error("no commit met the limit")
	}
	if n := s.log.said(saysGivenUp); n > 0 {
		t.Errorf("the reserve was given up %d times, and the disk was not full", n)
	}
	t.Logf("%d limits, %d posts, %d copies, %d twice of %d allowed, worst recovery %v, the log: commits without room %d; %s",
		steps, r.Posts, r.Copies, r.Duplicates, s.repeats, worst.Round(time.Millisecond), s.log.said(saysNoCommit), s.answers)
}

// used is the end of the last page in use of the store's file.
func (s *fullStage) used(t *testing.T) int64 {
	t.Helper()
	f, err := os.Open(filepath.Join(s.Dir, "forum.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page := os.Getpagesize()
	head := make([]byte, 2*page)
	if _, err := f.ReadAt(head, 0); err != nil {
		t.Fatal(err)
	}
	return int64(pagesInUse(head, page) * page)
}

// limited lets no file of the server be larger than bytes until a commit has met that, and returns how long it then took
// until mail was taken.
func (s *fullStage) limited(t *testing.T, i int, bytes int64) time.Duration {
	t.Helper()
	var old unix.Rlimit
	limit := func(n uint64) {
		if err := unix.Prlimit(s.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: n, Max: unix.RLIM_INFINITY}, &old); err != nil {
			t.Fatal(err)
		}
	}
	limit(uint64(bytes))
	var posters []*fullPoster
	for n := range 3 {
		p := s.poster(n)
		p.Pause = 20 * time.Millisecond
		posters = append(posters, p)
	}
	end := s.crowd(t.Context(), fmt.Sprintf("limit%d", i), posters...)
	before := s.answers.to(metCommit)
	eventually(t, "a commit meets the limit", func() bool { return s.answers.bad() || s.answers.to(metCommit) > before })
	limit(unix.RLIM_INFINITY)
	took := s.recovers(t)
	end()
	return took
}
