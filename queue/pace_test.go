package queue

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/store"
)

// routesWith routes each domain to a provider of its name, with limits.
func routesWith(limits map[string]Hop) func(context.Context, string) (Hop, error) {
	return func(_ context.Context, domain string) (Hop, error) {
		h := limits[domain]
		h.Key, h.Operator, h.Provider = "mx:"+domain, domain, domain
		if h.Limit == 0 {
			h.Limit = 5
		}
		return h, nil
	}
}

// sentTo are the times at which copies for a domain were handed over, in order.
func (r *rig) sentTo(domain string) (at []time.Time) {
	for _, s := range r.courier.all() {
		if strings.HasSuffix(s.to, "@"+domain) {
			at = append(at, s.at)
		}
	}
	return at
}

// Copies for one provider at sixty a minute take their time, and nobody else waits for them. Somebody's sign-in code for
// that provider goes at once.
func TestARateHoldsBackOneProviderAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 1000
		r := newRig(t)
		r.courier.route = routesWith(map[string]Hop{"slow.example": {PerMinute: 60}})
		r.courier.delay = 10 * time.Millisecond
		began := time.Now()
		r.putBatch(1, "slow.example", n)
		r.putBatch(2, "fast.example", 1000)
		q, stop := r.run()
		time.Sleep(5500 * time.Millisecond)
		if got := len(r.sentTo("fast.example")); got != 1000 {
			t.Errorf("after 5 s the other provider has %d copies of 1000", got)
		}
		if got := len(r.sentTo("slow.example")); got < 8 || got > 11 {
			t.Errorf("after 5 s the slow provider has %d copies", got)
		}
		want := ProviderState{Provider: "slow.example", Held: "no more than 60 copies a minute go there"}
		if p := q.Providers(); len(p) != 1 || p[0].Provider != want.Provider || p[0].Held != want.Held || p[0].HeldUntil.IsZero() {
			t.Errorf("providers %+v, want %+v", p, want)
		}
		if h := q.Hops(); h[len(h)-1].Held != want.Held || h[len(h)-1].NextTry.IsZero() {
			t.Errorf("hops %+v", h)
		}

		time.Sleep(5 * time.Minute)
		code := mail("code@slow.example")
		code.Priority = Urgent
		asked := time.Now()
		r.put(code)
		time.Sleep(10 * time.Second)
		if at := r.sentAt("code@slow.example"); at.IsZero() || at.Sub(asked) > 100*time.Millisecond {
			t.Errorf("the code went after %v", at.Sub(asked))
		}

		time.Sleep(time.Until(began.Add(20 * time.Minute)))
		stop()
		at := r.sentTo("slow.example")
		if len(at) != n+1 {
			t.Fatalf("%d copies went, want %d", len(at), n+1)
		}
		if took, want := at[n].Sub(began), (n+1-5)*time.Second; took < want-time.Second || took > want+5*time.Second {
			t.Errorf("they took %v, want %v", took, want)
		}
		for i := 60; i <= n; i++ {
			if d := at[i].Sub(at[i-60]); d < 54*time.Second { // a burst and the code among them
				t.Fatalf("61 copies within %v", d)
			}
		}
		if most := r.courier.most["mx:slow.example"]; most > 3 {
			t.Errorf("%d connections for one copy a second", most)
		}
	})
}

// Ten thousand copies at a hundred a second, with connections that have to share them.
func TestARateIsReachedAndKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 10_000
		r := newRig(t)
		r.courier.route = routesWith(map[string]Hop{"slow.example": {PerMinute: 6000}})
		r.courier.delay = 10 * time.Millisecond
		r.putBatch(1, "slow.example", n)
		began := time.Now()
		_, stop := r.run()
		time.Sleep(95 * time.Second)
		early := len(r.sentTo("slow.example"))
		time.Sleep(6 * time.Second)
		stop()
		// 500 at once, then a hundred a second.
		if got := len(r.sentTo("slow.example")); early >= n || early < n-200 || got != n {
			t.Errorf("after 94 s %d copies, after %v %d, want all %d", early, time.Since(began), got, n)
		}
	})
}

// sentAt is when the copy for an address was handed over.
func (r *rig) sentAt(address string) time.Time {
	for _, s := range r.courier.all() {
		if s.to == address {
			return s.at
		}
	}
	return time.Time{}
}

