package smtpd

import (
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"sencoforum/message"
)

// judge decides whether a command goes to the library, and in which words. When
// it does not, the client has its answer.
func (g *gate) judge(c command) ([]byte, bool) {
	g.server.log.LogAttrs(g.server.ctx, slog.LevelDebug, "command", slog.String("verb", c.name()))
	w := g.server.words
	if n := g.tally.count(c, g.bdat); n > g.server.limits.Commands && !g.trusted {
		_ = g.quit(w.enough("too many commands."))
		return nil, false
	}
	switch verb := c.verb; {
	case strings.HasPrefix(verb, "STARTTLS"):
		g.startTLS(c)
	case g.bdat && (verb == "RSET" || verb == "EHLO" || verb == "HELO"):
		// The library's goroutine for the transfer may still be ending when
		// the next one begins, and would then answer for it.
		_ = g.quit(w.enough("a message was given up."))
	case verb == "BDAT":
		return g.judgeChunk(c)
	case verb == "MAIL":
		return g.judgeSender(c)
	case verb == "RCPT":
		return g.judgeRecipient(c)
	default:
		return toLibrary(c.line), true
	}
	return nil, false
}

func toLibrary(line string) []byte { return []byte(line + "\r\n") }

func (g *gate) judgeSender(c command) ([]byte, bool) {
	w := g.server.words
	path, _, ok := cutPath(c.arg, "FROM:")
	switch {
	case !g.greeted:
		g.say(g.unmet())
	case g.tally.messages >= g.server.limits.Messages && !g.trusted:
		_ = g.quit(w.enough("too many messages on one connection."))
	case !ok:
		g.say(w.badSender())
	default:
		g.path = path
		return toLibrary(c.line), true
	}
	return nil, false
}

// judgeRecipient also gives <Postmaster> a domain (RFC 5321 §4.5.1), since the
// library takes no address without one.
func (g *gate) judgeRecipient(c command) ([]byte, bool) {
	path, params, ok := cutPath(c.arg, "TO:")
	if !ok {
		r := g.server.words.badRecipient()
		g.report("", 0, reply{SMTPError: asReply(r), kind: r.Case})
		g.say(r)
		return nil, false
	}
	if strings.EqualFold(path, "postmaster") {
		path += "@" + g.server.cfg.PostmasterDomain
	}
	g.path = path
	return toLibrary("RCPT TO:<" + path + ">" + params), true
}

// judgeChunk counts a chunk off the stream. What stands behind a malformed BDAT
// may be a chunk or a command, so nothing more is read. An empty chunk in the
// middle is as good as malformed: the library would not wait for its own
// goroutine there.
func (g *gate) judgeChunk(c command) ([]byte, bool) {
	size, last, ok := parseChunk(c.arg)
	if !ok {
		_ = g.quit(g.server.words.badCommand("that BDAT cannot be followed."))
		return nil, false
	}
	if !g.bdat {
		g.begin()
	}
	g.bdat, g.chunk, g.last = true, size, last
	if last {
		return toLibrary(fmt.Sprintf("BDAT %d LAST", size)), true
	}
	return toLibrary(fmt.Sprintf("BDAT %d", size)), true
}

// begin starts the clock of a message.
func (g *gate) begin() {
	g.clock = newClock(time.Now())
	g.form = form{limit: g.server.limits.LineBytes}
	g.cause = nil
	g.setBusy(true)
}

// finish ends a message that was answered. The commands that brought it are
// forgiven. One whose framing is in doubt also ends the session: an octet of it
// may have been meant as a command, or the other way round.
func (g *gate) finish() {
	if g.session.hasRecipient() {
		g.tally.messages++
		g.tally.pending = 0
	}
	if g.form.verdict().framing() {
		g.mute, g.end = true, net.ErrClosed
	}
	g.server.metrics.octets.WithLabelValues(string(g.protocol)).Add(float64(g.clock.n))
	g.body, g.chunk, g.bdat = false, 0, false
	g.setBusy(false)
}

func (g *gate) setBusy(b bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy = b
}

// tally counts what a session has had.
type tally struct {
	commands int // beside those of messages
	pending  int // of the message under way; forgiven at its end
	messages int
	errors   int
}

// count adds a command and returns how many count against the limit. Chunks
// behind the first one do not: each brings octets, which are limited.
func (t *tally) count(c command, transfer bool) int {
	switch {
	case transfer && c.verb == "BDAT":
	case c.verb == "MAIL":
		t.commands, t.pending = t.commands+t.pending, 1
	case c.ofTransaction():
		t.pending++
	default:
		t.commands++
	}
	return t.commands + t.pending
}

// readSender reads the path of a MAIL, which is the zero address for the null sender.
func readSender(path string) (message.Address, error) {
	if path == "" {
		return message.Address{}, nil
	}
	return message.ParseAddress(cutRoute(path))
}
