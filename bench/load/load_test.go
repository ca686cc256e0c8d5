package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sencoforum/bench/smtpsink"
)

// sink starts a sink and returns it with the flag that names its address.
func sink(t *testing.T, o smtpsink.Options) (*smtpsink.Server, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s := smtpsink.New(o)
	go s.Serve(l)
	return s, "-addr=" + l.Addr().String()
}

// load runs the program with flags, as far as its report.
func load(t *testing.T, flags ...string) report {
	t.Helper()
	c, err := parse(flags, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	r, err := run(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func members(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "members.txt")
	if err := os.WriteFile(path, []byte(strings.Repeat("someone@x.example\n", 9)+"last@x.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Every way of sending must bring each message once, and the report must say what the sink says.
func TestLoadAgainstTheSink(t *testing.T) {
	lmtp := smtpsink.Default()
	lmtp.LMTP = true
	plain := smtpsink.Default()
	plain.Pipelining = false
	for _, c := range []struct {
		name        string
		o           smtpsink.Options
		flags       []string
		conns, each int64 // connections made, recipients of a message
	}{
		{"pipelined", smtpsink.Default(), nil, 1, 1},
		{"several connections", smtpsink.Default(), []string{"-conns=4"}, 4, 1},
		{"one command at a time", smtpsink.Default(), []string{"-pipeline=false"}, 1, 1},
		{"no pipelining where it is not offered", plain, []string{"-ahead"}, 1, 1},
		{"ahead", smtpsink.Default(), []string{"-ahead"}, 1, 1},
		{"ahead on several connections", smtpsink.Default(), []string{"-ahead", "-conns=3"}, 3, 1},
		{"a new connection for each message", smtpsink.Default(), []string{"-per-conn=1"}, 40, 1},
		{"LMTP to several recipients", lmtp, []string{"-lmtp", "-rcpts=10", "-to-file=" + members(t)}, 1, 10},
	} {
		s, addr := sink(t, c.o)
		r := load(t, append(c.flags, addr, "-n=40", "-size=2000")...)
		got := s.Stats()
		if r.Sent != 40 || r.Failed != 0 || got.Transactions != 40 || got.Deliveries != 40*c.each || r.Recipients != 40*c.each {
			t.Errorf("%s: report %+v, sink %+v", c.name, r, got)
		}
		several := c.conns > 1 && r.Connections > 1 // one may be done with all before another has begun
		if got.Connections != c.conns && !(several && got.Connections < c.conns) {
			t.Errorf("%s: %d connections, want %d", c.name, got.Connections, c.conns)
		}
		if r.Bytes-40*int64(len(".\r\n")) != got.Bytes || got.Bytes != 40*2000 {
			t.Errorf("%s: %d bytes sent, %d arrived", c.name, r.Bytes, got.Bytes)
		}
		if r.LastReply < got.LastDelivery || r.Start > got.FirstConnection || r.FinalReply.Max > 1000*r.Seconds {
			t.Errorf("%s: times %+v, sink %+v", c.name, r, got)
		}
	}
}

// What is refused is counted as such, and with -ahead a message that was begun when the connection broke is sent again.
func TestFailuresAreCounted(t *testing.T) {
	o := smtpsink.Default()
	o.Drop = 0.3
	s, addr := sink(t, o)
	r := load(t, addr, "-ahead", "-n=100", "-size=1000")
	if got := s.Stats(); r.Sent+r.Failed != 100 || got.Transactions != r.Sent || got.Dropped != r.Failed || r.Failed < 10 || r.Errors["EOF"] != int(r.Failed) {
		t.Errorf("report %+v, sink %+v", r, got)
	}
	o = smtpsink.Default()
	o.PermFail = 1
	_, addr = sink(t, o)
	if r := load(t, addr, "-n=3"); r.Sent != 0 || r.Errors["refused: 550 5.1.1 no such user"] != 3 {
		t.Errorf("report %+v", r)
	}
}

// With a rate, the latency counts from the moment a message was due, so a slow server shows in it.
func TestRateIsOpenLoop(t *testing.T) {
	o := smtpsink.Default()
	o.DataLatency = 10 * time.Millisecond
	_, addr := sink(t, o)
	r := load(t, addr, "-n=10", "-rate=1000")
	if r.Seconds < 0.1 || r.Transaction.Max < 80 || r.FinalReply.P50 > r.Transaction.Max/2 {
		t.Errorf("report %+v", r)
	}
	_, addr = sink(t, smtpsink.Default())
	if r := load(t, addr, "-n=10", "-rate=100"); r.Seconds < 0.09 {
		t.Errorf("10 messages at 100/s took %f s", r.Seconds)
	}
}

func TestMessagesDiffer(t *testing.T) {
	s, err := newSource(sourceOptions{size: 5120, from: "a@x.example", to: "b@x.example", rcpts: 7})
	if err != nil {
		t.Fatal(err)
	}
	one, two := s.job(1), s.job(2)
	id := func(j *job) []byte {
		_, rest, _ := bytes.Cut(j.data, []byte("Message-ID: "))
		first, _, _ := bytes.Cut(rest, []byte("\r\n"))
		return first
	}
	if len(one.data) != 5120+len(".\r\n") || len(one.rcpts) != 1 || bytes.Equal(id(one), id(two)) {
		t.Errorf("%d bytes, %d recipients, IDs %s and %s", len(one.data), len(one.rcpts), id(one), id(two))
	}
}

func TestSourceWithoutRecipients(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.txt")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{empty, empty + ".absent"} {
		if _, err := newSource(sourceOptions{toFile: path}); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
}
