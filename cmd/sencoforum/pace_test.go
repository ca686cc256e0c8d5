package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/courier"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
)

// postalWorld is the DNS and the mail hosts of two providers: BT, and Microsoft 365 for all schools.
type postalWorld struct {
	mu    sync.Mutex
	busy  bool                   // Microsoft says that we are too fast
	taken map[string][]time.Time // by recipient
	tried int                    // refusals of Microsoft
	open  map[string]int         // connections, by provider
}

func (w *postalWorld) LookupTXT(context.Context, string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
}

func (w *postalWorld) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	if name == "btinternet.com." {
		return []*net.MX{{Host: "mx.bt.lon5.cpcloud.co.uk.", Pref: 10}}, nil
	}
	return []*net.MX{{Host: strings.ReplaceAll(strings.Trim(name, "."), ".", "-") + ".mail.protection.outlook.com.", Pref: 0}}, nil
}

func (w *postalWorld) LookupNetIP(_ context.Context, network, host string) ([]netip.Addr, error) {
	switch {
	case network == "ip6":
		return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	case strings.Contains(host, "outlook"):
		return []netip.Addr{netip.MustParseAddr("203.0.113.2")}, nil
	}
	return []netip.Addr{netip.MustParseAddr("203.0.113.1")}, nil
}

func (w *postalWorld) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("no policy")
}

func (w *postalWorld) dial(_ context.Context, _, addr string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	go w.serve(theirs, addr)
	return ours, nil
}

// serve speaks SMTP with one client, in lock-step.
func (w *postalWorld) serve(c net.Conn, addr string) {
	defer c.Close()
	w.count(addr, 1)
	defer w.count(addr, -1)
	in := bufio.NewReader(c)
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
	say("220 mx.example")
	to, body := "", false
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, rest, _ := strings.Cut(line, ":")
		switch {
		case body && line == ".":
			body = false
			w.take(to)
			say("250 2.0.0 taken")
		case body:
		case verb == "RCPT TO":
			to = strings.Trim(rest, "<>")
			say(w.answer(addr))
		case line == "DATA":
			body = true
			say("354 go on")
		case line == "QUIT":
			say("221 bye")
			return
		default:
			say("250 fine")
		}
	}
}

func (w *postalWorld) count(addr string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[addr] += n
}

func (w *postalWorld) take(to string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.taken[to] = append(w.taken[to], time.Now())
}

func (w *postalWorld) answer(addr string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy && addr == "203.0.113.2:25" {
		w.tried++
		return "451 4.7.500 Server busy. Please try again later"
	}
	return "250 2.1.5 fine"
}

// at returns how many recipients at a domain have their mail, and how many connections a provider has.
func (w *postalWorld) at(domain, addr string) (taken, open int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for to := range w.taken {
		if strings.HasSuffix(to, domain) {
			taken++
		}
	}
	return taken, w.open[addr]
}

func (w *postalWorld) refused() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tried
}

// The whole way, from the queue's rows through the real courier: the operator's file gives BT sixty copies a minute, and
// Microsoft says for ten minutes that it is busy. Each of 40 schools has its own mail host there, and all are one provider.
func TestTheHouseSendsAtTheProvidersPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := canaryHouse(t)
		w := &postalWorld{busy: true, taken: map[string][]time.Time{}, open: map[string]int{}}
		own, err := courier.ParseProviders([]byte("[BT]\nper_minute = 60\n"))
		if err != nil {
			t.Fatal(err)
		}
		log := slog.New(slog.DiscardHandler)
		h, err := openHouse(log, cfg, courier.New(log, courier.Config{
			Hostname: "forum.example", TLS: courier.Opportunistic, Resolver: w, HTTPS: w, Dial: w.dial,
			Providers: own.Before(courier.ShippedProviders()),
		}))
		if err != nil {
			t.Fatal(err)
		}
		defer h.db.Close()
		putLetters(t, h.db, 180)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- h.queue.Run(ctx) }()

		time.Sleep(30*time.Second + 500*time.Millisecond)
		bt, _ := w.at("@btinternet.com", "")
		_, open := w.at("", "203.0.113.2:25")
		if tried := w.refused(); bt < 30 || bt > 36 || tried > 5 || open > 1 {
			t.Errorf("after 30 s BT has %d copies, and Microsoft refused %d over %d connections", bt, tried, open)
		}
		words := map[string]string{}
		for _, p := range h.queue.Providers() {
			words[p.Provider] = p.Held
		}
		if len(words) != 2 || words["BT"] != "no more than 60 copies a minute go there" ||
			!strings.HasPrefix(words["Microsoft 365"], "it said that we send too fast: ") ||
			!strings.HasSuffix(words["Microsoft 365"], "451 4.7.500 Server busy. Please try again later") {
			t.Errorf("waiting: %q", words)
		}
		time.Sleep(10 * time.Minute)
		w.mu.Lock()
		w.busy = false
		w.mu.Unlock()
		time.Sleep(3 * time.Hour)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for to, times := range w.taken {
			if len(times) != 1 {
				t.Errorf("%s has %d copies", to, len(times))
			}
		}
		if len(w.taken) != 180 || w.tried > 20 {
			t.Errorf("%d of 180 have their mail, after %d refusals", len(w.taken), w.tried)
		}
	})
}

// putLetters puts so many letters into the queue: every third to BT, the others to 40 schools.
func putLetters(t *testing.T, db *store.DB, n int) {
	t.Helper()
	err := db.Update(func(tx *store.Tx) error {
		for i := range n {
			to := message.Address{Local: fmt.Sprintf("m%d", i), Domain: "btinternet.com"}
			if i%3 > 0 {
				to.Domain = fmt.Sprintf("school%d.sch.uk", i%40)
			}
			err := queue.PutLetter(tx, queue.Letter{
				To: to, Header: []byte("To: " + to.String() + "\r\n"), Body: []byte("\r\nHello\r\n"),
				Priority: queue.Normal, Queued: time.Now(),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
