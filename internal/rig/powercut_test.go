package rig

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestRigPowerCut cuts the power under a server at work. What it had acknowledged before is there after the next start,
// once; the start needs no help; and few copies are sent again.
func TestRigPowerCut(t *testing.T) {
	d := newCutRig(t, "commit=5")
	random, begun := dice(t), time.Now()
	if err := d.srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	sum, cuts := Result{}, size(t).cuts
	for i := range cuts {
		before, after := d.cut(t, i, random)
		r := d.check(t, before, after)
		reportFaults(t, r)
		sum.Posts, sum.Duplicates, sum.Copies = r.Posts, sum.Duplicates+r.Duplicates, sum.Copies+r.Copies
		if t.Failed() {
			t.Fatalf("at cut %d", i+1)
		}
	}
	if err := d.srv.Stop(); err != nil {
		t.Error(err)
	}
	acked, _ := d.journal.Count()
	t.Logf("%d cuts in %v each: %d posts at the last one, %d acknowledged in all, %d copies compared, %d sent twice, 0 lost",
		cuts, (time.Since(begun) / time.Duration(cuts)).Round(time.Millisecond), sum.Posts, acked, sum.Copies, sum.Duplicates)
	if sum.Posts == 0 || acked < cuts {
		t.Error("too little was posted to show anything")
	}
}

// TestRigPowerCutFindsAPlantedFault lets every flush succeed without being done, as a lying disk does. Messages must be
// missed then, or the cuts prove nothing.
func TestRigPowerCutFindsAPlantedFault(t *testing.T) {
	needTrace(t)
	d := newCutRig(t, "commit=300")
	random := dice(t)
	d.srv.Wrap = straceLine(filepath.Join(filepath.Dir(d.srv.Config), "trace"), d.srv.Dir, diskStore, "fdatasync,fsync", "retval=0")
	if err := d.srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	lost, losing, cuts := 0, 0, size(t).controls
	for i := range cuts {
		before, _ := d.cut(t, i, random)
		n := d.missing(t, before)
		if lost += n; n > 0 {
			losing++
		}
	}
	if err := d.srv.Kill(); err != nil {
		t.Error(err)
	}
	t.Logf("%d of %d cuts with a lying disk lost %d acknowledged messages", losing, cuts, lost)
	if losing == 0 {
		t.Error("a disk that lies lost nothing: the cuts prove nothing")
	}
}

// A cutRig is a server whose data lies on a disk that can be cut off.
type cutRig struct {
	disk    *cutDisk
	srv     *Server
	to      []string
	journal *Journal // of those who live on
	port    int      // of their sink
}

const cutUnsettled = 8

func newCutRig(t *testing.T, options string) *cutRig {
	t.Helper()
	d := &cutRig{disk: newCutDisk(t, options), journal: NewJournal()}
	sink, err := NewSink(d.journal)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	d.port = sink.Port()
	d.srv, d.to, err = NewServer(t.Context(), Setup{
		Binary: build(t), Dir: shortDir(t), Data: d.disk.data(), SinkPort: d.port, Unsettled: cutUnsettled, Recipients: 8, Log: os.Stderr, SMTP: `min_free = "1 MiB"`,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.srv.End)
	return d
}

// cut posts for a while and freezes the disk meanwhile. before and after are what the witnesses had seen when that began,
// and when it was done.
func (d *cutRig) cut(t *testing.T, turn int, random *rand.Rand) (before, after *Journal) {
	t.Helper()
	const senders = 4
	posting, stop := context.WithCancel(t.Context())
	defer stop()
	var all sync.WaitGroup
	for n := range senders {
		s := Sender{Journal: d.journal, Addr: d.srv.Addr, From: d.to[n], To: List, Pause: 5 * time.Millisecond}
		all.Go(func() { s.Run(posting, t.Context(), turn*senders+n) })
	}
	acked, _ := d.journal.Count()
	cameTrue(10*time.Second, func() bool { n, _ := d.journal.Count(); return n > acked })
	time.Sleep(time.Duration(random.Int64N(int64(200 * time.Millisecond))))
	before = d.journal.copied()
	err := d.disk.cut()
	after = d.journal.copied()
	stop()
	all.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return before, after
}

// copied is the journal as it is now.
func (j *Journal) copied() *Journal {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := NewJournal()
	maps.Copy(c.acked, j.acked)
	for id, to := range j.copies {
		c.copies[id] = maps.Clone(to)
	}
	return c
}

// check turns the frozen disk on, lets a server do its work there, and compares.
func (d *cutRig) check(t *testing.T, before, after *Journal) Result {
	t.Helper()
	j := NewJournal()
	sink, err := NewSink(j)
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	srv := d.survivor(t, sink.Port())
	defer d.turnOff(t)
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer srv.End()
	a, err := srv.Settled(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := srv.Command(t.Context(), "verify"); err != nil {
		t.Errorf("the store after the cut: %v: %s", err, out)
	}
	if err := srv.Stop(); err != nil {
		t.Error(err)
	}
	for _, p := range a.Posts {
		j.merge(p.MessageID, before, after)
	}
	maps.Copy(j.acked, before.acked)
	return Check(j, a, Bound{Recipients: d.to, Duplicates: cutUnsettled})
}

// merge adds the copies of a post that arrived before the cut. Those that arrived while the disk was frozen only count
// where no other did: the server that starts on it may not know of them.
func (j *Journal) merge(id string, before, after *Journal) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.copies[id] == nil {
		j.copies[id] = map[string]int{}
	}
	for to, n := range before.copies[id] {
		j.copies[id][to] += n
	}
	for to := range after.copies[id] {
		j.copies[id][to] = max(1, j.copies[id][to])
	}
}

// survivor is a server on the frozen disk, which is turned on for it.
func (d *cutRig) survivor(t *testing.T, sinkPort int) *Server {
	t.Helper()
	data, err := d.disk.turnOn()
	if err != nil {
		t.Fatalf("the file system does not survive the cut: %v", err)
	}
	addr, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Binary: d.srv.Binary, Dir: data, Config: filepath.Join(shortDir(t), "config.toml"), Addr: addr, Log: os.Stderr}
	text, err := os.ReadFile(d.srv.Config)
	if err == nil {
		port := func(n int) string { return fmt.Sprintf("port = %d\n", n) }
		changed := strings.NewReplacer(d.srv.Addr, s.Addr, d.srv.Dir, data, port(d.port), port(sinkPort)).Replace(string(text))
		err = os.WriteFile(s.Config, []byte(changed), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (d *cutRig) turnOff(t *testing.T) {
	t.Helper()
	if err := d.disk.turnOff(); err != nil {
		t.Error(err)
	}
}

// missing counts the acknowledged messages that are no post on the frozen disk. A store that cannot be read has none.
func (d *cutRig) missing(t *testing.T, before *Journal) int {
	t.Helper()
	srv := d.survivor(t, d.port)
	defer d.turnOff(t)
	out, err := srv.Command(t.Context(), "audit", "--json", "--posts")
	var a Audit
	if len(out) > 0 {
		err = json.Unmarshal(out, &a)
	}
	if err != nil {
		t.Logf("after the cut: %v", err)
	}
	posts := map[string]bool{}
	for _, p := range a.Posts {
		posts[p.MessageID] = true
	}
	n := 0
	for id := range before.acked {
		if !posts[id] {
			n++
		}
	}
	return n
}
