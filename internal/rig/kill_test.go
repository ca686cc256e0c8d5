package rig

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var kills = flag.Int("kills", 10, "how often TestKill kills the server")

// build compiles the server as it ships.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "sencoforum")
	cmd := exec.Command("go", "build", "-o", binary, "sencoforum/cmd/sencoforum")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// trial is one run of the rig.
type trial struct {
	kills, unsettled, senders, recipients int

	pause time.Duration
	early bool
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
		time.Sleep(time.Duration(rand.Int64N(int64(250 * time.Millisecond))))
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

// TestKill kills the server at random instants during acceptance, publishing
// and fan-out. Nothing may be lost, and no more repeated than was unsettled.
func TestKill(t *testing.T) {
	binary := build(t)
	for _, unsettled := range []int{8, 256} {
		t.Run(fmt.Sprintf("with %d unsettled", unsettled), func(t *testing.T) {
			tr := trial{kills: (*kills + 1) / 2, unsettled: unsettled, senders: 4, recipients: 100, pause: 30 * time.Millisecond}
			r := tr.work(t, binary)
			for i, f := range r.Faults {
				if i == 20 {
					t.Fatalf("and %d more", len(r.Faults)-i)
				}
				t.Error(f)
			}
			t.Logf("%d kills, %d posts, %d copies, %d duplicates, %d faults", tr.kills, r.Posts, r.Copies, r.Duplicates, len(r.Faults))
			if r.Posts == 0 {
				t.Error("nothing was posted")
			}
		})
	}
}

// TestAPlantedFaultIsFound lets the senders believe a message acknowledged
// before the server has said so. The check must find what is lost then.
func TestAPlantedFaultIsFound(t *testing.T) {
	tr := trial{kills: 10, unsettled: 8, senders: 8, recipients: 8, early: true}
	r := tr.work(t, build(t))
	lost := 0
	for _, f := range r.Faults {
		if strings.HasPrefix(f, "lost: ") {
			lost++
		}
	}
	if lost == 0 {
		t.Errorf("messages were acknowledged too early, and the check found none of them lost: %v", r.Faults)
	}
	t.Logf("the check found %d lost", lost)
}
