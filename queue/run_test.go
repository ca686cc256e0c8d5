package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sencoforum/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func smarthost(context.Context, string) (Hop, error) {
	return Hop{Key: "smarthost", Operator: "smarthost", Limit: 20}, nil
}

// settle lets the bubble run for d.
func settle(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestLoneMailGoesAtOnceAndVanishes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		_, stop := r.run()
		settle(time.Hour) // an idle queue
		began := time.Now()
		r.put(mail("ann@a.example"))
		settle(time.Millisecond)
		if got := r.courier.all(); len(got) != 1 || !got[0].at.Equal(began) {
			t.Errorf("sent %v, want one copy at %v", got, began)
		}
		if n := len(r.list(Filter{})); n != 0 || r.depth() != 0 {
			t.Errorf("%d rows left, depth %d", n, r.depth())
		}
		stop()
	})
}

func TestRetriesForFiveDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.answer = func(Outgoing) Result {
			return Result{Outcome: Deferred, Code: 451, Enhanced: "4.7.1", Text: "greylisted", Host: "mx.a.example"}
		}
		began := time.Now()
		row := r.put(mail("ann@a.example"))[0]
		_, stop := r.run()
		settle(3 * time.Hour)
		if got := r.list(Filter{}); len(got) != 1 || got[0].Attempts != 8 || got[0].LastReply != "mx.a.example: 451 4.7.1 greylisted" {
			t.Errorf("after three hours: %+v", got)
		}
		settle(6 * 24 * time.Hour)
		stop()

		sent := r.courier.all()
		for i := 1; i < len(sent); i++ {
			gap := sent[i].at.Sub(sent[i-1].at)
			if last := i == len(sent)-1; !last && (gap < retryDelay(i, 0) || gap > retryDelay(i, 1)) {
				t.Errorf("attempt %d came after %v", i+1, gap)
			}
		}
		if n := len(sent); n < 36 || n > 45 {
			t.Errorf("%d attempts", n)
		}
		if got := sent[len(sent)-1].at.Sub(began); got < DefaultLifetime || got > DefaultLifetime+time.Second {
			t.Errorf("the last attempt came after %v", got)
		}
		want := []Failure{{Row: row.ID, Kind: "test", Domain: "a.example", At: sent[len(sent)-1].at.UTC(),
			Result: Result{Outcome: Expired, Code: 451, Enhanced: "4.7.1", Text: "greylisted", Host: "mx.a.example"}}}
		if diff := cmp.Diff(want, r.failures(0)); diff != "" || r.depth() != 0 {
			t.Errorf("depth %d, failures (-want +got):\n%s", r.depth(), diff)
		}
	})
}

func TestDeadHopBesideALiveOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		alive := time.Now().Add(5 * time.Hour)
		r.courier.dead = func(ctx context.Context, h Hop) error {
			if h.Key == "mx.dead.example" && time.Now().Before(alive) {
				sleep(ctx, 30*time.Second)
				return errors.New("dial mx.dead.example: timeout")
			}
			return nil
		}
		r.putBatch(1, "dead.example", 1000)
		r.putBatch(2, "live.example", 1000)
		q, stop := r.run()
		settle(time.Second)
		if got := r.tally(2); got.Delivered != 1000 {
			t.Errorf("live hop after a second: %+v", got)
		}
		settle(time.Hour)
		state := q.Hops()[0]
		if state.Key != "mx.dead.example" || state.Waiting != 1000 || state.LastError != "dial mx.dead.example: timeout" {
			t.Errorf("dead hop: %+v", state)
		}
		if wait := time.Until(state.NextTry); state.Connections == 0 && (wait <= 0 || wait > pauseLast) {
			t.Errorf("dead hop is tried again after %v", wait)
		}
		settle(5 * time.Hour)
		stop()
		if got := r.tally(1); got.Delivered != 1000 {
			t.Errorf("dead hop, alive again: %+v", got)
		}
		if n := repeats(r.courier.times()); n != 0 {
			t.Errorf("%d repeats", n)
		}
		if n := r.courier.dialled("mx.dead.example"); n > 45 {
			t.Errorf("%d connections to the dead hop in five hours", n)
		}
	})
}

func TestRowsOfADeadHopExpireWithItsWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.dead = func(context.Context, Hop) error { return errors.New("certificate expired") }
		r.putBatch(1, "dead.example", 600)
		before := r.db.Stats().Commits
		_, stop := r.run()
		settle(5*24*time.Hour - time.Minute)
		if got := r.tally(1); got.Open != 600 {
			t.Errorf("before the lifetime is over: %+v", got)
		}
		settle(time.Hour)
		stop()
		if got, want := r.tally(1), (Counts{Expired: 600, Sealed: true}); got != want {
			t.Errorf("tally %+v, want %+v", got, want)
		}
		if got := r.failures(1); len(got) != 600 || got[0].Result.Text != "certificate expired" {
			t.Errorf("%d failures", len(got))
		}
		if n := r.db.Stats().Commits - before; n > 10 {
			t.Errorf("%d commits: rows of a dead hop were rewritten", n)
		}
		if !slices.Equal(r.ended, []uint64{1}) {
			t.Errorf("finished %v", r.ended)
		}
	})
}

