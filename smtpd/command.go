package smtpd

import (
	"bytes"
	"strconv"
	"strings"
)

// A command is one line of a client.
type command struct {
	line string // without its line end
	verb string // its first word in upper case
	arg  string // what follows the first space
}

// parseCommand reads a line with its line end. It refuses controls (NUL and
// bare CR among them) and a verb that is not ASCII: the library folds case by
// Unicode, so a long s would pass there as an S. A lone LF as line end is
// taken, since a command cannot be mistaken for something else by that.
func parseCommand(raw []byte) (command, bool) {
	raw = bytes.TrimSuffix(raw, []byte("\n"))
	raw = bytes.TrimSuffix(raw, []byte("\r"))
	for _, b := range raw {
		if b < ' ' || b == 0x7f {
			return command{}, false
		}
	}
	line := string(raw)
	verb, arg, _ := strings.Cut(line, " ")
	for i := range len(verb) {
		if verb[i] >= 0x80 {
			return command{}, false
		}
	}
	return command{line: line, verb: strings.ToUpper(verb), arg: arg}, true
}

// ofTransaction reports whether the command belongs to a message.
func (c command) ofTransaction() bool {
	switch c.verb {
	case "MAIL", "RCPT", "DATA", "BDAT":
		return true
	}
	return false
}

// name returns the verb for the log, where a line that is no command has no
// business: it may be a password, or a piece of somebody's mail.
func (c command) name() string {
	switch c.verb {
	case "HELO", "EHLO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "QUIT", "STARTTLS", "VRFY", "EXPN", "HELP", "AUTH":
		return c.verb
	}
	return "other"
}

// cutPath splits the argument of MAIL ("FROM:") and RCPT ("TO:") into what
// stands between the angle brackets and the parameters behind them. The
// library also reads the path, but hands it over without its quotes, so that
// "a@b"@c.test and a@b@c.test look the same there.
func cutPath(arg, keyword string) (path, params string, ok bool) {
	if len(arg) < len(keyword) || !strings.EqualFold(arg[:len(keyword)], keyword) {
		return "", "", false
	}
	rest, ok := strings.CutPrefix(strings.TrimLeft(arg[len(keyword):], " "), "<")
	if !ok {
		return "", "", false
	}
	end := closingBracket(rest)
	if end < 0 {
		return "", "", false
	}
	path, params = rest[:end], rest[end+1:]
	return path, params, params == "" || params[0] == ' '
}

// closingBracket returns the place of the first > outside quotes, or -1.
func closingBracket(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == '>' && !quoted:
			return i
		}
	}
	return -1
}

// cutRoute removes a source route, which is read and ignored (RFC 5321
// appendix C).
func cutRoute(path string) string {
	if !strings.HasPrefix(path, "@") {
		return path
	}
	if _, mailbox, ok := strings.Cut(path, ":"); ok {
		return mailbox
	}
	return path
}

// parseChunk reads the argument of BDAT (RFC 3030 §2). Sizes over 32 bits are
// malformed for the library too. An empty chunk is taken only as the last one:
// see gate.bdat.
func parseChunk(arg string) (size int64, last, ok bool) {
	number, rest, more := strings.Cut(strings.TrimRight(arg, " "), " ")
	if more && !strings.EqualFold(rest, "LAST") {
		return 0, false, false
	}
	for i := range len(number) {
		if number[i] < '0' || number[i] > '9' {
			return 0, false, false
		}
	}
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil || n == 0 && !more {
		return 0, false, false
	}
	return int64(n), more, true
}
