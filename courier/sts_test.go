package courier

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// policyHost is a policy host that never sees a wire.
type policyHost struct {
	text  string        // the policy; none: nobody answers
	delay time.Duration // before the answer
	asked int
	while func() // what happens while it is asked
}

func (h *policyHost) RoundTrip(r *http.Request) (*http.Response, error) {
	h.asked++
	if h.while != nil {
		h.while()
	}
	select {
	case <-time.After(h.delay):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if h.text == "" {
		return nil, errors.New("connection refused")
	}
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader(h.text))}, nil
}

// policy is what a domain publishes.
func policy(mode, age string, hosts ...string) string {
	text := "version: STSv1\nmode: " + mode + "\nmax_age: " + age + "\n"
	for _, h := range hosts {
		text += "mx: " + h + "\n"
	}
	return text
}

// town is a domain with two MX hosts and a policy, of which a test takes away what it likes.
type town struct {
	t    *testing.T
	zone *zone
	host *policyHost
	log  bytes.Buffer
	c    *SMTP
}

const (
	townTXT = "_mta-sts.school.example."
	week    = "604800"
)

func newTown(t *testing.T, text string) *town {
	w := &town{t: t, host: &policyHost{text: text}, zone: &zone{
		txt:   map[string][]string{townTXT: {"v=STSv1; id=1"}},
		mx:    map[string][]*net.MX{"school.example.": mx(10, "mx1.school.example.", 20, "mx2.school.example.")},
		addrs: map[string][]netip.Addr{"mx1.school.example.": addresses("203.0.113.1"), "mx2.school.example.": addresses("203.0.113.2")},
		fails: map[string]error{},
	}}
	w.restart(nil)
	return w
}

// restart makes a new courier, over a store or none.
func (w *town) restart(db *store.DB) {
	w.t.Helper()
	w.c = New(slog.New(slog.NewTextHandler(&w.log, nil)), Config{Hostname: "forum.example", Resolver: w.zone, HTTPS: w.host, TLS: Opportunistic})
	if db == nil {
		return
	}
	if err := w.c.KeepPolicies(db); err != nil {
		w.t.Fatal(err)
	}
}

// route asks for the way to the domain, past what is remembered of routes.
func (w *town) route() string {
	w.c.routes = newRouteCache(time.Now)
	return routeLine(w.c.Route(w.t.Context(), "school.example"))
}

const (
	bothVerified = "mx-verified:mx1.school.example>mx2.school.example school.example 5"
	bothClear    = "mx-clear:mx1.school.example>mx2.school.example school.example 5"
)

func TestRouteFollowsThePolicy(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"every host is named", policy("enforce", week, "*.school.example"), bothVerified},
		{"one host is named", policy("enforce", week, "mx2.school.example"), "mx-verified:mx2.school.example school.example 5"},
		{"no host is named", policy("enforce", week, "school.example", "*.other.example"),
			"deferred 4.7.0 the domain's policy (MTA-STS) does not name mx1.school.example, mx2.school.example; it names school.example, *.other.example"},
		{"no host is named, which is tested", policy("testing", week, "school.example"), "mx-clear-testing:mx1.school.example>mx2.school.example school.example 5"},
		{"mode none", policy("none", week), bothClear},
		{"no policy where one is announced", "", bothClear},
		{"an invalid policy", "hello", bothClear},
		{"a policy for no time", policy("enforce", "0", "*.school.example"), bothVerified},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := newTown(t, tc.text).route(); got != tc.want {
				t.Errorf("route\n got %s\nwant %s", got, tc.want)
			}
		})
	}
}

// A host that the policy leaves out is no reason to give mail up, whatever else there is to say of those that it names.
func TestAPolicyIsNeverAReasonToGiveUp(t *testing.T) {
	w := newTown(t, policy("enforce", week, "mx2.school.example"))
	delete(w.zone.addrs, "mx2.school.example.")
	if got := w.route(); !strings.HasPrefix(got, "deferred 4.7.0 ") {
		t.Errorf("route %s", got)
	}
}

