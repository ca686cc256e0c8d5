package courier

import (
	"time"

	"sencoforum/queue"
)

// session is one conversation with a peer, past its greeting. One goroutine uses it.
type session struct {
	*wire
	peer  string
	ext   extensions
	times Timeouts

	flaw  error // why a policy would be broken here if it were not only tested; nil: it would not
	dirty bool  // the peer may have a transaction open
	good  int   // rows that this peer took or refused for good
}

// ask sends one command and reads its reply. A 421, and no reply, is trouble.
func (s *session) ask(line, doing string, wait time.Duration) (reply, error) {
	s.line(line)
	if err := s.flush(); err != nil {
		return reply{}, s.lost(doing, err)
	}
	return s.hear(doing, wait)
}

// hear reads one reply. A 421, and no reply, is trouble.
func (s *session) hear(doing string, wait time.Duration) (reply, error) {
	r, err := s.reply(wait)
	if err != nil {
		return reply{}, s.lost(doing, err)
	}
	if r.code == 421 {
		return reply{}, s.refuses(doing, r)
	}
	return r, nil
}

func (s *session) lost(doing string, err error) *trouble {
	return &trouble{peer: s.peer, doing: doing, err: err, enhanced: "4.4.2"}
}

func (s *session) refuses(doing string, r reply) *trouble {
	return &trouble{peer: s.peer, doing: doing, reply: r}
}

// steps are the commands of the next envelope.
func (s *session) steps() []verb {
	if s.dirty {
		return []verb{rset, mail, rcpt, data}
	}
	return []verb{mail, rcpt, data}
}

// queueEnvelope adds o's whole envelope to the flight.
func (s *session) queueEnvelope(o queue.Outgoing) {
	for _, at := range s.steps() {
		s.line(command(at, o, s.ext))
	}
}

// envelope offers o and returns the answers. With sent the commands have left already. In lock-step it stops at the
// first refusal. Its errors are troubles that found the body unsent.
func (s *session) envelope(o queue.Outgoing, sent bool) (answers, error) {
	var a answers
	if s.ext.pipelining && !sent {
		s.queueEnvelope(o)
		if err := s.flush(); err != nil {
			return a, s.unsent(s.lastWords(mail.String(), err))
		}
	}
	for _, at := range s.steps() {
		r, err := s.step(at, o)
		if err == nil && at == rset {
			err = s.cleaned(r)
		}
		if err != nil {
			return a, s.unsent(err)
		}
		a[at] = r
		if !s.ext.pipelining && r.code >= 400 {
			break
		}
	}
	return a, nil
}

// step gets the reply to one command of o's envelope.
func (s *session) step(at verb, o queue.Outgoing) (reply, error) {
	if s.ext.pipelining {
		return s.hear(at.String(), s.times.of(at))
	}
	return s.ask(command(at, o, s.ext), at.String(), s.times.of(at))
}

// cleaned reads the reply to RSET.
func (s *session) cleaned(r reply) error {
	if !r.ok() {
		return s.refuses(rset.String(), r)
	}
	s.dirty = false
	return nil
}

// unsent marks a trouble as one that left the body untouched.
func (s *session) unsent(err error) error {
	if t, ok := err.(*trouble); ok {
		t.unsent = true
	}
	return err
}

// lastWords looks for what the peer said before it stopped reading; cause is the write error.
func (s *session) lastWords(doing string, cause error) error {
	r, err := s.reply(s.times.Quit)
	if err != nil || r.code < 400 {
		return s.lost(doing, cause)
	}
	return s.refuses(doing, r)
}

// of returns how long to wait for the reply to a step.
func (t Timeouts) of(at verb) time.Duration {
	switch at {
	case mail:
		return t.Mail
	case rcpt:
		return t.Rcpt
	case data:
		return t.Data
	case end:
		return t.End
	}
	return t.Command
}

// result is what a reply of this peer makes of a row.
func (s *session) result(o queue.Outcome, r reply) queue.Result {
	if o == queue.Delivered || o == queue.Failed {
		s.good++
	}
	return queue.Result{Outcome: o, Code: r.code, Enhanced: r.enhanced(), Text: r.text(), Host: s.peer}
}

// quit says goodbye and closes. What goes wrong here harms no mail.
func (s *session) quit() {
	s.block = s.times.Quit
	s.line("QUIT")
	if s.flush() == nil {
		s.reply(s.times.Quit)
	}
	s.conn.Close()
}
