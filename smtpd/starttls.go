package smtpd

import (
	"bufio"
	"crypto/tls"
	"log/slog"
	"net"
	"time"
)

// startTLS answers STARTTLS (RFC 3207) and goes on over TLS. The library never
// sees the command, for two reasons. It would put TLS above the gate, which
// would then see cipher text only and could neither judge commands nor give
// <Postmaster> a domain. And it matches whatever begins with STARTTLS.
//
// The library keeps the name of the first EHLO, so the gate asks for another one
// before the next MAIL. Nothing else that was said in clear has an effect later,
// because STARTTLS is refused inside a transaction.
func (g *gate) startTLS(c command) {
	w := g.server.words
	switch {
	case c.verb != "STARTTLS" || c.arg != "":
		g.say(w.badCommand("STARTTLS takes no arguments."))
	case g.secure:
		g.say(w.outOfOrder("TLS runs already."))
	case !g.offersTLS():
		g.say(w.plain(502, "5.5.1", "order", "STARTTLS is not offered."))
	case g.bdat || g.session.hasSender():
		g.say(w.outOfOrder("STARTTLS is not possible inside a transaction."))
	case g.r.Buffered() > 0:
		// Whatever was sent in clear behind STARTTLS may have been put there
		// by somebody else (CVE-2011-0411).
		_ = g.quit(w.plain(554, "5.5.1", "order", "nothing may follow STARTTLS."))
	default:
		g.upgrade()
	}
}

// offersTLS reports whether STARTTLS makes sense now. Nobody can listen in on a
// socket of this machine.
func (g *gate) offersTLS() bool {
	if g.server.cfg.Certificate == nil || g.secure || g.raw.LocalAddr().Network() == "unix" {
		return false
	}
	cert, err := g.server.cfg.Certificate()
	return cert != nil || err != nil
}

func (g *gate) upgrade() {
	cert, err := g.server.cfg.Certificate()
	if err != nil {
		g.server.log.Error("cannot offer TLS for mail", "err", err)
		g.say(g.server.words.plain(454, "4.7.0", "tls", "TLS is not possible just now."))
		return
	}
	g.deliver([]byte("220 2.0.0 Ready to start TLS\r\n"), 220)
	now := time.Now()
	if farewell := g.arm(wait{forCommand, now}, now.Add(g.server.limits.Write)); farewell != nil {
		g.mute, g.end = true, net.ErrClosed
		return
	}
	conn := tls.Server(g.conn, tlsConfig(cert))
	err = conn.Handshake()
	if g.arrived() != nil {
		err = errAway
	}
	if err != nil {
		g.server.log.LogAttrs(g.server.ctx, slog.LevelDebug, "TLS handshake broke",
			slog.String("client", g.client.String()), slog.String("err", err.Error()))
		g.mute, g.end = true, net.ErrClosed
		return
	}
	g.mu.Lock()
	g.conn = conn
	g.mu.Unlock()
	g.r = bufio.NewReaderSize(conn, g.r.Size())
	g.secure, g.greeted = true, false
}

// tlsConfig is made anew for each connection, with the certificate of the day.
// Mail servers seldom come back within a ticket's life, so there are none.
func tlsConfig(cert *tls.Certificate) *tls.Config {
	return &tls.Config{
		MinVersion:             tls.VersionTLS12,
		Certificates:           []tls.Certificate{*cert},
		SessionTicketsDisabled: true,
	}
}