func TestUnsettledNeverAboveTheMaximum(t *testing.T) {
	for _, limit := range []int{1, 8, 256} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { unsettled(t, limit) })
		})
	}
}

// unsettled sends with a slow courier and compares what it has taken with what the store still has.
func unsettled(t *testing.T, limit int) {
	r := newRig(t)
	r.cfg.UnsettledMax = limit
	r.courier.route = smarthost
	r.courier.delay = 3 * time.Millisecond
	most := 0
	took := map[RowID]bool{}
	r.courier.taken = func(o Outgoing) {
		r.courier.mu.Lock()
		defer r.courier.mu.Unlock()
		took[o.Row] = true
		err := r.db.View(func(tx *store.Tx) error {
			for id := range took {
				open, err := rows.Has(tx, id)
				if err != nil {
					return err
				}
				if !open {
					delete(took, id)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		most = max(most, len(took))
	}
	r.putBatch(1, "a.example", 600)
	before := r.db.Stats().Commits
	_, stop := r.run()
	settle(time.Minute)
	stop()
	if n := int(r.db.Stats().Commits - before); limit == 256 && n > 15 {
		t.Errorf("%d commits", n)
	}
	if got := r.tally(1); got.Delivered != 600 {
		t.Errorf("tally %+v", got)
	}
	if most > limit || most < min(limit, 20) {
		t.Errorf("at most %d unsettled, want up to %d", most, limit)
	}
}

func TestCrashRepeatsOnlyWhatWasUnsettled(t *testing.T) {
	for _, limit := range []int{8, 256} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { crash(t, limit) })
		})
	}
}

// crash takes the store as it is in the midst of sending, and goes on from there.
func crash(t *testing.T, limit int) {
	r := newRig(t)
	r.cfg.UnsettledMax = limit
	r.courier.route = smarthost
	r.courier.delay = time.Millisecond
	r.putBatch(1, "a.example", 1200)
	before := map[RowID]int{}
	r.courier.answer = func(o Outgoing) Result {
		r.courier.mu.Lock() // nobody settles meanwhile
		defer r.courier.mu.Unlock()
		if len(before) == 0 && len(r.courier.sent) >= 777 {
			for _, s := range r.courier.sent {
				before[s.row]++
			}
			if err := r.db.Backup(r.path + ".crash"); err != nil {
				t.Error(err)
			}
		}
		return Result{Outcome: Delivered}
	}
	_, stop := r.run()
	settle(time.Minute)
	stop()
	r.closeStore()

	r.path += ".crash"
	r.courier = &fake{route: smarthost}
	r.openStore()
	_, stop = r.run()
	settle(time.Minute)
	stop()
	if got := r.tally(1); got.Delivered != 1200 {
		t.Errorf("tally after the crash %+v", got)
	}
	after := r.courier.times()
	for id, n := range before {
		after[id] += n
	}
	if n := repeats(after); len(after) != 1200 || n > limit || n == 0 && limit > 20 {
		t.Errorf("%d rows went, %d repeats, want 1200 and at most %d", len(after), n, limit)
	}
}

func TestManyRowsFewCommits(t *testing.T) {
	r := newRig(t)
	r.courier.route = smarthost
	r.putBatch(1, "a.example", 25000)
	before := r.db.Stats().Commits
	_, stop := r.run()
	for deadline := time.Now().Add(30 * time.Second); r.tally(1).Open > 0 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	if got, want := r.tally(1), (Counts{Delivered: 25000, Sealed: true}); got != want {
		t.Fatalf("tally %+v, want %+v", got, want)
	}
	if n := r.db.Stats().Commits - before; n > 25000/128+10 {
		t.Errorf("%d commits", n)
	}
	if n := repeats(r.courier.times()); n != 0 {
		t.Errorf("%d repeats", n)
	}
	if !slices.Equal(r.ended, []uint64{1}) {
		t.Errorf("finished %v", r.ended)
	}
	if !strings.Contains(r.log.String(), "batch=1 delivered=25000 failed=0 dropped=0 expired=0") {
		t.Errorf("mail log: %s", r.log)
	}
}

func TestRunEndsOnce(t *testing.T) {
	r := newRig(t)
	q, stop := r.run()
	stop()
	if err := q.Run(t.Context()); err == nil {
		t.Error("a second Run was allowed")
	}
}
