package rig

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/courier"
	"sencoforum/message"
	"sencoforum/queue"
)

// TestRigSinksTimeouts has the same bad host on simulated time, where nobody
// makes it honest: the courier gives it up by itself. The longest waits are
// those of RFC 5321 §4.5.3.2.
func TestRigSinksTimeouts(t *testing.T) {
	for _, c := range []struct {
		name string
		turn turn
		wait time.Duration
	}{
		{name: "no connection", wait: 30 * time.Second},
		{name: "no greeting", turn: when(atGreeting, deed{then: freeze}), wait: 5 * time.Minute},
		{name: "no reply to EHLO", turn: when(atEHLO, deed{then: freeze}), wait: 5 * time.Minute},
		{name: "no reply to MAIL", turn: when(atMAIL, deed{then: freeze}), wait: 5 * time.Minute},
		{name: "no reply to RCPT", turn: when(atRCPT, deed{then: freeze}), wait: 5 * time.Minute},
		{name: "no reply to DATA", turn: when(atDATA, deed{then: freeze}), wait: 2 * time.Minute},
		{name: "no reply to a mail", turn: when(atEnd, deed{keep: true, then: freeze}), wait: 10 * time.Minute},
		{name: "a mail that is not read", turn: when(atDATA, deed{say: "354 go on\r\n", then: freeze}), wait: 3 * time.Minute},
		{name: "a greeting of one octet a minute", turn: when(atGreeting, deed{say: "220 host.example\r\n", each: time.Minute}), wait: 5 * time.Minute},
		{name: "a reply to a mail of one octet a minute", turn: when(atEnd, deed{keep: true, say: "250 2.0.0 taken\r\n", each: time.Minute}), wait: 10 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { givesUp(t, c.turn, c.wait) })
		})
	}
}

// givesUp delivers one mail to a bad host, which must end as deferred after a
// time, give or take the second of a last attempt to write.
func givesUp(t *testing.T, bad turn, wait time.Duration) {
	host := makeBadHost()
	if bad != nil {
		host.vice, host.honest = &vice{turn: bad}, make(chan struct{})
	}
	var visits sync.WaitGroup
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		if bad == nil {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		ours, theirs := net.Pipe()
		visits.Go(func() { host.receive(theirs) })
		return ours, nil
	}
	c := courier.New(slog.New(slog.DiscardHandler), courier.Config{
		Hostname: "forum.example", Dial: dial, Smarthost: &courier.Smarthost{Host: "127.0.0.1", Port: 25, TLS: "none"},
	})
	hop, err := c.Route(t.Context(), "school.example")
	if err != nil {
		t.Fatal(err)
	}
	src := &oneMail{}
	start := time.Now()
	err = c.Deliver(t.Context(), hop, src)
	took := time.Since(start)
	if err == nil || took < wait || took > wait+10*time.Second {
		t.Errorf("it was given up after %v with %v, want after %v", took, err, wait)
	}
	if src.given && src.result.Outcome != queue.Deferred || src.settled > 1 {
		t.Errorf("the mail was settled %d times, in the end as %s", src.settled, src.result.Outcome)
	}
	if err := host.turnHonest(); err != nil {
		t.Fatal(err)
	}
	visits.Wait()
}

// oneMail is a source of one mail.
type oneMail struct {
	given   bool
	settled int
	result  queue.Result
}

func (m *oneMail) Next(context.Context, bool) (queue.Outgoing, bool) {
	if m.given {
		return queue.Outgoing{}, false
	}
	m.given = true
	return queue.Outgoing{
		Row: 1, From: message.Address{Local: "rig-bounces", Domain: "lists.example.org"}, To: message.Address{Local: "member", Domain: "school.example"},
		Header: []byte("Message-ID: <1@x>\r\n"), Body: []byte("\r\nend of <1@x>\r\n"),
	}, true
}

func (m *oneMail) Settle(_ queue.RowID, r queue.Result) { m.settled, m.result = m.settled+1, r }
