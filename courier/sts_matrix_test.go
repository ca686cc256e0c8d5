package courier

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"sencoforum/queue"
)

// pipes is a listener whose connections are pipes, for simulated time.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// faults of the one MX host of the matrix.
var certificates = []string{"ok", "expired", "wrong name", "self-signed", "no STARTTLS"}

func matrixCertificate(t *testing.T, ca *authority, kind string) *tls.Certificate {
	switch kind {
	case "ok":
		return ca.issue(time.Now().Add(time.Hour), "mx.school.example")
	case "expired":
		return ca.issue(time.Now().Add(-time.Hour), "mx.school.example")
	case "wrong name":
		return ca.issue(time.Now().Add(time.Hour), "mx.other.example", "school.example")
	case "self-signed":
		cert, _ := certificate(t, "mx.school.example")
		return &cert
	}
	return nil
}

// exchange is what happened to one mail.
type exchange struct {
	result    queue.Result
	delivered bool
	clear     bool
	moved     []string // counters of results
	log       string
}

// sendOne routes and delivers one mail, as the queue would.
func sendOne(t *testing.T, c *SMTP, box *inbox, log *bytes.Buffer) exchange {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	if err := c.Register(r); err != nil {
		t.Fatal(err)
	}
	var x exchange
	hop, err := c.Route(t.Context(), "school.example")
	var bad *queue.RouteError
	if errors.As(err, &bad) {
		x.result = bad.Result
	} else if err != nil {
		t.Fatal(err)
	} else {
		src := newRows(queue.Outgoing{Row: 1, From: addr(t, "b@lists.example"), To: addr(t, "priya@school.example"), Body: []byte("Subject: hi\r\n\r\nhi\r\n")})
		err := c.Deliver(t.Context(), hop, src)
		src.check(t)
		x.result = src.results[1]
		if err != nil {
			x.result = deferral(err)
		}
	}
	box.mu.Lock()
	x.delivered, x.clear = len(box.mails) > 0, box.clear > 0
	box.mu.Unlock()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.Metric {
			if f.GetName() == "sencoforum_courier_tls_results_total" && m.Counter.GetValue() > 0 {
				x.moved = append(x.moved, fmt.Sprintf("%s/%s", m.Label[0].GetValue(), m.Label[1].GetValue()))
			}
		}
	}
	for line := range strings.Lines(log.String()) {
		_, line, _ = strings.Cut(line, "msg=")
		x.log += "  " + line
	}
	return x
}

// line is what the golden file says of it.
func (x exchange) line() string {
	what := "deferred, " + x.result.Enhanced + " " + x.result.Text
	switch {
	case x.delivered && x.clear:
		what = "delivered in the clear"
	case x.delivered:
		what = "delivered encrypted"
	}
	return what + "\n  " + strings.Join(x.moved, " ") + "\n" + x.log
}

// TestMatrix sends one mail for each policy, each setting and each state of the MX host, in simulated time, and compares
// what came of it with testdata/sts_matrix.txt: the result, the counters that moved, and the log.
func TestMatrix(t *testing.T) {
	var got strings.Builder
	for _, setting := range []string{"required", "opportunistic", "exception"} {
		for _, mode := range []string{"no policy", "none", "testing", "enforce"} {
			for _, named := range []bool{true, false} {
				if mode == "no policy" && !named {
					continue
				}
				for _, kind := range certificates {
					name := fmt.Sprintf("%s | %s | %s | %s", setting, mode, map[bool]string{true: "named", false: "not named"}[named], kind)
					synctest.Test(t, func(t *testing.T) {
						x := matrixCase(t, setting, mode, named, kind)
						x.promises(t, name, setting, mode, named, kind)
						fmt.Fprintf(&got, "%s: %s", name, x.line())
					})
				}
			}
		}
	}
	const file = "testdata/sts_matrix.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

// promises are what must hold whatever the golden file says.
func (x exchange) promises(t *testing.T, name, setting, mode string, named bool, kind string) {
	t.Helper()
	wantDelivered := kind != "no STARTTLS" || setting != "required"
	if mode == "enforce" {
		wantDelivered = named && kind == "ok"
	}
	if x.delivered != wantDelivered {
		t.Errorf("%s: delivered %v, want %v", name, x.delivered, wantDelivered)
	}
	if wantClear := wantDelivered && kind == "no STARTTLS"; x.clear != wantClear {
		t.Errorf("%s: in the clear %v, want %v", name, x.clear, wantClear)
	}
	if x.delivered != (x.result.Outcome == queue.Delivered) || !x.delivered && x.result.Outcome != queue.Deferred {
		t.Errorf("%s: result %+v", name, x.result)
	}
	if mode == "enforce" && !x.delivered && !strings.Contains(x.result.Text, "MTA-STS") {
		t.Errorf("%s: nobody reads why: %s", name, x.result.Text)
	}
	if flawed := mode == "testing" && (!named || x.delivered && kind != "ok"); flawed != (x.log != "") && mode != "enforce" {
		t.Errorf("%s: log %q", name, x.log)
	}
}

func matrixCase(t *testing.T, setting, mode string, named bool, kind string) exchange {
	ca := newAuthority(t)
	box, wires := &inbox{}, newPipes()
	box.serveOn(t, wires, matrixCertificate(t, ca, kind), false)
	z := &zone{txt: map[string][]string{townTXT: {"v=STSv1; id=1"}},
		mx:    map[string][]*net.MX{"school.example.": mx(10, "mx.school.example.")},
		addrs: map[string][]netip.Addr{"mx.school.example.": addresses("203.0.113.1")}}
	host := "mx.else.example"
	if named {
		host = "*.school.example"
	}
	if mode == "no policy" {
		z.txt = nil
	}
	cfg := Config{Hostname: "forum.example", Resolver: z, RootCAs: ca.pool, HTTPS: &policyHost{text: policy(mode, week, host)}, Dial: wires.dial}
	switch setting {
	case "opportunistic":
		cfg.TLS = Opportunistic
	case "exception":
		cfg.ClearDomains = []string{"school.example"}
	}
	var log bytes.Buffer
	return sendOne(t, New(slog.New(slog.NewTextHandler(&log, nil)), cfg), box, &log)
}

// Somebody in the middle takes away all that he can, and gets nothing in the clear while a policy holds that we know.
func TestWhoeverIsInTheMiddleGetsNothing(t *testing.T) {
	for _, what := range []string{"strips STARTTLS", "has a certificate of his own", "has a certificate for his own name", "has another MX", "cuts off the handshake"} {
		for _, restarted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, restarted %v", what, restarted), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { inTheMiddle(t, what, restarted) })
			})
		}
	}
}

