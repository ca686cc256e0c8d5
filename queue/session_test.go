package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/store"
)

func TestRowsThatCannotBeRenderedAreNeverInTheWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		var broken atomic.Bool
		broken.Store(true)
		r.render = func(ctx context.Context, row Row) (Outgoing, error) {
			switch {
			case broken.Load() && row.Member%10 == 3:
				panic("no such member: m3@a.example")
			case broken.Load() && row.Member%10 == 5:
				return Outgoing{}, errors.New("template has no footer")
			}
			return plain(ctx, row)
		}
		r.putBatch(1, "a.example", 100)
		_, stop := r.run()
		settle(time.Second)
		stop()
		if got, want := r.tally(1), (Counts{Delivered: 80, Open: 20, Sealed: true}); got != want || r.depth() != 0 {
			t.Errorf("tally %+v, want %+v; depth %d", got, want, r.depth())
		}
		shunted := r.list(Filter{Shunted: true})
		if len(shunted) != 20 || !strings.Contains(shunted[0].Shunted, "panic") || shunted[1].Shunted != "render: template has no footer" {
			t.Errorf("shunted %+v", shunted)
		}
		if log := r.log.String(); strings.Count(log, "copy shunted") != 20 || strings.Contains(log, "@") {
			t.Errorf("log: %s", log)
		}

		dialled := r.courier.dialled("mx.a.example")
		_, stop = r.run() // they are left alone at the next start, too
		settle(time.Hour)
		if n := r.courier.dialled("mx.a.example") - dialled; n != 0 {
			t.Errorf("%d connections for rows that cannot go", n)
		}
		if n := len(r.list(Filter{Shunted: true})); n != 20 {
			t.Errorf("%d shunted after a restart", n)
		}
		broken.Store(false)
		r.update(func(tx *store.Tx) error {
			for _, row := range shunted {
				if n, err := Retry(tx, row.ID); err != nil || n != 1 {
					t.Errorf("retry: %d, %v", n, err)
				}
			}
			return nil
		})
		settle(time.Second)
		stop()
		if got := r.tally(1); got.Delivered != 100 || !slices.Equal(r.ended, []uint64{1}) || r.depth() != 0 {
			t.Errorf("after retry: %+v, finished %v, depth %d", got, r.ended, r.depth())
		}
	})
}

func TestUnwantedCopiesAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.render = func(ctx context.Context, row Row) (Outgoing, error) {
			if row.Member >= 500 {
				return Outgoing{}, fmt.Errorf("member %d: %w", row.Member, ErrDropped)
			}
			return plain(ctx, row)
		}
		r.putBatch(1, "a.example", 501)
		_, stop := r.run()
		settle(time.Second)
		stop()
		if got, want := r.tally(1), (Counts{Delivered: 500, Dropped: 1, Sealed: true}); got != want {
			t.Errorf("tally %+v, want %+v", got, want)
		}
		var last Reached
		n := 0
		r.view(func(tx *store.Tx) error {
			for o, err := range Outcomes(tx, 1) {
				if err != nil {
					return err
				}
				n, last = n+1, o
			}
			return nil
		})
		if want := (Reached{Member: 500, Outcome: Dropped}); n != 501 || last != want {
			t.Errorf("%d outcomes, the last %+v, want %+v", n, last, want)
		}
	})
}

func TestUrgentMailGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.route = func(context.Context, string) (Hop, error) {
			return Hop{Key: "narrow", Operator: "narrow", Limit: 1}, nil
		}
		r.courier.delay = time.Second
		bulk, post, later, code := mail("bulk@a.example"), mail("post@a.example"), mail("later@a.example"), mail("code@a.example")
		bulk.Priority, code.Priority, later.Priority = Bulk, Urgent, Urgent
		later.Next = time.Now().Add(2500 * time.Millisecond)
		r.put(bulk, bulk, post, later)
		_, stop := r.run()
		settle(500 * time.Millisecond)
		r.put(code)
		settle(time.Minute)
		stop()
		want := []string{"post@a.example", "code@a.example", "bulk@a.example", "later@a.example", "bulk@a.example"}
		if diff := cmp.Diff(want, r.courier.to()); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
}

