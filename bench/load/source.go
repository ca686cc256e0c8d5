package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"
)

// sourceOptions say what messages to make.
type sourceOptions struct {
	size             int
	from, to, toFile string
	rcpts            int
	subject          string
}

// source makes the messages to send.
type source struct {
	sourceOptions
	recipients []string
	filler     string
	run        int64 // makes Message-IDs differ from those of other runs
}

// job is one message to send.
type job struct {
	due   time.Time // zero without -rate
	from  string
	rcpts []string
	data  []byte // dot-stuffed, with CRLF and the final dot
}

func newSource(o sourceOptions) (*source, error) {
	s := &source{sourceOptions: o, recipients: []string{o.to}, run: time.Now().UnixNano()}
	if o.toFile == "" {
		s.rcpts = 1
	} else {
		text, err := os.ReadFile(o.toFile)
		if err != nil {
			return nil, fmt.Errorf("read recipients: %w", err)
		}
		if s.recipients = strings.Fields(string(text)); len(s.recipients) == 0 {
			return nil, fmt.Errorf("read recipients: %s is empty", o.toFile)
		}
	}
	const line = "Does anyone use provision maps with Year 7 pupils who have an annual review\r\n"
	s.filler = strings.Repeat(line, o.size/len(line)+1)
	return s, nil
}

// job makes the i-th message.
func (s *source) job(i int) *job {
	j := &job{from: s.from}
	for k := range min(s.rcpts, len(s.recipients)) {
		j.rcpts = append(j.rcpts, s.recipients[(i*s.rcpts+k)%len(s.recipients)])
	}
	var b bytes.Buffer
	b.Grow(s.size + 256)
	fmt.Fprintf(&b, "From: Load Sender <%s>\r\nTo: %s\r\nSubject: %s %d\r\nDate: %s\r\nMessage-ID: <%d.%d@load.example>\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
		j.from, s.to, s.subject, i, time.Now().Format(time.RFC1123Z), s.run, i)
	if rest := s.size - b.Len(); rest > 2 {
		b.WriteString(s.filler[:rest-2])
		b.WriteString("\r\n")
	}
	b.WriteString(".\r\n")
	j.data = b.Bytes()
	return j
}
