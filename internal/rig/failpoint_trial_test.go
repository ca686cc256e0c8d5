package rig

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"sencoforum/internal/failpoint"

	"golang.org/x/sys/unix"
)

// A sweepTrial is one server that is stopped, broken or delayed at one hit of one failpoint.
type sweepTrial struct {
	sweepPoint
	action string
	n      int
	early  bool // the senders believe too early: the planted fault
}

// String is what SENCOFORUM_FAILPOINT must be to see the same again.
func (p sweepTrial) String() string { return fmt.Sprintf("%s:%s:%d", p.name, p.action, p.n) }

// dies says whether the trial must end the server.
func (p sweepTrial) dies() bool { return p.action == "kill" || p.action == "error" && p.exits }

// A sweepRun is a trial at work.
type sweepRun struct {
	sweepTrial
	srv     *Server
	keeper  *keeper
	journal *Journal
	to      []string // who receives every post
	weekly  []string // who receives one email a week instead
	weeks   int      // for how many of those there was something to say
	members int
	during  sync.WaitGroup // what goes on beside the senders

	mu     sync.Mutex // guards faults
	faults []string
}

// A sweepResult is what a trial has shown.
type sweepResult struct {
	acted  bool
	deaths int
	Result
	said string // the end of the server's words
}

// trialTime is how long one trial may take on a busy machine.
const trialTime = 90 * time.Second

// senders is how many post at once.
const senders = 3

// run runs a trial over a copy of a template in a directory of its own, which it removes.
func (p sweepTrial) run(ctx context.Context, from *sweepTemplate, parent string) (res sweepResult, err error) {
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	dir, err := os.MkdirTemp(parent, "trial")
	if err != nil {
		return res, err
	}
	defer os.RemoveAll(dir)
	if p.small {
		if err := unix.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("mode=0700,size=%d", smallDisk)); err != nil {
			return res, fmt.Errorf("mount a small disk: %w", err)
		}
		defer unix.Unmount(dir, unix.MNT_DETACH)
	}
	r := &sweepRun{sweepTrial: p, journal: NewJournal(), to: slices.Clone(from.to), weekly: from.weekly, members: from.members}
	sink, err := NewSink(r.journal)
	if err != nil {
		return res, err
	}
	defer sink.Close()
	port := sink.Port()
	if p.short {
		short, err := newShortSink(sink)
		if err != nil {
			return res, err
		}
		defer short.l.Close()
		port = short.port()
	}
	if r.srv, err = from.copyTo(dir, port); err != nil {
		return res, err
	}
	if p.small {
		if err := takesAll(r.srv); err != nil {
			return res, err
		}
	}
	r.keeper = keep(r.srv, p.String())
	defer r.keeper.end()
	if p.before != nil {
		p.before(ctx, r)
	}
	a := r.work(ctx)
	deaths, faults := r.keeper.outcome()
	res = sweepResult{acted: r.acted(), deaths: len(deaths), said: r.keeper.tail()}
	repeats := len(deaths) * sweepUnsettled
	if p.action == "error" {
		repeats += p.repeats
	}
	res.Result = Check(r.journal, a, Bound{Recipients: r.to, Duplicates: repeats})
	res.Faults = slices.Concat(res.Faults, faults, r.faults, r.wrongDeaths(res.acted, deaths), r.journal.CheckDigests(r.weeks, r.weekly, repeats))
	return res, nil
}

// lateTime is how long a trial waits for a point that is reached late.
const lateTime = 3 * time.Second

// work lets the senders post and the server finish, and returns the last audit.
func (r *sweepRun) work(ctx context.Context) (a Audit) {
	for n := range senders {
		r.during.Go(func() { r.post(ctx, n) })
	}
	r.during.Wait()
	for until := time.Now().Add(lateTime); r.late && !r.acted() && time.Now().Before(until) && ctx.Err() == nil; {
		sleep(ctx, 10*time.Millisecond)
	}
	for range maxDeaths {
		before := r.keeper.died()
		a = r.settled(ctx)
		if !r.acted() || !r.dies() || before > 0 {
			break
		}
		r.wait(ctx, func() bool { return r.keeper.died() > before }) // it acted after the last outcome was durable
	}
	r.keeper.end()
	return a
}

