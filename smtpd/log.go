package smtpd

import (
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"sencoforum/internal/seldom"
	"sencoforum/list"
	"sencoforum/message"
)

// report writes the one line of the mail log about a message that came in or
// was refused. It names our address and nobody else's: senders, subjects and
// the tokens behind a plus sign are not logged.
func (g *gate) report(to string, size int, r reply) {
	what := "message refused"
	if r.Code < 400 {
		what = "message received"
	}
	attrs := []slog.Attr{
		slog.String("client", g.client.String()), slog.Bool("tls", g.secure),
		slog.String("to", to), slog.Int("size", size), slog.Int("code", r.Code),
	}
	if r.kind != "" {
		attrs = append(attrs, slog.String("case", r.kind))
	}
	g.server.log.LogAttrs(g.server.ctx, slog.LevelInfo, what, attrs...)
}

// ours returns an address that was accepted, for the log, without its token.
func ours(a message.Address) string {
	if a.IsZero() {
		return ""
	}
	if name, _, token := strings.Cut(a.Local, "+"); token {
		a.Local = name + "+"
	}
	return a.String()
}

// theirs returns an address that was not accepted, which may be anybody's: its
// domain is enough to see an attempt to relay.
func theirs(a message.Address) string { return "@" + a.Domain }

// turned logs connections that were ended for one kind of reason no more than
// once a second, since a flood of them must not become a flood of lines.
type turned struct{ line *seldom.Line }

func newTurned(what string, l slog.Level) *turned {
	return &turned{seldom.NewLine(what, l, time.Second)}
}

// note counts one and logs the client of it, with why.
func (t *turned) note(log *slog.Logger, client netip.Addr, why ...slog.Attr) {
	t.line.Log(log, append([]slog.Attr{slog.String("client", client.String())}, why...)...)
}

// refusedFor is what the log says of a refusal.
func refusedFor(r *list.Refusal) []slog.Attr {
	return []slog.Attr{slog.Int("code", r.Code), slog.String("case", r.Case)}
}

// libraryLog takes what the library wants to tell. Panics are our faults; the
// rest are connections that broke, with nothing to do about it.
type libraryLog struct{ log *slog.Logger }

func (l libraryLog) Printf(format string, v ...any) {
	if strings.HasPrefix(format, "panic") {
		l.log.Error("mail session", "err", fmt.Sprintf(format, v...))
		return
	}
	l.log.Debug("mail session", "err", fmt.Sprintf(format, v...))
}

func (l libraryLog) Println(v ...any) { l.log.Debug("mail session", "err", fmt.Sprint(v...)) }
