package search

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// benchShelf is an archive of invented posts, all indexed; or the one in the data directory that SEARCH_DATA names, of a server
// that does not run.
func benchShelf(b *testing.B) *shelf {
	dir := os.Getenv("SEARCH_DATA")
	if dir == "" {
		s, _ := filled(b)
		s.follow()
		return s
	}
	db, err := store.Open(filepath.Join(dir, "forum.db"), store.Options{Schema: 1, Compress: true}) // the schema of this version
	if err != nil {
		b.Fatal(err)
	}
	s := &shelf{t: b, db: db, dir: filepath.Join(dir, "search"), now: time.Now()}
	s.open()
	b.Cleanup(func() {
		s.close()
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	s.follow()
	return s
}

// benchQueries reads the queries with which the peers are compared, by kind.
func benchQueries(b *testing.B) map[string][]string {
	text, err := os.ReadFile(filepath.Join("..", "bench", "query", "queries.tsv"))
	if err != nil {
		b.Fatal(err)
	}
	dates := regexp.MustCompile(`date:(\d{4})\.\.(\d{4})`)
	all := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		kind, q, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(kind, "#") {
			continue
		}
		q = strings.ReplaceAll(strings.ReplaceAll(q, " AND ", " "), "NOT ", "-")
		all[kind] = append(all[kind], dates.ReplaceAllString(q, "year:$1-$2"))
	}
	return all
}

// BenchmarkPage makes pages of 50 discussions with their counts, for the queries with which the peers are compared, and reports
// what half of them and 95 in 100 cost in time of the processor. Each is asked twice, of which the second counts.
func BenchmarkPage(b *testing.B) {
	s := benchShelf(b)
	words, err := LoadVocabulary("")
	if err != nil {
		b.Fatal(err)
	}
	searcher := NewSearcher(s.x, words)
	searcher.recent = nil // what a search costs is measured, and not what is remembered of it
	kinds := benchQueries(b)
	var all []string
	for _, kind := range []string{"term", "two", "phrase", "boolean", "author", "subject", "date", "mixed"} {
		all = append(all, kinds[kind]...)
		b.Run(kind, func(b *testing.B) { s.measurePages(b, searcher, kinds[kind]) })
	}
	b.Run("all", func(b *testing.B) { s.measurePages(b, searcher, all) })
}

func (s *shelf) measurePages(b *testing.B, searcher *Searcher, queries []string) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	type cost struct {
		took time.Duration
		what string
	}
	r := s.reader()
	var all []cost
	for range b.N {
		for _, q := range queries {
			var c cost
			for range 2 {
				began := threadTime(b)
				got, err := searcher.Search(b.Context(), r, Ask{Query: Parse(q, s.now), Count: PageMost})
				if err != nil || got.Partial {
					b.Fatal(got.Partial, err)
				}
				c = cost{threadTime(b) - began, fmt.Sprintf("%s: %d posts in %d discussions", q, got.Posts, got.Discussions)}
			}
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(x, y cost) int { return cmp.Compare(x.took, y.took) })
	at := func(share float64) float64 {
		return float64(all[int(share*float64(len(all)-1))].took.Microseconds()) / 1000
	}
	b.ReportMetric(at(0.5), "p50-cpu-ms")
	b.ReportMetric(at(0.95), "p95-cpu-ms")
	b.ReportMetric(0, "ns/op")
	if b.N > 1 && testing.Verbose() {
		for _, c := range all {
			b.Log(c.took, c.what)
		}
	}
}

// BenchmarkSimilar looks for discussions like others, each time another one.
func BenchmarkSimilar(b *testing.B) {
	s := benchShelf(b)
	words, err := LoadVocabulary("")
	if err != nil {
		b.Fatal(err)
	}
	searcher, r := NewSearcher(s.x, words), s.reader()
	var firsts []archive.Number
	testdb.View(b, s.db, func(tx *store.Tx) error {
		for p, err := range archive.All(tx, 1) {
			if err != nil {
				return err
			}
			if root, err := archive.ThreadOf(tx, p.Number); err == nil && root == p.Number && p.Number%7 == 0 {
				firsts = append(firsts, p.Number)
			}
		}
		return nil
	})
	if _, err := searcher.Similar(b.Context(), r, firsts[0], 3); err != nil {
		b.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	found := 0
	began := threadTime(b)
	b.ResetTimer()
	for i := range b.N {
		likes, err := searcher.Similar(b.Context(), r, firsts[i*7919%len(firsts)], 3)
		if err != nil {
			b.Fatal(err)
		}
		found += len(likes)
	}
	b.ReportMetric(float64((threadTime(b)-began).Microseconds())/1000/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(found)/float64(b.N), "found/op")
}
