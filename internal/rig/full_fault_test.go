package rig

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestRigFullDiskFindsAPlantedFault lets the posters believe a message acknowledged before the server has said so. On a
// full disk such messages are lost, and the check must find them.
func TestRigFullDiskFindsAPlantedFault(t *testing.T) {
	r := fullRuns()[3]
	s := newFullStage(t, build(t), r.disk(t), r.plan)
	var posters []*fullPoster
	for n := range 4 {
		p := s.poster(n)
		p.Early, p.Pause = true, 10*time.Millisecond
		posters = append(posters, p)
	}
	end := s.crowd(t.Context(), "early", posters...)
	for range 5 {
		s.starve(t, fullStep, metCommit)
	}
	s.disk.clear(t)
	end()
	lost := 0
	for _, f := range s.account(t).Faults {
		if strings.HasPrefix(f, "lost: ") {
			lost++
		}
	}
	if lost == 0 {
		t.Errorf("messages were acknowledged too early, and the check found none of them lost; %s", s.answers)
	}
	t.Logf("the check found %d lost; %s", lost, s.answers)
}

// TestRigFullFindsAWrongAnswer posts to servers that say what no server should whose disk is full.
func TestRigFullFindsAWrongAnswer(t *testing.T) {
	for _, c := range []struct {
		name    string
		replies string // after the greeting, one for each command; none breaks the connection
		wrong   string // empty: this is how it should be
	}{
		{"a message that is taken", "250 250 250 354 250", ""},
		{"a message that is put off", "250 250 250 354 452", ""},
		{"a sender that is put off", "250 452", ""},
		{"a session that is ended", "421", ""},
		{"a full disk that is a permanent error", "250 250 250 354 554", "to message the server says 554"},
		{"a full disk that is a fault of the server", "250 451", "to MAIL the server says 451"},
		{"a connection that breaks before the answer", "250 250 250 354", "message: EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, j := newFullAnswers(), NewJournal()
			a.turn(true)
			p := &fullPoster{
				Sender:  Sender{Journal: j, Addr: fullScript(t, strings.Fields(c.replies)), From: "a@b.example", To: List},
				answers: a, allowed: fullReply,
			}
			acked := p.post("<1@x>", "words\r\n")
			if n, _ := j.Count(); acked != strings.HasSuffix(c.replies, "354 250") || acked != (n == 1) {
				t.Errorf("acknowledged: %v, in the journal: %d", acked, n)
			}
			if got := strings.Join(a.wrong, "; "); (got == "") != (c.wrong == "") || !strings.Contains(got, c.wrong) {
				t.Errorf("it found %q, want %q", got, c.wrong)
			}
		})
	}
}

// fullScript is a mail server for one session that says what it is told to, and its address.
func fullScript(t *testing.T, replies []string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- fullRecite(l, replies) }()
	t.Cleanup(func() {
		if err := errors.Join(l.Close(), <-ended); err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// fullRecite takes one connection. It reads a message to its end where the reply before was 354.
func fullRecite(l net.Listener, replies []string) error {
	c, err := l.Accept()
	if err != nil {
		return err
	}
	defer c.Close()
	in, last := bufio.NewReader(c), "220"
	for _, r := range append([]string{"220"}, replies...) {
		for line := ""; r != "220" && line != ".\r\n"; {
			if line, err = in.ReadString('\n'); err != nil || last != "354" {
				break
			}
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(c, "%s-first line\r\n%s so be it\r\n", r, r)
		last = r
	}
	if last == "354" { // the message is read, so that the end of the connection is one and no reset
		c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		io.Copy(io.Discard, in)
	}
	return nil
}
