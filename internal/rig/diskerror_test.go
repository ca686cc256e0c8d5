package rig

import (
	"context"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestRigDiskError lets one system call fail in each run, while posts come in. The server answers "not now" or keeps
// what it took, ends with an error where it must and never breaks down, and its next start needs no help.
func TestRigDiskError(t *testing.T) {
	needTrace(t)
	binary := build(t)
	total, hit := map[string]int{}, map[string]int{}
	var r Result
	var slowest time.Duration
	ends, later := 0, map[string]int{}
	// A fresh server after some, so that a long run does not spend its time in the audit of its own history.
	for some := range slices.Chunk(diskPlan(dice(t), size(t).faults), diskBatch) {
		d := newDiskRig(t, binary, false)
		for _, f := range some {
			if d.stuck {
				break
			}
			total[f.name()]++
			t.Run(f.String(), func(t *testing.T) {
				if d.run(t, f) {
					hit[f.name()]++
				}
			})
		}
		one := d.finish(t)
		reportFaults(t, one)
		r.Posts, r.Copies, r.Duplicates = r.Posts+one.Posts, r.Copies+one.Copies, r.Duplicates+one.Duplicates
		final, put := d.tap.refusals()
		for _, line := range final {
			t.Errorf("a sender was refused for good: %s", line)
		}
		for reply, n := range put {
			later[reply] += n
		}
		ends, slowest = ends+d.ends, max(slowest, d.slowest)
		if t.Failed() {
			break
		}
	}
	var counts []string
	runs, struck := 0, 0
	for _, name := range slices.Sorted(maps.Keys(total)) {
		counts = append(counts, fmt.Sprintf("%s %d of %d", name, hit[name], total[name]))
		runs, struck = runs+total[name], struck+hit[name]
	}
	t.Logf("%d of %d faults struck, %d ends of the server, slowest %v; %d posts, %d copies, %d duplicates, put off %v\n%s",
		struck, runs, ends, slowest.Round(time.Millisecond), r.Posts, r.Copies, r.Duplicates, later, strings.Join(counts, "\n"))
	if struck*4 < runs*3 || r.Posts == 0 {
		t.Errorf("%d of %d faults struck and %d posts: that shows too little", struck, runs, r.Posts)
	}
}

// diskBatch is after how many faults a fresh server is taken.
const diskBatch = 50

// TestRigDiskErrorFindsAPlantedFault is the control: what a check must find, and what nothing can find.
func TestRigDiskErrorFindsAPlantedFault(t *testing.T) {
	needTrace(t)
	binary := build(t)
	t.Run("messages acknowledged too early are lost", func(t *testing.T) { findsEarly(t, binary) })
	t.Run("a disk that lies is noticed by nobody", func(t *testing.T) { bearsLies(t, binary) })
}

// findsEarly has senders that believe a message acknowledged too early.
func findsEarly(t *testing.T, binary string) {
	d := newDiskRig(t, binary, true)
	for i := range 14 { // the first writes of a server are its own
		f := commits()[0]
		f.when = 3 + 2*i
		d.run(t, f)
	}
	lost := 0
	for _, f := range d.finish(t).Faults {
		if strings.HasPrefix(f, "lost: message") {
			lost++
		}
	}
	if lost == 0 {
		t.Error("messages were acknowledged too early, and the check found none of them lost")
	}
	t.Logf("the check found %d lost", lost)
}

// bearsLies lets every flush succeed without being done. No process can notice that, and a killed one loses nothing by
// it: only a power cut does, see TestRigPowerCut.
func bearsLies(t *testing.T, binary string) {
	d := newDiskRig(t, binary, false)
	trace := filepath.Join(d.dir, "trace")
	p := launch(t, d.serve(d.srv, straceLine(trace, d.srv.Dir, diskStore, "fdatasync,fsync", "retval=0")))
	before, _ := d.journal.Count()
	if !cameTrue(patience, func() bool { n, _ := d.journal.Count(); return n >= before+20 }) || !p.running() {
		t.Error("no posts are taken")
	}
	lies := struck(trace)
	p.kill(t)
	d.ends++
	r := d.finish(t)
	reportFaults(t, r)
	if lies == 0 {
		t.Error("the disk did not lie")
	}
	t.Logf("%d flushes were not done, and nobody noticed: %d posts", lies, r.Posts)
}

// A diskRig is a server whose disk fails again and again, with its senders.
type diskRig struct {
	dir     string
	srv     *Server
	to      []string
	journal *Journal
	tap     *tap
	early   bool   // the senders believe what nobody has said
	said    output // by the starts without a fault

	posting context.CancelFunc
	senders sync.WaitGroup

	stuck   bool          // the server does not start any more
	ends    int           // how often the server ended before its work was done
	slowest time.Duration // from a fault to the end of the server
}

const diskUnsettled = 8

func newDiskRig(t *testing.T, binary string, early bool) *diskRig {
	t.Helper()
	d := &diskRig{dir: shortDir(t), early: early, journal: NewJournal()}
	sink, err := NewSink(d.journal)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	d.srv, d.to, err = NewServer(t.Context(), Setup{
		Binary: binary, Dir: d.dir, SinkPort: sink.Port(), Unsettled: diskUnsettled, Recipients: 4, Log: &d.said, SMTP: `min_free = "1 MiB"`,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.srv.End)
	d.tap = newTap(t, d.srv.Addr)
	posting, stop := context.WithCancel(t.Context())
	d.posting = stop
	pause := 20 * time.Millisecond
	if early {
		pause = 0 // so that there is always one on its way
	}
	for n := range 4 {
		s := Sender{Journal: d.journal, Addr: d.tap.addr(), From: d.to[n], To: List, Pause: pause, Early: early}
		d.senders.Go(func() { s.Run(posting, t.Context(), n) })
	}
	return d
}

// serve is the command line of a server under another command.
func (d *diskRig) serve(s *Server, wrap []string) *exec.Cmd {
	cmd := command(slices.Concat(wrap, []string{s.Binary, "--config", s.Config, "--data", s.Dir, "serve"}))
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1") // strace counts in each thread
	return cmd
}

func command(line []string) *exec.Cmd { return exec.Command(line[0], line[1:]...) }

// run starts the server with a fault, looks at its end, and starts it again without. It reports whether the fault
// struck.
func (d *diskRig) run(t *testing.T, f diskFault) (hit bool) {
	t.Helper()
	srv := d.srv
	if f.first {
		srv = d.empty(t)
	}
	if f.on == diskSocket {
		leaveSocket(t, srv.Dir)
	}
	trace := filepath.Join(shortDir(t), "trace")
	p := launch(t, d.serve(srv, f.wrap(srv.Dir, trace)))
	limit := 3 * time.Second
	if f.first {
		limit = time.Second
	}
	cameTrue(limit, func() bool { return struck(trace) > 0 || !p.running() })
	if f.then == mustDie {
		hit = !p.running() && !p.cmd.ProcessState.Exited()
	} else if hit = struck(trace) > 0; hit {
		d.aftermath(t, f, p)
	}
	d.stop(t, p)
	if out := p.said.String(); brokenDown(out) {
		t.Errorf("it broke down:\n%s", out)
	}
	d.startAgain(t, srv)
	return hit
}

// stop ends a server that still runs after its fault.
func (d *diskRig) stop(t *testing.T, p *process) {
	t.Helper()
	d.ends++
	if !p.running() {
		return
	}
	p.signal(t, syscall.SIGTERM)
	if !cameTrue(drain+5*time.Second, func() bool { return !p.running() }) {
		t.Error("it does not stop when it is told to")
		p.kill(t)
	}
}

// aftermath looks at what the server does after the fault.
func (d *diskRig) aftermath(t *testing.T, f diskFault, p *process) {
	t.Helper()
	begun := time.Now()
	switch f.then {
	case mustStop:
		cameTrue(time.Second, func() bool { return !p.running() }) // answers given before are on their way
		early, _ := d.journal.Count()
		if !cameTrue(patience, func() bool { return !p.running() }) {
			t.Errorf("it goes on %v after the fault:\n%s", time.Since(begun), p.said.String())
		}
		d.slowest = max(d.slowest, time.Since(begun))
		if late, _ := d.journal.Count(); late > early && !d.early {
			t.Errorf("%d messages were acknowledged after the fault", late-early)
		}
	case mustWork:
		acked, _ := d.journal.Count()
		if !cameTrue(patience, func() bool { n, _ := d.journal.Count(); return !p.running() || n > acked }) || !p.running() {
			t.Errorf("it takes no mail after a fault that it can bear:\n%s", p.said.String())
		}
	default:
		cameTrue(300*time.Millisecond, func() bool { return !p.running() })
	}
	if p.running() {
		return
	}
	s, out := p.cmd.ProcessState, p.said.String()
	words := map[string]string{"EIO": "input/output error", "ENOSPC": "no space left"}[f.cause]
	if !s.Exited() || s.ExitCode() != 1 || strings.Count(out, "sencoforum: ") != 1 || !strings.Contains(out, words) {
		t.Errorf("it ended with %v; want 1, and one sentence about %q:\n%s", s, words, out)
	}
}

// brokenDown reports whether a program ended in a way that nobody wrote.
func brokenDown(out string) bool {
	return slices.ContainsFunc([]string{"goroutine ", "panic", "SIGBUS", "SIGSEGV", "fatal error"}, func(w string) bool {
		return strings.Contains(out, w)
	})
}

// empty is a server without any data, on a port of its own.
func (d *diskRig) empty(t *testing.T) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	s := &Server{Binary: d.srv.Binary, Addr: l.Addr().String(), Log: &d.said}
	dir := shortDir(t)
	s.Dir, s.Config = filepath.Join(dir, "data"), filepath.Join(dir, "config.toml")
	text, err := os.ReadFile(d.srv.Config)
	if err == nil {
		err = os.WriteFile(s.Config, []byte(strings.NewReplacer(d.srv.Addr, s.Addr, d.srv.Dir, s.Dir).Replace(string(text))), 0o600)
	}
	if err == nil {
		err = os.Mkdir(s.Dir, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// leaveSocket leaves the socket of a server that was killed.
func leaveSocket(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, diskSocket)
	if _, err := os.Lstat(path); err == nil {
		return
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	l.Close()
}

// startAgain starts without a fault, lets the server work for a moment and stops it. Nobody helps it.
func (d *diskRig) startAgain(t *testing.T, srv *Server) {
	t.Helper()
	if err := srv.Start(t.Context()); err != nil {
		d.stuck = srv == d.srv
		t.Fatalf("the start after it: %v\n%s", err, d.said.tail(4<<10))
	}
	defer srv.End()
	if srv == d.srv {
		acked, _ := d.journal.Count()
		if !cameTrue(patience, func() bool { n, _ := d.journal.Count(); return n >= acked+4 }) {
			t.Error("after the next start no mail is taken")
		}
	}
	a, err := srv.Audit(t.Context())
	if err != nil || len(a.Faults) > 0 {
		t.Errorf("the audit after the next start: %v, %q", err, a.Faults)
	}
	if err := srv.Stop(); err != nil {
		t.Errorf("the stop after it: %v\n%s", err, d.said.tail(4<<10))
	}
}

// finish lets everything end well, and compares the witnesses.
func (d *diskRig) finish(t *testing.T) Result {
	t.Helper()
	if err := d.srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.posting()
	d.senders.Wait()
	a, err := d.srv.Settled(t.Context(), d.journal)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.srv.Stop(); err != nil {
		t.Error(err)
	}
	return Check(d.journal, a, Bound{Recipients: d.to, Duplicates: d.ends * diskUnsettled})
}

// cameTrue waits for something that other processes do, and reports whether it came in time.
func cameTrue(limit time.Duration, is func() bool) bool {
	for end := time.Now().Add(limit); !is(); {
		if time.Now().After(end) {
			return false
		}
		time.Sleep(5 * time.Millisecond) // another process's clock cannot be simulated
	}
	return true
}
