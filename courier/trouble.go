package courier

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"sencoforum/queue"
)

// trouble is a fault of the hop and of no mail.
type trouble struct {
	peer     string // "mx.example[192.0.2.1]:25", or the name alone
	doing    string // what we were at: "connect", "greeting", "MAIL", …
	reply    reply  // zero when none came
	err      error  // what happened when no reply came; nil with a reply
	enhanced string // our own code when no reply came, "4.4.1"
	unsent   bool   // the front row's body had not begun to leave
}

// Error returns one line for people. It may hold the peer's words, cleaned.
func (t *trouble) Error() string {
	if t.err != nil {
		return t.peer + ": " + t.doing + ": " + describe(t.err)
	}
	return t.peer + ": " + t.doing + ": " + t.reply.String()
}

// Unwrap returns the cause, nil after a reply.
func (t *trouble) Unwrap() error { return t.err }

// Is reports that a reply said that we send too fast.
func (t *trouble) Is(target error) bool {
	return target == queue.ErrThrottled && queue.Throttles(t.reply.code, t.reply.enhanced(), t.reply.text())
}

// describe puts the errors that a connection dies of into words.
func describe(err error) string {
	switch {
	case errors.As(err, new(demanded)):
		return cleanText(err.Error()) // whose wish it is matters more than how it was not met
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the other side closed the connection"
	}
	return cleanText(err.Error())
}

// starving reports an error of a dial or a look-up that our own want of descriptors or memory made: the other side was
// never asked.
func starving(err error) bool {
	for _, want := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM} {
		if errors.Is(err, want) {
			return true
		}
	}
	var dns *net.DNSError // keeps only the words of its cause
	return errors.As(err, &dns) &&
		(strings.Contains(dns.Err, syscall.EMFILE.Error()) || strings.Contains(dns.Err, syscall.ENFILE.Error()))
}

// starved is what the queue hears of such an error.
func starved(err error) error { return fmt.Errorf("%w: %w", queue.ErrStarved, err) }

// faults are the troubles of all addresses that were tried.
type faults []error

// Error returns them on one line.
func (f faults) Error() string {
	var words []string
	for _, err := range f {
		words = append(words, err.Error())
	}
	return strings.Join(words, "; ")
}

// Unwrap gives errors.As the way in.
func (f faults) Unwrap() []error { return f }

// deferral is the result of a row that a hop's trouble kept from going.
func deferral(err error) queue.Result {
	r := queue.Result{Outcome: queue.Deferred, Text: cleanText(err.Error())}
	var all faults
	var t *trouble
	if !errors.As(err, &t) || errors.As(err, &all) && len(all) > 1 {
		return r
	}
	r.Host = t.peer
	if t.err != nil {
		r.Enhanced, r.Text = t.enhanced, cleanText(t.doing+": "+describe(t.err))
		return r
	}
	r.Code, r.Enhanced, r.Text = t.reply.code, t.reply.enhanced(), cleanText(t.doing+": "+t.reply.text())
	return r
}
