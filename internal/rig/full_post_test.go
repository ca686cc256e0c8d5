package rig

import (
	"bufio"
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// fullAnswers counts what the posters of a run heard, such as "452 to MAIL", and keeps what they should never hear.
type fullAnswers struct {
	mu    sync.Mutex
	heard map[string]int
	wrong []string
	lives int  // changes whenever the rig ends or starts the server
	up    bool // the server should answer
}

func newFullAnswers() *fullAnswers { return &fullAnswers{heard: map[string]int{}} }

func (a *fullAnswers) note(step string, code int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.heard[fmt.Sprintf("%d to %s", code, step)]++
}

func (a *fullAnswers) fault(format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wrong = append(a.wrong, fmt.Sprintf(format, args...))
}

// bad reports whether something was heard that should not have been, after which a rig need not go on.
func (a *fullAnswers) bad() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.wrong) > 0
}

// count is how often a code was heard, to whatever.
func (a *fullAnswers) count(code int) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for what, times := range a.heard {
		if strings.HasPrefix(what, strconv.Itoa(code)) {
			n += times
		}
	}
	return n
}

// to is how often one answer was heard, such as "452 to MAIL".
func (a *fullAnswers) to(what string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.heard[what]
}

// add counts what others heard, too.
func (a *fullAnswers) add(b *fullAnswers) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	for what, n := range b.heard {
		a.heard[what] += n
	}
}

func (a *fullAnswers) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var words []string
	for _, what := range slices.Sorted(maps.Keys(a.heard)) {
		words = append(words, fmt.Sprintf("%d x %s", a.heard[what], what))
	}
	return strings.Join(words, ", ")
}

// life is a number that changes when the server is ended or started, and 0 while there is none. By it a broken
// connection is told from one that the rig broke.
func (a *fullAnswers) life() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.up {
		return 0
	}
	return a.lives
}

// turn says that the server is about to be ended, or has been started.
func (a *fullAnswers) turn(up bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lives++
	a.up = up
}

// report fails the test for everything that should not have been heard.
func (a *fullAnswers) report(t *testing.T) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, w := range a.wrong {
		if i == 10 {
			t.Errorf("and %d more", len(a.wrong)-i)
			return
		}
		t.Error(w)
	}
}

// A fullPoster posts as a mail server does and notes every answer. Another answer than one of allowed is a fault, and so is
// a connection that breaks while the server should live.
type fullPoster struct {
	Sender
	answers *fullAnswers
	allowed func(code int) bool
	size    func() int // of the next message, in bytes
}

// fullAnswerTime is how long a poster waits for one answer, on a busy machine.
const fullAnswerTime = patience

// run posts until ctx ends, and then goes on with the message in hand until it is acknowledged or give ends.
func (p *fullPoster) run(ctx, give context.Context, name string) {
	for i := 0; ctx.Err() == nil; i++ {
		id, text := fmt.Sprintf("<%s.%d@sender.example>", name, i), fullNoise(p.size())
		for give.Err() == nil && !p.post(id, text) && !p.Early {
			sleep(give, 20*time.Millisecond)
		}
		sleep(ctx, time.Duration(rand.Int64N(int64(2*p.Pause)+1)))
	}
}

// fullNoise is text of about n bytes that cannot be compressed by much.
func fullNoise(n int) string {
	raw := make([]byte, n*5/8)
	for i := range raw {
		raw[i] = byte(rand.Uint32())
	}
	text := base32.NewEncoding("abcdefghijklmnopqrstuvwxyzACDEFG").WithPadding(base32.NoPadding).EncodeToString(raw) // no digits: chance writes numbers of pupils
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	return b.String() + text + "\r\n"
}

// post makes one attempt and reports whether the message was acknowledged.
func (p *fullPoster) post(id, text string) bool {
	life := p.answers.life()
	c, err := net.DialTimeout("tcp", p.Addr, fullAnswerTime)
	if err != nil {
		p.broken(life, "connection", err)
		return false
	}
	defer c.Close()
	return p.say(c, bufio.NewReader(c), life, append(p.opening(), p.steps(p.message(id, text), id)...)) == 250
}

func (p *fullPoster) message(id, text string) string {
	return fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nSubject: part-time timetables\r\nMessage-ID: %s\r\n\r\n%send of %s\r\n.\r\n", p.From, p.To, id, text, id)
}

// fullPostStep is one line of the dialogue and the reply that leads on.
type fullPostStep struct {
	name, say string
	want      int
	acked     string // the message that the reply acknowledges
}

// opening are the steps that begin a session.
func (p *fullPoster) opening() []fullPostStep {
	return []fullPostStep{{name: "greeting", want: 220}, {name: "EHLO", say: "EHLO sender.example\r\n", want: 250}}
}

// steps are those of one message.
func (p *fullPoster) steps(message, id string) []fullPostStep {
	return []fullPostStep{
		{name: "MAIL", say: "MAIL FROM:<" + p.From + ">\r\n", want: 250},
		{name: "RCPT", say: "RCPT TO:<" + p.To + ">\r\n", want: 250},
		{name: "DATA", say: "DATA\r\n", want: 354},
		{name: "message", say: message, want: 250, acked: id},
	}
}

// say goes through the steps and returns the code of the last reply: 250 when all came to the wanted one, 0 when the
// connection broke.
func (p *fullPoster) say(c net.Conn, in *bufio.Reader, life int, steps []fullPostStep) (code int) {
	for _, step := range steps {
		c.SetDeadline(time.Now().Add(fullAnswerTime))
		if _, err := io.WriteString(c, step.say); err != nil {
			return p.broken(life, step.name, err)
		}
		if p.Early && step.acked != "" {
			p.Journal.Acked(step.acked)
		}
		var line string
		var err error
		if code, line, err = fullHear(in); err != nil {
			return p.broken(life, step.name, err)
		}
		if code != step.want {
			p.answers.note(step.name, code)
			if !p.allowed(code) {
				p.answers.fault("to %s the server says %s", step.name, line)
			}
			return code
		}
		if step.acked != "" {
			p.answers.note(step.name, code)
			p.Journal.Acked(step.acked)
		}
	}
	return code
}

// broken notes a connection that broke, unless the server was just ended by the rig. It returns 0.
func (p *fullPoster) broken(life int, step string, err error) int {
	if life != 0 && p.answers.life() == life {
		p.answers.fault("%s: %v", step, err)
	}
	return 0
}

// fullHear reads one reply and returns its code and its last line.
func fullHear(in *bufio.Reader) (code int, line string, err error) {
	for {
		line, err = in.ReadString('\n')
		if err != nil {
			return 0, "", err
		}
		line = strings.TrimSpace(line)
		if len(line) < 3 {
			return 0, line, fmt.Errorf("%q is no reply", line)
		}
		if len(line) == 3 || line[3] != '-' {
			code, err = strconv.Atoi(line[:3])
			return code, line, err
		}
	}
}

// fullReply reports the answers that a server may give whose disk is full.
func fullReply(code int) bool { return code == 452 || code == 421 }

// fullLater reports the answers after which a sender tries again.
func fullLater(code int) bool { return code/100 == 4 }