func TestUrgentMailDelaysOtherMailByAMinuteAtMost(t *testing.T) {
	p := pace{perMinute: 60}
	for range 1000 {
		p.pay(time.Hour)
	}
	if at, why := p.opens(time.Hour, time.Now); why != rated || at > time.Hour+time.Minute+time.Second {
		t.Errorf("other mail goes after %v, held by %d", at-time.Hour, why)
	}
}

func TestACopyThatDoesNotGoCostsNothingOfTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.route = routesWith(map[string]Hop{"slow.example": {PerMinute: 1}})
		r.render = func(ctx context.Context, row Row) (Outgoing, error) {
			if row.Batch == 1 {
				return Outgoing{}, ErrDropped // its post was withdrawn
			}
			return plain(ctx, row)
		}
		r.putBatch(1, "slow.example", 500)
		r.put(mail("ann@slow.example"))
		_, stop := r.run()
		settle(time.Second)
		stop()
		if got := len(r.sentTo("slow.example")); got != 1 || r.tally(1).Dropped != 500 {
			t.Errorf("sent %d, tally %+v", got, r.tally(1))
		}
	})
}

func TestAConnectionEndsAfterSoManyCopies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.route = routesWith(map[string]Hop{"a.example": {PerConnection: 20, Limit: 1}})
		r.courier.delay = time.Millisecond
		r.putBatch(1, "a.example", 100)
		_, stop := r.run()
		settle(time.Minute)
		stop()
		if n := r.courier.dialled("mx:a.example"); n != 5 || r.tally(1).Delivered != 100 {
			t.Errorf("%d connections for 100 copies at 20 each, %+v", n, r.tally(1))
		}
	})
}

// newNarrowRig has a provider with several hosts that says that we are too fast, until it is told to be pleased, with 1,200
// copies waiting for it.
func newNarrowRig(t *testing.T) (r *rig, please func()) {
	r = newRig(t)
	r.courier.delay = 500 * time.Millisecond
	r.cfg.Operators = []string{"narrow.example"}
	r.courier.route = func(_ context.Context, domain string) (Hop, error) {
		h := Hop{Key: "mx:" + domain, Operator: "other.example", Limit: 8}
		if strings.HasSuffix(domain, "narrow.example") {
			h.Operator = "narrow.example"
		}
		return h, nil
	}
	var pleased atomic.Bool
	r.courier.answer = func(o Outgoing) Result {
		if !pleased.Load() && strings.HasSuffix(o.To.Domain, "narrow.example") {
			return Result{Outcome: Deferred, Code: 451, Enhanced: "4.7.1", Text: "too many messages"}
		}
		return Result{Outcome: Delivered, Code: 250}
	}
	r.putBatch(1, "a.narrow.example", 600)
	r.putBatch(2, "b.narrow.example", 600)
	return r, func() { pleased.Store(true) }
}

// narrow is how many connections there are to the narrow provider.
func (r *rig) narrow() int {
	return r.courier.opened("mx:a.narrow.example") + r.courier.opened("mx:b.narrow.example")
}

// A provider that says that we are too fast gets a pause. Others, and urgent mail, notice nothing.
func TestAProviderThatSaysTooFastGetsAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newNarrowRig(t)
		r.putBatch(3, "other.example", 200)
		q, stop := r.run()
		figures := registered(t, q)
		time.Sleep(3 * time.Second)
		if n := r.narrow(); n > 1 {
			t.Errorf("%d connections once it was believed", n)
		}
		time.Sleep(27 * time.Second)
		if got := r.tally(3).Delivered; got != 200 {
			t.Errorf("the other provider has %d copies of 200", got)
		}
		first := len(r.courier.all()) - 200
		if first > 8 || r.narrow() > 0 {
			t.Errorf("%d copies were tried before it was believed, %d connections in the pause", first, r.narrow())
		}
		wantLines(t, figures,
			`sencoforum_queue_throttled_total{operator="narrow.example"} 1`,
			fmt.Sprintf(`sencoforum_queue_held_rows{operator="narrow.example",reason="throttled"} %d`, 1200-first),
		)
		if h := q.Hops(); !strings.HasPrefix(h[0].Held, "it said that we send too fast: 451 4.7.1 too many messages") {
			t.Errorf("hops %+v", h)
		}
		code := mail("code@a.narrow.example")
		code.Priority = Urgent
		r.put(code)
		settle(time.Second)
		if r.sentAt("code@a.narrow.example").IsZero() {
			t.Error("a code waited for the pause")
		}
		time.Sleep(15 * time.Minute)
		if tried := len(r.courier.all()) - 200; tried > 20 {
			t.Errorf("%d copies were tried in 15 minutes although each was refused", tried)
		}
		stop()
	})
}

