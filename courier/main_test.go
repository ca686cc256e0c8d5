package courier

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sencoforum/message"
	"sencoforum/queue"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of testdata")

func TestMain(m *testing.M) {
	time.Local = time.UTC // the library says in the machine's zone when a certificate ended
	goleak.VerifyTestMain(m)
}

// rows is a source of given mails. It watches that each one it gave out is settled once.
type rows struct {
	mu      sync.Mutex // guards the rest
	todo    []queue.Outgoing
	later   map[queue.RowID]bool // not ready without waiting
	given   map[queue.RowID]bool // taken and not settled
	results map[queue.RowID]queue.Result
	faults  []string
	onDone  func(queue.RowID, queue.Result)
}

func newRows(todo ...queue.Outgoing) *rows {
	return &rows{todo: todo, later: map[queue.RowID]bool{}, given: map[queue.RowID]bool{}, results: map[queue.RowID]queue.Result{}}
}

func (r *rows) Next(_ context.Context, wait bool) (queue.Outgoing, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.todo) == 0 || !wait && r.later[r.todo[0].Row] {
		return queue.Outgoing{}, false
	}
	o := r.todo[0]
	r.todo = r.todo[1:]
	r.given[o.Row] = true
	return o, true
}

func (r *rows) Settle(row queue.RowID, result queue.Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.given[row] {
		r.faults = append(r.faults, fmt.Sprintf("row %d is settled, but not out: %s", row, result.Line()))
	}
	delete(r.given, row)
	r.results[row] = result
	if r.onDone != nil {
		r.onDone(row, result)
	}
}

// check fails the test unless all that was taken is settled once.
func (r *rows) check(t *testing.T) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for row := range r.given {
		r.faults = append(r.faults, fmt.Sprintf("row %d was taken and never settled", row))
	}
	for _, f := range r.faults {
		t.Error(f)
	}
}

// count returns how many rows have an outcome.
func (r *rows) count(o queue.Outcome) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, result := range r.results {
		if result.Outcome == o {
			n++
		}
	}
	return n
}

func addr(t testing.TB, s string) message.Address {
	t.Helper()
	if s == "" {
		return message.Address{}
	}
	a, err := message.ParseAddress(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// zone is a resolver with fixed answers. A name that it does not know is not found.
type zone struct {
	mx    map[string][]*net.MX
	addrs map[string][]netip.Addr
	txt   map[string][]string
	fails map[string]error // by name, for all questions

	mu    sync.Mutex // guards asked
	asked []string
}

func (z *zone) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	z.note("MX " + name)
	if err := z.fails[name]; err != nil {
		return nil, err
	}
	if mx := z.mx[name]; mx != nil {
		return mx, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z *zone) LookupNetIP(_ context.Context, network, name string) ([]netip.Addr, error) {
	z.note(network + " " + name)
	if err := z.fails[network+" "+name]; err != nil {
		return nil, err
	}
	if err := z.fails[name]; err != nil {
		return nil, err
	}
	var got []netip.Addr
	for _, a := range z.addrs[name] {
		if a.Is4() == (network == "ip4") {
			got = append(got, a)
		}
	}
	if got == nil {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return got, nil
}

func (z *zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	z.note("TXT " + name)
	if err := z.fails[name]; err != nil {
		return nil, err
	}
	if txt := z.txt[name]; txt != nil {
		return txt, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z *zone) note(s string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.asked = append(z.asked, s)
}

// addresses reads a list for a zone.
func addresses(list ...string) []netip.Addr {
	var got []netip.Addr
	for _, s := range list {
		got = append(got, netip.MustParseAddr(s))
	}
	return got
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
