package search

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// firstQueries are those that bench/browse asks.
var firstQueries = []string{"dyslexia", "EHCP", "annual review", "exam access", "autism exclusion", "statement", "from:patel dyslexia", "reading age", "Lexia OR Nessy"}

// BenchmarkFirst asks queries that nobody has asked since the server started, with what is ready. It reports the time of the processor
// that each costs. Before, it compares what is found with and without what is ready.
func BenchmarkFirst(b *testing.B) {
	s := benchShelf(b)
	words, err := LoadVocabulary("")
	if err != nil {
		b.Fatal(err)
	}
	searcher := NewSearcher(s.x, words)
	searcher.recent = nil
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := threadTime(b)
	if _, err := s.x.warm(b.Context()); err != nil {
		b.Fatal(err)
	}
	took := threadTime(b) - began
	c := &s.x.serving.postings
	phrases, bytes := 0, 0
	for name, at := range c.ready.at {
		for i := range at.n {
			size := c.ready.lists[at.first+i].open().size()
			if bytes += size; strings.Contains(name.word, " ") {
				phrases += size
			}
		}
	}
	c.ready.shut()
	b.Logf("made ready in %v: %d lists of %d words in %d files, %d kB, %d kB of them of phrases", took, len(c.ready.lists), len(c.ready.at), len(c.ready.files), bytes>>10, phrases>>10)
	r := s.reader()
	if _, err := searcher.Search(b.Context(), r, Ask{Query: Parse("nothing", s.now)}); err != nil {
		b.Fatal(err)
	}
	for _, q := range firstQueries {
		s.sameReady(searcher, q)
	}
	for _, all := range benchQueries(b) {
		for _, q := range all {
			s.sameReady(searcher, q)
		}
	}
	for _, q := range firstQueries {
		b.Run(q, func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			sum := time.Duration(0)
			for range b.N {
				s.x.serving.postings.forget()
				began := threadTime(b)
				if got, err := searcher.Search(b.Context(), r, Ask{Query: Parse(q, s.now)}); err != nil || got.Partial {
					b.Fatal(got.Partial, err)
				}
				sum += threadTime(b) - began
			}
			b.ReportMetric(float64(sum.Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// forget leaves what is ready alone.
func (c *postingsCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.old, c.size = nil, nil, 0
	if c.ready != nil {
		c.ready.shut()
	}
}
