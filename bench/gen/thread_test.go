package main

import (
	"flag"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	email "sencoforum/message"
	"sencoforum/store"
)

var threadCount = flag.Int("threads", 4000, "messages of the test that compares threads with the truth")

// TestThreadsAreThoseOfTheTruth imports an invented archive and compares its threads with what the generator knows. Two
// of five answers from Outlook name nobody, so they must be recognised by their subject.
func TestThreadsAreThoseOfTheTruth(t *testing.T) {
	db := testdb.Open(t)
	sim := newSimulation(config{count: *threadCount, seed: 1, list: "senco-forum@lists.example", defects: 1,
		start: time.Date(1995, 1, 9, 8, 0, 0, 0, time.UTC), end: time.Date(2026, 6, 30, 18, 0, 0, 0, time.UTC)})
	all := make([]*message, *threadCount)
	for i := range all {
		all[i] = sim.next(i)
	}
	start := time.Now()
	for i := 0; i < len(all); i += 500 {
		testdb.Update(t, db, func(tx *store.Tx) error {
			for _, m := range all[i:min(i+500, len(all))] {
				if err := importOne(tx, m); err != nil {
					return err
				}
			}
			return nil
		})
	}
	took := time.Since(start)
	thread, right := readThreads(t, db, all)
	ours := map[archive.Number]bool{}
	for _, n := range thread {
		ours[n] = true
	}
	off := 100 * (float64(len(ours))/float64(sim.threads) - 1)
	precision, recall := pairs(all, thread)
	t.Logf("%d messages imported in %s: %d threads, in truth %d (%+.1f %%); same parent %.2f %%; pairs in one thread: precision %.2f %%, recall %.2f %%",
		len(all), took.Round(time.Millisecond), len(ours), sim.threads, off, 100*float64(right)/float64(len(all)), precision, recall)
	if off > 10 || off < -10 {
		t.Errorf("the number of threads is %.1f %% off", off)
	}
	if precision < 99 || recall < 90 {
		t.Errorf("precision %.2f %%, recall %.2f %%", precision, recall)
	}
}

func importOne(tx *store.Tx, m *message) error {
	n := archive.Describe(email.Parse(m.raw), "[senco-forum]", m.date)
	in, err := intake.Put(tx, intake.New{
		Record: intake.Record{Origin: intake.FromImport, Envelope: email.Envelope{Received: m.date}},
		Raw:    store.NewBlob(m.raw), State: intake.Done,
	})
	if err != nil {
		return err
	}
	n.List, n.Intake = 1, in
	_, err = archive.Import(tx, n)
	return err
}

// readThreads returns the thread of each message, and how many have the parent of the truth.
func readThreads(t *testing.T, db *store.DB, all []*message) (thread []archive.Number, right int) {
	t.Helper()
	thread = make([]archive.Number, len(all))
	testdb.View(t, db, func(tx *store.Tx) error {
		for i := range all {
			if thread[i] != 0 {
				continue
			}
			n, err := archive.ThreadOf(tx, archive.Number(i+1))
			if err != nil {
				return err
			}
			d, err := archive.Thread(tx, n)
			if err != nil {
				return err
			}
			for _, at := range d.Places {
				thread[at.Post-1] = n
				want := 0
				if m := all[at.Post-1]; m.parent != nil {
					want = m.parent.index + 1
				}
				if int(at.Parent) == want {
					right++
				}
			}
		}
		return nil
	})
	return thread, right
}

// pairs says how many percent of our pairs in one thread are right, and of the true pairs how many we have.
func pairs(all []*message, thread []archive.Number) (precision, recall float64) {
	type cell struct {
		ours  archive.Number
		truth int
	}
	count := map[cell]int{}
	for i, m := range all {
		count[cell{thread[i], m.thread}]++
		count[cell{ours: thread[i]}]++
		count[cell{truth: m.thread}]++
	}
	var both, ours, truth int
	for c, n := range count {
		n = n * (n - 1) / 2
		switch {
		case c.truth == 0:
			ours += n
		case c.ours == 0:
			truth += n
		default:
			both += n
		}
	}
	return 100 * float64(both) / float64(ours), 100 * float64(both) / float64(truth)
}
