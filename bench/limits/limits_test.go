package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"
)

func quick(t *testing.T) bench {
	t.Helper()
	return bench{dir: t.TempDir(), time: 20 * time.Millisecond, block: 4096, seqMB: 2}
}

// Every measure must run, do something, and leave nothing behind.
func TestEveryMeasureRuns(t *testing.T) {
	b := quick(t)
	var out bytes.Buffer
	all := measures(2)
	if err := b.printAll(&out, all); err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(&out)
	for _, m := range all {
		var l line
		if err := d.Decode(&l); err != nil {
			t.Fatal(err)
		}
		if l.Measure != m.name || l.Workers != m.workers || l.PerSecond <= 0 {
			t.Errorf("%s: got %+v", m.name, l)
		}
		if commits := m.name == "bbolt_group_commit"; commits != (l.CommitsEach > 0) || l.CommitsEach > 1 {
			t.Errorf("%s with %d workers: %v commits each", m.name, m.workers, l.CommitsEach)
		}
	}
	if left, err := os.ReadDir(b.dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A measure's files are gone before the next begins, so that their pages are not written back meanwhile.
func TestMeasuresRemoveTheirFiles(t *testing.T) {
	b := quick(t)
	for _, run := range []func(bench, int) (rate, error){ownFiles, groupCommit, twoPhase, boltGroupCommit, sequential} {
		if _, err := run(b, 2); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(b.dir); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
}

// Who waits while a commit runs shares the next one; a lone writer has each of its own.
func TestWritersShareCommits(t *testing.T) {
	begun, goOn := make(chan int, 9), make(chan bool, 9)
	c := newCommitter(3, func(together int) error {
		begun <- together
		<-goOn
		return nil
	})
	defer c.close()
	ended := make(chan error, 4)
	ask := func() { ended <- c.wait() }
	go ask()
	if n := <-begun; n != 1 {
		t.Errorf("the first commit is for %d", n)
	}
	for range 3 {
		done := make(chan error, 1)
		c.waiting <- done
		go func() { ended <- <-done }()
	}
	goOn <- true
	if n := <-begun; n != 3 {
		t.Errorf("the second commit is for %d, want all 3 that waited", n)
	}
	goOn <- true
	for range 4 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if c.commits != 2 {
		t.Errorf("%d commits", c.commits)
	}
}

func TestRepeatCountsAndEndsWithAnError(t *testing.T) {
	b := quick(t)
	counts := make([]int, 2)
	r, err := b.repeat(2, func(w int) error { counts[w]++; return nil })
	if err != nil || r.done != counts[0]+counts[1] || r.time < b.time || counts[0] == 0 || counts[1] == 0 {
		t.Errorf("%+v, %v, counted %v", r, err, counts)
	}
	broken := errors.New("broken")
	if r, err := b.repeat(1, func(int) error { return broken }); !errors.Is(err, broken) || r.done != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestRateEach(t *testing.T) {
	r := rate{done: 200, commits: 50, time: 2 * time.Second, cpu: time.Second}
	if r.perSecond() != 100 || r.cpuEach() != 5 || r.commitsEach() != 0.25 {
		t.Errorf("%v a second, %v ms each, %v commits each", r.perSecond(), r.cpuEach(), r.commitsEach())
	}
}