// post posts until the failpoint has acted and then two more, or so many that it must have been reached.
func (r *sweepRun) post(ctx context.Context, n int) {
	s := Sender{Journal: r.journal, Addr: r.srv.Addr, From: r.to[n], To: List, Early: r.early}
	for i, more := 0, 2; i < r.n+3 && more > 0 && ctx.Err() == nil; i++ {
		id := fmt.Sprintf("<%d.%d@sender.example>", n, i)
		for ctx.Err() == nil && !s.send(id) {
			sleep(ctx, 5*time.Millisecond)
		}
		if r.acted() {
			more--
		}
	}
}

// settled waits until every post is done, and returns the audit that says so. Every audit on the way must be without
// fault. Where the trial's error may put something aside, it does what an operator does about it.
func (r *sweepRun) settled(ctx context.Context) (a Audit) {
	arrived, since := -1, time.Now()
	for time.Since(since) < stillTime && r.up(ctx) {
		var err error
		if a, err = r.srv.Audit(ctx); err != nil {
			sleep(ctx, 5*time.Millisecond) // it died meanwhile
			continue
		}
		for _, f := range a.Faults {
			r.fault("at work: %s", f)
		}
		if !slices.ContainsFunc(a.Posts, func(p AuditPost) bool { return p.State != "done" }) {
			return a
		}
		if _, copies := r.journal.Count(); copies != arrived {
			arrived, since = copies, time.Now()
		}
		if r.asks && r.action == "error" && r.acted() && time.Since(since) > 100*time.Millisecond {
			r.retry(ctx)
		}
		sleep(ctx, 20*time.Millisecond)
	}
	return a
}

// retry tries everything again that waits or was put aside, as an operator does.
func (r *sweepRun) retry(ctx context.Context) {
	out, err := r.srv.Command(ctx, "queue", "list", "--json", "--limit", "0")
	var items []struct {
		ID string `json:"id"`
	}
	if err != nil || json.Unmarshal(out, &items) != nil || len(items) == 0 {
		return // the next look comes soon
	}
	args := []string{"queue", "retry"}
	for _, i := range items {
		args = append(args, i.ID)
	}
	r.srv.Command(ctx, args...)
}

// up waits until the server takes mail.
func (r *sweepRun) up(ctx context.Context) bool {
	return r.wait(ctx, func() bool { return r.keeper.running() != 0 && r.srv.greets() })
}

// wait waits until something is true, and notes a fault when it never is.
func (r *sweepRun) wait(ctx context.Context, holds func() bool) bool {
	for until := time.Now().Add(startTime); time.Now().Before(until) && ctx.Err() == nil; {
		if holds() {
			return true
		}
		sleep(ctx, 2*time.Millisecond)
	}
	r.fault("the server does not run, or did not end")
	return false
}

func (r *sweepRun) acted() bool { return r.keeper.acted(r.sweepTrial) }

func (r *sweepRun) fault(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

// wrongDeaths compares how the server ended with how it may.
func (p sweepTrial) wrongDeaths(acted bool, deaths []string) []string {
	var want []string
	switch {
	case !acted || !p.dies():
	case p.action == "kill":
		want = []string{"signal: killed"}
	default:
		want = []string{"exit status 1"}
	}
	if slices.Equal(deaths, want) {
		return nil
	}
	return []string{fmt.Sprintf("the server ended with %q, want %q", deaths, want)}
}

// describe is what to say of a trial that found something.
func (p sweepTrial) describe(res sweepResult) string {
	faults := res.Faults
	if len(faults) > 10 {
		faults = append(slices.Clone(faults[:10]), fmt.Sprintf("and %d more", len(faults)-10))
	}
	return fmt.Sprintf("%s=%s: %s\n\t%s\nthe server said:\n%s", failpoint.Variable, p, failpoint.Text(p.name), strings.Join(faults, "\n\t"), res.said)
}
