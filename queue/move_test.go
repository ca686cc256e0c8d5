package queue

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// A recipient's new address must not be told to the host of the old one.
func TestARecipientWhoMovedIsReachedByTheNewDomain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.render = func(ctx context.Context, row Row) (Outgoing, error) {
			o, err := plain(ctx, row)
			if row.Member == 3 {
				o.To.Domain = "New.example"
			}
			return o, err
		}
		r.putBatch(1, "old.example", 5)
		_, stop := r.run()
		settle(time.Second)
		stop()
		if got, want := r.tally(1), (Counts{Delivered: 5, Sealed: true}); got != want {
			t.Errorf("tally %+v, want %+v", got, want)
		}
		if r.courier.dialled("mx.new.example") != 1 {
			t.Errorf("%d connections to the new domain's host", r.courier.dialled("mx.new.example"))
		}
		if n := len(r.courier.all()); n != 5 {
			t.Errorf("%d copies, want each once", n)
		}
	})
}
