package rig

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// A dispatch is one message to post. The first and the last line of its text
// repeat its Message-ID.
type dispatch struct {
	from, to, id string
	bytes        int // of its text, about
}

// text is the message as it goes over the wire, with the dot behind it.
func (d dispatch) text() string {
	const line = "Our local authority wants everything two weeks before the meeting.\r\n"
	return fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nSubject: part-time timetables\r\nMessage-ID: %s\r\n\r\nstart of %s\r\n%send of %s\r\n.\r\n",
		d.from, d.to, d.id, d.id, strings.Repeat(line, 1+d.bytes/len(line)), d.id)
}

// A carrier is an honest mail server that posts, and remembers what it met.
type carrier struct {
	addr string        // of the server
	from net.IP        // its own address; nil: any
	pace int           // octets of a message a second; 0: at once
	wait time.Duration // for a reply; 0: a minute

	tries   int // attempts that got no 250
	cut     int // of these, connections that broke after the message had begun
	refused []string
}

// sent is how one attempt ended.
type sent struct {
	code  int    // of the last reply; 0 when the connection broke
	reply string // its words
	begun bool   // the server had asked for the message
}

// post tries until the dispatch has got a 250, or a refusal for good, or ctx
// ends. It reports whether that was a 250, and how long all this took.
func (p *carrier) post(ctx context.Context, d dispatch, pause time.Duration) (took time.Duration, ok bool) {
	start := time.Now()
	for ctx.Err() == nil {
		s := p.attempt(d)
		if s.code/100 == 2 {
			return time.Since(start), true
		}
		p.tries++
		if s.code == 0 && s.begun {
			p.cut++
		}
		if s.code/100 == 5 {
			p.refused = append(p.refused, d.id+": "+s.reply)
			return time.Since(start), false
		}
		sleep(ctx, pause)
	}
	return time.Since(start), false
}

// attempt is one connection and one message.
func (p *carrier) attempt(d dispatch) (s sent) {
	dialer := net.Dialer{Timeout: 5 * time.Second}
	if p.from != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: p.from}
	}
	c, err := dialer.Dial("tcp", p.addr)
	if err != nil {
		return sent{}
	}
	defer c.Close()
	in := bufio.NewReader(c)
	listen := func(want int) bool {
		c.SetReadDeadline(time.Now().Add(cmp.Or(p.wait, time.Minute)))
		s.code, s.reply = lastLine(in)
		return s.code == want
	}
	if !listen(220) {
		return s
	}
	for _, step := range []struct {
		say  string
		want int
	}{{"EHLO sender.example", 250}, {"MAIL FROM:<" + d.from + ">", 250}, {"RCPT TO:<" + d.to + ">", 250}, {"DATA", 354}} {
		fmt.Fprintf(c, "%s\r\n", step.say)
		if !listen(step.want) {
			return s
		}
	}
	s.begun, s.code = true, 0
	p.write(c, d.text()) // what goes wrong here shows in the reply
	if listen(250) {
		fmt.Fprint(c, "QUIT\r\n")
	}
	return s
}

// write sends a message at the carrier's pace.
func (p *carrier) write(c net.Conn, text string) {
	piece := cmp.Or(p.pace/10, len(text))
	for at := 0; at < len(text); at += piece {
		if at > 0 {
			time.Sleep(100 * time.Millisecond)
		}
		c.SetWriteDeadline(time.Now().Add(time.Minute))
		if _, err := fmt.Fprint(c, text[at:min(at+piece, len(text))]); err != nil {
			return
		}
	}
}

// lastLine reads one reply: its code, 0 when none came, and its last line.
func lastLine(in *bufio.Reader) (code int, line string) {
	for {
		line, err := in.ReadString('\n')
		if err != nil || len(line) < 4 {
			return 0, ""
		}
		if line[3] != '-' {
			code, _ := strconv.Atoi(line[:3]) // what is no number is no code
			return code, strings.TrimSpace(line)
		}
	}
}
