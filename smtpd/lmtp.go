package smtpd

import (
	"bytes"
	"fmt"

	"sencoforum/list"
)

// A protocol is what the clients of one listener speak.
type protocol string

const (
	overSMTP protocol = "smtp"
	overLMTP protocol = "lmtp" // RFC 2033, between two mail servers that know each other
)

// The gate speaks LMTP alone: what differs from SMTP is a few words, and the
// library goes on in SMTP. Its own mode for LMTP answers a BDAT that failed once
// instead of once for each recipient, and reads the session's recipients in a
// second goroutine without a lock. This way there is also one proof only that
// nothing can be smuggled.

// asSMTP turns a command that came by LMTP into the one that the library knows, or
// answers it. HELO and EHLO must be refused (RFC 2033 §4.1).
func (g *gate) asSMTP(c command) (command, bool) {
	if g.protocol != overLMTP {
		return c, true
	}
	switch c.verb {
	case "HELO", "EHLO":
		g.say(g.server.words.plain(500, "5.5.1", "order", "this is LMTP: please say LHLO."))
		return command{}, false
	case "LHLO":
		c.line, c.verb = "EHLO"+c.line[len("LHLO"):], "EHLO"
	}
	return c, true
}

// asLMTP turns a reply of the library into the one of LMTP. A message without a
// recipient is a 503, and one with recipients has a reply for each of them (RFC
// 2033 §4.2), which are all the same: they are one address of ours, repeated. A
// 421 is said once, since it is said of the connection.
func (g *gate) asLMTP(out []byte, code int) []byte {
	verb := g.current.verb
	data := verb == "DATA" || verb == "BDAT"
	switch {
	case verb == "" && code == 220:
		return fmt.Appendf(nil, "220 %s LMTP Service Ready\r\n", g.server.cfg.Hostname)
	case data && code == 502 && !g.session.hasRecipient():
		return wire(asReply(g.server.words.outOfOrder("please say RCPT first.")))
	case (g.body || verb == "BDAT" && g.last) && code != 421:
		return bytes.Repeat(out, max(1, g.session.recipients()))
	}
	return out
}

// unmet is the answer to MAIL before the greeting.
func (g *gate) unmet() *list.Refusal {
	if g.protocol == overLMTP {
		return g.server.words.outOfOrder("please say LHLO first.")
	}
	return g.server.words.outOfOrder("please say EHLO first.")
}
