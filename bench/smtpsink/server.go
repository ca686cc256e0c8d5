// Package smtpsink is a mail server that takes mail for anybody, throws it away and counts what it saw. Benchmarks use
// it as the rest of the internet.
//
// It can refuse a share of the recipients, for now or for good, be slow, and cut connections. Which recipients fail is
// a function of the address and Options.Seed, so that two servers under test meet the same failures. Nothing is kept
// on disk unless Options.Save says so. A Server may be used by many goroutines.
package smtpsink

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how friendly the world is. The zero value takes no recipient; begin with Default.
type Options struct {
	LMTP       bool // one reply to the end of DATA for each recipient (RFC 2033 §4.2)
	Pipelining bool // offer PIPELINING (RFC 2920)
	MaxRcpt    int  // recipients of one transaction; more are answered 452
	MaxConns   int  // connections at once, 421 beyond that; 0 is no limit

	Seed          uint64
	TempFail      float64 // share of recipients, 0 to 1, answered 451 at first
	TempFailTimes int     // how often such a recipient is refused before it is taken; 0 is always
	PermFail      float64 // share of recipients answered 550
	Drop          float64 // share of transactions whose connection is cut after DATA, before the reply

	Latency     time.Duration // before every reply but the one to the end of DATA
	DataLatency time.Duration // before that one

	Anonymous bool   // do not count unique recipients and senders, which saves memory
	Save      string // folder to write every message to; empty is none
}

// Default returns a friendly and fast world.
func Default() Options { return Options{Pipelining: true, MaxRcpt: 1000, TempFailTimes: 1} }

// A Server is one sink.
type Server struct {
	opt    Options
	counts counters
	seen   sync.Map     // address to *atomic.Int64: attempts at addresses that fail at first
	serial atomic.Int64 // of transactions, for the shares and the names of saved messages
}

// New returns a sink that has counted nothing yet.
func New(o Options) *Server { return &Server{opt: o} }

// Serve answers connections until the listener is closed, which is no error.
func (s *Server) Serve(l net.Listener) error {
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("take a connection: %w", err)
		}
		if s.opt.MaxConns > 0 && s.counts.open.Load() >= int64(s.opt.MaxConns) {
			fmt.Fprint(c, "421 4.3.2 too many connections\r\n")
			c.Close()
			continue
		}
		s.counts.connected()
		go s.answer(c)
	}
}

func (s *Server) answer(c net.Conn) {
	defer s.counts.open.Add(-1)
	defer c.Close()
	(&session{Server: s, r: bufio.NewReaderSize(c, 64<<10), w: bufio.NewWriterSize(c, 4<<10)}).run()
}

// Stats returns the counts since the start or the last Reset.
func (s *Server) Stats() Stats { return s.counts.stats() }

// Reset forgets everything but the connections that are open.
func (s *Server) Reset() { s.counts.reset() }

// waitStep is how often Wait looks; it bounds nothing that is measured, since the counts carry their own times.
const waitStep = 5 * time.Millisecond

// Wait returns true once at least n deliveries came, and false when ctx ends before.
func (s *Server) Wait(ctx context.Context, n int64) bool {
	tick := time.NewTicker(waitStep)
	defer tick.Stop()
	for s.counts.deliveries.Load() < n {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}
