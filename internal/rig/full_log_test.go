package rig

import (
	"bytes"
	"strings"
	"sync"
)

// What the server's log says of a full disk, and what it must never say.
const (
	saysNoCommit = "store: no room for a commit, nothing was written"
	saysPutOff   = "no room on disk: mail is put off"
	saysNoFanout = "no room on disk: published posts wait to be sent"
	saysHalted   = "no room in the store, sending halted"
	saysGivenUp  = "store: the disk is full; the reserve is given up"
	saysNoMore   = "store: no reserve for the day the disk is full"
	saysNoFiles  = "too many open files"
	saysHopDown  = "hop unusable"
)

// fullBreakdowns are words of a server that dies of a fault of its own.
var fullBreakdowns = []string{"goroutine ", "SIGBUS", "SIGXFSZ", "fatal error", "panic", "store is damaged", "no more writes are taken"}

// A fullLog counts the lines of a log and keeps the last of them and those of a breakdown: a server that is put off by a full disk
// may write many.
type fullLog struct {
	mu    sync.Mutex
	part  []byte // of a line
	last  []string
	bad   []string
	count map[string]int
}

func newFullLog() *fullLog { return &fullLog{count: map[string]int{}} }

func (l *fullLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.part = append(l.part, p...)
	for {
		line, rest, whole := bytes.Cut(l.part, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		l.line(string(line))
		l.part = rest
	}
}

// line books one line. Call it with mu held.
func (l *fullLog) line(line string) {
	for _, word := range []string{saysNoCommit, saysPutOff, saysNoFanout, saysHalted, saysGivenUp, saysNoMore, saysNoFiles, saysHopDown, saysNoReserve} {
		if strings.Contains(line, word) {
			l.count[word]++
		}
	}
	for _, word := range fullBreakdowns {
		if strings.Contains(line, word) && len(l.bad) < 50 {
			l.bad = append(l.bad, line)
			break
		}
	}
	if l.last = append(l.last, line); len(l.last) > 100 {
		l.last = l.last[50:]
	}
}

// said is how often the log said something.
func (l *fullLog) said(word string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count[word]
}

// breakdown returns the lines that a sound server never writes.
func (l *fullLog) breakdown() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.bad, "\n")
}

// end returns the last lines.
func (l *fullLog) end() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.last[max(0, len(l.last)-30):], "\n")
}
