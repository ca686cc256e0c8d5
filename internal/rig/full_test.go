package rig

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// fullStep is how much more room each step of the rig leaves: 0, 64 KiB, 128 KiB and so on below fullMost.
const (
	fullStep = 64 << 10
	fullMost = 64
)

// fullRecovery is how soon mail must be taken when there is room again.
const fullRecovery = 5 * time.Second

// fullRun is a kind of run on a disk that is filled again and again.
type fullRun struct {
	name    string
	disk    func(t *testing.T) *fullDisk
	plan    fullPlan
	posters int
	cuts    bool   // the server is stopped, or killed, and started while the disk is full
	strands int    // posts that are on their way to the members when the room ends; 0: whatever comes
	proof   string // what senders must hear in each step, to show that the room ended where it should
}

// What senders hear where the room has ended. The log says the same once a minute only.
const (
	metCommit = "452 to message"
	metMail   = "452 to MAIL"
)

// fullRuns are all kinds, the slowest first.
func fullRuns() []fullRun {
	memory := func(t *testing.T) *fullDisk { return fullTmpfs(t, 320<<20, 0) }
	block := func(t *testing.T) *fullDisk { return fullExt4(t, 320) }
	toTheEnd := fullPlan{members: 10, smtp: `min_free = "1 B"`}
	early := fullPlan{members: 10, smtp: `min_free = "8 MiB"`}
	many := fullPlan{members: 550, smtp: `min_free = "1 B"`, delay: "3s"}
	return []fullRun{
		{"the room ends in the middle of fan-out", memory, many, 1, false, 4, metCommit},
		{"the room ends on a file system that allocates late", block, toTheEnd, 3, true, 0, metCommit},
		{"the server starts while there is no room", memory, toTheEnd, 3, true, 0, metCommit},
		{"the room ends inside commits", memory, toTheEnd, 3, false, 0, metCommit},
		{"mail is put off before the room ends", memory, early, 3, false, 0, metMail},
	}
}

// fullPass is one run with the amounts of room for its steps.
type fullPass struct {
	run     fullRun
	amounts []int64
}

// fullPasses deals steps out. A tenth is for fan-out, where each step has a store of its own: in its free pages an old one
// has room where the disk has none.
func fullPasses(steps int) (passes []fullPass) {
	runs := fullRuns()
	for _, left := range fullAmounts(steps/10, 0) {
		passes = append(passes, fullPass{runs[0], []int64{left}})
	}
	runs, steps = runs[1:], steps-steps/10
	n := max(len(runs), (steps+15)/16)
	for i := range n {
		passes = append(passes, fullPass{runs[i%len(runs)], fullAmounts((steps+n-1-i)/n, i/len(runs))})
	}
	return passes
}

// TestRigFullDisk fills the disk under the server, in steps of 64 KiB, before and after the reserve has been given up.
// While there is no room, mail is put off; five seconds after there is, it is taken again without any help; and in the
// end nothing is lost and nothing is doubled.
func TestRigFullDisk(t *testing.T) {
	needRoot(t)
	binary, total, steps := build(t), newFullAnswers(), size(t).fullSteps
	passes := fullPasses(steps)
	t.Run("runs", func(t *testing.T) {
		for i, p := range passes {
			t.Run(fmt.Sprintf("%d %s", i+1, p.run.name), func(t *testing.T) {
				t.Parallel()
				p.run.work(t, binary, total, p.amounts)
			})
		}
	})
	if total.to(metMail) == 0 || total.to(metCommit) == 0 {
		t.Errorf("mail was never put off at MAIL, or never at a commit: %s", total)
	}
	t.Logf("%d steps in %d runs: %s", steps, len(passes), total)
}

// fullAmounts returns n amounts of room in bytes, evenly from 0 to below fullMost steps. offset shifts all but the first.
func fullAmounts(n, offset int) []int64 {
	out := make([]int64, n)
	for i := 1; i < n; i++ {
		out[i] = int64((i*fullMost/n + offset) % fullMost * fullStep)
	}
	return out
}

// work does all steps of one run and compares the witnesses.
func (r fullRun) work(t *testing.T, binary string, total *fullAnswers, amounts []int64) {
	s := newFullStage(t, binary, r.disk(t), r.plan)
	var took []time.Duration
	for i, left := range amounts {
		if took = append(took, r.step(t, s, i, left)); t.Failed() {
			break
		}
	}
	worst := recovered(t, took)
	res := s.account(t)
	s.sound(t)
	s.faults(t, res)
	total.add(s.answers)
	t.Logf("%d steps, %d posts, %d copies, %d twice of %d allowed, worst recovery %v; the reserve given up %d times, "+
		"and the log: commits without room %d, fan-out %d, sending %d; %s",
		len(amounts), res.Posts, res.Copies, res.Duplicates, s.repeats, worst.Round(time.Millisecond),
		s.log.said(saysGivenUp), s.log.said(saysNoCommit), s.log.said(saysNoFanout), s.log.said(saysHalted), s.answers)
}

