package rig

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// descriptorRecovery is how soon after a flood new mail must be taken.
const descriptorRecovery = 30 * time.Second

// fewDescriptors are too few for the house itself.
const fewDescriptors = 16

// TestRigDescriptors floods a server that has few descriptors. Sessions that were open before go on, the copies of what
// they post arrive, and when the flood is gone all is as before.
func TestRigDescriptors(t *testing.T) {
	needRoot(t)
	needTools(t, "prlimit")
	binary := build(t)
	for _, c := range []struct {
		name     string
		files    int
		sessions int
		command  bool // the operator's commands work meanwhile
	}{
		{"with 256 descriptors the caps leave enough for the house", 256, 6, true},
		{"with 40 descriptors both ways of mail still fit", 40, 1, false}, // the search index keeps a file open for each of its parts, more on slow machines
		{"with 14 descriptors the house gets too few itself", 14, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.files < fewDescriptors && size(t).descriptor < 1000 {
				t.Skip("NOT TESTED: takes ten seconds; use -scale=quick")
			}
			s := newDescriptorStage(t, binary, c.files)
			s.flooded(t, size(t).descriptor, c.sessions, c.command)
			if missing := s.log.said(saysNoFiles); (missing > 0) != (c.files < fewDescriptors) {
				t.Errorf("%d times descriptors were missing", missing)
			}
		})
	}
}

// TestRigFewDescriptors starts a server for the first time with so few descriptors that this may fail. It must say so,
// and what it leaves must not be in the way.
func TestRigFewDescriptors(t *testing.T) {
	needTools(t, "prlimit")
	binary, refused := build(t), 0
	for n := 8; n <= 14; n++ { // with fewer Go does not begin
		dir := shortDir(t)
		line := append([]string{binary}, fullServe(t, dir)...)
		few := append([]string{"prlimit", fmt.Sprintf("--nofile=%d:%d", n, n), "--"}, line...)
		code, said := fullOutcome(t, few...)
		if code != 0 {
			refused++
		}
		if code != 0 && (code != 1 || !saysOnly(said, saysNoFiles)) {
			t.Errorf("with %d descriptors it ended with %d and said:\n%s", n, code, said)
		}
		left := fullListing(dir)
		if code, said := fullOutcome(t, line...); code != 0 {
			t.Errorf("after a start with %d descriptors, which left %v, it ends with %d and says:\n%s", n, left, code, said)
		}
	}
	if refused == 0 {
		t.Error("8 descriptors were enough: they were never scarce")
	}
	t.Logf("7 starts, %d without enough descriptors, and all well afterwards", refused)
}

// newDescriptorStage starts a server with so many descriptors. The members' mail server is trusted and the rest of the
// world is not.
func newDescriptorStage(t *testing.T, binary string, files int) *fullStage {
	t.Helper()
	s := newFullStage(t, binary, fullTmpfs(t, 160<<20, 0), fullPlan{members: 40, smtp: `min_free = "1 B"`})
	s.stop(t)
	s.rewrite(t, "connections = 20", "connections = 200", `trusted_networks = ["127.0.0.0/8"]`, `trusted_networks = ["127.0.0.1/32"]`)
	s.Wrap = []string{"prlimit", fmt.Sprintf("--nofile=%d:%d", files, files), "--"}
	s.begin(t)
	return s
}

// flooded posts over sessions that were open before a flood of so many sockets, while it lasts, and after it.
func (s *fullStage) flooded(t *testing.T, sockets, sessions int, command bool) {
	t.Helper()
	var open []*descriptorSession
	for n := range sessions {
		p := s.poster(n)
		p.allowed = fullLater
		open = append(open, p.openSession(t))
	}
	f := newDescriptorFlood(s.Addr, sockets)
	defer f.end()
	eventually(t, "the flood is at its height", func() bool { return f.full() })
	if command {
		if out, err := s.Command(t.Context(), "list", "show"); err != nil {
			t.Errorf("a command during the flood: %v: %s", err, out)
		}
	}
	for round := range 5 {
		for n, o := range open {
			o.post(fmt.Sprintf("<flood.%d.%d@sender.example>", n, round))
		}
	}
	during := s.answers.to("250 to message")
	f.end()
	gone := time.Now()
	took := s.recovers(t)
	a, last := s.sent(t, gone)
	s.stop(t)
	r := Check(s.journal, a, Bound{Recipients: s.to, Duplicates: s.repeats})
	s.faults(t, r)
	if bad := s.log.breakdown(); bad != "" {
		t.Errorf("it broke down:\n%s", bad)
	}
	if f.away.Load()+f.silent.Load() == 0 {
		t.Error("everybody got in: the flood was none")
	}
	if took > descriptorRecovery {
		t.Errorf("%v after the flood was gone the first new session posted; want at most %v", took, descriptorRecovery)
	}
	t.Logf("%d sockets, %d got in, %d were turned away, %d heard nothing; %d of %d posts over open sessions were taken meanwhile; "+
		"descriptors were missing %d times, the hop was given up %d times; a new session posts %v after the flood, "+
		"and the last of %d copies came %v after it; %s",
		sockets, f.in.Load(), f.away.Load(), f.silent.Load(), during, 5*len(open),
		s.log.said(saysNoFiles), s.log.said(saysHopDown), took.Round(time.Millisecond), r.Copies, last.Round(time.Second), s.answers)
}

