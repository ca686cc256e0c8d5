package archive

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"sencoforum/calendar"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// BenchmarkOverview measures how long the table of discussions takes to be read, what it costs in memory, a page of it,
// and what one more post costs.
func BenchmarkOverview(b *testing.B) {
	eachSize(b, func(b *testing.B, db *store.DB, size int) {
		took, pages, more := time.Duration(0), time.Duration(0), time.Duration(0)
		for i := 0; b.Loop(); i++ {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			o := newTable(b, db)
			began := time.Now()
			if err := o.CatchUp(); err != nil {
				b.Fatal(err)
			}
			took += time.Since(began)
			runtime.GC()
			runtime.ReadMemStats(&after)
			n, _ := o.Len(1)
			b.ReportMetric(float64(n), "discussions")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "B/discussion")
			began = time.Now()
			if page, _, err := o.List(Query{List: 1, Order: ByPosts, Count: 50, From: Cursor{3, Number(size)}}); err != nil || len(page) == 0 {
				b.Fatal(err)
			}
			pages += time.Since(began)
			testdb.Update(b, db, func(tx *store.Tx) error {
				_, err := Import(tx, NewPost{Post: Post{List: 1, MessageID: fmt.Sprintf("<more%d@x>", i), Written: noon}, References: []string{fmt.Sprintf("<%d.post@school.example>", size-1)}})
				return err
			})
			began = time.Now()
			if err := o.CatchUp(); err != nil {
				b.Fatal(err)
			}
			more += time.Since(began)
		}
		b.ReportMetric(took.Seconds()/float64(b.N), "s-to-read")
		b.ReportMetric(float64(pages.Microseconds())/float64(b.N), "µs-page")
		b.ReportMetric(float64(more.Microseconds())/float64(b.N), "µs-more")
	})
}

// BenchmarkActivity measures what the figures of all months cost after a change.
func BenchmarkActivity(b *testing.B) {
	eachSize(b, func(b *testing.B, db *store.DB, _ int) {
		o := newTable(b, db)
		if err := o.CatchUp(); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			o.countMonths(1, calendar.London())
		}
	})
}
