package rig

import (
	"bufio"
	"fmt"
	"net"
	"strings"
)

// A Sink is a mail host that takes every copy and writes it down before it
// says 250.
type Sink struct {
	journal *Journal
	l       net.Listener
}

// NewSink listens on a port of its own.
func NewSink(j *Journal) (*Sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Sink{journal: j, l: l}
	go s.serve()
	return s, nil
}

// Port is where the sink listens.
func (s *Sink) Port() int { return s.l.Addr().(*net.TCPAddr).Port }

// Close stops listening.
func (s *Sink) Close() error { return s.l.Close() }

func (s *Sink) serve() {
	for {
		c, err := s.l.Accept()
		if err != nil {
			return
		}
		go s.session(c)
	}
}

// session speaks enough SMTP for a courier that pipelines. The journal gets a
// copy before its sender hears of it, so what the server believes delivered is
// always in the journal.
func (s *Sink) session(c net.Conn) {
	defer c.Close()
	in, out := bufio.NewReader(c), bufio.NewWriter(c)
	say := func(line string) { fmt.Fprintf(out, "%s\r\n", line) }
	say("220 sink.example ESMTP")
	rcpt := ""
	for {
		if in.Buffered() == 0 && out.Flush() != nil {
			return
		}
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, rest, _ := strings.Cut(strings.TrimSpace(line), " "); strings.ToUpper(verb) {
		case "EHLO":
			say("250-sink.example")
			say("250-PIPELINING")
			say("250-8BITMIME")
			say("250 ENHANCEDSTATUSCODES")
		case "RCPT":
			rcpt = strings.TrimSuffix(strings.TrimPrefix(rest, "TO:<"), ">")
			say("250 2.1.5 ok")
		case "DATA":
			say("354 go on")
			if out.Flush() != nil || !s.data(in, rcpt) {
				return
			}
			say("250 2.0.0 taken")
		case "QUIT":
			say("221 2.0.0 bye")
			out.Flush()
			return
		default:
			say("250 2.0.0 ok")
		}
	}
}

// data reads one message and writes it down. The last line of a post's text
// repeats its Message-ID; a digest ends with its last boundary.
func (s *Sink) data(in *bufio.Reader, rcpt string) bool {
	id, whole := "", false
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "." {
			s.journal.Arrived(id, rcpt, whole)
			return true
		}
		if v, ok := strings.CutPrefix(line, "Message-ID: "); ok && id == "" {
			id = v
		}
		whole = whole || id != "" && line == "end of "+id
		if strings.HasPrefix(id, digestPrefix) && line != "" {
			whole = len(line) > 4 && strings.HasPrefix(line, "--") && strings.HasSuffix(line, "--")
		}
	}
}
