package queue

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/store"
)

// Whoever waits for the end of a lone row hears of each one once, whatever its end, and of no row of a batch.
func TestEndedSeesEachLoneRowOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		outcomes := map[string]Outcome{"ann@a.example": Delivered, "bob@a.example": Failed, "cy@a.example": Deferred}
		r.courier.answer = func(o Outgoing) Result {
			out, ok := outcomes[o.To.String()]
			if !ok {
				out = Delivered
			}
			return Result{Outcome: out, Code: 250}
		}
		var ended []string
		r.cfg.Ended = func(tx *store.Tx, row Row, res Result) error {
			if _, ok, err := Find(tx, row.ID); ok || err != nil {
				t.Errorf("row %d is still there, %v", row.ID, err)
			}
			ended = append(ended, fmt.Sprintf("%d %s", row.ID, res.Outcome))
			return nil
		}
		r.put(mail("ann@a.example"), mail("bob@a.example"), mail("cy@a.example"))
		r.putBatch(7, "b.example", 2)
		_, stop := r.run()
		settle(time.Hour)
		if diff := cmp.Diff([]string{"1 delivered", "2 failed"}, ended); diff != "" {
			t.Errorf("within an hour (-want +got):\n%s", diff)
		}
		settle(6 * 24 * time.Hour)
		stop()
		if diff := cmp.Diff([]string{"1 delivered", "2 failed", "3 expired"}, ended); diff != "" {
			t.Errorf("in the end (-want +got):\n%s", diff)
		}
	})
}
