package smtpd

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onPipes(t, config())
		idle := r.connect(t).greet()
		between := r.connect(t).greet().open()
		data := r.connect(t).greet().open()
		data.say("DATA", "354 ")
		chunks := r.connect(t).greet().open()
		chunks.send("BDAT 3\r\nx\r\n")
		chunks.want("250 ")
		synctest.Wait()
		done := make(chan error)
		go func() { done <- shutdown(r.server, 30*time.Second) }()
		const farewell = "421 4.3.2 mx.lists.test: we are restarting."
		idle.want(farewell)
		idle.ended()
		between.want(farewell)
		time.Sleep(10 * time.Second)
		data.say("x\r\n.", "250 ")
		data.want(farewell)
		data.ended()
		chunks.send("BDAT 3\r\ny\r\n")
		chunks.want("250 ")
		chunks.send("BDAT 3 LAST\r\nz\r\n")
		chunks.want("250 ")
		chunks.want(farewell)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := len(r.mails()); got != 2 {
			t.Errorf("%d messages, want 2", got)
		}
		if err := r.server.Serve(newPipes()); err != nil {
			t.Errorf("Serve after Shutdown: %v", err)
		}
	})
}

func shutdown(s *Server, within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	return s.Shutdown(ctx)
}

func TestShutdownCutsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onPipes(t, config())
		drip := r.connect(t).greet().open()
		drip.say("DATA", "354 ")
		late := r.connect(t).greet()
		late.say("MAIL FROM:<>", "250 ")
		late.say("RCPT TO:<late@lists.test>", "250 ")
		late.say("DATA", "354 ")
		late.send(".\r\n")
		synctest.Wait()
		start := time.Now()
		if err := shutdown(r.server, 20*time.Second); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took != 20*time.Second {
			t.Errorf("took %v", took)
		}
		drip.ended()
		late.ended()
		if n := len(r.server.present()); n != 0 {
			t.Errorf("%d sessions left", n)
		}
	})
}

func TestRefuse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onPipes(t, config())
		idle := r.connect(t).greet()
		data := r.connect(t).greet().open()
		data.say("DATA", "354 ")
		slow := r.connect(t).greet()
		slow.say("MAIL FROM:<>", "250 ")
		slow.say("RCPT TO:<slow@lists.test>", "250 ")
		slow.say("DATA", "354 ")
		slow.send(".\r\n")
		synctest.Wait()
		r.server.Refuse()
		const farewell = "421 4.3.0 mx.lists.test: something is wrong on our side."
		idle.want(farewell)
		idle.ended()
		data.say("x\r\n.", farewell)
		data.ended()
		close(r.wait)
		slow.want("250 ")
		slow.want(farewell)
		r.connect(t).want(farewell)
		if got := len(r.mails()); got != 1 {
			t.Errorf("%d messages, want 1", got)
		}
	})
}

// TestRefuseThenShutdown: a message in arrival is not taken after all.
func TestRefuseThenShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onPipes(t, config())
		data := r.connect(t).greet().open()
		data.say("DATA", "354 ")
		synctest.Wait()
		r.server.Refuse()
		done := make(chan error)
		go func() { done <- shutdown(r.server, 30*time.Second) }()
		synctest.Wait()
		data.say("x\r\n.", "421 4.3.0 ")
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestDecide: a Receiver that does not answer is a fault of ours.
func TestDecide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onPipes(t, config())
		c := r.connect(t).greet()
		c.say("MAIL FROM:<>", "250 ")
		c.say("RCPT TO:<late@lists.test>", "250 ")
		c.say("DATA", "354 ")
		c.say(".", "451 4.3.0 ")
		c.say("NOOP", "250 ")
	})
}

// TestSticky reads a connection again after its first error.
func TestSticky(t *testing.T) {
	near, far := net.Pipe()
	s := New(quiet(), &desk{}, config())
	g, refusal := s.enter(far, overSMTP)
	if refusal != nil {
		t.Fatal(refusal)
	}
	defer g.Close()
	g.dismiss(s.words.slow())
	go func() {
		_, _ = bufio.NewReader(near).ReadString('\n')
		_, _ = near.Write([]byte("MAIL FROM:<>\r\n"))
	}()
	for range 3 {
		if n, err := g.Read(make([]byte, 100)); n != 0 || err == nil {
			t.Errorf("got %d octets, %v", n, err)
		}
	}
	near.Close()
}
