package smtpd

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"sencoforum/list"
)

// A gate is the connection that the library sees: a net.Conn over the real one,
// or over the TLS that it began itself. It is read by the library's goroutine
// for the connection, which also writes all replies.
//
// What the library reads is one command line at a time, or what is there of one
// line or chunk of a body. So when it has read a body to its end it holds nothing
// of the next command, and the gate can judge each command before the library
// sees it. Which of the two comes next the gate learns from the replies that
// the library writes: see replied.
//
// Once end is set, nothing is read any more. That is what stops a message that
// broke off from being taken for commands (go-smtp issue 196).
type gate struct {
	server   *Server
	protocol protocol
	client   netip.Addr // set once, by the goroutine of the library under the server's mu
	trusted  bool       // with client
	counted  counted    // guarded by the server's mu
	opened   time.Time
	raw      net.Conn  // to the network, below TLS
	once     sync.Once // for Close

	// Of the library's goroutine.
	r       *bufio.Reader
	proxied bool     // the header of a proxy comes first
	line    []byte   // what the library has still to read of a command
	current command  // the command that waits for its reply
	path    string   // of a MAIL or RCPT
	session *session // nil before the first greeting
	greeted bool     // since the connection or its TLS began
	secure  bool     // TLS runs
	tally   tally
	out     []byte // the reply so far
	unsent  []byte // whole replies that leave with the next: see holds
	mute    bool   // nothing more will be said
	end     error  // nothing more will be read

	// Of the message in arrival. The goroutine that the library starts for
	// BDAT looks at form and cause when the library has closed its pipe.
	body  bool  // between 354 and its reply
	chunk int64 // octets of a BDAT still to come
	last  bool  // of the chunk
	bdat  bool  // between the first chunk and the reply to the last
	clock clock
	form  form
	cause *list.Refusal // why the message broke off

	mu       sync.Mutex
	conn     net.Conn
	farewell *list.Refusal // said instead of reading the next command
	busy     bool          // a message is in arrival, so the farewell waits
	wait     wait          // that its goroutine is in
	away     bool          // its place was given to somebody else
}

func newGate(s *Server, conn net.Conn, p protocol) *gate {
	return &gate{
		server: s, protocol: p, opened: time.Now(), raw: conn, conn: conn,
		r: bufio.NewReaderSize(conn, max(8<<10, s.limits.CommandBytes+1)),
	}
}

// Read gives the library a command line, or the next piece of a body.
func (g *gate) Read(p []byte) (n int, err error) {
	// The library recovers while it handles a command, but not while it reads
	// one, and a panic here would be the end of the process.
	defer func() {
		if v := recover(); v != nil {
			g.server.log.Error("panic at the mail gate", "err", v, "stack", string(debug.Stack()))
			g.end, n, err = net.ErrClosed, 0, net.ErrClosed
		}
	}()
	if g.arriving() {
		return g.readBody(p)
	}
	if len(g.line) == 0 {
		if err := g.next(); err != nil {
			return 0, err
		}
	}
	n = copy(p, g.line)
	g.line = g.line[n:]
	return n, nil
}

// arriving reports whether the library is owed octets of a message.
func (g *gate) arriving() bool { return g.body || g.chunk > 0 }

// next reads commands until one is for the library.
func (g *gate) next() error {
	for g.end == nil {
		raw, err := g.await()
		if err != nil {
			return err
		}
		c, ok := parseCommand(raw)
		if !ok {
			g.say(g.server.words.plain(500, "5.5.2", "syntax", "that is no command."))
			continue
		}
		if c, ok = g.asSMTP(c); !ok {
			continue
		}
		if line, ok := g.judge(c); ok {
			g.current, g.line = c, line
			return nil
		}
	}
	return g.end
}

// await reads one line within the limits of a command.
func (g *gate) await() ([]byte, error) {
	if !g.lineAtHand() {
		if g.flush(); g.end != nil {
			return nil, g.end
		}
	}
	until := g.patience()
	if farewell := g.arm(g.nextCommand(), until); farewell != nil {
		return nil, g.quit(farewell)
	}
	raw, err := g.r.ReadSlice('\n')
	away := g.arrived()
	w := g.server.words
	switch {
	case away != nil:
		return nil, g.quit(away)
	case len(raw) > g.server.limits.CommandBytes || errors.Is(err, bufio.ErrBufferFull):
		return nil, g.quit(w.plain(500, "5.5.2", "syntax", "that command is too long."))
	case err == nil:
		return raw, nil
	case !errors.Is(err, os.ErrDeadlineExceeded):
		g.end, g.mute = io.EOF, true
		return nil, g.end
	}
	if farewell := g.arm(wait{}, until); farewell != nil {
		return nil, g.quit(farewell)
	}
	return nil, g.quit(w.plain(421, "4.4.2", "slow", "nothing came for too long, or this connection is too old. Please connect again."))
}

