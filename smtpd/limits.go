package smtpd

import (
	"cmp"
	"time"
)

// Limits bound what a stranger may cost us. A field that is zero takes its
// value from DefaultLimits.
type Limits struct {
	// Connections open at once. Those of trusted networks count in
	// Connections only.
	Connections int // in all
	PerAddress  int // from one IPv4 address or one IPv6 /64
	PerNetwork  int // from one IPv4 /24

	// Proxies only: connections whose header is awaited, which count beside
	// those above, and how long each may take.
	Headers int
	Header  time.Duration

	// One session. Trusted networks are exempt.
	Session  time.Duration // age after which no further command is read
	Idle     time.Duration // wait for one whole command
	Commands int           // beside MAIL, RCPT, DATA and BDAT of messages that came to an end
	Messages int
	Errors   int // the 5xx reply with which the session ends
	Extra    int // recipients of a transaction that are put off before they count as errors

	// Form and pace of what is read. Nobody is exempt.
	CommandBytes int           // of a command with its line end
	LineBytes    int           // of a body line without its line end
	Grace        time.Duration // before Rate is asked for
	Rate         int           // octets a second, on average after Grace
	Transfer     time.Duration // for one whole message
	Stray        time.Duration // wait for the next octets once a bare CR was seen
	Memory       int64         // octets of all messages in arrival together, beside the first 256 KiB of each

	// Our own side.
	Write  time.Duration // one reply, or one TLS handshake
	Decide time.Duration // one question to the Receiver
}

// DefaultLimits returns the limits of a server that faces the open network.
func DefaultLimits() Limits {
	return Limits{
		Connections: 200, PerAddress: 10, PerNetwork: 20,
		Headers: 100, Header: 5 * time.Second,
		Session: 20 * time.Minute, Idle: 5 * time.Minute,
		Commands: 100, Messages: 100, Errors: 4, Extra: 10,
		CommandBytes: 2000, LineBytes: 64 << 10,
		Grace: 30 * time.Second, Rate: 4 << 10, Transfer: 10 * time.Minute,
		Stray: 15 * time.Second, Memory: 128 << 20,
		Write: time.Minute, Decide: 5 * time.Minute,
	}
}

// filled returns l with its zero fields from d.
func (l Limits) filled(d Limits) Limits {
	return Limits{
		Connections: cmp.Or(l.Connections, d.Connections),
		PerAddress:  cmp.Or(l.PerAddress, d.PerAddress),
		PerNetwork:  cmp.Or(l.PerNetwork, d.PerNetwork),

		Headers: cmp.Or(l.Headers, d.Headers),
		Header:  cmp.Or(l.Header, d.Header),

		Session:  cmp.Or(l.Session, d.Session),
		Idle:     cmp.Or(l.Idle, d.Idle),
		Commands: cmp.Or(l.Commands, d.Commands),
		Messages: cmp.Or(l.Messages, d.Messages),
		Errors:   cmp.Or(l.Errors, d.Errors),
		Extra:    cmp.Or(l.Extra, d.Extra),

		CommandBytes: cmp.Or(l.CommandBytes, d.CommandBytes),
		LineBytes:    cmp.Or(l.LineBytes, d.LineBytes),
		Grace:        cmp.Or(l.Grace, d.Grace),
		Rate:         cmp.Or(l.Rate, d.Rate),
		Transfer:     cmp.Or(l.Transfer, d.Transfer),
		Stray:        cmp.Or(l.Stray, d.Stray),
		Memory:       cmp.Or(l.Memory, d.Memory),

		Write:  cmp.Or(l.Write, d.Write),
		Decide: cmp.Or(l.Decide, d.Decide),
	}
}
