package rig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// saysNoReserve is what the log says when the reserve should be made again and cannot.
const saysNoReserve = "store: the reserve cannot be made again"

// TestRigFullInodes takes the room for files away, while there is plenty for bytes. A server needs no new file to take
// mail and to send it, and whatever else needs one waits.
func TestRigFullInodes(t *testing.T) {
	d := fullTmpfs(t, 320<<20, 1000)
	s := newFullStage(t, build(t), d, fullPlan{members: 10, smtp: `min_free = "1 B"`})
	s.commandsWork(t) // it takes mail a little before it has its control socket
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s *fullStage)
	}{
		{"a running server takes mail and obeys commands", runsWithoutFiles},
		{"a server that was killed starts again", func(t *testing.T, s *fullStage) { s.cut(t); startsWithoutFiles(t, s) }},
		{"a server that was stopped starts again", func(t *testing.T, s *fullStage) { s.stop(t); startsWithoutFiles(t, s) }},
		{"a server without a reserve starts", startsWithoutReserve},
		{"a reserve that was given up cannot be made again", noReserveWithoutFiles},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.leaveFiles(t, 0)
			c.run(t, s)
			d.clear(t)
			s.commandsWork(t)
		})
		if t.Failed() {
			return
		}
	}
	r := s.account(t)
	s.faults(t, r)
	t.Logf("%d posts, %d copies, %d twice of %d allowed; %s", r.Posts, r.Copies, r.Duplicates, s.repeats, s.answers)
}

// commandsWork waits until commands work.
func (s *fullStage) commandsWork(t *testing.T) {
	t.Helper()
	eventually(t, "commands work", func() bool { _, err := s.Command(t.Context(), "list", "show"); return err == nil })
}

// runsWithoutFiles posts to the server and gives it commands.
func runsWithoutFiles(t *testing.T, s *fullStage) {
	s.takes(t)
	for _, line := range [][]string{{"list", "show"}, {"member", "add", "--list", "rig", "late@school1.example"}, {"audit"}} {
		if out, err := s.Command(t.Context(), line...); err != nil {
			t.Errorf("%s: %v: %s", strings.Join(line, " "), err, out)
		}
	}
	if out, err := s.Command(t.Context(), "--yes", "member", "remove", "--list", "rig", "late@school1.example"); err != nil {
		t.Errorf("member remove: %v: %s", err, out)
	}
}

// takes posts, which must succeed at once.
func (s *fullStage) takes(t *testing.T) {
	t.Helper()
	before := s.answers.count(452) + s.answers.count(421)
	s.recovers(t)
	if put := s.answers.count(452) + s.answers.count(421) - before; put > 0 {
		t.Errorf("the post was put off %d times, and there is room for bytes", put)
	}
}

// startsWithoutReserve takes the reserve away before a start.
func startsWithoutReserve(t *testing.T, s *fullStage) {
	s.stop(t)
	if err := os.Remove(filepath.Join(s.Dir, "forum.db.reserve")); err != nil {
		t.Fatal(err)
	}
	startsWithoutFiles(t, s)
	if s.log.said(saysNoMore) == 0 {
		t.Error("it does not say that there is no reserve")
	}
	s.stop(t)
	s.disk.clear(t)
	s.begin(t) // which makes it
}

// noReserveWithoutFiles has the reserve given up, takes its place among the files, and gives the bytes back. The server
// looks for room once a minute.
func noReserveWithoutFiles(t *testing.T, s *fullStage) {
	if size(t).fullSteps < 64 {
		t.Skip("NOT TESTED: takes a minute; use -scale=quick")
	}
	p := s.poster(0)
	p.Pause = 500 * time.Millisecond
	end := s.crowd(t.Context(), "reserve", p)
	s.starve(t, 0, saysGivenUp)
	s.disk.onlyBytes(t)
	eventually(t, "the reserve is missed", func() bool { return s.log.said(saysNoReserve) > 0 })
	end()
	s.takes(t)
}

// startsWithoutFiles takes the room that an ended server left and starts it.
func startsWithoutFiles(t *testing.T, s *fullStage) {
	s.disk.leaveFiles(t, 0)
	s.begin(t)
	s.takes(t)
	out, err := s.Command(t.Context(), "list", "show")
	if err != nil && (!strings.Contains(err.Error(), "sencoforum: ") || strings.Contains(err.Error(), "goroutine ")) {
		t.Errorf("list show: %v: %s", err, out)
	}
	time.Sleep(500 * time.Millisecond) // a server that gives up does so after its first greeting
	s.takes(t)
}
