package rig

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sencoforum/internal/failpoint"
)

var onlyTrial = flag.String("failpoint", "", "the one trial that TestRigFailpoints runs, such as queue.settle:kill:3, or all of names that begin so, such as digest.")

// A sweepPoint is a failpoint with what a trial must do to reach it, and what an error there may at most do. A process
// that died may repeat what was unsettled, and nothing else; after a delay everything is as if nothing had been.
type sweepPoint struct {
	name failpoint.Name

	large  bool                                   // over the large template: a post is expanded in three transactions
	short  bool                                   // the mail host ends each connection after two mails
	small  bool                                   // on a small disk of its own, which takes root
	before func(ctx context.Context, r *sweepRun) // what is done before the senders begin

	late    bool // it is reached a while after the last post
	exits   bool // an error ends the server, which is started again
	asks    bool // after an error something is put aside, or rests for a while, until an operator says retry
	repeats int  // copies that may come once more after an error, because their outcome is unknown
}

// sweepPoints holds every failpoint.
//
// ceiling: flat table
func sweepPoints() []sweepPoint {
	return []sweepPoint{
		{name: failpoint.StartOpened, exits: true},
		{name: failpoint.StartAudited, exits: true},
		{name: failpoint.StartReady, exits: true},
		// The command fails, and its operator says it again.
		{name: failpoint.MembershipImport, before: importing},
		// The sender gets 451 and tries again. Behind the accepting transaction that is a known duplicate.
		{name: failpoint.SMTPReceive},
		{name: failpoint.SMTPReply},
		{name: failpoint.IncomingDecided},
		{name: failpoint.IncomingStored},
		{name: failpoint.IncomingAccepted},
		// Nobody knows what a failed commit has left: the next start finds out.
		{name: failpoint.StoreCommit, exits: true},
		{name: failpoint.StoreCommitted, exits: true},
		{name: failpoint.StoreReserve, small: true, before: filling},
		// The command fails, and its operator says it again. Behind the renaming nobody knows which file a power cut leaves.
		{name: failpoint.StoreCopied, before: compacting},
		{name: failpoint.StoreSynced, before: compacting},
		{name: failpoint.StoreReplaced, before: compacting, exits: true},
		// A post or a change that cannot be processed is set aside, so that it delays no other.
		{name: failpoint.ArchivePublish, asks: true},
		{name: failpoint.ArchivePublished, exits: true},
		{name: failpoint.FanoutRows, large: true, asks: true},
		{name: failpoint.FanoutSealed, large: true, asks: true},
		{name: failpoint.FanoutExpanded, large: true, exits: true},
		// An outcome that cannot be written puts its row aside, and retry sends that copy again.
		{name: failpoint.FanoutFinished, asks: true, repeats: 1},
		// The editor tries again a second later.
		{name: failpoint.DigestStored, large: true, before: digesting},
		{name: failpoint.DigestMade, large: true, before: digesting},
		{name: failpoint.DigestRows, large: true, before: digesting},
		{name: failpoint.DigestExpanded, large: true, before: digesting},
		// The index notes what went wrong and tries again; mail knows nothing of it.
		{name: failpoint.SearchApplied, late: true},
		{name: failpoint.SearchBuilt},
		{name: failpoint.QueueLoad, exits: true},
		{name: failpoint.QueueRender, asks: true},
		{name: failpoint.QueueRendered},
		{name: failpoint.QueueResult, asks: true, repeats: 1},
		{name: failpoint.QueueSettle, asks: true, repeats: 1},
		{name: failpoint.QueueFinish, asks: true, repeats: 1},
		{name: failpoint.QueueSettled, exits: true},
		// The mail host rests, and rows that were in the hands of the courier wait for their next time.
		{name: failpoint.CourierDialled, short: true, asks: true},
		{name: failpoint.CourierBody, asks: true},
		{name: failpoint.CourierAnswered, asks: true, repeats: 1},
	}
}

// TestRigFailpoints stops, breaks and delays the server at each failpoint, at the first time that it is reached, the
// second, and so on. Whatever happens, nothing may be lost, no more repeated than was unsettled, and all books must
// agree at every look.
func TestRigFailpoints(t *testing.T) {
	all, hits := sweepSeries(t)
	s := newSweep(t)
	began := time.Now()
	work := make(chan sweepTrial)
	var pool sync.WaitGroup
	for range 4 {
		pool.Go(func() {
			for p := range work {
				s.series(t, p, hits)
			}
		})
	}
	for _, p := range all {
		work <- p
	}
	close(work)
	pool.Wait()
	t.Logf("%d trials of %d series in %s: %d acted, %d deaths, %d posts, %d copies, %d duplicates", s.trials, len(all),
		time.Since(began).Round(time.Second), s.acted, s.sum.deaths, s.sum.Posts, s.sum.Copies, s.sum.Duplicates)
	for _, from := range slices.Sorted(maps.Keys(s.unreached)) {
		slices.Sort(s.unreached[from])
		t.Logf("not reached from hit %d on: %s", from, strings.Join(s.unreached[from], ", "))
	}
}

