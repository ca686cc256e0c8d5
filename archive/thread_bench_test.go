package archive

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/message"
	"sencoforum/store"
)

var sizes = flag.String("sizes", "1000,10000", "posts of the archives that benchmarks of threads use")

// eachSize runs a benchmark on archives of the sizes that -sizes names. The archive is invented and holds no texts.
func eachSize(b *testing.B, run func(b *testing.B, db *store.DB, size int)) {
	for s := range strings.SplitSeq(*sizes, ",") {
		size, err := strconv.Atoi(s)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(s, func(b *testing.B) {
			db := testdb.Open(b)
			fill(b, db, size)
			b.ResetTimer()
			run(b, db, size)
		})
	}
}

// invented is post i of an archive in which a day has 50 posts and a discussion five on average; each names the way to
// it, of at most ten posts.
func invented(r *rand.Rand, i int, ways map[int][]string) NewPost {
	n := NewPost{Post: Post{
		List: 1, MessageID: fmt.Sprintf("<%d.post@school.example>", i), AuthorName: "Priya Shah",
		From:    message.Address{Local: fmt.Sprintf("member%d", r.IntN(2000)), Domain: "school.example"},
		Subject: fmt.Sprintf("question %d about access arrangements", i),
		Written: noon.AddDate(-30, 0, 0).Add(time.Duration(i) * 29 * time.Minute),
	}}
	var way []string
	if i > 0 && r.IntN(5) > 0 {
		parent := i - 1 - r.IntN(min(i, 100))
		way = ways[parent]
		n.Reply, n.References = true, way
	}
	ways[i] = append([]string{n.MessageID}, way[:min(len(way), 9)]...)
	delete(ways, i-101)
	return n
}

func fill(b *testing.B, db *store.DB, size int) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	ways := map[int][]string{}
	for from := 0; from < size; from += 2000 {
		var all []NewPost
		for i := from; i < min(from+2000, size); i++ {
			all = append(all, invented(r, i, ways))
		}
		testdb.Update(b, db, func(tx *store.Tx) error {
			for _, n := range all {
				if _, err := Import(tx, n); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// cpuTime is the processor time of this thread so far: others may work on the same machine. It moves in steps of
// milliseconds, so only sums of many mean anything.
func cpuTime() time.Duration {
	const thread = 1 // RUSAGE_THREAD, getrusage(2)
	var u syscall.Rusage
	if err := syscall.Getrusage(thread, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// kind is a sort of post whose placing is measured: the last of what make returns.
type kind struct {
	name string
	make func(i int) []NewPost
}

func kindsFor(size int) []kind {
	r := rand.New(rand.NewPCG(3, 4))
	id := func(n int) string { return fmt.Sprintf("<%d.post@school.example>", n) }
	base := NewPost{Post: Post{List: 1, From: message.Address{Local: "new", Domain: "school.example"}, Subject: "new", Written: noon}}
	return []kind{
		{"recent", func(i int) []NewPost {
			n := base
			n.MessageID, n.Reply, n.References = fmt.Sprintf("<n%d@x>", i), true, []string{id(size - 1 - r.IntN(100))}
			return []NewPost{n}
		}},
		{"old", func(i int) []NewPost {
			n := base
			n.MessageID, n.Reply, n.References = fmt.Sprintf("<o%d@x>", i), true, []string{id(r.IntN(size))}
			return []NewPost{n}
		}},
		{"late", func(i int) []NewPost {
			n, c, d := base, base, base
			n.MessageID, n.References = fmt.Sprintf("<l%d@x>", i), []string{id(r.IntN(size))}
			c.MessageID, c.References = fmt.Sprintf("<c%d@x>", i), []string{n.MessageID}
			d.MessageID, d.References = fmt.Sprintf("<d%d@x>", i), []string{n.MessageID}
			return []NewPost{c, d, n}
		}},
		{"subject", func(i int) []NewPost {
			n := base
			at := r.IntN(size)
			n.MessageID, n.Reply, n.Subject = fmt.Sprintf("<s%d@x>", i), true, fmt.Sprintf("question %d about access arrangements", at)
			n.Written = noon.AddDate(-30, 0, 0).Add(time.Duration(at)*29*time.Minute + time.Hour)
			return []NewPost{n}
		}},
	}
}

// BenchmarkAppend measures what it costs to take one post in, without the commit, in archives of different sizes: an
// answer to one of the last hundred posts, one to any post, a late parent of two, and one that only has its subject.
func BenchmarkAppend(b *testing.B) {
	eachSize(b, func(b *testing.B, db *store.DB, size int) {
		kinds := kindsFor(size)
		spent := make([]time.Duration, len(kinds))
		made := 0
		for b.Loop() {
			testdb.Update(b, db, func(tx *store.Tx) error {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				for range 100 {
					made++
					for k, kind := range kinds {
						all := kind.make(made)
						for j, n := range all {
							start := cpuTime()
							if _, err := Import(tx, n); err != nil {
								return err
							}
							if j == len(all)-1 {
								spent[k] += cpuTime() - start
							}
						}
					}
				}
				return nil
			})
		}
		for k, kind := range kinds {
			b.ReportMetric(float64(spent[k].Microseconds())/float64(made), kind.name+"-µs")
		}
	})
}

// BenchmarkThreadPage measures what it takes to read 50 posts of a thread with its tree: of the thread of a random post,
// and of one thread of 5,000 posts.
func BenchmarkThreadPage(b *testing.B) {
	const great = 5000
	eachSize(b, func(b *testing.B, db *store.DB, size int) {
		r := rand.New(rand.NewPCG(5, 6))
		for from := 0; from < great; from += 1000 {
			testdb.Update(b, db, func(tx *store.Tx) error {
				for i := from; i < from+1000; i++ {
					n := NewPost{Post: Post{List: 1, MessageID: fmt.Sprintf("<great%d@x>", i), Written: noon}}
					if i > 0 {
						n.References = []string{fmt.Sprintf("<great%d@x>", r.IntN(i))}
					}
					if _, err := Import(tx, n); err != nil {
						return err
					}
				}
				return nil
			})
		}
		var usual, large []time.Duration
		page := func(n Number) time.Duration {
			start := time.Now()
			testdb.View(b, db, func(tx *store.Tx) error {
				root, err := ThreadOf(tx, n)
				if err != nil {
					return err
				}
				d, err := Thread(tx, root)
				if err == nil {
					_, err = d.Page(tx, max(0, r.IntN(len(d.Places))-50), 50)
				}
				return err
			})
			return time.Since(start)
		}
		for b.Loop() {
			usual = append(usual, page(Number(1+r.IntN(size))))
			if len(usual)%4 == 0 {
				large = append(large, page(Number(size+1+r.IntN(great))))
			}
		}
		for name, all := range map[string][]time.Duration{"usual": usual, "great": large} {
			if len(all) > 0 {
				slices.Sort(all)
				b.ReportMetric(float64(all[len(all)/2].Microseconds()), name+"-p50-µs")
				b.ReportMetric(float64(all[len(all)*95/100].Microseconds()), name+"-p95-µs")
			}
		}
	})
}
