package smtpsink

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// session is one connection.
type session struct {
	*Server
	r      *bufio.Reader
	w      *bufio.Writer
	sender string
	rcpts  []string
}

// run answers commands until the client goes away. Replies are flushed only when no further command is waiting, which
// is what makes pipelining pay.
func (s *session) run() {
	s.reply("220 sink.example ready")
	for {
		if s.r.Buffered() == 0 && s.w.Flush() != nil {
			return
		}
		line, err := s.r.ReadSlice('\n')
		if err != nil {
			return
		}
		verb, arg := splitCommand(line)
		if !s.command(verb, arg) {
			s.w.Flush()
			return
		}
	}
}

// command answers one command and reports whether the connection goes on.
func (s *session) command(verb, arg string) bool {
	switch verb {
	case "EHLO", "LHLO":
		s.greet()
	case "HELO":
		s.begin("")
		s.reply("250 sink.example")
	case "MAIL":
		s.begin(address(arg))
		s.reply("250 2.1.0 ok")
	case "RCPT":
		s.rcpt(address(arg))
	case "DATA":
		if len(s.rcpts) == 0 {
			s.reply("503 5.5.1 no valid recipients")
			return true
		}
		s.reply("354 go ahead")
		return s.w.Flush() == nil && s.data()
	case "RSET":
		s.begin("")
		s.reply("250 2.0.0 ok")
	case "NOOP":
		s.reply("250 2.0.0 ok")
	case "QUIT":
		s.reply("221 2.0.0 bye")
		return false
	default:
		s.reply("500 5.5.2 unknown command")
	}
	return true
}

func (s *session) greet() {
	s.begin("")
	text := "250-sink.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n"
	if s.opt.Pipelining {
		text += "250-PIPELINING\r\n"
	}
	s.reply(text + "250 SIZE 104857600")
}

func (s *session) reply(line string) {
	if s.opt.Latency > 0 {
		time.Sleep(s.opt.Latency)
	}
	s.w.WriteString(line)
	s.w.WriteString("\r\n")
}

func (s *session) begin(sender string) { s.sender, s.rcpts = sender, s.rcpts[:0] }

func (s *session) rcpt(addr string) {
	switch {
	case len(s.rcpts) >= s.opt.MaxRcpt:
		s.counts.tempFailed.Add(1)
		s.reply("452 4.5.3 too many recipients")
	case share(s.opt.PermFail, s.opt.Seed, addr):
		s.counts.permFailed.Add(1)
		s.reply("550 5.1.1 no such user")
	case s.failsNow(addr):
		s.counts.tempFailed.Add(1)
		s.reply("451 4.2.1 try again later")
	default:
		s.rcpts = append(s.rcpts, addr)
		s.reply("250 2.1.5 ok")
	}
}

// failsNow reports whether this attempt at an address is refused for now.
func (s *session) failsNow(addr string) bool {
	if !share(s.opt.TempFail, s.opt.Seed+1, addr) {
		return false
	}
	if s.opt.TempFailTimes == 0 {
		return true
	}
	n, _ := s.seen.LoadOrStore(addr, new(atomic.Int64))
	return n.(*atomic.Int64).Add(1) <= int64(s.opt.TempFailTimes)
}

// data reads a message up to the line with a single dot and answers it; it reports whether the connection goes on.
func (s *session) data() bool {
	size, kept, ok := s.read()
	if !ok {
		return false
	}
	serial := s.serial.Add(1)
	if s.opt.Drop > 0 && share(s.opt.Drop, s.opt.Seed+2, s.rcpts[0]+fmt.Sprint(serial)) {
		s.counts.dropped.Add(1)
		return false
	}
	if s.opt.DataLatency > 0 {
		time.Sleep(s.opt.DataLatency)
	}
	if s.opt.Save != "" {
		s.save(serial, kept)
	}
	replies := 1
	if s.opt.LMTP {
		replies = len(s.rcpts)
	}
	for range replies {
		s.w.WriteString("250 2.0.0 ok\r\n")
	}
	s.counts.delivered(s.sender, s.rcpts, size, !s.opt.Anonymous)
	s.begin("")
	return true
}

// read takes the lines of a message; it keeps them only when they are to be saved.
func (s *session) read() (size int64, kept []byte, ok bool) {
	for lineStart := true; ; {
		line, err := s.r.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull {
			return size, kept, false
		}
		if lineStart && (string(line) == ".\r\n" || string(line) == ".\n") {
			return size, kept, true
		}
		size += int64(len(line))
		if s.opt.Save != "" {
			if lineStart {
				line = bytes.TrimPrefix(line, []byte("."))
			}
			kept = append(kept, line...)
		}
		lineStart = err == nil
	}
}

// save writes a message with its envelope above it. A message that cannot be written is missing from the folder, which
// whoever looks there will notice.
func (s *session) save(serial int64, text []byte) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "X-Envelope-From: <%s>\r\n", s.sender)
	for _, r := range s.rcpts {
		fmt.Fprintf(&b, "X-Envelope-To: <%s>\r\n", r)
	}
	b.Write(text)
	os.WriteFile(filepath.Join(s.opt.Save, fmt.Sprintf("%08d.eml", serial)), b.Bytes(), 0o600)
}

func splitCommand(line []byte) (verb, arg string) {
	v, a, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(" "))
	return strings.ToUpper(string(v)), string(a)
}

// address takes what stands between the angle brackets of MAIL FROM:<a> and RCPT TO:<a>.
func address(arg string) string {
	_, a, _ := strings.Cut(arg, "<")
	a, _, _ = strings.Cut(a, ">")
	return a
}
