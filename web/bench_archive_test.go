package web

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/search"
	"sencoforum/store"
)

// BenchmarkArchive reads pages of the archive in the data directory that WEB_DATA names, of a server that does not run and with
// one list, each time another page of a kind. It reports what half of them and 95 in 100 take on the clock, and what one costs
// in time of the processor, with what is done beside it.
func BenchmarkArchive(b *testing.B) {
	dir := os.Getenv("WEB_DATA")
	if dir == "" {
		b.Skip("WEB_DATA names no data directory")
	}
	tom := archiveSite(b, dir).as(1)
	pages := archivePages(tom)
	for _, kind := range []string{"home", "month", "discussion", "search"} {
		b.Run(kind, func(b *testing.B) {
			order := rand.New(rand.NewPCG(1, 1))
			var took []time.Duration
			began := used(b)
			for range b.N {
				tom.s.now = tom.s.now.Add(2 * time.Second) // a person rests
				path, start := pages[kind][order.IntN(len(pages[kind]))], time.Now()
				tom.get(path)
				took = append(took, time.Since(start))
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

// archiveSite is a site over that directory.
func archiveSite(b *testing.B, dir string) *site {
	s := newSite(b, nil)
	db, err := store.Open(filepath.Join(dir, "forum.db"), store.Options{Schema: 1, Compress: true}) // the schema of this version
	if err != nil {
		b.Fatal(err)
	}
	s.now = time.Now()
	s.db, s.server.db = db, db
	s.server.cfg.Overview = archive.NewOverview(slog.New(slog.DiscardHandler), db)
	x := search.Open(slog.New(slog.DiscardHandler), db, s.server.cfg.Overview, search.Config{Dir: filepath.Join(dir, "search"), Now: func() time.Time { return s.now }})
	b.Cleanup(func() {
		if err := x.Close(); err != nil {
			b.Error(err)
		}
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	if err := x.CatchUp(context.Background()); err != nil {
		b.Fatal(err)
	}
	words, err := search.LoadVocabulary("")
	if err != nil {
		b.Fatal(err)
	}
	s.server.cfg.Search = search.NewSearcher(x, words)
	s.server.routes = s.server.table()
	return s
}

// archivePages are some pages of each kind.
func archivePages(tom *browser) map[string][]string {
	all := map[string][]string{"home": {"/"}}
	for _, q := range []string{"dyslexia", "EHCP", "annual+review", "exam+access", "autism+exclusion", "statement", "from:patel+dyslexia", "reading+age", "Lexia+OR+Nessy"} {
		all["search"] = append(all["search"], "/search?q="+q)
	}
	threads := regexp.MustCompile(`href="(/t/\d+)"`)
	for year := 2000; year < 2026; year++ {
		for _, month := range []int{2, 9, 11} {
			path := fmt.Sprintf("/%d/%02d", year, month)
			found := threads.FindAllStringSubmatch(tom.get(path), -1)
			if len(found) > 0 {
				all["month"] = append(all["month"], path)
			}
			for _, m := range found {
				all["discussion"] = append(all["discussion"], m[1])
			}
		}
	}
	return all
}

// used is what this process has cost so far.
func used(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
