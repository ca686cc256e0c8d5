package rig

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// trustedRelay is the network of a mail server that the operator trusts, which
// brings the posts of members. It is exempt from the caps by address, and
// counts in all.
const trustedRelay = "127.251.1.0/24"

// slowPace is that of a slow honest sender, in octets a second.
const slowPace = 8 << 10

// A floodRun is a server with the caps of a new installation, a flood, and
// honest senders.
type floodRun struct {
	srv     *Server
	metrics string        // where it tells its figures
	give    time.Duration // that an honest sender tries
	host    *badHost      // honest, but for a planted fault
	to      []string
	f       *swarm

	mu      sync.Mutex // guards the rest
	waits   []time.Duration
	tries   int           // attempts of honest senders that got no 250
	slow    time.Duration // that the slow one took
	posts   []string      // to the list, acknowledged
	letters []string      // to the owner, acknowledged
	faults  []string
}

func newFloodRun(t *testing.T, f *swarm, trusted string) *floodRun {
	t.Helper()
	host, err := newBadHost()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { host.Close() })
	metrics, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	r := &floodRun{host: host, f: f, metrics: metrics, give: 10 * floodPost}
	r.srv, r.to, err = NewServer(t.Context(), Setup{
		Binary: build(t), Dir: t.TempDir(), SinkPort: host.Port(), Unsettled: 256, Recipients: 5, Log: os.Stderr,
		More: fmt.Sprintf("[metrics]\nlisten = %q", r.metrics),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.srv.End)
	text, err := os.ReadFile(r.srv.Config)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(`["127.0.0.0/8"]`, `["`+trusted+`"]`, "connections = 20\n", "connections = 200\n").Replace(string(text))
	if err := os.WriteFile(r.srv.Config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if out, err := r.srv.Command(t.Context(), "moderator", "add", "--no-practice", "--list", "rig", r.to[0]); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	f.addr, f.owner = r.srv.Addr, strings.Replace(List, "@", "-owner@", 1)
	return r
}

// lettersMost is how many letters one of four strangers writes, of the 200 that they may write in a day.
const lettersMost = 45

// honest posts n messages, or fewer when ctx ends. Sender 0 is the trusted relay,
// which posts to the list; the others are strangers, who write to its owners.
func (r *floodRun) honest(ctx context.Context, i, n int) {
	p := &carrier{addr: r.srv.Addr, from: net.IPv4(127, 250, byte(i), 1)}
	d := dispatch{from: fmt.Sprintf("parent%d@home.example", i), to: r.f.owner, bytes: 2700}
	if i%10 == 0 {
		p.from, d.from, d.to = net.IPv4(127, 251, 1, byte(1+i)), r.to[0], List
	}
	pause := 200 * time.Millisecond
	if d.to == r.f.owner { // strangers may write so many letters in a day and no more
		n, pause = min(n, lettersMost), time.Second
	}
	for k := 0; ctx.Err() == nil && k < n; k++ {
		d.id = fmt.Sprintf("<%d.%d@flood.example>", i, k)
		if d.to == r.f.owner {
			d.from = fmt.Sprintf("parent%d.%d@home.example", i, k/5)
		}
		r.deliver(ctx, p, d)
		sleep(ctx, pause)
	}
}

// deliver posts one message and notes how it went.
func (r *floodRun) deliver(ctx context.Context, p *carrier, d dispatch) {
	patience := r.give
	if p.pace > 0 {
		patience += 2 * time.Duration(d.bytes/p.pace) * time.Second
	}
	give, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	before := p.tries
	took, ok := p.post(give, d, 100*time.Millisecond)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries += p.tries - before
	if p.pace == 0 {
		r.waits = append(r.waits, took)
	} else {
		r.slow = took
	}
	switch {
	case !ok:
		r.faults = append(r.faults, fmt.Sprintf("%s was not taken within %v, after %d attempts: %v", d.id, took.Round(time.Millisecond), p.tries-before, p.refused))
	case d.to == List:
		r.posts = append(r.posts, d.id)
	default:
		r.letters = append(r.letters, d.id)
	}
}

// load lets honest senders post while the flood goes on: n each, and then until
// a slow one has posted so many octets. It returns the time that this took.
func (r *floodRun) load(ctx context.Context, n, slow int) time.Duration {
	flooding, dry := context.WithCancel(ctx)
	var flood, honest sync.WaitGroup
	start := time.Now()
	flood.Go(func() { r.f.run(flooding) })
	sleep(ctx, time.Second) // until all drips have knocked
	slowly, done := context.WithCancel(ctx)
	for i := range 5 {
		honest.Go(func() {
			r.honest(ctx, i, n)
			r.honest(slowly, i+10, 1<<20)
		})
	}
	p := &carrier{addr: r.srv.Addr, from: net.IPv4(127, 250, 99, 1), pace: slowPace}
	r.deliver(ctx, p, dispatch{from: "slow@home.example", to: r.f.owner, id: "<slow@flood.example>", bytes: slow})
	done()
	honest.Wait()
	dry()
	flood.Wait()
	return time.Since(start)
}

// missing names each acknowledged message that has not come, once, to whom it was for.
func (r *floodRun) missing() (missing []string) {
	r.host.book.note(func(l *ledger) {
		for _, id := range r.posts {
			for _, to := range r.to {
				if n := l.texts[copyOf{id, to}]; n != 1 {
					missing = append(missing, fmt.Sprintf("%s for %s came %d times", id, to, n))
				}
			}
		}
		for _, id := range r.letters {
			if n := l.texts[copyOf{id, r.to[0]}]; n != 1 {
				missing = append(missing, fmt.Sprintf("%s for the owner came %d times", id, n))
			}
		}
	})
	return missing
}

// settled waits until nothing is missing, or a minute.
func (r *floodRun) settled(ctx context.Context) bool {
	for end := time.Now().Add(time.Minute); len(r.missing()) > 0; sleep(ctx, 20*time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// footing is what a server holds beside its connections to the next hop, which
// it keeps for some seconds.
type footing struct{ descriptors, goroutines int }

// perHop is how many goroutines one connection to the next hop may have.
const perHop = 3

func (r *floodRun) footing(t *testing.T) (f footing) {
	t.Helper()
	var err error
	if f.descriptors, err = descriptors(r.srv.pid()); err != nil {
		t.Fatal(err)
	}
	if f.goroutines, err = goroutines(r.metrics); err != nil {
		t.Fatal(err)
	}
	onward := r.host.visitors()
	return footing{f.descriptors - onward, f.goroutines - perHop*onward}
}

// indexFiles is how many files the search index opens when the first posts come.
const indexFiles = 4

// within reports whether f holds no more than base, which is that of a server
// that has done nothing yet.
func (f footing) within(base footing) bool {
	return f.descriptors <= base.descriptors+indexFiles && f.goroutines <= base.goroutines+5
}

// enoughDescriptors lets this process have n files and sockets.
func enoughDescriptors(t *testing.T, n int) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if limit.Max < uint64(n) {
		t.Skipf("NOT TESTED: needs %d descriptors, and the hard limit is %d", n, limit.Max)
	}
	if limit.Cur >= uint64(n) {
		return
	}
	limit.Cur = uint64(n)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
}

// part returns the time that n of a hundred did not exceed.
func part(waits []time.Duration, n int) time.Duration {
	sorted := slices.Sorted(slices.Values(waits))
	return sorted[min(len(sorted)-1, len(sorted)*n/100)].Round(time.Millisecond)
}
