package queue

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Twenty descriptors once made a hop rest for 21 s, as if its host were down.
func TestAHopIsTriedAgainSoonWhenOnlyDescriptorsWereMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		began := time.Now()
		r.courier.dead = func(context.Context, Hop) error {
			if time.Since(began) < 90*time.Second {
				return fmt.Errorf("connect: %w: too many open files", ErrStarved)
			}
			return nil
		}
		r.putBatch(1, "a.example", 20)
		q, stop := r.run()
		settle(time.Second / 2)
		if hops := q.Hops(); len(hops) != 1 || !strings.Contains(hops[0].LastError, "too many open files") {
			t.Errorf("hops %+v", hops)
		}
		settle(2 * time.Minute)
		if hops := q.Hops(); len(hops) != 0 && hops[0].LastError != "" {
			t.Errorf("hops afterwards %+v", hops)
		}
		stop()
		all := r.courier.all()
		if len(all) != 20 {
			t.Fatalf("%d copies went", len(all))
		}
		if late := all[0].at.Sub(began) - 90*time.Second; late > 2*starvedPause {
			t.Errorf("the first copy went %v after there were descriptors", late)
		}
		if n := r.courier.dialled("mx.a.example"); n > 100 {
			t.Errorf("%d connections were tried", n)
		}
		if got, want := strings.Count(r.log.String(), `msg="too few`), 2; got != want {
			t.Errorf("got %d lines, want %d:\n%s", got, want, r.log)
		}
		if strings.Contains(r.log.String(), "hop unusable") {
			t.Error("the hop was blamed")
		}
	})
}

func TestADomainIsAskedForAgainSoonWhenOnlyDescriptorsWereMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		began := time.Now()
		r.courier.route = func(ctx context.Context, domain string) (Hop, error) {
			if time.Since(began) < 30*time.Second {
				return Hop{}, fmt.Errorf("route: %w", ErrStarved)
			}
			return (&fake{}).Route(ctx, domain)
		}
		r.putBatch(1, "a.example", 20)
		_, stop := r.run()
		settle(time.Minute)
		stop()
		all := r.courier.all()
		if len(all) != 20 || all[0].at.Sub(began) > 30*time.Second+2*starvedPause {
			t.Errorf("%d copies went, the first at %v", len(all), all)
		}
		if strings.Contains(r.log.String(), "no route") {
			t.Error("the domain was blamed")
		}
	})
}

// Rows whose lifetime ends while there are no descriptors get their last attempt afterwards.
func TestRowsDoNotExpireForWantOfDescriptors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.cfg.Lifetime = time.Minute
		began := time.Now()
		r.courier.dead = func(context.Context, Hop) error {
			if time.Since(began) < 2*time.Minute {
				return ErrStarved
			}
			return nil
		}
		r.putBatch(1, "a.example", 1)
		_, stop := r.run()
		settle(3 * time.Minute)
		stop()
		if got := r.tally(1); got.Delivered != 1 {
			t.Errorf("tally %+v", got)
		}
	})
}