func TestUrgentMailNeedNotWaitForASlowConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.delay = 5 * time.Minute
		r.put(mail("slow@a.example"))
		_, stop := r.run()
		settle(time.Second)
		code := mail("code@a.example")
		code.Priority = Urgent
		r.put(code)
		began := time.Now()
		settle(time.Hour)
		stop()
		if got := r.courier.all()[1]; got.to != "code@a.example" || got.at.Sub(began) > 5*time.Minute+time.Second {
			t.Errorf("sent %+v", r.courier.all())
		}
	})
}

func TestShutdownFinishesWhatIsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.delay = 10 * time.Second
		r.putBatch(1, "a.example", 200)
		_, stop := r.run()
		settle(time.Second)
		began := time.Now()
		stop()
		if took := time.Since(began); took != 9*time.Second {
			t.Errorf("stop took %v", took)
		}
		if got, want := r.tally(1), (Counts{Delivered: 4, Open: 196, Sealed: true}); got != want {
			t.Errorf("tally %+v, want %+v", got, want)
		}
	})
}

func TestShutdownBreaksOffWhatTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.delay = time.Hour
		r.courier.dead = func(ctx context.Context, h Hop) error {
			if h.Key == "mx.b.example" {
				sleep(ctx, 15*time.Second) // a dial
			}
			return nil
		}
		r.put(mail("ann@a.example"), mail("bob@b.example"))
		_, stop := r.run()
		settle(time.Second)
		began := time.Now()
		stop()
		if took := time.Since(began); took != 20*time.Second {
			t.Errorf("stop took %v", took)
		}
		if got := r.list(Filter{}); len(got) != 2 || got[0].Attempts != 0 {
			t.Errorf("rows left: %+v", got)
		}
	})
}

func TestShutdownDoesNotWaitForADial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.dead = func(ctx context.Context, _ Hop) error {
			sleep(ctx, time.Minute)
			return ctx.Err()
		}
		r.put(mail("ann@a.example"))
		_, stop := r.run()
		settle(time.Second)
		began := time.Now()
		stop()
		if took := time.Since(began); took != 0 {
			t.Errorf("stop took %v", took)
		}
	})
}

func TestConnectionThatBreaksDefersWhatItTook(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func() error
		want string
	}{
		{"with an error", func() error { return errors.New("mx.a.example: connection\r\nreset") }, "mx.a.example: connection reset"},
		{"with a panic", func() error { panic("index out of range") }, "panic: index out of range"},
		{"without a word", func() error { return nil }, "the connection ended before the result was known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.put(mail("ann@a.example"))
				q := New(r.queue().log, r.db, breaking{r.courier, c.end}, plain, r.cfg)
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan error)
				go func() { done <- q.Run(ctx) }()
				settle(time.Second)
				got := r.list(Filter{})
				if len(got) != 1 || got[0].Attempts != 1 || got[0].LastReply != c.want {
					t.Errorf("rows %+v", got)
				}
				settle(time.Hour)
				if n := len(r.list(Filter{})); n != 0 {
					t.Errorf("%d rows left an hour later", n)
				}
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// breaking is a courier whose first connection takes a row and then ends.
type breaking struct {
	*fake
	end func() error
}

func (b breaking) Deliver(ctx context.Context, h Hop, src Source) error {
	if b.dialled(h.Key) == 0 {
		b.count(h.Key, 1)
		src.Next(ctx, true)
		return b.end()
	}
	return b.fake.Deliver(ctx, h, src)
}

func TestStopDuringRenderSendsNothing(t *testing.T) {
	for _, c := range []struct {
		name   string
		render func(context.Context) error
		want   time.Duration
	}{
		{"that takes a second", func(ctx context.Context) error { sleep(ctx, time.Second); return nil }, 500 * time.Millisecond},
		{"that takes for ever", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, 20 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.render = func(ctx context.Context, row Row) (Outgoing, error) {
					if err := c.render(ctx); err != nil {
						return Outgoing{}, err
					}
					return plain(ctx, row)
				}
				r.put(mail("ann@a.example"))
				_, stop := r.run()
				settle(500 * time.Millisecond)
				began := time.Now()
				stop()
				if took := time.Since(began); took != c.want {
					t.Errorf("stop took %v, want %v", took, c.want)
				}
				if got := r.list(Filter{}); len(got) != 1 || got[0].Attempts != 0 || got[0].Shunted != "" || len(r.courier.all()) != 0 {
					t.Errorf("rows %+v, sent %v", got, r.courier.all())
				}
			})
		})
	}
}
