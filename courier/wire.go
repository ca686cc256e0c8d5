package courier

import (
	"bufio"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"sync/atomic"
	"time"
)

const (
	flightBytes = 32 << 10  // a flight up to this size is one write
	blockBytes  = 256 << 10 // each write up to this size has Timeouts.Block
)

// wire is one connection: what is written leaves by the flight, replies come one at a time. One goroutine uses it;
// only hurry may be called by another.
type wire struct {
	conn  net.Conn // raw, or TLS over it
	raw   net.Conn
	in    *bufio.Reader
	out   *bufio.Writer
	block time.Duration
	last  atomic.Pointer[time.Time] // no deadline goes beyond it once it is set

	trace  *slog.Logger // nil: protocol lines are not logged
	secret bool         // what goes over the wire now is never logged
}

func newWire(conn net.Conn, block time.Duration) *wire {
	w := &wire{conn: conn, raw: conn, block: block}
	w.in = bufio.NewReaderSize(conn, 4096) // holds the longest line of a reply
	w.out = bufio.NewWriterSize(blocks{w}, flightBytes)
	return w
}

// blocks writes to the connection of w in pieces with a deadline each.
type blocks struct{ w *wire }

func (b blocks) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		piece := p[n:min(len(p), n+blockBytes)]
		b.w.deadline(b.w.block, b.w.raw.SetWriteDeadline)
		var done int
		done, err = b.w.conn.Write(piece)
		n += done
	}
	return n, err
}

// line adds a command to the flight.
func (w *wire) line(s string) {
	if w.trace != nil && !w.secret {
		w.trace.Debug("said", "line", s)
	}
	w.out.WriteString(s) // errors stay in w.out until flush
	w.out.WriteString("\r\n")
}

// flush sends the flight.
func (w *wire) flush() error { return w.out.Flush() }

// reply waits up to d for the next reply.
func (w *wire) reply(d time.Duration) (reply, error) {
	w.deadline(d, w.raw.SetReadDeadline)
	r, err := readReply(w.in)
	if w.trace != nil && !w.secret && err == nil {
		w.trace.Debug("heard", "reply", r)
	}
	return r, err
}

// deadline sets a deadline d from now, or w.last where that is sooner.
func (w *wire) deadline(d time.Duration, set func(time.Time) error) {
	set(time.Now().Add(d)) // an error shows at the read or write that follows
	// hurry stores before it sets, so one of the two sees the other.
	if last := w.last.Load(); last != nil && time.Until(*last) < d {
		set(*last)
	}
}

// hurry lets no read or write last beyond t, one that is under way included.
func (w *wire) hurry(t time.Time) {
	w.last.Store(&t)
	w.raw.SetDeadline(t)
}

// finishWithin hurries w once ctx has ended, until stop is called.
func (w *wire) finishWithin(ctx context.Context, d time.Duration) (stop func() bool) {
	return context.AfterFunc(ctx, func() { w.hurry(time.Now().Add(d)) })
}

// upgrade shakes hands and goes on over TLS. Bytes that came before the handshake must have been read.
func (w *wire) upgrade(cfg *tls.Config, d time.Duration) error {
	conn := tls.Client(w.raw, cfg)
	w.deadline(d, w.raw.SetDeadline)
	if err := conn.Handshake(); err != nil {
		return err
	}
	w.conn = conn
	w.in.Reset(conn)
	return nil
}