func inTheMiddle(t *testing.T, what string, restarted bool) {
	ca := newAuthority(t)
	z := &zone{txt: map[string][]string{townTXT: {"v=STSv1; id=1"}},
		mx: map[string][]*net.MX{"school.example.": mx(10, "mx.school.example.")},
		addrs: map[string][]netip.Addr{"mx.school.example.": addresses("203.0.113.1"), "mx.evil.example.": addresses("203.0.113.66"),
			"school.example.": addresses("203.0.113.66")}}
	host := &policyHost{text: policy("enforce", week, "mx.school.example")}
	honest, evil := &inbox{}, &inbox{}
	good, bad := newPipes(), newPipes()
	honest.serveOn(t, good, ca.issue(time.Now().AddDate(0, 1, 0), "mx.school.example"), false)
	attacker := newAuthority(t)
	evil.serveOn(t, bad, map[string]*tls.Certificate{
		"has a certificate of his own":       attacker.issue(time.Now().AddDate(0, 1, 0), "mx.school.example"),
		"has a certificate for his own name": ca.issue(time.Now().AddDate(0, 1, 0), "mx.evil.example"),
		"has another MX":                     ca.issue(time.Now().AddDate(0, 1, 0), "mx.evil.example"),
	}[what], false)
	dial := good.dial
	cfg := Config{Hostname: "forum.example", Resolver: z, RootCAs: ca.pool, HTTPS: host, TLS: Opportunistic, ClearDomains: []string{"school.example"},
		Dial: func(ctx context.Context, n, a string) (net.Conn, error) { return dial(ctx, n, a) }}
	c := New(discard(), cfg)
	if x := sendOne(t, c, honest, new(bytes.Buffer)); !x.delivered || x.clear {
		t.Fatalf("before: %+v", x)
	}
	// He comes.
	dial, host.text, z.txt = bad.dial, "", nil
	switch what {
	case "has another MX":
		z.mx["school.example."] = mx(1, "mx.evil.example.")
	case "cuts off the handshake":
		dial = func(ctx context.Context, n, a string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go func() {
				defer theirs.Close()
				converse(theirs, []string{"S: 220 mx", "C: EHLO forum.example", "S: 250-mx", "S: 250 STARTTLS", "C: STARTTLS", "S: 220 Go on", "close"})
			}()
			return ours, nil
		}
	}
	known := c.policies.known
	if restarted {
		c = New(discard(), cfg)
		c.policies.known = known // as the store has it, see TestAPolicyOutlivesARestart
	}
	every := time.Hour
	if testing.Short() {
		every = 5 * time.Hour
	}
	for range 6 * 24 * time.Hour / every {
		time.Sleep(every)
		c.routes = newRouteCache(time.Now)
		before := c.metrics
		c.metrics = newMetrics()
		if x := sendOne(t, c, evil, new(bytes.Buffer)); x.delivered || x.result.Outcome != queue.Deferred || !strings.Contains(x.result.Text, "MTA-STS") {
			t.Fatalf("he has it, or nobody reads why not: %+v", x)
		}
		c.metrics = before
	}
}
