package web

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkQueries reads pages of 50 results for the queries with which the peers are compared, by kind, from the archive that
// WEB_DATA names. Each was asked once before. It reports what half of a kind and 95 in 100 take on the clock, and what one page
// costs in time of the processor, with what is done beside it.
func BenchmarkQueries(b *testing.B) {
	dir := os.Getenv("WEB_DATA")
	if dir == "" {
		b.Skip("WEB_DATA names no data directory")
	}
	tom := archiveSite(b, dir).as(1)
	kinds := queryPages(b)
	for _, kind := range []string{"term", "two", "phrase", "boolean", "author", "subject", "date", "mixed"} {
		pages := kinds[kind]
		ask := func(path string) time.Duration {
			tom.s.now = tom.s.now.Add(2 * time.Second) // a person rests
			start := time.Now()
			tom.get(path)
			return time.Since(start)
		}
		for _, path := range pages {
			ask(path)
		}
		b.Run(kind, func(b *testing.B) {
			var took []time.Duration
			began := used(b)
			for i := range b.N {
				took = append(took, ask(pages[i%len(pages)]))
			}
			cost := used(b) - began
			slices.Sort(took)
			at := func(share float64) float64 {
				return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
			}
			b.ReportMetric(at(0.5), "p50-ms")
			b.ReportMetric(at(0.95), "p95-ms")
			b.ReportMetric(float64(cost.Microseconds())/1000/float64(b.N), "cpu-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// queryPages are the addresses of these pages.
func queryPages(b *testing.B) map[string][]string {
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
		all[kind] = append(all[kind], "/search?per=50&q="+url.QueryEscape(dates.ReplaceAllString(q, "year:$1-$2")))
	}
	return all
}
