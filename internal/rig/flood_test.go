package rig

import (
	"context"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What a flood may cost.
const (
	floodPost   = 2 * time.Second // nineteen honest posts in twenty, with all retries
	floodMemory = 256             // MiB
	floodBase   = 30 * time.Second
)

// TestRigFlood has strangers who take every place at the door. Honest senders
// must get through all the same, and nothing may be left of it.
func TestRigFlood(t *testing.T) {
	s := size(t)
	slow := 200 << 10
	if *scaleName == "test" {
		slow = 16 << 10
	}
	enoughDescriptors(t, s.drips+1000)
	r := newFloodRun(t, &swarm{attempts: s.floods, drips: s.drips}, trustedRelay)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	base := r.footing(t)
	took := r.load(ctx, 3, slow)
	ended := time.Now()
	if !r.settled(ctx) {
		t.Errorf("honest messages are missing: %v", r.missing())
	}
	mib, err := peak(r.srv.pid())
	if err != nil || mib > floodMemory {
		t.Errorf("the server had %d MiB, want at most %d: %v", mib, floodMemory, err)
	}
	for _, f := range r.faults {
		t.Error(f)
	}
	left := r.footing(t)
	for ; !left.within(base) && time.Since(ended) < floodBase; left = r.footing(t) {
		sleep(ctx, 50*time.Millisecond)
	}
	if !left.within(base) {
		t.Errorf("%v after the flood the server holds %+v, and before it %+v", floodBase, left, base)
	}
	if p95 := part(r.waits, 95); p95 > floodPost {
		t.Errorf("nineteen honest posts in twenty took %v, want %v", p95, floodPost)
	}
	t.Logf("flood of %v: %d connections, %d greeted, %d turned away, %d ended by the server; %d honest posts with %d retries: median %v, 95%% %v, all %v; the slow one %v; %d MiB; base again after %v",
		took.Round(time.Millisecond), r.f.tried.Load(), r.f.let.Load(), r.f.turned.Load(), r.f.ended.Load(),
		len(r.waits), r.tries, part(r.waits, 50), part(r.waits, 95), part(r.waits, 100), r.slow.Round(time.Millisecond), mib, time.Since(ended).Round(time.Millisecond))
	if err := r.srv.Stop(); err != nil {
		t.Errorf("graceful stop: %v", err)
	}
}

// TestRigFloodFindsAPlantedFault has a server that stands still for a while, one
// that keeps a session, and a next hop that throws mail away. The same figures
// must show each.
func TestRigFloodFindsAPlantedFault(t *testing.T) {
	t.Parallel()
	r := newFloodRun(t, &swarm{}, trustedRelay)
	base := r.footing(t)
	for range 6 {
		c, err := net.Dial("tcp", r.srv.Addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	eventually(t, "open sessions show in the figures", func() bool {
		f := r.footing(t)
		return f.descriptors > base.descriptors && f.goroutines > base.goroutines+5
	})

	if err := r.srv.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(floodPost+100*time.Millisecond, func() { r.srv.cmd.Process.Signal(syscall.SIGCONT) })
	r.honest(t.Context(), 0, 1)
	if p95 := part(r.waits, 95); p95 <= floodPost {
		t.Errorf("the server stood still for more than %v, and the post took %v", floodPost, p95)
	}

	book, err := r.host.turnBad(&vice{turn: when(atEnd, deed{say: "250 2.0.0 taken\r\n"})})
	if err != nil {
		t.Fatal(err)
	}
	r.honest(t.Context(), 7, 1)
	eventually(t, "the host has thrown a mail away", func() bool { return book.shown() > 0 })
	if missing := strings.Join(r.missing(), "\n"); !strings.Contains(missing, "<7.0@flood.example> for the owner came 0 times") {
		t.Errorf("the host threw a mail away, and it is not missed: %s", missing)
	}
}

// TestRigFloodStarves has the same flood come from a network that the operator
// trusts, where nobody gives way to newcomers. The honest posts must show it.
func TestRigFloodStarves(t *testing.T) {
	t.Parallel()
	r := newFloodRun(t, &swarm{drips: 250}, "127.0.0.0/8")
	r.give = floodPost + time.Second
	r.load(t.Context(), 1, 1<<10)
	if p95 := part(r.waits, 95); p95 <= floodPost {
		t.Errorf("all places were taken for good, and the posts took %v", p95)
	}
	t.Logf("without displacement %d of %d honest posts were not taken within %v", len(r.faults), len(r.waits)+1, r.give)
}