// Without a policy nobody is asked for it, and an address literal has none.
func TestPoliciesAreAskedForWhereTheyAreAnnounced(t *testing.T) {
	w := newTown(t, policy("enforce", week, "*.school.example"))
	for _, records := range [][]string{nil, {"v=spf1 -all"}, {"v=STSv1; id=1", "v=STSv1; id=2"}, {"v=STSv1; id=?"}} {
		w.zone.txt[townTXT] = records
		if got := w.route(); got != bothClear || w.host.asked > 0 {
			t.Errorf("records %q: route %s, the policy host was asked %d times", records, got, w.host.asked)
		}
	}
	w.c.Route(t.Context(), "[203.0.113.7]")
	if diff := cmp.Diff(4, strings.Count(strings.Join(w.zone.asked, " "), "TXT ")); diff != "" {
		t.Errorf("questions for TXT (-want +got):\n%s", diff)
	}
	if got, want := strings.Count(w.log.String(), "record cannot be read"), 1; got != want {
		t.Errorf("%d lines in the log within an hour, want %d:\n%s", got, want, &w.log)
	}
}

// Somebody in the middle who keeps us from DNS or HTTPS gains nothing while a policy holds, after a start as before.
func TestAPolicyOutlivesWhatIsBlocked(t *testing.T) {
	for name, block := range map[string]func(w *town){
		"HTTPS":                      func(w *town) { w.host.text = "" },
		"HTTPS, and a new id":        func(w *town) { w.host.text = ""; w.zone.txt[townTXT] = []string{"v=STSv1; id=2"} },
		"HTTPS answers with rubbish": func(w *town) { w.host.text = "hello"; w.zone.txt[townTXT] = []string{"v=STSv1; id=2"} },
		"HTTPS answers never":        func(w *town) { w.host.delay = time.Hour },
		"the TXT record": func(w *town) {
			w.zone.fails[townTXT] = &net.DNSError{Err: "server misbehaving", IsTemporary: true}
			w.host.text = ""
		},
		"the TXT record is not there": func(w *town) { delete(w.zone.txt, townTXT); w.host.text = "" },
		"the TXT record is double":    func(w *town) { w.zone.txt[townTXT] = []string{"v=STSv1; id=1", "v=STSv1; id=1"}; w.host.text = "" },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTown(t, policy("enforce", week, "*.school.example"))
				begin := time.Now()
				known := map[string]heldPolicy{"school.example": {stsPolicy: mustPolicy(t, w.host.text), id: "1",
					fetched: begin, expires: begin.Add(7 * 24 * time.Hour), used: begin}}
				w.c.policies.known = known
				block(w)
				for range 7 * 24 {
					if got := w.route(); got != bothVerified {
						t.Fatalf("after %v: route %s", time.Since(begin), got)
					}
					time.Sleep(time.Hour - w.host.delay%time.Hour)
				}
				time.Sleep(time.Hour) // a delay takes time, too
				if got := w.route(); got != bothClear && !strings.Contains(name, "never") {
					t.Errorf("after max_age: route %s", got)
				}
			})
		})
	}
}

func mustPolicy(t *testing.T, text string) stsPolicy {
	t.Helper()
	p, err := parseSTSPolicy(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPolicyOutlivesARestart(t *testing.T) {
	db := testdb.Open(t)
	w := newTown(t, policy("enforce", week, "*.school.example"))
	w.restart(db)
	if got := w.route(); got != bothVerified {
		t.Fatalf("route %s", got)
	}
	w.host.text, w.zone.txt = "", nil // who is in the middle waits for the start
	w.restart(db)
	if got := w.route(); got != bothVerified {
		t.Errorf("after a restart: route %s", got)
	}
	w.restart(nil)
	if got := w.route(); got != bothClear {
		t.Errorf("without what was kept: route %s", got)
	}
}

// When a policy is fetched, and how often a policy host and the DNS are troubled for it.
func TestPoliciesAreRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, policy("enforce", week, "*.school.example"))
		step := func(want int, route string) {
			t.Helper()
			if got := w.route(); got != route || w.host.asked != want {
				t.Errorf("route %s after %d fetches, want %s after %d", got, w.host.asked, route, want)
			}
		}
		step(1, bothVerified)
		step(1, bothVerified) // it is known
		time.Sleep(23 * time.Hour)
		step(1, bothVerified)
		time.Sleep(time.Hour)
		step(2, bothVerified) // a day has passed
		step(2, bothVerified)
		w.host.text = policy("enforce", week, "mx2.school.example")
		step(2, bothVerified)
		w.zone.txt[townTXT] = []string{"v=STSv1; id=2"}
		step(3, "mx-verified:mx2.school.example school.example 5") // the id has changed
		w.zone.txt[townTXT], w.host.text = []string{"v=STSv1; id=3"}, ""
		step(4, "mx-verified:mx2.school.example school.example 5")
		step(4, "mx-verified:mx2.school.example school.example 5") // the host rests
		w.zone.txt[townTXT] = []string{"v=STSv1; id=4"}
		step(5, "mx-verified:mx2.school.example school.example 5") // but for another id
		time.Sleep(policyRest)
		w.host.text = policy("none", "60")
		step(6, bothClear) // the domain has taken its policy back
		time.Sleep(time.Minute)
		w.zone.txt = nil
		step(6, bothClear)
		if got, want := testutil.ToFloat64(w.c.metrics.guards.WithLabelValues("enforce", "sts-policy-fetch-error")), 2.0; got != want {
			t.Errorf("%v fetches in vain are counted, want %v", got, want)
		}
	})
}

