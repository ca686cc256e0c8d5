package rig

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// sinkMembers is how many copies each post has here.
const sinkMembers = 30

// What a bad next hop may cost.
const (
	sinkAccept = time.Second // a post is taken all the same
	sinkMemory = 256         // MiB
	sinkFinish = time.Minute // everything has ended, once the hop is honest and the operator has said retry
)

// A sinkRun is a server whose next hop misbehaves, in one way after the other.
type sinkRun struct {
	srv    *Server
	host   *badHost
	to     []string
	said   *output // by the server
	phases []phase
	waits  []time.Duration // for 250, while the hop was bad
	mib    int             // the most memory that the server had
}

// phase is the time of one vice.
type phase struct {
	name  string
	posts []string
	book  *ledger
	bad   time.Duration // while it was bad
	took  time.Duration // from the end of the vice to the end of all copies
}

// newSinkRun makes a server for a host. changes are pairs of old and new text of its settings.
func newSinkRun(t *testing.T, binary string, host *badHost, changes ...string) *sinkRun {
	t.Helper()
	r := &sinkRun{host: host, said: &output{}}
	t.Cleanup(func() { host.Close() })
	var err error
	r.srv, r.to, err = NewServer(t.Context(), Setup{
		Binary: binary, Dir: t.TempDir(), SinkPort: host.Port(), Unsettled: 256, Recipients: sinkMembers, Log: r.said,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.srv.End)
	text, err := os.ReadFile(r.srv.Config)
	if err == nil {
		err = os.WriteFile(r.srv.Config, []byte(strings.NewReplacer(changes...).Replace(string(text))), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// through posts n messages while the host has a vice, makes it honest again,
// and waits until everything has ended.
func (r *sinkRun) through(ctx context.Context, bad *vice, n int) error {
	began := time.Now()
	book, err := r.host.turnBad(bad)
	if err != nil {
		return err
	}
	p := phase{name: bad.name, book: book}
	by := &carrier{addr: r.srv.Addr, wait: sinkFinish / 2}
	posting, cancel := context.WithTimeout(ctx, sinkFinish)
	defer cancel()
	for i := range n {
		d := dispatch{from: r.to[0], to: List, id: fmt.Sprintf("<%d.%d@sender.example>", len(r.phases), i), bytes: 2700}
		if bad.big && i == 0 {
			d.bytes = 6 << 20 // more than the buffers of both sides
		}
		took, ok := by.post(posting, d, 10*time.Millisecond)
		if !ok {
			return fmt.Errorf("a post was not taken within %v: %v", took.Round(time.Second), by.refused)
		}
		p.posts = append(p.posts, d.id)
		r.waits = append(r.waits, took)
	}
	if err := r.showing(ctx, bad, book); err != nil {
		return err
	}
	if err := r.host.turnHonest(); err != nil {
		return err
	}
	start := time.Now()
	err = r.finish(ctx)
	p.bad, p.took = start.Sub(began), time.Since(start)
	r.phases = append(r.phases, p)
	return err
}

// showing waits until the vice has shown some times, or as long as a bad door
// needs. It retries what failed meanwhile; when there is no such thing, a vice that
// is not for long will not show again.
func (r *sinkRun) showing(ctx context.Context, bad *vice, book *ledger) error {
	wait, want := 300*time.Millisecond, cmp.Or(bad.long, 3)
	if bad.turn != nil && *scaleName != "test" {
		wait = 2 * time.Second
	}
	for end := time.Now().Add(wait); time.Now().Before(end) && book.shown() < want; {
		sleep(ctx, 50*time.Millisecond)
		if bad.turn == nil || book.shown() >= want {
			continue
		}
		if n, err := r.srv.retryAll(ctx); err != nil || n == 0 && bad.long == 0 {
			return err
		}
	}
	return nil
}

// finish retries what waits until every post is done.
func (r *sinkRun) finish(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*sinkFinish) // a server that hangs answers no command
	defer cancel()
	for end := time.Now().Add(sinkFinish); ; {
		a, err := r.srv.Audit(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(a.Posts, func(p AuditPost) bool { return p.State != "done" }) {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("not everything has ended %v after the host became honest", sinkFinish)
		}
		if _, err := r.srv.retryAll(ctx); err != nil {
			return err
		}
		sleep(ctx, 50*time.Millisecond)
	}
}

// bills stops the server and reckons up each phase.
func (r *sinkRun) bills(t *testing.T) map[string]bill {
	t.Helper()
	a, err := r.srv.Audit(t.Context())
	if err != nil || len(a.Faults) > 0 {
		t.Errorf("audit: %v %v", err, a.Faults)
	}
	if r.mib, err = peak(r.srv.pid()); err != nil || r.mib > sinkMemory {
		t.Errorf("the server had %d MiB, want at most %d: %v", r.mib, sinkMemory, err)
	}
	if err := r.srv.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := r.srv.cmd.Wait(); err != nil {
		t.Errorf("graceful stop: %v", err)
	}
	if out := r.said.String(); strings.Contains(out, "panic") || strings.Contains(out, "goroutine ") {
		t.Errorf("it broke down:\n%s", out)
	}
	books, err := readBooks(r.srv.Dir)
	if err != nil {
		t.Fatal(err)
	}
	bills := map[string]bill{}
	for _, p := range r.phases {
		bills[p.name] = reckoning{posts: p.posts, to: r.to, host: p.book, books: books}.bill()
	}
	return bills
}

// run goes through all vices and reports.
func (r *sinkRun) run(t *testing.T, all []*vice) {
	t.Helper()
	if err := r.srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, bad := range all {
		if err := r.through(t.Context(), bad, size(t).sinkPosts); err != nil {
			r.srv.cmd.Process.Signal(syscall.SIGQUIT) // to see what each goroutine does
			_ = r.srv.cmd.Wait()
			t.Fatalf("a host that %s: %v\n%s", bad.name, err, r.said.tail(64<<10))
		}
	}
	bills := r.bills(t)
	var sum bill
	shown := 0
	for _, p := range r.phases {
		b := bills[p.name]
		for _, f := range b.Faults {
			t.Errorf("a host that %s: %s", p.name, f)
		}
		t.Logf("%-50s %4d times, %4d delivered, %3d failed, %3d repeats of %3d unsaid, all ended %v after %v",
			p.name, p.book.shown(), b.Delivered, b.Failed, b.Repeats, b.Unsaid, p.took.Round(time.Millisecond), p.bad.Round(time.Millisecond))
		sum.Delivered, sum.Failed, sum.Repeats, sum.Unsaid = sum.Delivered+b.Delivered, sum.Failed+b.Failed, sum.Repeats+b.Repeats, sum.Unsaid+b.Unsaid
		shown += p.book.shown()
	}
	slices.Sort(r.waits)
	most, worst := r.waits[len(r.waits)*9/10], r.waits[len(r.waits)-1]
	if most > sinkAccept {
		t.Errorf("nine posts in ten were taken after %v, want %v", most, sinkAccept)
	}
	t.Logf("%d kinds of bad host, shown %d times: %d copies delivered, %d failed, %d repeats of %d taken without a word; nine posts in ten were taken after %v, all after %v; %d MiB",
		len(r.phases), shown, sum.Delivered, sum.Failed, sum.Repeats, sum.Unsaid, most.Round(time.Millisecond), worst.Round(time.Millisecond), r.mib)
}

// TestRigSinks has a next hop that misbehaves in every way that a mail host can.
// When it is honest again, every copy must have ended in one state that both
// sides agree to, repeated only where the host had taken it and not said so.
func TestRigSinks(t *testing.T) {
	t.Parallel()
	dice := dice(t)
	host, err := newBadHost()
	if err != nil {
		t.Fatal(err)
	}
	r := newSinkRun(t, build(t), host)
	r.run(t, chosen(dice, vices(rand.New(rand.NewPCG(dice.Uint64(), 0)))))
}

// chosen are all vices, or some where there is little time.
func chosen(dice *rand.Rand, all []*vice) []*vice {
	if *scaleName != "test" {
		return all
	}
	some := []*vice{all[len(all)-1]} // of those without TLS, it has the others in it
	for _, i := range dice.Perm(len(all) - 1)[:3] {
		some = append(some, all[i])
	}
	return some
}