// sent waits until all copies are out, for as long as a hop may rest, and returns the audit and how long after a moment
// the last copy came.
func (s *fullStage) sent(t *testing.T, since time.Time) (a Audit, last time.Duration) {
	t.Helper()
	for {
		var err error
		if a, err = s.Settled(t.Context(), s.journal); err != nil {
			t.Fatal(err)
		}
		open := 0
		for _, p := range a.Posts {
			if p.State != "done" {
				open++
			}
		}
		if last = time.Since(since); open == 0 || last > 5*time.Minute {
			return a, last
		}
	}
}

// A descriptorSession is a session that was there before the trouble began.
type descriptorSession struct {
	poster *fullPoster
	conn   net.Conn
	in     *bufio.Reader
	over   bool // the server has ended it
}

func (p *fullPoster) openSession(t *testing.T) *descriptorSession {
	t.Helper()
	c, err := net.DialTimeout("tcp", p.Addr, fullAnswerTime)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	o := &descriptorSession{poster: p, conn: c, in: bufio.NewReader(c)}
	if p.say(c, o.in, p.answers.life(), p.opening()) != 250 {
		t.Fatal("no session before the flood")
	}
	return o
}

// post posts one message over the session, unless that has been ended with 421.
func (o *descriptorSession) post(id string) {
	if o.over {
		return
	}
	p := o.poster
	steps := append([]fullPostStep{{name: "RSET", say: "RSET\r\n", want: 250}}, p.steps(p.message(id, fullNoise(2000)), id)...)
	o.over = p.say(o.conn, o.in, p.answers.life(), steps) == 421
}

// A descriptorFlood is many sockets from many addresses that come again and again and hold what they get.
type descriptorFlood struct {
	in, away, silent atomic.Int64
	sockets          int
	stop             context.CancelFunc
	all              sync.WaitGroup
}

func newDescriptorFlood(addr string, sockets int) *descriptorFlood {
	ctx, cancel := context.WithCancel(context.Background())
	f := &descriptorFlood{sockets: sockets, stop: cancel}
	for n := range sockets {
		f.all.Go(func() { f.press(ctx, addr, n) })
	}
	return f
}

// full reports whether every socket has an answer, or waits for one in vain.
func (f *descriptorFlood) full() bool {
	return f.in.Load()+f.away.Load()+f.silent.Load() >= int64(f.sockets)
}

func (f *descriptorFlood) end() {
	f.stop()
	f.all.Wait()
}

// press connects until it is let in, and stays.
func (f *descriptorFlood) press(ctx context.Context, addr string, n int) {
	from := net.TCPAddr{IP: net.IPv4(127, byte(1+n/200), byte(n%200), 1)} // each in a network of its own
	for ctx.Err() == nil {
		d := net.Dialer{LocalAddr: &from, Timeout: 5 * time.Second}
		c, err := d.DialContext(ctx, "tcp", addr)
		if err != nil {
			f.silent.Add(1)
			sleep(ctx, time.Second)
			continue
		}
		f.hold(ctx, c)
		c.Close()
		sleep(ctx, time.Second)
	}
}

// hold reads what the server says and keeps the connection for as long as the server does.
func (f *descriptorFlood) hold(ctx context.Context, c net.Conn) {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	in := bufio.NewReader(c)
	c.SetReadDeadline(time.Now().Add(3 * time.Second))
	line, err := in.ReadString('\n')
	c.SetReadDeadline(time.Time{})
	switch code, _ := strconv.Atoi(line[:min(3, len(line))]); {
	case err != nil && !strings.Contains(err.Error(), "timeout"):
		f.away.Add(1)
		return
	case code == 220:
		f.in.Add(1)
	case code == 421:
		f.away.Add(1)
		return
	default:
		f.silent.Add(1)
	}
	for err = nil; err == nil; {
		_, err = in.ReadString('\n')
	}
}