// When it takes what it gets, it gets more and more.
func TestAProviderThatIsPleasedAgainGetsMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, please := newNarrowRig(t)
		q, stop := r.run()
		time.Sleep(15 * time.Minute)
		please()
		seen := map[int]bool{}
		for range 45 * 60 { // the longest pause it can be in, and the time after it
			time.Sleep(time.Second)
			seen[r.narrow()] = true
		}
		q.mu.Lock()
		most := q.pools["narrow.example"].most
		q.mu.Unlock()
		if most != 0 || !seen[1] || !seen[2] || !seen[8] {
			t.Errorf("it is still held to %d connections; seen were %v", most, seen)
		}
		time.Sleep(4 * time.Hour) // the rows that it had refused
		stop()
		if a, b := r.tally(1), r.tally(2); a.Delivered+b.Delivered != 1200 {
			t.Errorf("tallies %+v, %+v", a, b)
		}
	})
}

func TestEasing(t *testing.T) {
	r := newRig(t)
	now := time.Unix(1_800_000_000, 0)
	r.cfg.Now = func() time.Time { return now }
	q := r.queue()
	q.hop(Hop{Key: "mx", Operator: "a", Limit: 5})
	p := q.pools["a"]
	q.throttle(p, "too fast")
	q.throttle(p, "too fast") // from the same time
	if p.throttles != 1 || p.most != 1 {
		t.Fatalf("%+v", p.pace)
	}
	now = now.Add(2 * time.Minute)
	q.throttle(p, "too fast")
	if pause := p.until - q.now(); p.throttles != 2 || pause < 2*time.Minute || pause > 3*time.Minute {
		t.Fatalf("%+v", p.pace)
	}
	var steps []int
	for range 10 {
		now = now.Add(time.Minute)
		q.ease(p, 5)
		q.ease(p, 5)
		steps = append(steps, p.most)
	}
	if got := fmt.Sprint(steps); got != "[1 1 2 4 0 0 0 0 0 0]" && got != "[1 1 1 2 4 0 0 0 0 0]" {
		t.Errorf("connections by minute: %v", steps)
	}
}

func TestAGreetingThatSaysTooFastCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.route = routesWith(nil)
		r.courier.dead = func(context.Context, Hop) error { return fmt.Errorf("greeting: %w", ErrThrottled) }
		r.putBatch(1, "a.example", 10)
		q, stop := r.run()
		settle(time.Second)
		if p := q.Providers(); len(p) != 1 || !strings.HasPrefix(p[0].Held, "it said that we send too fast") {
			t.Errorf("providers %+v", p)
		}
		if n := q.Wake(); n != 2 { // the hop and its operator
			t.Errorf("woke %d", n)
		}
		stop()
	})
}

// What is not tried because of a pause comes to the end of its lifetime all the same.
func TestRowsExpireWhileTheirProviderSaysTooFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.route = routesWith(nil)
		r.courier.answer = func(Outgoing) Result {
			return Result{Outcome: Deferred, Code: 421, Enhanced: "4.7.0", Text: "slow down"}
		}
		r.putBatch(1, "a.example", 100)
		_, stop := r.run()
		time.Sleep(DefaultLifetime + 12*time.Hour)
		stop()
		if got := r.tally(1); got.Expired != 100 {
			t.Errorf("tally %+v", got)
		}
	})
}

