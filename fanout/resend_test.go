package fanout

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// TestAPostThatIsReleasedGoesToThoseWhoHaveNoCopy stops a post after two of five copies and lets it go on.
func TestAPostThatIsReleasedGoesToThoseWhoHaveNoCopy(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, 5)
	p := post(t, db, "<1@x>")
	expandAll(t, db)
	got := map[uint32]int{}
	hidden := func(r queue.Row) bool { return r.Member > 2 }
	send := func() { sendAll(t, db, p.Intake, got, hidden) }
	testdb.Update(t, db, func(tx *store.Tx) error { _, err := archive.Hide(tx, p.Number, archive.Seal{}, noon); return err })
	send()
	hidden = func(queue.Row) bool { return false }
	testdb.Update(t, db, func(tx *store.Tx) error { _, err := archive.Show(tx, p.Number, noon); return err })
	expandAll(t, db)
	change(t, db, 4, func(m *list.Membership) { m.Mode = list.ModeNone })
	for range 2 { // said twice, it is done once
		r := Resending{Post: p.Number, Now: noon}
		testdb.View(t, db, r.Look)
		for from := list.PersonID(1); from != 0; {
			testdb.Update(t, db, func(tx *store.Tx) (err error) { from, err = r.Page(tx, from); return err })
		}
	}
	if had := rows(t, db, p.Number); !slices.Equal(had, []uint32{3, 5}) {
		t.Errorf("rows for members %v, want 3 and 5", had)
	}
	send()
	if s := state(t, db, p.Intake); s != intake.Done {
		t.Errorf("its message is %s", s)
	}
	for m := uint32(1); m <= 5; m++ {
		if want := 1; m != 4 && got[m] != want || m == 4 && got[m] != 0 {
			t.Errorf("member %d got %d copies", m, got[m])
		}
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		c, err := queue.Tally(tx, uint64(p.Number))
		if want := (queue.Counts{Delivered: 4, Dropped: 1, Sealed: true, Again: 2}); c != want {
			t.Errorf("counts %+v, want %+v", c, want)
		}
		return err
	})
	if faults := accounts(t, db); len(faults) > 0 {
		t.Error(faults)
	}
}

// sendAll lets a queue work until the post is done; copies for which stopped says so are dropped.
func sendAll(t *testing.T, db *store.DB, id intake.ID, got map[uint32]int, stopped func(queue.Row) bool) {
	t.Helper()
	var mu sync.Mutex // guards got
	render := func(_ context.Context, r queue.Row) (queue.Outgoing, error) {
		if stopped(r) {
			return queue.Outgoing{}, queue.ErrDropped
		}
		mu.Lock()
		defer mu.Unlock()
		got[r.Member]++
		return queue.Outgoing{Row: r.ID, To: testdb.Address(t, "m@school.example"), Header: []byte("A: b\r\n"), Body: []byte("\r\n")}, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	ended := make(chan error, 1)
	q := queue.New(slog.New(slog.DiscardHandler), db, obliging{}, render, queue.Config{
		Finished: func(tx *store.Tx, batch uint64) error { return Finished(tx, batch, noon) }, Idle: 10 * time.Millisecond,
	})
	changed, stop := db.Watch("intake.states")
	defer stop()
	go func() { ended <- q.Run(ctx) }()
	for state(t, db, id) != intake.Done && ctx.Err() == nil {
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
