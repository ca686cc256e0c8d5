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

// TestRigDoorsKill posts by LMTP on a Unix socket while the server is killed again
// and again. Nothing that was acknowledged may be lost, and each start finds the
// socket that the killed one left.
func TestRigDoorsKill(t *testing.T) {
	kills := max(3, size(t).kills/30)
	r := lmtpTrial{kills: kills, dice: dice(t)}.work(t)
	reportFaults(t, r)
	if r.Posts == 0 {
		t.Error("nothing was posted")
	}
	t.Logf("%d kills, %d posts by LMTP, %d copies, %d duplicates", kills, r.Posts, r.Copies, r.Duplicates)
}

// TestRigDoorsKillFindsAPlantedFault lets the senders believe a message
// acknowledged before the server has said so.
func TestRigDoorsKillFindsAPlantedFault(t *testing.T) {
	tr := lmtpTrial{kills: 10, early: true, dice: dice(t)}
	reportLost(t, func() Result { return tr.work(t) })
}

// lmtpTrial is one run of senders against a server that is killed.
type lmtpTrial struct {
	kills int
	early bool // the fault that the check must find
	dice  *rand.Rand
}

func (tr lmtpTrial) work(t *testing.T) Result {
	t.Helper()
	d := newDoors(t, build(t), "127.0.9.0/24")
	t.Cleanup(d.End)
	posting, stop := context.WithCancel(t.Context())
	defer stop()
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() { d.send(posting, t.Context(), n, tr.early) })
	}
	for i := range tr.kills {
		if err := d.Start(t.Context()); err != nil {
			t.Fatalf("start %d: %v", i, err)
		}
		time.Sleep(time.Duration(tr.dice.Int64N(int64(250 * time.Millisecond))))
		if err := d.Kill(); err != nil {
			t.Fatalf("kill %d: %v", i, err)
		}
		if _, err := os.Lstat(d.socket); err != nil {
			t.Fatalf("kill %d: no socket was left behind: %v", i, err)
		}
	}
	stop()
	d.start(t)
	all.Wait()
	a, err := d.Settled(t.Context(), d.journal)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Stop(); err != nil {
		t.Error(err)
	}
	return Check(d.journal, a, Bound{Recipients: d.to, Duplicates: tr.kills * 256})
}

// send posts as a mail server in front does, until posting ends: what got no 250
// it sends again, the same bytes, until it is answered or give ends.
func (d *doorRig) send(posting, give context.Context, n int, early bool) {
	for i := 0; posting.Err() == nil; i++ {
		id := fmt.Sprintf("<%d.%d@mta.example>", n, i)
		for give.Err() == nil && !d.attempt(d.to[n], id, early) {
			if early {
				break
			}
			sleep(give, 10*time.Millisecond)
		}
		sleep(posting, time.Duration(rand.Int64N(int64(40*time.Millisecond))))
	}
}

// attempt reports whether the message was acknowledged, or with early whether it
// was on its way.
func (d *doorRig) attempt(from, id string, early bool) bool {
	s, err := d.unix().open()
	if err != nil {
		return false
	}
	defer s.Close()
	if !strings.HasPrefix(s.offer("LHLO", from, List), "354 ") {
		return false
	}
	if early {
		fmt.Fprintf(s, "%s\r\n", doorPost(from, id))
	} else if got := s.says(doorPost(from, id)); !strings.HasPrefix(got, "250 ") {
		return false
	}
	d.journal.Acked(id)
	return true
}
