package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDomainWithoutAHopFailsForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		null := Result{Outcome: Failed, Code: 556, Enhanced: "5.1.10", Text: "null MX"}
		r.courier.route = func(context.Context, string) (Hop, error) {
			return Hop{}, fmt.Errorf("look up: %w", &RouteError{Result: null})
		}
		r.putBatch(1, "a.example", 700)
		_, stop := r.run()
		settle(time.Second)
		stop()
		if got, want := r.tally(1), (Counts{Failed: 700, Sealed: true}); got != want || !slices.Equal(r.ended, []uint64{1}) {
			t.Errorf("tally %+v, want %+v; finished %v", got, want, r.ended)
		}
		if got := r.failures(1); len(got) != 700 || got[699].Result != null || got[699].Member != 699 {
			t.Errorf("%d failures", len(got))
		}
	})
}

func TestDomainWithoutARouteRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		var asked []time.Time
		r.courier.route = func(_ context.Context, domain string) (Hop, error) {
			asked = append(asked, time.Now())
			if len(asked) < 6 {
				return Hop{}, &RouteError{Result: Result{Outcome: Deferred, Text: "DNS: server misbehaving"}}
			}
			return (&fake{}).Route(t.Context(), domain)
		}
		r.putBatch(1, "a.example", 20)
		q, stop := r.run()
		settle(time.Second)
		hops := q.Hops()
		want := []HopState{{Domain: "a.example", Waiting: 20, LastError: "DNS: server misbehaving", NextTry: hops[0].NextTry}}
		if diff := cmp.Diff(want, hops); diff != "" || hops[0].NextTry.IsZero() {
			t.Errorf("hops (-want +got):\n%s", diff)
		}
		settle(time.Hour)
		stop()
		for i := 1; i < len(asked); i++ {
			if gap := asked[i].Sub(asked[i-1]); gap < pauseDelay(i, 0) || gap > pauseDelay(i, 1) {
				t.Errorf("question %d came after %v", i+1, gap)
			}
		}
		if got := r.tally(1); len(asked) != 6 || got.Delivered != 20 {
			t.Errorf("asked %d times, tally %+v", len(asked), got)
		}
	})
}

func TestRowsOfADomainWithoutARouteExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.route = func(context.Context, string) (Hop, error) { return Hop{}, errors.New("DNS: no answer") }
		r.put(mail("ann@a.example"))
		_, stop := r.run()
		settle(5*24*time.Hour + time.Hour)
		stop()
		if got := r.failures(0); len(got) != 1 || got[0].Result != (Result{Outcome: Expired, Text: "DNS: no answer"}) {
			t.Errorf("failures %+v", got)
		}
	})
}

func TestDomainsWhoseRouteTakesLongDoNotDelayOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		var asking, most atomic.Int32
		r.courier.route = func(ctx context.Context, domain string) (Hop, error) {
			most.Store(max(most.Load(), asking.Add(1)))
			defer asking.Add(-1)
			if domain != "quick.example" {
				<-ctx.Done()
				return Hop{}, ctx.Err()
			}
			return (&fake{}).Route(ctx, domain)
		}
		for i := range 200 {
			r.put(mail(fmt.Sprintf("ann@slow%d.example", i)))
		}
		_, stop := r.run()
		settle(5 * time.Minute) // the line of those that failed is long
		code := mail("code@quick.example")
		code.Priority = Urgent
		r.put(code)
		settle(time.Second)
		if got := r.courier.to(); len(got) != 1 {
			t.Errorf("sent %v", got)
		}
		if n := most.Load(); n != 64 {
			t.Errorf("%d routes at once, want %d", n, 64)
		}
		stop()
	})
}

func TestRouteIsAskedOnceAndAgainWhenStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		hops := []string{"old", "new"}
		var asked atomic.Int32
		r.courier.route = func(context.Context, string) (Hop, error) {
			return Hop{Key: hops[min(asked.Add(1), 2)-1], Operator: "x", Limit: 1}, nil
		}
		_, stop := r.run()
		for range 10 {
			r.putBatch(uint64(time.Now().Unix()), "a.example", 30)
			settle(time.Minute)
		}
		if n := asked.Load(); n != 1 {
			t.Errorf("asked %d times", n)
		}
		settle(routeTTL)
		r.put(mail("ann@a.example"))
		settle(time.Second)
		if asked.Load() != 2 || r.courier.dialled("new") != 1 {
			t.Errorf("asked %d times, %d connections", asked.Load(), r.courier.dialled("new"))
		}
		stop()
	})
}

func TestDomainMovesAwayFromADeadHop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		var moved atomic.Bool
		r.courier.route = func(context.Context, string) (Hop, error) {
			if moved.Load() {
				return Hop{Key: "new", Operator: "new", Limit: 1}, nil
			}
			return Hop{Key: "old", Operator: "old", Limit: 1}, nil
		}
		r.courier.dead = func(ctx context.Context, h Hop) error {
			if h.Key == "old" {
				return errors.New("connection refused")
			}
			return nil
		}
		r.putBatch(1, "a.example", 100)
		_, stop := r.run()
		settle(time.Minute)
		moved.Store(true)
		settle(10 * time.Minute)
		stop()
		if got := r.tally(1); got.Delivered != 100 {
			t.Errorf("tally %+v", got)
		}
	})
}
