package queue

import (
	"context"
	"errors"
	"fmt"

	"sencoforum/message"
)

// MaxText is the greatest number of bytes of a [Result]'s text; what is longer is cut at a letter's edge.
const MaxText = 500

// Outcome says how one copy fared.
type Outcome uint8

// The outcomes. Deferred is never a final one: the row stays and is tried again. The numbers are on disk.
const (
	Open      Outcome = 0 // no outcome yet
	Delivered Outcome = 1 // the next hop took it (RFC 5321 §4.2.5)
	Failed    Outcome = 2 // refused for good (5yz, or no such domain)
	Dropped   Outcome = 3 // not wanted any more: its recipient left, its post was stopped, an operator said so
	Expired   Outcome = 4 // not taken within the lifetime
	Deferred  Outcome = 5 // refused for now (4yz, or no connection)
)

// String returns the word for an outcome that operators read.
func (o Outcome) String() string {
	switch o {
	case Open:
		return "open"
	case Delivered:
		return "delivered"
	case Failed:
		return "failed"
	case Dropped:
		return "dropped"
	case Expired:
		return "expired"
	case Deferred:
		return "deferred"
	}
	return fmt.Sprintf("outcome %d", uint8(o))
}

// Result is what came of one attempt to hand over one copy.
type Result struct {
	Outcome  Outcome
	Code     int    // SMTP reply code, 0 when there was no reply
	Enhanced string // "5.1.1" (RFC 3463), empty when there was none
	Text     string // the other side's words, at most MaxText bytes
	Host     string // the host that said so
}

// An Attempt is one try to hand over one copy, as [Config.Attempted] hears of it. Copies that were not wanted any more are
// none. A copy that is given up (Expired) was not tried again for that.
type Attempt struct {
	Provider string // as in [Hop]; empty when the domain never had a route
	Row      Row    // without payload; Attempts counts this one
	Result   Result
}

// RouteError is the error of [Courier.Route] when the domain itself is the trouble. Outcome Failed means for good
// (null MX, no such domain), Deferred means try later. Any other error counts as Deferred.
type RouteError struct{ Result Result }

// Error returns the result as one line.
func (e *RouteError) Error() string { return "route: " + e.Result.Line() }

// ErrStarved is wrapped by an error of [Courier.Route] or [Courier.Deliver] when nothing was tried for want of something
// of ours, such as descriptors. It says nothing about the other side, and is over as soon as there is some again.
var ErrStarved = errors.New("this server has too few descriptors left")

// Hop is the next machine, or group of machines, on a copy's way.
type Hop struct {
	Key      string // connections are reused within a key: the smarthost, or the sorted MX set
	Operator string // who runs it; the connection limit counts per operator
	Limit    int    // connections at once to that operator, at least 1

	PerMinute     int // copies to that operator, at most; 0: no limit
	PerConnection int // copies over one connection, at most; 0: no limit

	// Provider is the name of who receives the mail of the domain that was asked for, as operators of lists know it. It belongs
	// to the domain and not to the hop: behind a mail service, domains of many providers share one hop. Empty: not known.
	Provider string
}

// Outgoing is one copy ready to be sent: the bytes on the wire are Header followed by Body.
type Outgoing struct {
	Row    RowID
	From   message.Address // zero is the null sender
	To     message.Address
	Header []byte // the lines of this copy alone, CRLF
	Body   []byte // shared by the copies: the rest of the header, the blank line, the body; CRLF; never changed

	UTF8     bool // needs SMTPUTF8 (RFC 6531)
	EightBit bool // needs 8BITMIME (RFC 6152)
}

// Courier carries copies to their next hop. Its methods are called from many goroutines at once.
type Courier interface {
	// Route finds the next hop of a domain. It may wait for the DNS. The error is a *RouteError where the domain
	// has no hop; then the Hop may still have a Provider, and nothing else of it counts.
	Route(ctx context.Context, domain string) (Hop, error)

	// Deliver makes one connection to hop, takes rows from src until Next says false, and settles each row it took.
	// A non-nil error says that the hop could not be used, with the reason in its text; rows that were taken and
	// not settled are then deferred with the same text. It should take its first row only when the hop has
	// greeted, so that a dead hop costs no row an attempt. An end in good order is Next saying false; when ctx ends
	// the time for that is over, and Deliver must close the connection and return at once.
	Deliver(ctx context.Context, hop Hop, src Source) error
}

// Source gives one connection its copies. Its methods may be called by one goroutine that sends and another that
// reads replies.
type Source interface {
	// Next returns the next copy for this hop. With wait false it answers at once: false means that nothing is
	// ready, and the courier should read the replies it is owed. With wait true it waits up to the idle time, and
	// false means that the connection should be closed.
	Next(ctx context.Context, wait bool) (Outgoing, bool)

	// Settle reports what came of a row that Next gave out. Each row is settled once; it returns at once.
	Settle(row RowID, r Result)
}
