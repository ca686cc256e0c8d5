package watch

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
)

// glib is a courier that takes everything at once. Its domains are spread over providers.
type glib struct{ providers int }

func (g glib) Route(_ context.Context, domain string) (queue.Hop, error) {
	return queue.Hop{Key: "smarthost", Operator: "smarthost", Limit: 20, Provider: "Provider " + domain[:2]}, nil
}

func (g glib) Deliver(ctx context.Context, _ queue.Hop, src queue.Source) error {
	for {
		o, ok := src.Next(ctx, true)
		if !ok {
			return nil
		}
		src.Settle(o.Row, queue.Result{Outcome: queue.Delivered, Code: 250})
	}
}

// BenchmarkSettle settles 25,000 copies for one provider or for many, with the watch and without.
func BenchmarkSettle(b *testing.B) {
	for _, n := range []int{1, 20, 90} {
		for _, watched := range []bool{false, true} {
			b.Run(fmt.Sprintf("providers=%d/watched=%v", n, watched), func(b *testing.B) { settle(b, n, watched) })
		}
	}
}

func settle(b *testing.B, n int, watched bool) {
	const rows = 25000
	var took time.Duration
	defer func() { b.ReportMetric(float64(rows*b.N)/took.Seconds(), "rows/s") }()
	for b.Loop() {
		db, err := store.Open(filepath.Join(b.TempDir(), "store"), store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		w, err := New(slog.New(slog.DiscardHandler), db, nil, Config{Class: class, Now: time.Now})
		if err != nil {
			b.Fatal(err)
		}
		put(b, db, n, rows)
		cfg := queue.Config{}
		if watched {
			cfg.Attempted, cfg.Hold = w.Attempted, w.Hold
		}
		q := queue.New(slog.New(slog.DiscardHandler), db, glib{n}, func(_ context.Context, r queue.Row) (queue.Outgoing, error) {
			return queue.Outgoing{To: message.Address{Local: "ann", Domain: r.Domain}, Header: []byte("A: b\r\n"), Body: []byte("\r\n")}, nil
		}, cfg)
		ctx, cancel := context.WithCancel(b.Context())
		done := make(chan error, 1)
		began := time.Now()
		go func() { done <- q.Run(ctx) }()
		for depth := uint64(1); depth > 0; time.Sleep(time.Millisecond) {
			db.View(func(tx *store.Tx) (err error) { depth, err = queue.Depth(tx); return err })
		}
		took += time.Since(began)
		cancel()
		if err := <-done; err != nil {
			b.Fatal(err)
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func put(b *testing.B, db *store.DB, n, rows int) {
	for from := 0; from < rows; from += 500 {
		err := db.Update(func(tx *store.Tx) error {
			chunk := make([]queue.Row, 500)
			for i := range chunk {
				chunk[i] = queue.Row{Kind: "post", Batch: 1, Member: uint32(from + i), Domain: fmt.Sprintf("%02d.example", (from+i)%n), Queued: time.Now(), Payload: []byte("x")}
			}
			return queue.Put(tx, chunk...)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAttempted is what the watch adds to the settling of one group of 256 copies.
func BenchmarkAttempted(b *testing.B) {
	for _, n := range []int{1, 20, 90} {
		b.Run(fmt.Sprintf("providers=%d", n), func(b *testing.B) {
			p := newPost(b)
			group := make([]queue.Attempt, 256)
			for i := range group {
				d := fmt.Sprintf("%02d.example", i%n)
				group[i] = attempt("Provider "+d[:2], d, queue.RowID(i), 1, delivered)
			}
			p.try(group...)
			p.try(group...) // reads back who receives for whom
			p.update(func(tx *store.Tx) error {
				for b.Loop() {
					if err := p.w.Attempted(tx, group); err != nil {
						return err
					}
				}
				return nil
			})
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(group)), "ns/copy")
		})
	}
}
