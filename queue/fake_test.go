package queue

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sencoforum/message"
	"sencoforum/store"
)

// fake is a courier that follows a script. It remembers every copy that it handed over.
type fake struct {
	route  func(ctx context.Context, domain string) (Hop, error) // nil: one hop for each domain, limit 5
	answer func(o Outgoing) Result                               // nil: delivered
	dead   func(ctx context.Context, h Hop) error                // nil: every hop lives
	delay  time.Duration                                         // of each copy on the wire
	slow   func(o Outgoing) time.Duration                        // nil, or what is added to the delay
	taken  func(o Outgoing)                                      // nil, or called for each copy when it is taken

	mu    sync.Mutex     // guards what follows
	sent  []sent         // in order
	open  map[string]int // connections now, by hop
	most  map[string]int // and at most
	dials map[string]int // connections made, by hop
}

// sent is one copy that the other side answered.
type sent struct {
	row RowID
	to  string
	at  time.Time
}

func (f *fake) Route(ctx context.Context, domain string) (Hop, error) {
	if f.route != nil {
		return f.route(ctx, domain)
	}
	return Hop{Key: "mx." + domain, Operator: domain, Limit: 5}, nil
}

func (f *fake) Deliver(ctx context.Context, h Hop, src Source) error {
	f.count(h.Key, 1)
	defer f.count(h.Key, -1)
	if f.dead != nil {
		if err := f.dead(ctx, h); err != nil {
			return err
		}
	}
	for {
		o, ok := src.Next(ctx, false)
		if !ok {
			o, ok = src.Next(ctx, true)
		}
		if !ok {
			return nil
		}
		if f.taken != nil {
			f.taken(o)
		}
		delay := f.delay
		if f.slow != nil {
			delay += f.slow(o)
		}
		if !sleep(ctx, delay) {
			return ctx.Err()
		}
		r := Result{Outcome: Delivered, Code: 250}
		if f.answer != nil {
			r = f.answer(o)
		}
		f.note(sent{row: o.Row, to: o.To.String(), at: time.Now()})
		src.Settle(o.Row, r)
	}
}

func (f *fake) count(key string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open == nil {
		f.open, f.most, f.dials = map[string]int{}, map[string]int{}, map[string]int{}
	}
	f.open[key] += n
	f.most[key] = max(f.most[key], f.open[key])
	f.dials[key] += max(n, 0)
}

func (f *fake) note(s sent) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, s)
}

// dialled is how many connections were made to a hop.
func (f *fake) dialled(hop string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dials[hop]
}

// opened is how many connections to a hop there are now.
func (f *fake) opened(hop string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.open[hop]
}

// all is every copy that was handed over, in order.
func (f *fake) all() []sent {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.sent)
}

// times is how often each row was handed over.
func (f *fake) times() map[RowID]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := map[RowID]int{}
	for _, s := range f.sent {
		n[s.row]++
	}
	return n
}

// to is who got a copy, in order.
func (f *fake) to() (list []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sent {
		list = append(list, s.to)
	}
	return list
}

func sleep(ctx context.Context, d time.Duration) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// rig is a store, a courier and what a test wants to know.
type rig struct {
	t       testing.TB
	path    string
	db      *store.DB
	courier *fake
	render  Render
	cfg     Config
	log     *bytes.Buffer
	ended   []uint64 // batches that Finished was called for; guarded by the store's writer
}

func newRig(t testing.TB) *rig {
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "store"), courier: &fake{}, log: &bytes.Buffer{}, render: plain}
	r.cfg.Finished = func(_ *store.Tx, batch uint64) error {
		r.ended = append(r.ended, batch)
		return nil
	}
	r.openStore()
	t.Cleanup(func() { r.closeStore() })
	return r
}

func (r *rig) openStore() {
	r.t.Helper()
	db, err := store.Open(r.path, store.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.db = db
}

// closeStore also lets the store check itself.
func (r *rig) closeStore() {
	r.t.Helper()
	if err := r.db.Check(func(problem string) { r.t.Error(problem) }); err != nil {
		r.t.Error(err)
	}
	if err := r.db.Close(); err != nil {
		r.t.Error(err)
	}
}

// plain sends each row to the address in its payload.
func plain(_ context.Context, r Row) (Outgoing, error) {
	to, err := message.ParseAddress(string(r.Payload))
	return Outgoing{To: to, Header: []byte("To: " + string(r.Payload) + "\r\n"), Body: []byte("\r\nHello\r\n")}, err
}

func (r *rig) queue() *Queue {
	return New(slog.New(slog.NewTextHandler(r.log, nil)), r.db, r.courier, r.render, r.cfg)
}

// run starts a queue; the function ends it, and fails the test when Run does not return want in its error.
func (r *rig) run() (q *Queue, stop func(want ...string)) {
	q = r.queue()
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan error, 1)
	go func() { done <- q.Run(ctx) }()
	return q, func(want ...string) {
		r.t.Helper()
		cancel()
		err := <-done
		if len(want) == 0 && err != nil {
			r.t.Errorf("run: %v", err)
		}
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				r.t.Errorf("run: %v, want %q in it", err, w)
			}
		}
	}
}

func (r *rig) update(fn func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.db.Update(fn); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) view(fn func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.db.View(fn); err != nil {
		r.t.Fatal(err)
	}
}

// put puts rows and returns them with their numbers.
func (r *rig) put(rows ...Row) []Row {
	r.t.Helper()
	r.update(func(tx *store.Tx) error { return Put(tx, rows...) })
	return rows
}

// putBatch puts n rows to domain, members 0 to n-1, in chunks of 500, and seals the batch.
func (r *rig) putBatch(batch uint64, domain string, n int) {
	r.t.Helper()
	for from := 0; from < n; from += 500 {
		var chunk []Row
		for i := from; i < min(n, from+500); i++ {
			row := mail(fmt.Sprintf("m%d@%s", i, domain))
			row.Batch, row.Member = batch, uint32(i)
			chunk = append(chunk, row)
		}
		r.put(chunk...)
	}
	r.update(func(tx *store.Tx) error {
		_, err := Seal(tx, batch)
		return err
	})
}

// mail is a lone row to an address.
func mail(to string) Row {
	_, domain, _ := strings.Cut(to, "@")
	return Row{Kind: "test", Domain: domain, Payload: []byte(to), Priority: Normal, Queued: time.Now()}
}

func (r *rig) depth() (n uint64) {
	r.t.Helper()
	r.view(func(tx *store.Tx) (err error) {
		n, err = Depth(tx)
		return err
	})
	return n
}

func (r *rig) tally(batch uint64) (c Counts) {
	r.t.Helper()
	r.view(func(tx *store.Tx) (err error) {
		c, err = Tally(tx, batch)
		return err
	})
	return c
}

func (r *rig) list(f Filter) (list []Row) {
	r.t.Helper()
	r.view(func(tx *store.Tx) error {
		for row, err := range List(tx, f) {
			if err != nil {
				return err
			}
			list = append(list, row)
		}
		return nil
	})
	return list
}

func (r *rig) failures(batch uint64) (list []Failure) {
	r.t.Helper()
	r.view(func(tx *store.Tx) error {
		for f, err := range Failures(tx, batch) {
			if err != nil {
				return err
			}
			list = append(list, f)
		}
		return nil
	})
	return list
}

// repeats is how many copies went more than once, each counted as often as it did so.
func repeats(times map[RowID]int) (n int) {
	for _, k := range slices.Collect(maps.Values(times)) {
		n += k - 1
	}
	return n
}
