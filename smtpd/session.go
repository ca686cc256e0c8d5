package smtpd

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"sencoforum/internal/failpoint"
	"sencoforum/list"
	"sencoforum/message"
)

// session is one client's side of the library's Session interface. Its methods
// return exactly *smtp.SMTPError or nil: the library prints any other error.
type session struct {
	gate *gate
	conn *smtp.Conn

	mu    sync.Mutex        // Data of a BDAT runs in a goroutine of its own
	env   *message.Envelope // nil outside a transaction
	taken int               // recipients accepted
	extra int               // recipients put off
}

func (s *Server) newSession(c *smtp.Conn) (smtp.Session, error) {
	g := c.Conn().(*gate) // the door lets nothing else in
	g.session = &session{gate: g, conn: c}
	return g.session, nil
}

// Mail begins a transaction. The library's own reading of the address is not
// used: it has lost its quotes.
func (s *session) Mail(_ string, opts *smtp.MailOptions) error {
	g, srv := s.gate, s.gate.server
	if s.hasSender() {
		return asReply(srv.words.outOfOrder("one message at a time."))
	}
	from, err := readSender(g.path)
	switch {
	case err != nil:
		return asReply(srv.words.badSender())
	case !opts.UTF8 && !ascii(g.path):
		return asReply(srv.words.needsUTF8())
	case opts.Size > srv.cfg.MaxBytes:
		return s.answer("MAIL", "", int(opts.Size), srv.words.texts.Refuse(list.CaseSize))
	}
	env := &message.Envelope{
		Client: g.client, Helo: helo(s.conn.Hostname()), TLS: g.secure, LMTP: g.protocol == overLMTP, UTF8: opts.UTF8,
		From: from, Received: srv.cfg.Now(),
	}
	err = s.ask("MAIL", func(ctx context.Context) error { return srv.receiver.Mail(ctx, env) })
	if err != nil {
		return s.answer("MAIL", "", int(opts.Size), err)
	}
	s.set(env)
	return nil
}

// Rcpt accepts one recipient, which may be said again. Another one that would be
// accepted is put off, because one message has one outcome; the sender brings it
// in a message of its own.
func (s *session) Rcpt(string, *smtp.RcptOptions) error {
	g, srv := s.gate, s.gate.server
	env := s.envelope()
	to, err := message.ParseAddress(cutRoute(g.path))
	switch {
	case env == nil:
		return asReply(srv.words.outOfOrder("please say MAIL first."))
	case err != nil:
		return s.answer("RCPT", "", 0, srv.words.badRecipient())
	case !env.UTF8 && !ascii(g.path):
		return s.answer("RCPT", theirs(to), 0, srv.words.needsUTF8())
	}
	err = s.ask("RCPT", func(ctx context.Context) error { return srv.receiver.Rcpt(ctx, env, to) })
	switch {
	case err != nil:
		return s.answer("RCPT", theirs(to), 0, err)
	case env.To.IsZero():
		s.address(to)
		return nil
	case env.To.Key() == to.Key() && s.again():
		return nil
	}
	return s.putOff()
}

// putOff answers one recipient too many. Past a number of them it counts as an
// error, for somebody who only tries addresses.
func (s *session) putOff() error {
	if s.extra++; s.extra > s.gate.server.limits.Extra {
		s.gate.tally.errors++
	}
	return asReply(s.gate.server.words.texts.Refuse(list.CaseOneAtTime))
}

// Data takes the message in. It runs in the library's goroutine for the
// connection, or beside it while the message comes by BDAT.
func (s *session) Data(r io.Reader) error {
	srv := s.gate.server
	env := s.envelope()
	if env == nil || env.To.IsZero() {
		return asReply(srv.words.outOfOrder("please say RCPT first."))
	}
	b, err := srv.read(r)
	defer b.release()
	size := len(b.raw)
	if err == nil {
		whole := time.Now()
		err = s.receive(env, b.raw)
		srv.metrics.receive.Observe(time.Since(whole).Seconds())
	} else if _, refused := err.(*list.Refusal); !refused {
		err = s.broken()
	}
	return s.answer("DATA", ours(env.To), size, err)
}

// broken says why a message did not come to its end. The gate knows, unless the
// client gave up between two chunks.
func (s *session) broken() error {
	if s.gate.cause != nil {
		return s.gate.cause
	}
	return s.gate.server.words.broken()
}

// receive looks at the form of a whole message and hands it over.
func (s *session) receive(env *message.Envelope, raw []byte) error {
	srv := s.gate.server
	if f := s.gate.form.verdict(); f != "" {
		return srv.words.misshapen(f)
	}
	if err := message.Scan(raw, message.Arriving()); err != nil {
		return err
	}
	if srv.refuses() {
		return srv.words.closing(list.CaseFault)
	}
	if err := failpoint.Hit(failpoint.SMTPReceive); err != nil {
		return err
	}
	err := s.ask("DATA", func(ctx context.Context) error { return srv.receiver.Receive(ctx, env, raw) })
	if err != nil {
		return err
	}
	return failpoint.Hit(failpoint.SMTPReply)
}

// ask puts a question to the Receiver, which may take its time but not for
// ever, and whose panic is a fault like any other.
func (s *session) ask(verb string, question func(context.Context) error) (err error) {
	srv := s.gate.server
	ctx, cancel := context.WithTimeout(srv.ctx, srv.limits.Decide)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			srv.log.Error("panic in the mail receiver", "during", verb, "err", v, "stack", string(debug.Stack()))
			err = fmt.Errorf("%s: panic in the receiver", verb)
		}
	}()
	return question(ctx)
}

// answer turns the outcome of a command into its reply, for the client and for
// the mail log. The cause of a fault goes into the log only.
func (s *session) answer(verb, to string, size int, err error) error {
	srv := s.gate.server
	r := srv.words.replyTo(err)
	if r.fault {
		srv.log.Error("mail could not be taken", "during", verb, "err", err)
	}
	s.gate.report(to, size, r)
	if verb == "DATA" {
		srv.metrics.message(s.gate.protocol, r.Code)
	}
	return r.SMTPError
}

// Reset ends the transaction.
func (s *session) Reset() { s.set(nil) }

// Logout ends the session.
func (s *session) Logout() error { return nil }

func (s *session) set(env *message.Envelope) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.env, s.taken, s.extra = env, 0, 0
}

// address gives the transaction its recipient, in a copy: the Receiver may
// have kept the envelope that it saw.
func (s *session) address(to message.Address) {
	s.mu.Lock()
	defer s.mu.Unlock()
	env := *s.env
	env.To = to
	s.env, s.taken = &env, 1
}

// again counts a recipient that was accepted before. RFC 5321 §4.5.3.1.8 asks
// for room for a hundred.
func (s *session) again() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken >= 100 {
		return false
	}
	s.taken++
	return true
}

// recipients returns how many recipients were accepted. A nil session has none.
func (s *session) recipients() int {
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken
}

func (s *session) envelope() *message.Envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.env
}

// hasSender reports whether a transaction has begun. A nil session has none.
func (s *session) hasSender() bool { return s != nil && s.envelope() != nil }

func (s *session) hasRecipient() bool { return s.hasSender() && !s.envelope().To.IsZero() }

// helo returns the name that the client gave itself, or "" where it is no name
// or address at all. Nobody relies on it; it goes into a header field.
func helo(name string) string {
	if len(name) > 255 {
		return ""
	}
	for i := range len(name) {
		c := name[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' && c != ':' && c != '[' && c != ']' {
			return ""
		}
	}
	return name
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
