package rig

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// trial is one run of the rig.
type trial struct {
	kills, unsettled, senders, recipients int

	pause time.Duration
	early bool
	dice  *rand.Rand // when it is killed
}

// work runs senders against a server that is killed again and again, then lets
// it finish, and checks.
func (tr trial) work(t *testing.T, binary string) Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	j := NewJournal()
	sink, err := NewSink(j)
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	srv, to, err := NewServer(ctx, Setup{
		Binary: binary, Dir: t.TempDir(), SinkPort: sink.Port(), Unsettled: tr.unsettled, Recipients: tr.recipients, Log: os.Stderr,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.End()
	posting, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	for n := range tr.senders {
		s := Sender{Journal: j, Addr: srv.Addr, From: to[n], To: List, Pause: tr.pause, Early: tr.early}
		all.Go(func() { s.Run(posting, ctx, n) })
	}
	for i := range tr.kills {
		if err := srv.Start(ctx); err != nil {
			t.Fatalf("start %d: %v", i, err)
		}
		time.Sleep(time.Duration(tr.dice.Int64N(int64(250 * time.Millisecond))))
		if err := srv.Kill(); err != nil {
			t.Fatalf("kill %d: %v", i, err)
		}
	}
	stop()
	if err := srv.Start(ctx); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	a, err := srv.Settled(ctx, j)
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Stop(); err != nil {
		t.Errorf("graceful stop: %v", err)
	}
	return Check(j, a, Bound{Recipients: to, Duplicates: tr.kills * tr.unsettled})
}

// batch is after how many kills a fresh server is taken, so that a long run does not spend its time in the audit
// of its own history.
const batch = 500

// TestRigKill kills the server at random instants during acceptance, publishing
// and fan-out. Nothing may be lost, and no more repeated than was unsettled.
func TestRigKill(t *testing.T) {
	binary := build(t)
	for _, unsettled := range []int{8, 256} {
		t.Run(fmt.Sprintf("with %d unsettled", unsettled), func(t *testing.T) {
			t.Parallel()
			tr := trial{unsettled: unsettled, senders: 4, recipients: 100, pause: 30 * time.Millisecond, dice: dice(t)}
			sum, kills := Result{}, (size(t).kills+1)/2
			for left := kills; left > 0; left -= batch {
				tr.kills = min(left, batch)
				r := tr.work(t, binary)
				reportFaults(t, r)
				if r.Posts == 0 {
					t.Error("nothing was posted")
				}
				sum.Posts, sum.Copies, sum.Duplicates = sum.Posts+r.Posts, sum.Copies+r.Copies, sum.Duplicates+r.Duplicates
			}
			t.Logf("%d kills, %d posts, %d copies, %d duplicates", kills, sum.Posts, sum.Copies, sum.Duplicates)
		})
	}
}

// reportFaults fails the test with what a check found.
func reportFaults(t *testing.T, r Result) {
	t.Helper()
	for i, f := range r.Faults {
		if i == 20 {
			t.Errorf("and %d more", len(r.Faults)-i)
			return
		}
		t.Error(f)
	}
}

// TestRigKillFindsAPlantedFault lets the senders believe a message acknowledged
// before the server has said so. The check must find what is lost then.
func TestRigKillFindsAPlantedFault(t *testing.T) {
	tr := trial{kills: 10, unsettled: 8, senders: 8, recipients: 8, early: true, dice: dice(t)}
	binary := build(t)
	reportLost(t, func() Result { return tr.work(t, binary) })
}

// reportLost repeats a run with a planted fault until the check finds lost
// messages, ten times at most: kills may all hit between two messages.
func reportLost(t *testing.T, work func() Result) {
	t.Helper()
	for range 10 {
		r := work()
		lost := 0
		for _, f := range r.Faults {
			if strings.HasPrefix(f, "lost: ") {
				lost++
			}
		}
		if lost > 0 {
			t.Logf("the check found %d lost", lost)
			return
		}
		t.Logf("none found lost: %v", r.Faults)
	}
	t.Error("messages were acknowledged too early, and the check found none of them lost")
}
