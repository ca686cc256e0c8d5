package courier

import (
	"context"
	"errors"

	"sencoforum/internal/failpoint"
	"sencoforum/queue"
)

// delivery is one call of Deliver. It owes src a Settle for each row in held.
type delivery struct {
	src  queue.Source
	by   *SMTP
	held []queue.Outgoing // the row whose replies are read, and the one whose envelope left with its body
}

// Deliver sends what src gives over one connection to hop, until src has no more or ctx ends. It settles each
// row it takes exactly once. A non-nil error is the trouble of the hop, and the result of the rows it kept from going; when ctx
// ends before a connection stands, it is that of ctx.
func (c *SMTP) Deliver(ctx context.Context, hop queue.Hop, src queue.Source) (err error) {
	way, err := c.way(hop.Key)
	if err != nil {
		return err
	}
	d := &delivery{src: src, by: c}
	defer func() { d.giveBack(err) }()
	for {
		s, err := c.open(ctx, way)
		if ctx.Err() != nil && err != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		if err = d.pump(ctx, s); err == nil || !resumable(err, s) || ctx.Err() != nil {
			return err
		}
		c.log.Debug("connection ended, opening another", "host", s.peer, "mails", s.good, "reason", err)
	}
}

// resumable reports that a connection that had served us well came to its end before the next mail's body began.
func resumable(err error, s *session) bool {
	var t *trouble
	return errors.As(err, &t) && t.unsent && s.good > 0 && (t.err != nil || polite(t.reply) || t.doing == rset.String())
}

// giveBack defers the rows that the hop's trouble kept from going.
func (d *delivery) giveBack(err error) {
	if err == nil {
		err = errors.New("sending was interrupted") // a panic on its way up
	}
	r := deferral(err)
	for len(d.held) > 0 {
		d.settle(r)
	}
}

// settle reports on the front row and lets go of it.
func (d *delivery) settle(r queue.Result) {
	row := d.held[0].Row
	d.held = d.held[1:]
	d.src.Settle(row, r)
}

// take holds the next row that the peer of s may be offered. Rows that it may not are settled on the way.
func (d *delivery) take(ctx context.Context, s *session, wait bool) bool {
	for ctx.Err() == nil {
		o, ok := d.src.Next(ctx, wait)
		if !ok {
			return false
		}
		d.held = append(d.held, o)
		if d.fits(s) {
			return true
		}
	}
	return false
}

// fits settles the row taken last if the peer of s may not be offered it.
func (d *delivery) fits(s *session) bool {
	last := len(d.held) - 1
	r, bad := misfit(d.held[last], s.ext)
	if bad {
		row := d.held[last].Row
		d.held = d.held[:last]
		r.Host = s.peer
		d.src.Settle(row, r)
	}
	return !bad
}

// pump sends rows over s until there are no more or the hop is in trouble. It closes the connection.
func (d *delivery) pump(ctx context.Context, s *session) error {
	stop := s.finishWithin(ctx, s.times.Finish)
	defer stop()
	defer s.conn.Close()
	sent := false // the front row's envelope has left
	if len(d.held) > 0 {
		d.fits(s) // carried over from the last connection
	}
	for {
		if len(d.held) == 0 && !d.take(ctx, s, true) {
			s.quit()
			return nil
		}
		a, err := s.envelope(d.held[0], sent)
		if err != nil {
			return err
		}
		if sent, err = d.follow(ctx, s, judge(a), a); err != nil {
			return err
		}
	}
}

// follow does what the ruling on the front row asks for, which settles that row. sent says that the envelope of the row
// behind it, now the front, has left in the same flight.
func (d *delivery) follow(ctx context.Context, s *session, r ruling, a answers) (sent bool, err error) {
	switch r.move {
	case sendBody:
		return d.sendBody(ctx, s)
	case leave:
		d.settle(s.result(r.outcome, a[r.at]))
		return false, s.refuses(r.at.String(), a[r.at])
	}
	d.settle(s.result(r.outcome, a[r.at]))
	s.dirty = r.reset
	if r.move == skip {
		return false, nil
	}
	s.line(".")
	sent, err = d.flyOn(ctx, s)
	if err != nil {
		return false, s.unsent(s.lastWords(end.String(), err))
	}
	// Nobody gets that mail; whatever the peer says of it is right.
	_, err = s.hear(end.String(), s.times.End)
	return sent, s.unsent(err)
}

// flyOn ends a flight: with the next row's envelope behind what is written, where the peer lets us.
func (d *delivery) flyOn(ctx context.Context, s *session) (sent bool, err error) {
	if s.ext.pipelining && d.take(ctx, s, false) {
		s.queueEnvelope(d.held[len(d.held)-1])
		sent = true
	}
	return sent, s.flush()
}

// sendBody sends the front row's mail and settles the row by the reply.
func (d *delivery) sendBody(ctx context.Context, s *session) (sent bool, err error) {
	if err := failpoint.Hit(failpoint.CourierBody); err != nil {
		return false, s.unsent(s.lost("sending the mail", err))
	}
	o := d.held[0]
	// An error of writing stays in the buffer until it is flushed.
	writeBody(s.out, o.Header, o.Body)
	sent, err = d.flyOn(ctx, s)
	if err != nil {
		return false, d.bodyStuck(s, err)
	}
	r, err := s.reply(s.times.End)
	if err == nil {
		err = failpoint.Hit(failpoint.CourierAnswered)
	}
	if err != nil {
		d.settle(deferral(s.lost("no reply to a whole mail, which may arrive twice", err)))
		return false, s.lost(end.String(), err)
	}
	return sent, d.settleBody(s, r)
}

// bodyStuck settles the front row after its body could not be written whole: by the peer's words if it had some.
func (d *delivery) bodyStuck(s *session, cause error) error {
	err := s.lastWords("sending the mail", cause)
	if t, ok := err.(*trouble); ok && t.err == nil {
		d.settleBody(s, t.reply)
	}
	return err
}

// settleBody settles the front row by the reply to its body.
func (d *delivery) settleBody(s *session, r reply) error {
	outcome, hop := meaning(end, r)
	if s.flaw != nil && outcome == queue.Delivered {
		d.by.overlooked(d.held[0].To.Domain, s)
	}
	d.settle(s.result(outcome, r))
	if hop {
		return s.refuses(end.String(), r)
	}
	return nil
}
