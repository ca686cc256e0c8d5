package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strings"
	"time"
)

// client is one connection's worth of load; it connects again after errors.
type client struct {
	options
	conn        net.Conn
	r           *bufio.Reader
	w           *bufio.Writer
	canPipeline bool
	onConn      int // messages sent on this connection

	sent, accepted, failed, bytes int64
	final, whole                  []time.Duration
	last                          time.Time // of the last message that was taken
	errors                        map[string]int
}

// maxFailuresInARow ends a client whose server is gone.
const maxFailuresInARow = 50

// run sends what take gives until it gives nil.
func (c *client) run(take func() *job) {
	failures := 0
	for j := take(); j != nil && failures < maxFailuresInARow; {
		next, err := c.send(j, take)
		if err == nil {
			failures, j = 0, next
			continue
		}
		failures++
		c.failed++
		c.errors[err.Error()]++
		if c.conn != nil {
			c.conn.Close()
			c.conn = nil
		}
		if next == nil {
			next = take()
		}
		j = next
	}
	if c.conn != nil {
		fmt.Fprint(c.conn, "QUIT\r\n")
		c.read()
		c.conn.Close()
	}
}

func (c *client) dial() error {
	network, addr := "tcp", c.addr
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		network, addr = "unix", path
	}
	conn, err := net.DialTimeout(network, addr, c.timeout)
	if err != nil {
		return err
	}
	conn.SetDeadline(time.Now().Add(c.timeout))
	c.conn, c.onConn = conn, 0
	c.r, c.w = bufio.NewReaderSize(conn, 16<<10), bufio.NewWriterSize(conn, 64<<10)
	if _, err := c.expect('2'); err != nil {
		return err
	}
	verb := "EHLO"
	if c.lmtp {
		verb = "LHLO"
	}
	fmt.Fprintf(c.w, "%s %s\r\n", verb, c.helo)
	c.w.Flush()
	text, err := c.expect('2')
	c.canPipeline = c.pipeline && strings.Contains(strings.ToUpper(text), "PIPELINING")
	return err
}

// connect makes a connection, or a new one when the last has carried enough.
func (c *client) connect() error {
	if c.conn != nil && (c.perConn == 0 || c.onConn < c.perConn) {
		return nil
	}
	if c.conn != nil {
		fmt.Fprint(c.conn, "QUIT\r\n")
		c.conn.Close()
	}
	return c.dial()
}

// send delivers one message, and with -ahead those that it begins meanwhile. It gives back the message to go on with:
// after an error one that was begun and has to be sent again.
func (c *client) send(j *job, take func() *job) (*job, error) {
	if err := c.connect(); err != nil {
		return nil, err
	}
	for begun := false; ; begun = true {
		start := time.Now()
		c.conn.SetDeadline(start.Add(c.timeout))
		if !j.due.IsZero() {
			start = j.due
		}
		accepted, err := c.envelope(j, begun)
		if err != nil {
			return nil, err
		}
		c.w.Write(j.data)
		var next *job
		if c.ahead && c.canPipeline && !c.lmtp && c.perConn == 0 {
			if next = take(); next != nil {
				c.writeEnvelope(next)
			}
		}
		if err := c.end(j, start, accepted); err != nil {
			return next, err
		}
		if next == nil {
			return take(), nil
		}
		j = next
	}
}

// end waits until the server has taken the message that was written, and counts it.
func (c *client) end(j *job, start time.Time, accepted int) error {
	if err := c.w.Flush(); err != nil {
		return err
	}
	dot := time.Now()
	replies := 1
	if c.lmtp {
		replies = accepted
	}
	for range replies {
		if _, err := c.expect('2'); err != nil {
			return err
		}
	}
	c.last = time.Now()
	c.final = append(c.final, c.last.Sub(dot))
	c.whole = append(c.whole, c.last.Sub(start))
	c.sent++
	c.accepted += int64(accepted)
	c.bytes += int64(len(j.data))
	c.onConn++
	return nil
}

func (c *client) writeEnvelope(j *job) {
	fmt.Fprintf(c.w, "MAIL FROM:<%s>\r\n", j.from)
	for _, r := range j.rcpts {
		fmt.Fprintf(c.w, "RCPT TO:<%s>\r\n", r)
	}
	c.w.WriteString("DATA\r\n")
}

// envelope goes as far as the 354 reply, and says how many recipients the server took. When begun, the commands are
// already on their way.
func (c *client) envelope(j *job, begun bool) (accepted int, err error) {
	if c.canPipeline && !begun {
		c.writeEnvelope(j)
		if err := c.w.Flush(); err != nil {
			return 0, err
		}
	}
	text, err := c.step("MAIL FROM:<%s>", j.from)
	if err != nil {
		return 0, err
	}
	bad := ""
	if text[0] != '2' {
		bad = text
	}
	for _, r := range j.rcpts {
		if text, err = c.step("RCPT TO:<%s>", r); err != nil {
			return 0, err
		}
		if text[0] == '2' {
			accepted++
		} else if bad == "" {
			bad = text
		}
	}
	if text, err = c.step("DATA"); err != nil {
		return 0, err
	}
	if text[0] == '3' {
		return accepted, nil
	}
	if bad == "" {
		bad = text
	}
	return 0, fmt.Errorf("refused: %s", shorten(bad))
}

// step takes the reply to one command, which it sends first unless all were sent in one go.
func (c *client) step(format string, args ...any) (string, error) {
	if !c.canPipeline {
		fmt.Fprintf(c.w, format+"\r\n", args...)
		if err := c.w.Flush(); err != nil {
			return "", err
		}
	}
	return c.read()
}

func (c *client) expect(class byte) (string, error) {
	text, err := c.read()
	if err == nil && text[0] != class {
		err = fmt.Errorf("refused: %s", shorten(text))
	}
	return text, err
}

// read takes one reply, which may have several lines.
func (c *client) read() (string, error) {
	var whole []byte
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return "", err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) < 3 {
			return "", fmt.Errorf("bad reply %q", line)
		}
		last := len(line) == 3 || line[3] != '-'
		switch {
		case last && whole == nil:
			return string(line), nil
		case last:
			return string(append(whole, line...)), nil
		}
		whole = append(append(whole, line...), '\n')
	}
}

func shorten(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s[:min(len(s), 60)]
}
