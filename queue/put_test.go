package queue

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/store"
)

func TestPutNumbersRowsAndCountsThem(t *testing.T) {
	r := newRig(t)
	first := r.put(mail("ann@a.example"))
	var batch []Row
	for i := range 3 {
		row := mail("bob@b.example")
		row.Batch, row.Member = 9, uint32(i)
		batch = append(batch, row)
	}
	r.put(batch...)
	if got := []RowID{first[0].ID, batch[0].ID, batch[1].ID, batch[2].ID}; !slices.Equal(got, []RowID{1, 2, 3, 4}) {
		t.Errorf("numbers %v", got)
	}
	if got, want := r.tally(9), (Counts{Open: 3}); got != want || r.depth() != 4 {
		t.Errorf("tally %+v, want %+v; depth %d", got, want, r.depth())
	}
	got, ok := find(r, 3)
	want := batch[1]
	want.Queued = want.Queued.Truncate(time.Millisecond).UTC()
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Errorf("found %v (-want +got):\n%s", ok, diff)
	}
	r.put()
}

func TestPutRefuses(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		name  string
		spoil func(*Row)
		want  string
	}{
		{"a row without a kind", func(r *Row) { r.Kind = "" }, "kind of 0 bytes"},
		{"a row without a domain", func(r *Row) { r.Domain = "" }, "domain of 0 bytes"},
		{"a domain that is none", func(r *Row) { r.Domain = strings.Repeat("x", 256) }, "domain of 256 bytes"},
		{"a payload that should be elsewhere", func(r *Row) { r.Payload = make([]byte, MaxPayload+1) }, "payload of 65537 bytes"},
		{"an unknown priority", func(r *Row) { r.Priority = 3 }, "unknown priority 3"},
		{"a row without its time", func(r *Row) { r.Queued = time.Time{} }, "no queued time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			row := mail("ann@a.example")
			c.spoil(&row)
			err := r.db.Update(func(tx *store.Tx) error { return Put(tx, row) })
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
	if r.depth() != 0 {
		t.Errorf("depth %d", r.depth())
	}
}

func TestSeal(t *testing.T) {
	r := newRig(t)
	seal := func(batch uint64) (done bool) {
		r.update(func(tx *store.Tx) (err error) {
			done, err = Seal(tx, batch)
			return err
		})
		return done
	}
	row := mail("ann@a.example")
	row.Batch = 1
	r.put(row)
	for range 2 {
		if seal(1) {
			t.Error("a batch with an open row is done")
		}
		if !seal(2) {
			t.Error("an empty batch is not done")
		}
	}
	err := r.db.Update(func(tx *store.Tx) error { return Put(tx, row) })
	if !errors.Is(err, ErrSealed) {
		t.Errorf("put into a sealed batch: %v", err)
	}
}

func TestListFilters(t *testing.T) {
	r := newRig(t)
	rows := []Row{mail("ann@a.example"), mail("bob@b.example"), mail("cid@a.example")}
	rows[2].Batch = 5
	r.put(rows...)
	for _, c := range []struct {
		name   string
		filter Filter
		want   []RowID
	}{
		{"all", Filter{}, []RowID{1, 2, 3}},
		{"from a number on", Filter{From: 2}, []RowID{2, 3}},
		{"of a domain", Filter{Domain: "a.example"}, []RowID{1, 3}},
		{"of a batch", Filter{Batch: 5}, []RowID{3}},
		{"the shunted", Filter{Shunted: true}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []RowID
			for _, row := range r.list(c.filter) {
				got = append(got, row.ID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPurgeRemovesOldFailures(t *testing.T) {
	r := newRig(t)
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	r.update(func(tx *store.Tx) error {
		for i := range uint64(10) {
			f := Failure{Row: RowID(i), At: now.AddDate(0, 0, -int(i)*20)}
			if err := failures.Put(tx, failureKey{A: i % 2, B: i}, f); err != nil {
				return err
			}
		}
		return nil
	})
	purge := func(n int) (more bool) {
		r.update(func(tx *store.Tx) (err error) {
			_, more, err = Purge(tx, now.AddDate(0, 0, -90), n)
			return err
		})
		return more
	}
	if !purge(3) || len(r.failures(0))+len(r.failures(1)) != 7 {
		t.Errorf("a small purge left %d", len(r.failures(0))+len(r.failures(1)))
	}
	if purge(3) || len(r.failures(0))+len(r.failures(1)) != 5 {
		t.Errorf("the purges left %d", len(r.failures(0))+len(r.failures(1)))
	}
}
