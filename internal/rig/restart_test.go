package rig

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// restartStop is how long a graceful stop may take.
const restartStop = 30 * time.Second

// A restartRun is a server that is started again and again while senders post
// and copies leave.
type restartRun struct {
	srv  *Server
	host *badHost
	to   []string
	dice *rand.Rand

	stops []time.Duration

	mu      sync.Mutex // guards the rest
	posts   []string   // acknowledged
	refused []string
	tries   int // attempts that got no 250
	cut     int // messages that were begun and got no answer
	worst   time.Duration
}

func newRestartRun(t *testing.T) *restartRun {
	t.Helper()
	host, err := newBadHost()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { host.Close() })
	r := &restartRun{host: host, dice: dice(t)}
	r.srv, r.to, err = NewServer(t.Context(), Setup{
		Binary: build(t), Dir: t.TempDir(), SinkPort: host.Port(), Unsettled: 256, Recipients: sinkMembers, Log: os.Stderr,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.srv.End)
	if err := r.srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// send posts until ctx ends, trying each message until it is taken. Number 0 is slow,
// so that there is always a message in arrival.
func (r *restartRun) send(ctx context.Context, i int) {
	p := &carrier{addr: r.srv.Addr}
	d := dispatch{from: r.to[i], to: List, bytes: 2700}
	if i == 0 {
		p.pace, d.bytes = 64<<10, 48<<10
	}
	for k := 0; ctx.Err() == nil; k++ {
		d.id = fmt.Sprintf("<%d.%d@restart.example>", i, k)
		give, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		took, ok := p.post(give, d, 20*time.Millisecond)
		cancel()
		r.mu.Lock()
		r.worst = max(r.worst, took)
		if ok {
			r.posts = append(r.posts, d.id)
		} else {
			r.refused = append(r.refused, d.id)
		}
		r.mu.Unlock()
		sleep(ctx, time.Duration(rand.Int64N(int64(100*time.Millisecond))))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries, r.cut, r.refused = r.tries+p.tries, r.cut+p.cut, append(r.refused, p.refused...)
}

// busy is a host that takes some time for each reply, so that copies are always under way.
func busy(_ *visit, at moment, honest string) (deed, bool) {
	return deed{pause: rand.N(10 * time.Millisecond), say: honest, keep: at == atEnd}, true
}

// work runs n restarts under load; end ends the server.
func (r *restartRun) work(t *testing.T, n int, end func() error) bill {
	t.Helper()
	book, err := r.host.turnBad(&vice{turn: busy})
	if err != nil {
		t.Fatal(err)
	}
	posting, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for i := range 5 {
		all.Go(func() { r.send(posting, i) })
	}
	for i := range n {
		r.wait(t.Context())
		if r.dice.IntN(2) == 0 {
			r.srv.cmd.Process.Signal(syscall.SIGHUP)
			r.wait(t.Context())
		}
		if err := end(); err != nil {
			t.Errorf("stop %d: %v", i, err)
		}
		if err := r.srv.Start(t.Context()); err != nil {
			t.Fatalf("start %d: %v", i, err)
		}
	}
	stop()
	all.Wait()
	if err := r.host.turnHonest(); err != nil {
		t.Fatal(err)
	}
	return r.reckon(t, book)
}

func (r *restartRun) wait(ctx context.Context) {
	sleep(ctx, time.Duration(r.dice.Int64N(int64(400*time.Millisecond))))
}

// reckon waits for the end of all copies and compares the books.
func (r *restartRun) reckon(t *testing.T, book *ledger) bill {
	t.Helper()
	s := sinkRun{srv: r.srv, host: r.host, to: r.to}
	if err := s.finish(t.Context()); err != nil {
		t.Error(err)
	}
	a, err := r.srv.Audit(t.Context())
	if err != nil || len(a.Faults) > 0 || len(a.Posts) != len(r.posts) {
		t.Errorf("audit: %v %v; %d posts of %d that were taken", err, a.Faults, len(a.Posts), len(r.posts))
	}
	if err := r.terminate(); err != nil {
		t.Errorf("last stop: %v", err)
	}
	books, err := readBooks(r.srv.Dir)
	if err != nil {
		t.Fatal(err)
	}
	return reckoning{posts: r.posts, to: r.to, host: book, books: books}.bill()
}

// terminate stops the server gracefully and notes how long that took.
func (r *restartRun) terminate() error {
	start := time.Now()
	if err := r.srv.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := r.srv.cmd.Wait()
	took := time.Since(start)
	r.stops = append(r.stops, took)
	if err == nil && took > restartStop {
		return fmt.Errorf("it took %v, want %v", took.Round(time.Millisecond), restartStop)
	}
	return err
}

// TestRigRestart stops the server gracefully and starts it again while senders
// post and copies leave. Nobody may notice more than that it was not there.
func TestRigRestart(t *testing.T) {
	t.Parallel()
	r := newRestartRun(t)
	n := size(t).restarts
	b := r.work(t, n, r.terminate)
	for _, f := range append(b.Faults, r.refused...) {
		t.Error(f)
	}
	if b.Repeats > 0 || r.cut > 0 || len(r.posts) == 0 {
		t.Errorf("%d posts, %d copies came twice and %d messages got no answer; a graceful stop repeats and cuts off nothing", len(r.posts), b.Repeats, r.cut)
	}
	slices.Sort(r.stops)
	t.Logf("%d graceful restarts, %d posts with %d retries, the longest wait %v; %d copies, %d repeats, %d cut off; a stop took %v, at worst %v",
		n, len(r.posts), r.tries, r.worst.Round(time.Millisecond), b.Delivered, b.Repeats, r.cut,
		r.stops[len(r.stops)/2].Round(time.Millisecond), r.stops[len(r.stops)-1].Round(time.Millisecond))
}

// TestRigRestartFindsAPlantedFault ends the server as no graceful stop does. The
// same senders and the same reckoning must see it.
func TestRigRestartFindsAPlantedFault(t *testing.T) {
	t.Parallel()
	r := newRestartRun(t)
	b := r.work(t, 3, r.srv.Kill)
	if r.cut == 0 && b.Repeats == 0 {
		t.Error("the server was killed three times, and nothing was seen of it")
	}
	t.Logf("3 kills: %d messages got no answer, %d copies came twice", r.cut, b.Repeats)
}

// TestRigRestartStalled stops the server while the next hop answers nothing and
// a sender takes his time.
func TestRigRestartStalled(t *testing.T) {
	if *scaleName == "test" {
		t.Skip("NOT TESTED at this scale: it takes half a minute")
	}
	t.Parallel()
	for _, c := range []struct {
		name string
		slow bool
	}{
		{"a hop that stalls", false},
		{"a hop that stalls, and a sender who takes longer than there is time", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRestartRun(t)
			var sending sync.WaitGroup
			defer sending.Wait()
			book, err := r.host.turnBad(&vice{turn: when(atEnd, deed{then: freeze})})
			if err != nil {
				t.Fatal(err)
			}
			d := dispatch{from: r.to[1], to: List, id: "<stalled@restart.example>"}
			(&carrier{addr: r.srv.Addr}).post(t.Context(), d, time.Second)
			r.posts = []string{d.id}
			if c.slow {
				d.id, d.bytes = "<slow@restart.example>", 400<<10
				sending.Go(func() { (&carrier{addr: r.srv.Addr, pace: slowPace}).attempt(d) })
			}
			sleep(t.Context(), time.Second) // until the copies and the slow message are under way
			if err := r.terminate(); err != nil {
				t.Error(err)
			}
			t.Logf("the stop took %v", r.stops[0].Round(time.Millisecond))
			if err := errors.Join(r.host.turnHonest(), r.srv.Start(t.Context())); err != nil {
				t.Fatal(err)
			}
			for _, f := range r.reckon(t, book).Faults {
				t.Error(f)
			}
		})
	}
}