// live runs the courier for some simulated time.
func (w *town) live(d time.Duration) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error)
	go func() { done <- w.c.Run(ctx) }()
	time.Sleep(d)
	cancel()
	if err := <-done; err != nil {
		w.t.Error(err)
	}
}

// A domain that gets mail once a month keeps its policy all the same.
func TestPoliciesInUseAreRefreshedWithoutMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, policy("enforce", week, "*.school.example"))
		w.route()
		w.live(20*24*time.Hour + time.Minute)
		w.zone.txt = nil // nothing is announced any more
		w.live(9*24*time.Hour + time.Minute)
		if got, want := w.host.asked, 1+29; got != want {
			t.Errorf("%d fetches in 29 days, want %d", got, want)
		}
		w.host.text = ""
		w.live(6 * 24 * time.Hour)
		if got := w.route(); got != bothVerified {
			t.Errorf("route %s", got)
		}
		before := w.host.asked
		w.live(3 * 24 * time.Hour)
		if len(w.c.policies.known) > 0 {
			t.Error("a policy that has run out is kept")
		}
		if w.host.asked == before {
			t.Error("what failed is not tried again")
		}
	})
}

func TestAPolicyThatNobodyUsesRunsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, policy("enforce", week, "*.school.example"))
		w.route()
		w.live(100 * 24 * time.Hour)
		if w.host.asked > 31 || len(w.c.policies.known) > 0 {
			t.Errorf("%d fetches, %d policies kept", w.host.asked, len(w.c.policies.known))
		}
	})
}

// A slow policy host costs a route some seconds, and never the route.
func TestASlowPolicyHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, policy("enforce", week, "*.school.example"))
		w.host.delay = time.Hour
		begin := time.Now()
		if got, took := w.route(), time.Since(begin); got != bothClear || took != 12*time.Second {
			t.Errorf("route %s after %v", got, took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		w.zone.txt[townTXT] = []string{"v=STSv1; id=2"}
		w.c.routes = newRouteCache(time.Now)
		w.c.Route(ctx, "school.example")
		if f := w.c.policies.failed["school.example"]; f.id != "1" || len(w.c.routes.known) > 0 {
			t.Error("our own impatience is remembered")
		}
	})
}

// The store is at rest while strangers are asked, and so is the cache: an Update would wait behind one that is open.
func TestNoTransactionIsOpenWhileAPolicyIsFetched(t *testing.T) {
	db := testdb.Open(t)
	w := newTown(t, policy("enforce", week, "*.school.example"))
	w.restart(db)
	w.host.while = func() {
		done := make(chan error, 1)
		go func() { done <- db.Update(func(tx *store.Tx) error { return policyTable.Delete(tx, "other.example") }) }()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(time.Minute):
			t.Error("a transaction is open")
		}
		if !w.c.policies.mu.TryLock() {
			t.Fatal("the cache is locked")
		}
		w.c.policies.mu.Unlock()
	}
	if got := w.route(); got != bothVerified || w.host.asked != 1 {
		t.Errorf("route %s after %d fetches", got, w.host.asked)
	}
}

// With a smarthost nobody is asked for a policy: that service does it.
func TestASmarthostAsksForPoliciesItself(t *testing.T) {
	db := testdb.Open(t)
	w := newTown(t, policy("enforce", week, "*.school.example"))
	w.restart(db)
	w.route()
	asked := w.host.asked
	w.c = New(discard(), Config{Smarthost: &Smarthost{Host: "mail.example"}, Resolver: w.zone, HTTPS: w.host,
		Now: func() time.Time { return time.Now().Add(48 * time.Hour) }})
	if err := w.c.KeepPolicies(db); err != nil {
		t.Fatal(err)
	}
	if got, want := w.route(), "smarthost:mail.example:587 smarthost:mail.example:587 20"; got != want {
		t.Errorf("route %s, want %s", got, want)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := w.c.Run(ctx); err != nil || w.host.asked != asked {
		t.Errorf("%v, %d fetches", err, w.host.asked-asked)
	}
}
