package search

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
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

// BenchmarkQuery asks different questions of each kind, and reports what half of them and 95 in 100 cost in time of the
// processor: the time on the clock depends on what else the machine does.
func BenchmarkQuery(b *testing.B) {
	s, _ := filled(b)
	s.follow()
	var common, rare []string
	posts := uint64(benchPosts(b))
	for w, n := range s.x.serving.words("a") {
		switch {
		case n > posts/50:
			common = append(common, w)
		case n > 2:
			rare = append(rare, w)
		}
	}
	s.x.log = discard()
	pick := func(of []string, i int) string { return of[i*7919%len(of)] }
	for _, q := range []struct {
		name string
		make func(i int) Query
	}{
		{"rare", func(i int) Query { return words(pick(rare, i)) }},
		{"common", func(i int) Query { return words(pick(common, i)) }},
		{"two", func(i int) Query { return words(pick(common, i) + " " + pick(common, i+3)) }},
		{"phrase", func(i int) Query { return phrase(pick(common, i) + " " + pick(common, i+5)) }},
		{"either", func(i int) Query {
			q := words(pick(common, i))
			q.Clauses[0].Terms = append(q.Clauses[0].Terms, words(pick(common, i+1)).Clauses[0].Terms[0])
			return q
		}},
		{"from", func(int) Query { return from("priya") }},
		{"dated", func(i int) Query { return dated(words(pick(common, i))) }},
		{"newest", func(i int) Query { q := words(pick(common, i)); q.Sort = Newest; return q }},
		{"everything", func(int) Query { return Query{} }},
	} {
		b.Run(q.name, func(b *testing.B) { s.measure(b, q.make) })
	}
}

func from(name string) Query {
	q := words(name)
	q.Clauses[0].Terms[0].Field = From
	return q
}

func dated(q Query) Query {
	q.Filter.After, q.Filter.Before = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	return q
}

// measure asks questions, each twice, of which the second counts.
func (s *shelf) measure(b *testing.B, question func(i int) Query) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r, hits := s.reader(), 0
	var took []time.Duration
	for i := range b.N {
		for again := range 2 {
			began := threadTime(b)
			f, err := s.x.hits(b.Context(), r, question(i), defaultWeights())
			if err != nil || f.Partial {
				b.Fatal(f.Partial, err)
			}
			if again == 1 {
				took, hits = append(took, threadTime(b)-began), hits+len(f.Hits)
			}
		}
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(float64(hits)/float64(b.N), "hits")
	b.ReportMetric(at(0.5), "p50-cpu-ms")
	b.ReportMetric(at(0.95), "p95-cpu-ms")
}

// threadTime is what this thread has cost so far.
func threadTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(1, &u); err != nil { // RUSAGE_THREAD
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
