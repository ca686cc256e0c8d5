package rig

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A fullStage is a server on a disk that can be filled, the posters that write to it, and the witnesses.
type fullStage struct {
	*Server
	disk      *fullDisk
	journal   *Journal
	to        []string // the members
	log       *fullLog // of all the server's lives
	answers   *fullAnswers
	unsettled int
	repeats   int // copies that may have come twice
	posted    int // messages of the rig's own poster
}

// fullPlan says what a stage is made of.
type fullPlan struct {
	members int
	smtp    string // lines for the part [smtp] of the settings
	delay   string // sending delay of the list; empty for none
}

// newFullStage makes a list on the disk and starts its server.
func newFullStage(t *testing.T, binary string, d *fullDisk, p fullPlan) *fullStage {
	t.Helper()
	s := &fullStage{disk: d, journal: NewJournal(), log: newFullLog(), answers: newFullAnswers(), unsettled: 8}
	sink, err := NewSink(s.journal)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	s.Server, s.to, err = NewServer(t.Context(), Setup{
		Binary: binary, Dir: shortDir(t), Data: filepath.Join(d.dir, "data"), SinkPort: sink.Port(),
		Unsettled: s.unsettled, Recipients: p.members, Log: s.log, SMTP: p.smtp,
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, s.log.end())
	}
	s.rewrite(t, `level = "error"`, `level = "warn"`)
	t.Cleanup(func() {
		s.End()
		if t.Failed() {
			t.Logf("the server said in the end:\n%s", s.log.end())
		}
	})
	s.begin(t)
	if p.delay != "" {
		s.obeys(t, "list", "set", "rig", "send_delay", p.delay)
	}
	return s
}

// rewrite edits the settings, which the next start reads.
func (s *fullStage) rewrite(t *testing.T, changes ...string) {
	t.Helper()
	text, err := os.ReadFile(s.Config)
	if err == nil {
		err = os.WriteFile(s.Config, []byte(strings.NewReplacer(changes...).Replace(string(text))), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// begin starts the server.
func (s *fullStage) begin(t *testing.T) {
	t.Helper()
	if err := s.Start(t.Context()); err != nil {
		t.Fatalf("start: %v\n%s", err, s.log.end())
	}
	s.answers.turn(true)
}

// cut kills the server, after which as many copies may come twice as were unsettled.
func (s *fullStage) cut(t *testing.T) {
	t.Helper()
	s.answers.turn(false)
	if err := s.Kill(); err != nil {
		t.Fatalf("kill: %v\n%s", err, s.log.end())
	}
	s.repeats += s.unsettled
}

// stop ends the server as an operator does. Outcomes that cannot be written down for want of room are forgotten, and it
// must say so by its exit code.
func (s *fullStage) stop(t *testing.T) {
	t.Helper()
	s.answers.turn(false)
	begun := time.Now()
	err := s.Stop()
	if took := time.Since(begun); took > drain+5*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	state := s.cmd.ProcessState
	switch {
	case err == nil:
		return
	case state == nil:
		t.Fatalf("stop: %v: it had ended by itself\n%s", err, s.log.end())
	case !state.Exited() || state.ExitCode() != 1 || s.log.said(saysNoCommit) == 0:
		t.Errorf("stop: %v, and no word of a full disk", err)
	}
	s.repeats += s.unsettled
}

// poster returns one that posts as member n.
func (s *fullStage) poster(n int) *fullPoster {
	return &fullPoster{
		Sender:  Sender{Journal: s.journal, Addr: s.Addr, From: s.to[n], To: List},
		answers: s.answers, allowed: fullReply, size: fullMixed,
	}
}

// fullMixed is the size of a message: half of them are short, and the others may be a document.
func fullMixed() int {
	if rand.IntN(2) == 0 {
		return 500 + rand.IntN(3000)
	}
	return rand.IntN(192 << 10)
}

// crowd lets posters work until the function that it returns is called, which lets them end.
func (s *fullStage) crowd(ctx context.Context, name string, posters ...*fullPoster) (end func()) {
	posting, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	for n, p := range posters {
		all.Go(func() { p.run(posting, ctx, fmt.Sprintf("%s.%d", name, n)) })
	}
	return func() { stop(); all.Wait() }
}

// recovers posts until it hears 250, and returns how long that took. What it heard before is for the answers.
func (s *fullStage) recovers(t *testing.T) time.Duration {
	t.Helper()
	s.posted++
	id, text, begun := fmt.Sprintf("<own.%d@sender.example>", s.posted), fullNoise(4<<10), time.Now()
	p := s.poster(0)
	for !p.post(id, text) {
		if s.answers.bad() || time.Since(begun) > patience {
			s.answers.report(t)
			t.Fatalf("no post was taken in %v", time.Since(begun))
		}
		time.Sleep(10 * time.Millisecond) // another process's clock cannot be simulated
	}
	return time.Since(begun)
}

// fullWaits polls until something has happened, for no longer than d, and reports whether it has.
func fullWaits(d time.Duration, is func() bool) bool {
	for end := time.Now().Add(d); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// account waits until all is sent, stops the server and compares the witnesses.
func (s *fullStage) account(t *testing.T) Result {
	t.Helper()
	a, err := s.Settled(t.Context(), s.journal)
	if err != nil {
		t.Fatal(err)
	}
	if held, err := s.Command(t.Context(), "held", "list"); err != nil || bytes.Contains(held, []byte("@sender.example")) || bytes.Count(held, []byte("\n")) > 1 {
		t.Errorf("something is held, and no post here may be: %s (%v)", held, err)
	}
	s.stop(t)
	r := Check(s.journal, a, Bound{Recipients: s.to, Duplicates: s.repeats})
	if bad := s.log.breakdown(); bad != "" {
		t.Errorf("it broke down:\n%s", bad)
	}
	return r
}

// sound looks at the pages of the store that are in use: none may be a hole. To read a hole through the map of the file
// is a fault on a tmpfs that is full.
func (s *fullStage) sound(t *testing.T) {
	t.Helper()
	if page, holes := fullHoles(t, filepath.Join(s.Dir, "forum.db")); holes {
		t.Errorf("page %d of the store is in use and a hole", page)
	}
}

// fullHoles looks for the first hole of a store's file, and reports whether a page that is in use lies there.
func fullHoles(t *testing.T, path string) (page int64, inUse bool) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size := int64(os.Getpagesize()) // that of the store
	head := make([]byte, 2*size)
	if _, err := f.ReadAt(head, 0); err != nil {
		t.Fatal(err)
	}
	used := int64(pagesInUse(head, int(size))) // read first: it only grows
	hole, err := unix.Seek(int(f.Fd()), 0, unix.SEEK_HOLE)
	if err != nil {
		t.Fatal(err)
	}
	return hole / size, hole/size < used
}

// faults fails the test for all that a check found, and for what the posters should not have heard.
func (s *fullStage) faults(t *testing.T, r Result) {
	t.Helper()
	for i, f := range r.Faults {
		if i == 10 {
			t.Errorf("and %d more", len(r.Faults)-i)
			break
		}
		t.Error(f)
	}
	s.answers.report(t)
}
