package queue

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/store"
)

func TestRemaining(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		row  Row
		want time.Duration
	}{
		{"a row without a time is due", Row{Queued: now}, 0},
		{"what is past is due", Row{Queued: now, Attempts: 1, Next: now.Add(-time.Hour)}, 0},
		{"a deferred row waits for its time", Row{Queued: now, Attempts: 3, Next: now.Add(time.Hour)}, time.Hour},
		{"after the clock was stepped back, four hours at most", Row{Queued: now, Attempts: 3, Next: now.AddDate(1, 0, 0)}, 4 * time.Hour},
		{"a row put for later waits for its time", Row{Queued: now.Add(-time.Hour), Next: now.Add(71 * time.Hour)}, 71 * time.Hour},
		{"after the clock was stepped back, as long as at first", Row{Queued: now.AddDate(1, 0, 0), Next: now.AddDate(1, 0, 3)}, 72 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := remaining(&stored{Row: c.row}, now); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestDeferredRowsKeepTheirTimeOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.answer = func(Outgoing) Result { return Result{Outcome: Deferred, Code: 450} }
		id := r.put(mail("ann@a.example"))[0].ID
		_, stop := r.run()
		settle(time.Hour)
		stop()
		row, _ := find(r, id)
		r.courier = &fake{}
		_, stop = r.run()
		settle(24 * time.Hour)
		stop()
		if got := r.courier.all(); len(got) != 1 || got[0].at.Sub(row.Next) < 0 || got[0].at.Sub(row.Next) > time.Second {
			t.Errorf("sent %v, want one copy at %v", got, row.Next)
		}
	})
}

func TestMoreRowsThanOneSnapshotAreAllLoaded(t *testing.T) {
	r := newRig(t)
	for i := range 5 {
		var rows []Row
		for j := range 1000 {
			rows = append(rows, mail(fmt.Sprintf("m%d.%d@a.example", i, j)))
		}
		r.put(rows...)
	}
	q := r.queue()
	if err := q.load(); err != nil {
		t.Fatal(err)
	}
	if n := len(q.domains["a.example"].parked); n != 5000 || q.seen != 5000 {
		t.Errorf("%d rows loaded, up to %d", n, q.seen)
	}
}

func TestRefusedSeesEachFailureInItsTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.answer = func(o Outgoing) Result {
			if o.To.Local == "m2" {
				return Result{Outcome: Failed, Code: 550, Enhanced: "5.1.1"}
			}
			return Result{Outcome: Delivered}
		}
		r.cfg.Refused = func(tx *store.Tx, row Row, res Result) error {
			notice := mail("owner@b.example")
			notice.Payload = []byte(fmt.Sprintf("m%d.%s@b.example", row.Member, res.Enhanced))
			return Put(tx, notice)
		}
		r.cfg.Finished = func(tx *store.Tx, batch uint64) error {
			c, err := Tally(tx, batch)
			if want := (Counts{Delivered: 4, Failed: 1, Sealed: true}); c != want {
				t.Errorf("tally when finished %+v, want %+v", c, want)
			}
			return err
		}
		r.putBatch(1, "a.example", 5)
		_, stop := r.run()
		settle(time.Second)
		stop()
		if got := r.courier.to(); len(got) != 6 || got[5] != "m2.5.1.1@b.example" {
			t.Errorf("sent %v", got)
		}
	})
}