// patience returns when the next command must be here. Between two chunks it is
// the pace of the message that counts, for everybody; a message that began in
// time may end after the session's.
func (g *gate) patience() time.Time {
	now, l := time.Now(), g.server.limits
	switch {
	case g.bdat:
		return g.clock.deadline(l, now, g.form.stray)
	case g.trusted:
		return now.Add(trustedIdle)
	}
	return earlier(now.Add(l.Idle), g.opened.Add(l.Session))
}

// trustedIdle is when even a trusted client is taken for gone.
const trustedIdle = 24 * time.Hour

// arm begins a wait and sets its deadline, or returns the farewell when it is
// time for it. The writes that TLS makes while it reads share the deadline.
func (g *gate) arm(w wait, until time.Time) *list.Refusal {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.farewell != nil && !g.busy {
		return g.farewell
	}
	g.wait = w
	_ = g.conn.SetDeadline(until)
	return nil
}

// dismiss makes the gate say r and end as soon as no message is in arrival. It
// may be called from any goroutine.
func (g *gate) dismiss(r *list.Refusal) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.farewell == nil {
		g.farewell = r
	}
	if !g.busy {
		_ = g.conn.SetReadDeadline(time.Unix(1, 0))
	}
}

// cut ends the connection at once, from any goroutine.
func (g *gate) cut() { _ = g.raw.Close() }

// quit says r, unless the last word was said before, and ends the session. The
// library takes the error for a connection that was closed, and keeps silent.
func (g *gate) quit(r *list.Refusal) error {
	g.say(r)
	g.mute, g.end = true, net.ErrClosed
	return g.end
}

// readBody reads what is there of the present line or chunk, strictly in order.
func (g *gate) readBody(p []byte) (int, error) {
	if g.cause != nil {
		return 0, asReply(g.cause)
	}
	if g.end != nil {
		return 0, g.breakOff(g.end)
	}
	if g.r.Buffered() == 0 {
		if err := g.fill(); err != nil {
			return 0, g.breakOff(err)
		}
	}
	piece := g.piece(len(p))
	n := copy(p, piece)
	_, _ = g.r.Discard(n)
	g.form.scan(p[:n])
	g.clock.count(n, g.server.limits)
	if !g.body {
		g.chunk -= int64(n)
	}
	return n, nil
}

// fill waits for octets of a body, but no longer than the pace allows, and for
// no more than twice the largest message: whoever sends that much does not
// listen, and will not hear our answer either.
func (g *gate) fill() error {
	if g.clock.n > 2*g.server.cfg.MaxBytes+(1<<20) {
		return errFlood
	}
	g.flush()
	until := g.clock.deadline(g.server.limits, time.Now(), g.form.stray)
	_ = g.arm(wait{forOctets, g.clock.mark}, until) // what is in arrival may come to its end
	_, err := g.r.Peek(1)
	if g.arrived() != nil {
		return errAway
	}
	return err
}

var (
	errFlood = errors.New("message goes on far beyond the limit")
	errAway  = errors.New("place was given to somebody else")
)

// piece returns at most n of the octets at hand, and none behind the end of
// this line or chunk.
func (g *gate) piece(n int) []byte {
	n = min(n, g.r.Buffered())
	if !g.body {
		n = int(min(int64(n), g.chunk))
	}
	b, _ := g.r.Peek(n)
	if g.body {
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			b = b[:i+1]
		}
	}
	return b
}

// breakOff ends a message that will not come to its end, and with it the
// connection. The library answers with the error's words, so it must be one
// of its own.
func (g *gate) breakOff(err error) *smtp.SMTPError {
	w := g.server.words
	switch {
	case g.form.stray:
		g.cause = w.misshapen(flawCR)
	case errors.Is(err, errFlood):
		g.cause = w.texts.Refuse(list.CaseSize)
	case errors.Is(err, errAway):
		g.cause = w.displaced()
	case errors.Is(err, os.ErrDeadlineExceeded):
		g.cause = w.slow()
	default:
		g.cause = w.broken()
	}
	g.end = net.ErrClosed
	return asReply(g.cause)
}
