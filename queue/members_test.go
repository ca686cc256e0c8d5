package queue

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/store"
)

func TestMembersOfCountsRowsAndOutcomes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.answer = func(o Outgoing) Result {
			if o.To.Local == "m1" {
				return Result{Outcome: Deferred}
			}
			return Result{Outcome: Delivered}
		}
		r.putBatch(3, "a.example", 3)
		r.putBatch(4, "a.example", 9)
		_, stop := r.run()
		settle(time.Second)
		stop()
		for _, row := range r.list(Filter{Batch: 3}) {
			r.change(Drop, row.ID) // and not settled yet
		}
		r.view(func(tx *store.Tx) error {
			got, err := MembersOf(tx, 3)
			if keys := slices.Sorted(maps.Keys(got)); !slices.Equal(keys, []uint32{0, 1, 2}) {
				t.Errorf("members %v", keys)
			}
			return err
		})
	})
}
