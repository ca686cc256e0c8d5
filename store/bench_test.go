package store

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

type benchRow struct {
	Kind   string
	Member uint32
	Domain string
}

var (
	benchRows  = NewTable("rows", Uint64Key[uint64](), JSON[benchRow]())
	benchBlobs = NewTable("blobs", Uint64Key[uint64](), Blobs())
)

func openBench(b *testing.B) *DB {
	b.Helper()
	db, err := Open(filepath.Join(b.TempDir(), "store.db"), Options{Compress: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return db
}

// accept is an Update such as an accepted mail makes: a body of 4 KB and three small rows.
func accept(db *DB, n uint64, body Blob) error {
	return db.Update(func(tx *Tx) error {
		if _, err := Counter("posts").Next(tx); err != nil {
			return err
		}
		if err := benchBlobs.Put(tx, n, body); err != nil {
			return err
		}
		return benchRows.Put(tx, n, benchRow{"post", uint32(n), "school.test"})
	})
}

// benchBody is 4 KB that do not compress away.
func benchBody() Blob {
	raw := make([]byte, 4096)
	for i, x := 0, uint32(1); i < len(raw); i++ {
		x = x*1664525 + 1013904223
		raw[i] = byte(x >> 24)
	}
	return NewBlob(raw)
}

func benchmarkUpdate(b *testing.B, writers int) {
	db, body := openBench(b), benchBody()
	var next atomic.Uint64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range writers {
		wg.Go(func() {
			for {
				n := next.Add(1)
				if n > uint64(b.N) {
					return
				}
				if err := accept(db, n, body); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	s := db.Stats()
	b.ReportMetric(float64(s.Commits)/float64(s.Transactions), "commits/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "op/s")
}

func BenchmarkUpdate1(b *testing.B)  { benchmarkUpdate(b, 1) }
func BenchmarkUpdate8(b *testing.B)  { benchmarkUpdate(b, 8) }
func BenchmarkUpdate64(b *testing.B) { benchmarkUpdate(b, 64) }

// BenchmarkUpdate500 is a step of the fan-out: 500 rows and the cursor in one Update.
func BenchmarkUpdate500(b *testing.B) {
	db := openBench(b)
	n := uint64(0)
	for b.Loop() {
		err := db.Update(func(tx *Tx) error {
			for range 500 {
				n++
				if err := benchRows.Put(tx, n, benchRow{"post", uint32(n), "school.test"}); err != nil {
					return err
				}
			}
			return Cursor("fanout").Set(tx, Position{Seq: n})
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(500*b.N), "µs/put")
	size := db.Stats()
	b.ReportMetric(float64(size.Size)/float64(size.Written), "file/payload")
}

func BenchmarkGet(b *testing.B) {
	db := openBench(b)
	fillBench(b, db, 10000)
	n := uint64(0)
	b.ResetTimer()
	for b.Loop() {
		n = (n*1664525 + 1013904223) % 10000
		if err := db.View(func(tx *Tx) error {
			_, _, err := benchRows.Get(tx, n)
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	db := openBench(b)
	fillBench(b, db, 10000)
	b.ResetTimer()
	rows := 0
	for b.Loop() {
		if err := db.View(func(tx *Tx) error {
			for _, err := range benchRows.All(tx) {
				if err != nil {
					return err
				}
				rows++
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}

func fillBench(b *testing.B, db *DB, rows uint64) {
	b.Helper()
	if err := db.Update(func(tx *Tx) error {
		for n := range rows {
			if err := benchRows.Put(tx, n, benchRow{"post", uint32(n), "school.test"}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkNewBlob(b *testing.B) {
	raw := make([]byte, 0, 8192)
	for len(raw) < 8000 {
		raw = append(raw, "Received: from mail.school.test by forum.test; Sun, 22 Nov 2026 10:00:00 +0000\r\n"...)
	}
	b.ReportAllocs()
	for b.Loop() {
		NewBlob(raw)
	}
}
