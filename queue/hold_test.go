package queue

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/store"
)

// wall is a courier whose provider "Wall" refuses everything while it is up. All domains share one hop.
type wall struct {
	mu    sync.Mutex // guards what follows
	up    bool
	tried int // attempts at the wall
}

func (w *wall) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tried
}

func (w *wall) open() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.up = false
}

func (w *wall) build(r *rig) {
	w.up = true
	r.courier.route = func(_ context.Context, domain string) (Hop, error) {
		h := Hop{Key: "smarthost", Operator: "smarthost", Limit: 5, Provider: "Garden"}
		if domain == "wall.example" {
			h.Provider = "Wall"
		}
		return h, nil
	}
	r.courier.answer = func(o Outgoing) Result {
		if o.To.Domain != "wall.example" {
			return Result{Outcome: Delivered, Code: 250}
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.tried++
		if w.up {
			return Result{Outcome: Failed, Code: 550, Enhanced: "5.7.1", Text: "go away"}
		}
		return Result{Outcome: Delivered, Code: 250}
	}
	r.cfg.Hold = func(_ *store.Tx, a Attempt) (Stay, error) {
		return Stay{Until: time.Now().Add(15 * time.Minute), All: a.Provider == "Wall"}, nil
	}
}

// TestProviderThatRefusesEverybodyRests counts the attempts, lets others and urgent mail pass, and sees the queue drain.
func TestProviderThatRefusesEverybodyRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := newRig(t), new(wall)
		w.build(r)
		r.cfg.UnsettledMax = 8
		for i := range 100 {
			r.put(mail(fmt.Sprintf("p%d@wall.example", i)))
		}
		q, stop := r.run()
		settle(10 * time.Second)
		first := w.count()
		if first == 0 || first > 3*8 {
			t.Errorf("%d of 100 copies were tried before the provider rested, want a few", first)
		}
		if h := q.Hops()[0]; h.Held != "it refuses everybody, and one copy is tried then: go away" || h.NextTry.IsZero() {
			t.Errorf("nobody is told why %d copies wait, and until when: %+v", h.Later, h)
		}
		r.put(mail("ann@garden.example"))
		hurry := mail("code@wall.example")
		hurry.Priority = Urgent
		r.put(hurry)
		settle(10 * time.Second)
		if w.count() != first+1 {
			t.Errorf("%d attempts, want the urgent one beside the first %d", w.count(), first)
		}
		if to := r.courier.to(); to[len(to)-1] != "ann@garden.example" && to[len(to)-2] != "ann@garden.example" {
			t.Errorf("another provider's copy did not go: %v", to)
		}
		at := w.count()
		settle(4 * time.Hour)
		if n := w.count() - at; n < 28 || n > 34 {
			t.Errorf("%d probes in four hours, want about one in 15 minutes, and as many of the urgent copy", n)
		}
		states := q.Providers()
		if len(states) != 1 || !states[0].Resting || states[0].LastError != "550 5.7.1 go away" || states[0].Later != 101 {
			t.Errorf("providers: %+v", states)
		}
		w.open()
		settle(16 * time.Minute)
		if d := r.depth(); d != 0 {
			t.Errorf("%d copies wait although the provider takes mail again", d)
		}
		stop()
	})
}

// TestRestEndsWithTheLifetime lets every copy expire without another attempt for each.
func TestRestEndsWithTheLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := newRig(t), new(wall)
		w.build(r)
		r.cfg.UnsettledMax = 8
		for i := range 50 {
			row := mail(fmt.Sprintf("p%d@wall.example", i))
			row.Batch, row.Member = 7, uint32(i)
			r.put(row)
		}
		_, stop := r.run()
		settle(DefaultLifetime + time.Hour)
		if d := r.depth(); d != 0 {
			t.Errorf("%d copies wait after their lifetime", d)
		}
		if c := r.tally(7); c.Expired != 50 {
			t.Errorf("outcomes %+v, want 50 expired", c)
		}
		if n := w.count(); n > 24+5*24*4+10 {
			t.Errorf("%d attempts in five days", n)
		}
		stop()
	})
}

// TestRefusalOfOneEnds believes a refusal at once where Hold does, and lets one copy stay where it does not.
func TestRefusalOfOneEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := newRig(t), new(wall)
		w.build(r)
		var asked atomic.Int32
		r.cfg.Hold = func(_ *store.Tx, a Attempt) (Stay, error) {
			if n := int(asked.Add(1)); a.Row.Attempts != n || a.Result.Outcome != Failed || a.Row.Payload != nil {
				t.Errorf("asked about %+v", a)
			}
			if asked.Load() > 1 {
				return Stay{}, nil
			}
			return Stay{Until: time.Now().Add(15 * time.Minute)}, nil
		}
		r.put(mail("ann@wall.example"))
		_, stop := r.run()
		settle(14 * time.Minute)
		if d := r.depth(); d != 1 || asked.Load() != 1 {
			t.Errorf("depth %d after %d refusals, want the copy to wait after one", d, asked.Load())
		}
		settle(2 * time.Minute)
		if d := r.depth(); d != 0 || asked.Load() != 2 {
			t.Errorf("depth %d after %d refusals, want none after two", d, asked.Load())
		}
		stop()
	})
}

// TestRetryWakesARestingProvider is an operator who has put things right.
func TestRetryWakesARestingProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := newRig(t), new(wall)
		w.build(r)
		r.put(mail("ann@wall.example"), mail("ben@wall.example"))
		_, stop := r.run()
		settle(time.Minute)
		w.open()
		ids := r.list(Filter{})
		r.update(func(tx *store.Tx) error {
			_, err := Retry(tx, ids[0].ID)
			return err
		})
		settle(time.Minute)
		if d := r.depth(); d != 0 {
			t.Errorf("%d copies wait", d)
		}
		stop()
	})
}
