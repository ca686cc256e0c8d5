package rig

import (
	"bufio"
	"io"
	"net"
	"sync"
	"testing"
)

// A tap stands between the senders and the server, passes everything on, and notes how each session was answered.
type tap struct {
	l  net.Listener
	to string // the server

	mu    sync.Mutex // guards the rest
	codes map[string]int
	final []string // answers that refuse for good
}

func newTap(t *testing.T, to string) *tap {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &tap{l: l, to: to, codes: map[string]int{}}
	go p.serve()
	return p
}

func (p *tap) addr() string { return p.l.Addr().String() }

func (p *tap) serve() {
	for {
		c, err := p.l.Accept()
		if err != nil {
			return
		}
		go p.pass(c)
	}
}

// pass carries one session. When the server ends it the sender hears of it, and the other way round.
func (p *tap) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		io.Copy(server, client)
		server.Close()
	}()
	in := bufio.NewReader(server)
	for {
		line, err := in.ReadString('\n')
		p.note(line)
		if _, gone := io.WriteString(client, line); err != nil || gone != nil {
			return
		}
	}
}

func (p *tap) note(line string) {
	if len(line) < 4 || line[3] == '-' {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes[line[:3]]++
	if line[0] == '5' {
		p.final = append(p.final, line)
	}
}

// refusals returns the answers that refuse for good, and how often each other refusal was given.
func (p *tap) refusals() (final []string, later map[string]int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	later = map[string]int{}
	for code, n := range p.codes {
		if code[0] == '4' {
			later[code] = n
		}
	}
	return p.final, later
}
