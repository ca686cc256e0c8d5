package rig

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"time"
)

// A Sender posts as a mail server does: what was not answered with 250 it
// sends again, the same bytes, until it is.
type Sender struct {
	Journal *Journal
	Addr    string // of the server
	From    string
	To      string
	Pause   time.Duration // on average, between two posts
	// Early notes a message as acknowledged before the answer is there, and
	// never sends it again: the fault that a check must find.
	Early bool
}

// Run posts until ctx ends, and then goes on with the message in hand until
// give ends. n numbers the sender.
func (s *Sender) Run(ctx, give context.Context, n int) {
	for i := 0; ctx.Err() == nil; i++ {
		id := fmt.Sprintf("<%d.%d@sender.example>", n, i)
		for give.Err() == nil && !s.send(id) {
			if s.Early {
				break
			}
			sleep(give, 10*time.Millisecond)
		}
		sleep(ctx, time.Duration(rand.Int64N(int64(2*s.Pause)+1)))
	}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// send makes one attempt and reports whether the message was acknowledged.
func (s *Sender) send(id string) bool {
	c, err := net.DialTimeout("tcp", s.Addr, time.Second)
	if err != nil {
		return false
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	in := bufio.NewReader(c)
	if !answered(in, "220") {
		return false
	}
	for _, step := range []struct{ say, want string }{
		{"EHLO sender.example", "250"}, {"MAIL FROM:<" + s.From + ">", "250"}, {"RCPT TO:<" + s.To + ">", "250"}, {"DATA", "354"},
	} {
		if fmt.Fprintf(c, "%s\r\n", step.say); !answered(in, step.want) {
			return false
		}
	}
	text := strings.Repeat("Our local authority wants everything two weeks before the meeting.\r\n", 40)
	_, err = fmt.Fprintf(c, "From: <%s>\r\nTo: <%s>\r\nSubject: part-time timetables\r\nMessage-ID: %s\r\n\r\n%send of %s\r\n.\r\n", s.From, s.To, id, text, id)
	if s.Early && err == nil {
		s.Journal.Acked(id)
		return true
	}
	if err != nil || !answered(in, "250") {
		return false
	}
	s.Journal.Acked(id)
	return true
}

// answered reads one reply and reports whether it has the code.
func answered(in *bufio.Reader, code string) bool {
	for {
		line, err := in.ReadString('\n')
		if err != nil || len(line) < 4 {
			return false
		}
		if line[3] != '-' {
			return strings.HasPrefix(line, code)
		}
	}
}
