package queue

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/store"
)

// TestTheQueueSaysHowLongItWaitedForItsBooks holds the store's writer for a while, so that outcomes cannot be put on
// record, and compares the figures with what the clock says.
func TestTheQueueSaysHowLongItWaitedForItsBooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.cfg.UnsettledMax = 4
		r.courier.route = func(context.Context, string) (Hop, error) {
			return Hop{Key: "one", Operator: "one", Limit: 1}, nil
		}
		r.courier.delay = time.Second
		r.putBatch(1, "a.example", 8)
		q, stop := r.run()
		figures := registered(t, q)
		settle(time.Minute) // 8 copies of a second each: commits take no time here
		wantLines(t, figures, `sencoforum_queue_stalled_seconds_total 0`, `sencoforum_queue_busy_seconds_total 8`)

		r.putBatch(2, "a.example", 8)
		settle(time.Second / 2) // the first one is on its way
		hold := make(chan struct{})
		held := make(chan error)
		go func() { held <- r.db.Update(func(*store.Tx) error { <-hold; return nil }) }()
		settle(9500 * time.Millisecond) // four are sent, and the rest cannot go for six seconds
		wantLines(t, figures, `sencoforum_queue_stalled_seconds_total 6`, `sencoforum_queue_busy_seconds_total 18`,
			`sencoforum_queue_unsettled 4`, `sencoforum_queue_rows{state="due"} 4`, `sencoforum_queue_rows{state="settling"} 4`)
		close(hold)
		if err := <-held; err != nil {
			t.Error(err)
		}
		settle(time.Minute) // four more seconds of sending
		wantLines(t, figures, `sencoforum_queue_stalled_seconds_total 6`, `sencoforum_queue_busy_seconds_total 22`,
			`sencoforum_queue_unsettled 0`)
		stop()
	})
}

func TestASlowMailHostIsNotTheBooksFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.cfg.UnsettledMax = 1
		r.courier.delay = 10 * time.Second
		r.putBatch(1, "a.example", 3)
		q, stop := r.run()
		settle(5 * time.Second)
		r.put(mail("ann@a.example")) // the queue looks again while the host has the only copy that may go
		settle(time.Minute)
		wantLines(t, registered(t, q), `sencoforum_queue_stalled_seconds_total 0`, `sencoforum_queue_busy_seconds_total 40`)
		stop()
	})
}
