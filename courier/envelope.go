package courier

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"sencoforum/queue"
)

// size returns the octets of o for SIZE (RFC 1870 §5): with line ends, without stuffed dots.
func size(o queue.Outgoing) int64 { return int64(len(o.Header)) + int64(len(o.Body)) }

// misfit returns the final result for a mail that may not be offered to a peer with x, and false for one that may.
func misfit(o queue.Outgoing, x extensions) (queue.Result, bool) {
	switch {
	case o.To.IsZero() || unsafeAddress(o.To.String()) || unsafeAddress(o.From.String()):
		return ourRefusal(553, "5.1.3", "the envelope holds an address that cannot be written"), true
	case needsUTF8(o) && !x.utf8:
		return ourRefusal(550, "5.6.7", "the server does not take international addresses (SMTPUTF8)"), true
	case o.EightBit && !x.eightBit:
		return ourRefusal(554, "5.6.3", "the server does not take 8-bit mail (8BITMIME)"), true
	case x.size > 0 && size(o) > x.size:
		return ourRefusal(552, "5.3.4", "the mail has "+strconv.FormatInt(size(o), 10)+
			" octets, the server takes "+strconv.FormatInt(x.size, 10)), true
	}
	return queue.Result{}, false
}

// ourRefusal is a result that we give in the peer's stead.
func ourRefusal(code int, enhanced, text string) queue.Result {
	return queue.Result{Outcome: queue.Failed, Code: code, Enhanced: enhanced, Text: text}
}

// needsUTF8 reports a mail that only SMTPUTF8 can carry (RFC 6531 §3.4). Domains are A-labels already.
func needsUTF8(o queue.Outgoing) bool {
	return o.UTF8 || !isASCII(o.From.Local) || !isASCII(o.To.Local)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unsafeAddress reports an address that would break out of its command line. None made by message.ParseAddress does.
func unsafeAddress(s string) bool {
	return len(s) > 512 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// command returns the line for a step of o's envelope, without its end.
func command(at verb, o queue.Outgoing, x extensions) string {
	switch at {
	case rset:
		return "RSET"
	case rcpt:
		return "RCPT TO:<" + o.To.String() + ">"
	case data:
		return "DATA"
	}
	line := "MAIL FROM:<" + o.From.String() + ">"
	if x.sized {
		line += " SIZE=" + strconv.FormatInt(size(o), 10)
	}
	if o.EightBit {
		line += " BODY=8BITMIME"
	}
	if needsUTF8(o) {
		line += " SMTPUTF8"
	}
	return line
}
