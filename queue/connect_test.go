package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestConnectionsGrowWithTheBacklog(t *testing.T) {
	for _, c := range []struct{ rows, want int }{{1, 1}, {50, 1}, {51, 2}, {500, 10}, {3000, 20}} {
		t.Run(fmt.Sprint(c.rows), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.courier.route = smarthost
				r.courier.delay = 10 * time.Millisecond
				r.putBatch(1, "a.example", c.rows)
				_, stop := r.run()
				settle(time.Minute)
				stop()
				if got := r.courier.most["smarthost"]; got != c.want {
					t.Errorf("%d connections, want %d", got, c.want)
				}
			})
		})
	}
}

func TestConnectionIsKeptForTheNextCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		_, stop := r.run()
		for range 5 {
			r.put(mail("ann@a.example"))
			settle(4 * time.Second)
		}
		settle(10 * time.Second)
		if r.courier.dialled("mx.a.example") != 1 || r.courier.opened("mx.a.example") != 0 {
			t.Errorf("%d connections, %d open", r.courier.dialled("mx.a.example"), r.courier.opened("mx.a.example"))
		}
		stop()
	})
}

// operated gives each domain a hop of its own at one operator.
func operated(_ context.Context, domain string) (Hop, error) {
	return Hop{Key: domain, Operator: "cloud", Limit: 5}, nil
}

func TestSmallHopsOfABusyOperatorGetTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.route = operated
		r.courier.delay = 100 * time.Millisecond
		most := 0
		r.courier.taken = func(Outgoing) {
			r.courier.mu.Lock()
			defer r.courier.mu.Unlock()
			n := 0
			for _, open := range r.courier.open {
				n += open
			}
			most = max(most, n)
		}
		r.putBatch(1, "large.example", 1000)
		_, stop := r.run()
		settle(time.Second)
		for i := range 40 {
			r.put(mail(fmt.Sprintf("ann@school%d.example", i)))
		}
		began := time.Now()
		settle(time.Hour)
		stop()
		last := time.Duration(0)
		for _, s := range r.courier.all() {
			if !strings.HasSuffix(s.to, "@large.example") {
				last = max(last, s.at.Sub(began))
			}
		}
		if last == 0 || last > 10*time.Second {
			t.Errorf("the last of the small ones went after %v", last)
		}
		if most > 5 || r.tally(1).Delivered != 1000 {
			t.Errorf("%d connections to the operator, tally %+v", most, r.tally(1))
		}
	})
}

func TestAllConnectionsTogetherAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.cfg.MaxConnections = 8
		r.courier.delay = 100 * time.Millisecond
		most := 0
		r.courier.taken = func(Outgoing) {
			r.courier.mu.Lock()
			defer r.courier.mu.Unlock()
			n := 0
			for _, open := range r.courier.open {
				n += open
			}
			most = max(most, n)
		}
		for i := range 20 {
			r.putBatch(uint64(i+1), fmt.Sprintf("school%d.example", i), 100)
		}
		began := time.Now()
		_, stop := r.run()
		settle(time.Hour)
		stop()
		if last := r.courier.all()[len(r.courier.all())-1]; len(r.courier.all()) != 2000 || last.at.Sub(began) > 2*time.Minute {
			t.Errorf("%d sent, the last after %v", len(r.courier.all()), last.at.Sub(began))
		}
		if most > 8 {
			t.Errorf("%d connections", most)
		}
	})
}

func TestSlowHopsLeaveRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.cfg.MaxConnections = 20
		r.courier.slow = func(o Outgoing) time.Duration {
			if strings.HasPrefix(o.To.Domain, "slow") {
				return 10 * time.Minute
			}
			return 0
		}
		for i := range 4 {
			r.putBatch(uint64(i+1), fmt.Sprintf("slow%d.example", i), 1000)
		}
		_, stop := r.run()
		settle(time.Minute)
		r.putBatch(9, "quick.example", 500)
		settle(time.Second)
		if got := r.tally(9); got.Delivered != 500 {
			t.Errorf("the quick one after a second: %+v", got)
		}
		stop()
	})
}

func TestTroubleOfManyConnectionsCountsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.route = smarthost
		r.courier.dead = func(context.Context, Hop) error {
			time.Sleep(time.Second)
			return errors.New("connection refused")
		}
		r.putBatch(1, "a.example", 2000)
		q, stop := r.run()
		settle(2 * time.Second)
		hops := q.Hops()
		if wait := time.Until(hops[0].NextTry); wait <= 0 || wait > 20*time.Second || r.courier.dialled("smarthost") != 20 {
			t.Errorf("next try in %v after %d connections", wait, r.courier.dialled("smarthost"))
		}
		want := []HopState{{Key: "smarthost", Operator: "smarthost", Waiting: 2000, LastError: "connection refused", NextTry: hops[0].NextTry}}
		if diff := cmp.Diff(want, hops); diff != "" {
			t.Errorf("hops (-want +got):\n%s", diff)
		}
		settle(20 * time.Second)
		if n := r.courier.dialled("smarthost"); n != 21 {
			t.Errorf("%d connections, want one more to see whether it lives", n-20)
		}
		stop()
	})
}

func TestDomainsAndHopsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		q, stop := r.run()
		for i := range 50 {
			r.put(mail(fmt.Sprintf("ann@school%d.example", i)))
		}
		settle(3 * time.Hour)
		stop()
		if len(q.domains)+len(q.hops)+len(q.pools)+len(q.out)+len(q.busy)+len(q.sessions) != 0 || q.places+q.flying+q.ready+q.total.open != 0 {
			t.Errorf("%d domains, %d hops, %d pools, %d out, %d places, %d flying, %d ready",
				len(q.domains), len(q.hops), len(q.pools), len(q.out), q.places, q.flying, q.ready)
		}
	})
}

func TestAFewRowsToASlowHostGetASecondConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.delay = time.Minute
		r.putBatch(1, "slow.example", 10)
		_, stop := r.run()
		settle(stall + time.Second)
		if n := r.courier.dialled("mx.slow.example"); n != 2 {
			t.Errorf("%d connections, want a second one after %v", n, stall)
		}
		settle(time.Hour)
		stop()
	})
}