// sampleSeries is how many series a run at -scale=test looks at.
const sampleSeries = 10

// sweepSeries returns the first trial of each series in random order, and up to which hit the series go.
func sweepSeries(t *testing.T) (all []sweepTrial, hits int) {
	t.Helper()
	for _, p := range sweepPoints() {
		if p.small && os.Getuid() != 0 {
			t.Logf("NOT TESTED: %s needs root, for a disk of its own", p.name)
			continue
		}
		for _, action := range []string{"kill", "error", "delay"} {
			one := sweepTrial{sweepPoint: p, action: action, n: 1}
			rest, found := strings.CutPrefix(*onlyTrial, fmt.Sprintf("%s:%s:", p.name, action))
			if n, err := strconv.Atoi(rest); found && err == nil {
				one.n = n
				return []sweepTrial{one}, n
			}
			if strings.HasPrefix(string(p.name), *onlyTrial) {
				all = append(all, one)
			}
		}
	}
	if len(all) == 0 {
		t.Fatalf("-failpoint=%s: write NAME:ACTION:N or how names begin", *onlyTrial)
	}
	dice(t).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if *scaleName == "test" && *onlyTrial == "" {
		all = all[:sampleSeries]
	}
	return all, size(t).hits
}

// A sweep is what all trials share.
type sweep struct {
	dir   string
	small func() (*sweepTemplate, error) // made when it is first needed
	large func() (*sweepTemplate, error)

	mu        sync.Mutex // guards the rest
	trials    int
	acted     int
	sum       sweepResult
	unreached map[int][]string // hit -> the series that ended before it
}

func newSweep(t *testing.T) *sweep {
	t.Helper()
	binary, dir := buildFailpoints(t), t.TempDir()
	template := func(large bool) func() (*sweepTemplate, error) {
		return sync.OnceValues(func() (*sweepTemplate, error) { return makeTemplate(t.Context(), binary, dir, large) })
	}
	return &sweep{dir: dir, small: template(false), large: template(true), unreached: map[int][]string{}}
}

// buildFailpoints returns the path of the server with its failpoints, compiled once.
func buildFailpoints(t *testing.T) string {
	t.Helper()
	return failpoints.path(t, "-tags=failpoint")
}

// series runs the trials of one action at one point, up to hit number hits, or to one that is not reached.
func (s *sweep) series(t *testing.T, p sweepTrial, hits int) {
	for ; p.n <= hits; p.n++ {
		res, err := s.run(t.Context(), p)
		if err != nil {
			t.Errorf("%s: %v", p, err)
			return
		}
		if len(res.Faults) > 0 || res.acted && res.Posts == 0 {
			t.Error(p.describe(res))
		}
		if !res.acted {
			s.ended(t, p)
			return
		}
	}
}

func (s *sweep) run(ctx context.Context, p sweepTrial) (sweepResult, error) {
	from, err := s.small()
	if p.large {
		from, err = s.large()
	}
	if err != nil {
		return sweepResult{}, fmt.Errorf("make a template: %w", err)
	}
	res, err := p.run(ctx, from, s.dir)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trials++
	if res.acted {
		s.acted++
	}
	s.sum.deaths += res.deaths
	s.sum.Posts, s.sum.Copies, s.sum.Duplicates = s.sum.Posts+res.Posts, s.sum.Copies+res.Copies, s.sum.Duplicates+res.Duplicates
	return res, err
}

// ended notes that a point was not reached so often. Every point must be reached once.
func (s *sweep) ended(t *testing.T, p sweepTrial) {
	if p.n == 1 || strings.Contains(*onlyTrial, ":") {
		t.Errorf("%s: not reached: %s", p, failpoint.Text(p.name))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unreached[p.n] = append(s.unreached[p.n], fmt.Sprintf("%s:%s", p.name, p.action))
}

// TestRigFailpointsCoverEveryName compares the table of this rig with the names.
func TestRigFailpointsCoverEveryName(t *testing.T) {
	seen := map[failpoint.Name]int{}
	for _, p := range sweepPoints() {
		seen[p.name]++
	}
	for _, name := range failpoint.Names() {
		if seen[name] != 1 {
			t.Errorf("%s stands %d times in the table of the sweep", name, seen[name])
		}
	}
}

// TestRigFailpointsFindAPlantedFault lets the senders believe a message acknowledged before the server has said so, and
// kills the server before the accepting transaction. The check must find what is lost then.
func TestRigFailpointsFindAPlantedFault(t *testing.T) {
	p := sweepTrial{sweepPoint: sweepPoint{name: failpoint.IncomingDecided}, action: "kill", n: 1, early: true}
	res, err := newSweep(t).run(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for _, f := range res.Faults {
		if strings.HasPrefix(f, "lost: message ") {
			lost++
		}
	}
	if lost == 0 || !res.acted {
		t.Errorf("a message was acknowledged too early, the server died (%t), and the check found no loss: %v", res.acted, res.Faults)
	}
	t.Logf("the check found %d lost", lost)
}
