package search

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/message"
	"sencoforum/store"
)

// benchPosts is how many invented posts the benchmarks work on; SEARCH_POSTS says otherwise.
func benchPosts(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("SEARCH_POSTS"))
	if err != nil {
		n = 2000
	}
	return n
}

// filled is an archive of invented posts, and how many bytes they are as an mbox.
func filled(b *testing.B) (s *shelf, bytes int64) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "a.mbox")
	gen := exec.Command("go", "run", "sencoforum/bench/gen", "-n", strconv.Itoa(benchPosts(b)), "-out", path)
	if out, err := gen.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	s = newShelf(b)
	var raws [][]byte
	size := 0
	for m, err := range archive.ReadMbox(f, archive.MboxAuto, archive.MaxImported) {
		if err != nil {
			b.Fatal(err)
		}
		bytes += int64(len(m.Raw))
		if size += len(m.Raw); len(raws) == 100 || size > 60_000 {
			s.putAll(raws)
			raws, size = nil, len(m.Raw)
		}
		raws = append(raws, m.Raw)
	}
	s.putAll(raws)
	return s, bytes
}

// putAll puts messages into the archive, in one transaction.
func (s *shelf) putAll(raws [][]byte) {
	testdb.Update(s.t, s.db, func(tx *store.Tx) error {
		for _, raw := range raws {
			id, err := intake.Put(tx, intake.New{Raw: store.NewBlob(raw), State: intake.Done, Record: intake.Record{Envelope: message.Envelope{Received: s.now}}})
			if err != nil {
				return err
			}
			np := archive.Describe(message.Parse(raw), "", s.now)
			np.List, np.Intake, np.Imported = s.list, id, true
			if _, err := archive.Import(tx, np); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkIndex makes the index of an archive: posts a second, and bytes for a byte of mbox.
func BenchmarkIndex(b *testing.B) {
	s, bytes := filled(b)
	b.ResetTimer()
	for range b.N {
		if err := s.x.Rebuild(context.Background(), func(int) {}); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(benchPosts(b)*b.N)/b.Elapsed().Seconds(), "posts/s")
	b.ReportMetric(float64(sizeOf(s.dir))/float64(bytes), "bytes/mbox")
}

// BenchmarkQuery asks questions of each kind.
func BenchmarkQuery(b *testing.B) {
	s, _ := filled(b)
	s.follow()
	s.x.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	from := words("priya")
	from.Clauses[0].Terms[0].Field = From
	dated := words("support")
	dated.Filter.After, dated.Filter.Before = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	newest := words("support")
	newest.Sort = Newest
	for _, q := range []struct {
		name string
		Query
	}{
		{"rare", words("zebra")}, {"common", words("support")}, {"two", words("reading school")}, {"phrase", phrase("reading pens")},
		{"commonPhrase", phrase("annual review")}, {"from", from}, {"dated", dated}, {"newest", newest}, {"everything", Query{}},
	} {
		b.Run(q.name, func(b *testing.B) {
			r, n := s.reader(), 0
			for range b.N {
				f, err := s.x.hits(context.Background(), r, q.Query, defaultWeights())
				if err != nil || f.Partial {
					b.Fatal(f.Partial, err)
				}
				n = len(f.Hits)
			}
			b.ReportMetric(float64(n), "hits")
		})
	}
}