// A new server sends for a week and is started again each day. On each day only so many copies go as the provider is
// used to; from the eighth day on all do, until it has been silent for a month.
func TestWarmUpOverAWeekOfRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.cfg.WarmUp, r.cfg.Lifetime = true, 30*24*time.Hour
		r.courier.route = routesWith(nil)
		midnight := time.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
		time.Sleep(time.Until(midnight.Add(8 * time.Hour)))
		r.putBatch(1, "big.example", 26_000)
		r.put(mail("ann@small.example"))
		var perDay []int
		sent := func() int { return len(r.sentTo("big.example")) }
		for d := range 9 {
			before := sent()
			if d == 3 { // somebody signs in when the day's copies have gone
				time.AfterFunc(10*time.Hour, func() {
					code := mail("code@big.example")
					code.Priority = Urgent
					r.put(code)
				})
			}
			_, halt := r.run()
			time.Sleep(4 * time.Hour)
			halt()
			q, stop := r.run()
			time.Sleep(8 * time.Hour)
			if p := q.Providers(); d < 7 && (len(p) != 1 || p[0].Held != fmt.Sprintf("warm-up: no more than %d copies go there today", warmFirst<<d) || p[0].HeldUntil.UTC().Hour() != 0) {
				t.Errorf("day %d: providers %+v", d, p)
			}
			stop()
			perDay = append(perDay, sent()-before)
			time.Sleep(12 * time.Hour)
		}
		if got, want := fmt.Sprint(perDay), "[200 400 800 1601 3200 6400 12800 600 0]"; got != want {
			t.Errorf("copies by day %s, want %s", got, want)
		}
		if len(r.sentTo("small.example")) != 1 {
			t.Error("a provider with one copy waited")
		}

		for _, tc := range []struct{ days, want int }{{28, 300}, {31, 200}} {
			time.Sleep(time.Duration(tc.days) * 24 * time.Hour)
			before := sent()
			var rows []Row
			for i := range 300 {
				rows = append(rows, mail(fmt.Sprintf("m%d@big.example", i)))
			}
			_, stop := r.run()
			r.put(rows...)
			time.Sleep(time.Hour)
			stop()
			if got := sent() - before; got != tc.want {
				t.Errorf("after %d days of silence %d copies went, want %d", tc.days, got, tc.want)
			}
		}
	})
}

func TestWarmthByDay(t *testing.T) {
	at := func(day, hour int) time.Time { return time.Unix(int64(day*24+hour)*3600, 0) }
	for _, tc := range []struct {
		name string
		w    warmth
		at   time.Time
		want warmth
		most int
	}{
		{"nothing is known", warmth{}, at(20_000, 5), warmth{Day: 20_000}, 200},
		{"the same day", warmth{Day: 20_000, Sent: 90}, at(20_000, 23), warmth{Day: 20_000, Sent: 90}, 200},
		{"the next day", warmth{Day: 20_000, Sent: 90}, at(20_001, 0), warmth{Day: 20_001, Step: 1}, 400},
		{"a week later", warmth{Day: 20_000, Sent: 90, Step: 2}, at(20_007, 0), warmth{Day: 20_007, Step: 3}, 1600},
		{"the last step", warmth{Day: 20_000, Sent: 9, Step: 6}, at(20_001, 0), warmth{Day: 20_001, Step: 7}, 0},
		{"warm stays warm", warmth{Day: 20_000, Sent: 9, Step: 7}, at(20_030, 0), warmth{Day: 20_030, Step: 7}, 0},
		{"a month of silence", warmth{Day: 20_000, Sent: 9, Step: 7}, at(20_031, 0), warmth{Day: 20_031}, 200},
		{"a clock that was stepped back", warmth{Day: 20_000, Sent: 9, Step: 3}, at(19_000, 0), warmth{Day: 20_000, Sent: 9, Step: 3}, 1600},
	} {
		if got := tc.w.on(tc.at); got != tc.want || got.ceiling() != tc.most {
			t.Errorf("%s: %+v with at most %d, want %+v with %d", tc.name, got, got.ceiling(), tc.want, tc.most)
		}
	}
}

func TestWhatNobodyMailsIsForgotten(t *testing.T) {
	r := newRig(t)
	r.cfg.WarmUp = true
	now := time.Now()
	r.update(func(tx *store.Tx) error {
		if err := warmths.Put(tx, "old.example", warmth{Day: dayOf(now) - 61, Sent: 1}); err != nil {
			return err
		}
		return warmths.Put(tx, "new.example", warmth{Day: dayOf(now) - 59, Sent: 1})
	})
	q := r.queue()
	if err := q.loadWarmth(); err != nil {
		t.Fatal(err)
	}
	r.view(func(tx *store.Tx) error {
		for kv := range warmths.All(tx) {
			if kv.Key != "new.example" {
				t.Errorf("%s is kept", kv.Key)
			}
		}
		return nil
	})
	if len(q.warm) != 1 {
		t.Errorf("in memory: %v", q.warm)
	}
}
