package smtpd

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/emersion/go-smtp"

	"sencoforum/list"
)

// Write collects a reply of the library and sends it when it is whole.
func (g *gate) Write(p []byte) (int, error) {
	if g.proxied {
		g.proxied = false
		g.introduce()
	}
	g.out = append(g.out, p...)
	code, whole := wholeReply(g.out)
	if !whole {
		return len(p), nil
	}
	if code == 250 && g.current.verb == "EHLO" {
		g.out = g.capabilities(g.out)
	}
	if g.protocol == overLMTP {
		g.out = g.asLMTP(g.out, code)
	}
	g.deliver(g.out, code)
	g.out = g.out[:0]
	g.replied(code)
	return len(p), nil
}

// wholeReply reports whether the last line of a reply has come, and its code.
func wholeReply(out []byte) (code int, whole bool) {
	body, ok := bytes.CutSuffix(out, []byte("\n"))
	if !ok {
		return 0, false
	}
	last := body[bytes.LastIndexByte(body, '\n')+1:]
	if len(last) < 4 || last[3] != ' ' {
		return 0, false
	}
	code, err := strconv.Atoi(string(last[:3]))
	return code, err == nil
}

// capabilities completes the answer to EHLO with what the gate does in place
// of the library: the size limit and STARTTLS.
func (g *gate) capabilities(out []byte) []byte {
	out, ok := bytes.CutSuffix(out, []byte("250 SIZE\r\n"))
	if !ok {
		return out
	}
	if g.offersTLS() {
		out = append(out, "250-STARTTLS\r\n"...)
	}
	return fmt.Appendf(out, "250 SIZE %d\r\n", g.server.cfg.MaxBytes)
}

// replied draws the conclusions from a reply that the library has sent.
func (g *gate) replied(code int) {
	verb := g.current.verb
	if verb == "DATA" && code == 354 {
		g.begin()
		g.body = true
		return
	}
	g.current = command{}
	// A DATA or BDAT without a recipient is the echo of a RCPT that was
	// refused, and comes from every sender that pipelines.
	echo := (verb == "DATA" || verb == "BDAT") && !g.session.hasRecipient()
	switch {
	case g.body, verb == "BDAT" && (g.last || code != 250):
		g.finish()
	case code == 250 && (verb == "EHLO" || verb == "HELO"):
		g.greeted = true
	}
	if g.end != nil {
		g.mute = true
	}
	if code >= 500 && !echo {
		g.tally.errors++
	}
	g.endAfterErrors()
}

// endAfterErrors ends the session of a client that made too many.
func (g *gate) endAfterErrors() {
	if g.tally.errors >= g.server.limits.Errors && !g.trusted && g.end == nil {
		_ = g.quit(g.server.words.enough("too many errors."))
	}
}

// say answers in place of the library.
func (g *gate) say(r *list.Refusal) {
	g.deliver(wire(asReply(r)), r.Code)
	if r.Code >= 500 {
		g.tally.errors++
		g.endAfterErrors()
	}
}

// wire writes a reply as it goes out.
func wire(e *smtp.SMTPError) []byte {
	c := e.EnhancedCode
	return fmt.Appendf(nil, "%d %d.%d.%d %s\r\n", e.Code, c[0], c[1], c[2], e.Message)
}

// unsentBytes bounds what waits to leave with a later reply.
const unsentBytes = 4 << 10

// holds reports whether a reply may leave together with later ones. It waits no
// longer than the gate has the next command at hand: see await. Which replies
// those are says RFC 2920 §3.2.
func (g *gate) holds(code int) bool {
	verb := g.current.verb
	return (verb == "MAIL" || verb == "RCPT" || verb == "RSET") && code != 421 && g.end == nil && len(g.unsent) < unsentBytes
}

// lineAtHand reports whether the next command has arrived.
func (g *gate) lineAtHand() bool {
	b, _ := g.r.Peek(g.r.Buffered())
	return bytes.IndexByte(b, '\n') >= 0
}

// deliver sends a reply, unless it is to leave with a later one. After a failed
// write nothing more is said or read, and neither is after a 421.
func (g *gate) deliver(reply []byte, code int) {
	if g.mute {
		return
	}
	g.server.log.LogAttrs(g.server.ctx, slog.LevelDebug, "reply", slog.Int("code", code))
	g.unsent = append(g.unsent, reply...)
	if g.holds(code) {
		return
	}
	g.flush()
	if code == 421 {
		g.mute, g.end = true, net.ErrClosed
	}
}

// flush sends the replies that are held.
func (g *gate) flush() {
	if len(g.unsent) == 0 || g.mute {
		return
	}
	_ = g.conn.SetWriteDeadline(time.Now().Add(g.writeTime()))
	if _, err := g.conn.Write(g.unsent); err != nil {
		g.mute, g.end = true, net.ErrClosed
	}
	g.unsent = g.unsent[:0]
}

// Close ends the connection and gives its place back.
func (g *gate) Close() error {
	g.once.Do(func() {
		_ = g.closer().Close()
		g.server.leave(g)
	})
	return nil
}

// LocalAddr and RemoteAddr are those of the network.
func (g *gate) LocalAddr() net.Addr { return g.network().LocalAddr() }

// RemoteAddr is the address of the client.
func (g *gate) RemoteAddr() net.Addr { return g.network().RemoteAddr() }

// closer returns what to close: TLS, which says goodbye and may wait for that,
// but for a displaced connection the network under it.
func (g *gate) closer() net.Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.away {
		return g.raw
	}
	return g.conn
}

func (g *gate) network() net.Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.conn
}

// SetDeadline does nothing: the gate sets its own deadlines, as each state of
// the session needs them. So do the other two.
func (g *gate) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (g *gate) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (g *gate) SetWriteDeadline(time.Time) error { return nil }