// recovered returns the longest time from the moment there was room to the next 250. About one in four may be late, because the machine
// has other things to do.
func recovered(t *testing.T, took []time.Duration) (worst time.Duration) {
	t.Helper()
	late := 0
	for _, d := range took {
		if worst = max(worst, d); d > fullRecovery {
			late++
		}
	}
	if 4*late > len(took)+2 {
		t.Errorf("from the moment there was room to the next 250 it took %v; want %v", took, fullRecovery)
	}
	return worst
}

// step fills the disk but for left bytes while posters write, waits until mail is put off, makes room, and returns how
// long it took until mail was taken.
func (r fullRun) step(t *testing.T, s *fullStage, i int, left int64) time.Duration {
	taken := s.answers.to("250 to message")
	var posters []*fullPoster
	for n := range r.posters {
		p := s.poster(n)
		p.Pause = 20 * time.Millisecond
		posters = append(posters, p)
	}
	if r.strands > 0 { // room to publish, and less than the members need
		s.strand(t, r.strands, fullStep+left/16)
		taken, left = 0, 0
	}
	end := s.crowd(t.Context(), fmt.Sprintf("step%d", i), posters...)
	eventually(t, "posts come in", func() bool { return s.answers.bad() || s.answers.to("250 to message") > taken })
	s.starve(t, left, r.proof)
	if r.cuts {
		if i%2 == 0 {
			s.cut(t)
		} else {
			s.stop(t)
		}
		s.disk.leave(t, left)
		s.begin(t)
		s.starve(t, left, r.proof)
	}
	s.sound(t)
	s.disk.clear(t)
	took := s.recovers(t)
	end()
	if r.cuts && i%4 == 3 { // a start with room makes the reserve again
		s.stop(t)
		s.begin(t)
	}
	return took
}

// strand accepts n posts and lets the room end, but for left bytes, before the list's delay is over and they are expanded
// to the members. Should the reserve help out, or free pages of the store, more posts follow and less is left.
func (s *fullStage) strand(t *testing.T, n int, left int64) {
	t.Helper()
	begun := time.Now()
	for try := 1; s.log.said(saysNoFanout) == 0; try++ {
		if time.Since(begun) > patience {
			t.Fatalf("fan-out always finds room, %d times; the log said in the end:\n%s", try-1, s.log.end())
		}
		s.disk.leave(t, 4<<20)
		var all sync.WaitGroup
		for k := range n * try {
			all.Go(func() { s.poster(k).post(fmt.Sprintf("<strand.%d.%d@sender.example>", try, k), fullNoise(2000)) })
		}
		all.Wait()
		s.disk.leave(t, left)
		fullWaits(6*time.Second, func() bool { // twice the delay of the list
			if free, _ := s.disk.free(t); free > left+fullStep {
				s.disk.leave(t, left)
			}
			return s.answers.bad() || s.log.said(saysNoFanout) > 0
		})
		left /= 2
	}
}

// starve leaves room for left bytes and waits until mail was put off and senders or the log have said a word once more. It takes the
// room of the reserve when that is given up. Where nothing is left at all, it gives back a few pages now and then, as
// other programs do: enough for MAIL, and too little for what follows.
func (s *fullStage) starve(t *testing.T, left int64, word string) {
	t.Helper()
	putOff, before, since := s.answers.count(452), s.seen(word), time.Now()
	s.disk.leave(t, left)
	if !fullWaits(patience, func() bool {
		if time.Since(since) > time.Second { // the store found room in its own free pages: less will do
			left, since = left/2, time.Now()
		}
		switch free, _ := s.disk.free(t); {
		case free > left+fullStep, free > left && left < fullStep:
			s.disk.leave(t, left)
		case free == 0:
			s.disk.leave(t, int64(1+rand.IntN(16))<<12)
		}
		return s.answers.bad() || s.seen(word) > before && s.answers.count(452) > putOff
	}) {
		free, _ := s.disk.free(t)
		t.Fatalf("with %d bytes left, now %d, mail was put off %d times, and %q was said %d times; the log in the end:\n%s",
			left, free, s.answers.count(452)-putOff, word, s.seen(word)-before, s.log.end())
	}
}

// seen is how often senders heard an answer, or the log said a word.
func (s *fullStage) seen(word string) int { return s.answers.to(word) + s.log.said(word) }
