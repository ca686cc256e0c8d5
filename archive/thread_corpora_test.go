package archive

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/intake"
	"sencoforum/internal/corpora"
	"sencoforum/internal/long"
	"sencoforum/internal/testdb"
	"sencoforum/message"
	"sencoforum/store"
)

// mboxLine begins a message of an mbox; bodies hold lines that only begin with From.
var mboxLine = regexp.MustCompile(`(?m)^From \S+.* \d{1,2}:\d\d:\d\d \d{4}$`)

// readMbox splits an mbox, perhaps compressed, into messages.
func readMbox(t testing.TB, path string) (all [][]byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil && strings.HasSuffix(path, ".gz") {
		var z *gzip.Reader
		if z, err = gzip.NewReader(bytes.NewReader(b)); err == nil {
			b, err = io.ReadAll(z)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	starts := mboxLine.FindAllIndex(b, -1)
	for i, at := range starts {
		end := len(b)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		all = append(all, b[at[1]+1:end])
	}
	return all
}

// importAll imports messages in the given order into a new store.
func importAll(t testing.TB, db *store.DB, tag string, all [][]byte) {
	t.Helper()
	for chunk := range slices.Chunk(all, 200) {
		testdb.Update(t, db, func(tx *store.Tx) error {
			for _, raw := range chunk {
				if _, err := importOne(tx, tag, raw); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func importOne(tx *store.Tx, tag string, raw []byte) (Post, error) {
	n := Describe(message.Parse(raw), tag, noon)
	in, err := intake.Put(tx, intake.New{
		Record: intake.Record{Origin: intake.FromImport, Envelope: message.Envelope{Received: n.Written}},
		Raw:    store.NewBlob(raw), State: intake.Done,
	})
	if err != nil {
		return Post{}, err
	}
	n.List, n.Intake = 1, in
	return Import(tx, n)
}

// byDate sorts messages as an import does.
func byDate(all [][]byte) {
	at := map[*byte]time.Time{}
	for _, raw := range all {
		at[&raw[0]], _ = message.Parse(raw).Date()
	}
	slices.SortStableFunc(all, func(a, b []byte) int { return at[&a[0]].Compare(at[&b[0]]) })
}

// forest is the threads of a whole store: for each post its thread and its parent.
type forest struct {
	thread, parent map[Number]Number
	via            map[Number]Via
}

func readForest(t testing.TB, db *store.DB) forest {
	t.Helper()
	f := forest{map[Number]Number{}, map[Number]Number{}, map[Number]Via{}}
	testdb.View(t, db, func(tx *store.Tx) error {
		for p, err := range All(tx, 0) {
			if err != nil {
				return err
			}
			if _, done := f.thread[p.Number]; done {
				continue
			}
			root, err := ThreadOf(tx, p.Number)
			if err != nil {
				return err
			}
			d, err := Thread(tx, root)
			if err != nil {
				return err
			}
			for _, at := range d.Places {
				f.thread[at.Post], f.parent[at.Post], f.via[at.Post] = root, at.Parent, at.Via
			}
		}
		return nil
	})
	return f
}

func (f forest) threads() int {
	seen := map[Number]bool{}
	for _, t := range f.thread {
		seen[t] = true
	}
	return len(seen)
}

// pairs counts the pairs of messages that both, only the first, and only the second have in one thread.
func pairs(ours, theirs []string) (both, first, second int) {
	same := func(keys []string) (n int) {
		count := map[string]int{}
		for _, k := range keys {
			count[k]++
		}
		for _, c := range count {
			n += c * (c - 1) / 2
		}
		return n
	}
	joint := make([]string, len(ours))
	for i := range ours {
		joint[i] = ours[i] + "\x00" + theirs[i]
	}
	both = same(joint)
	return both, same(ours) - both, same(theirs) - both
}

func postsByID(t testing.TB, db *store.DB) map[string]Post {
	t.Helper()
	all := map[string]Post{}
	testdb.View(t, db, func(tx *store.Tx) error {
		for p, err := range All(tx, 0) {
			if err != nil {
				return err
			}
			id := strings.Trim(p.MessageID, "<>")
			if _, twice := all[id]; !twice {
				all[id] = p
			}
		}
		return nil
	})
	return all
}

func TestTwistedWebIsThreadedAsDovecotDoesOrBetter(t *testing.T) {
	long.Test(t, "twenty years of a list, twice")
	dir := corpora.Dir(t, "archive-twisted-web")
	all := readMbox(t, filepath.Join(dir, "twisted-web.mbox.gz"))
	if len(all) != 5374 {
		t.Fatalf("%d messages were read", len(all))
	}
	table, err := os.ReadFile(filepath.Join(dir, "twisted-web.dovecot.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, order := range []string{"as it stands", "by date"} {
		if order == "by date" {
			byDate(all)
		}
		db := testdb.Open(t)
		importAll(t, db, "[Twisted-web]", all)
		f := readForest(t, db)
		posts := postsByID(t, db)
		ids := map[Number]string{}
		for id, p := range posts {
			ids[p.Number] = id
		}
		var ours, theirs []string
		same := 0
		for line := range strings.Lines(string(table)) {
			w := strings.Split(strings.TrimSpace(line), "\t")
			p, ok := posts[w[0]]
			if w[0] == "webmail.nil8r.net" { // Dovecot's name for the one whose id has a space in it
				p, ok = posts["1104876298.31909.252.camel@6"]
			}
			if !ok {
				t.Errorf("%s is not there", w[0])
			}
			ours, theirs = append(ours, fmt.Sprint(f.thread[p.Number])), append(theirs, w[2])
			parent := cmp.Or(ids[f.parent[p.Number]], "-")
			if parent == strings.ReplaceAll(w[1], "?", "-") {
				same++
			} else if testing.Verbose() && order == "by date" {
				t.Logf("%s by %s: ours %s, Dovecot %s; %s", w[0], f.via[p.Number], parent, w[1], p.Subject)
			}
		}
		both, first, second := pairs(ours, theirs)
		share, precision, recall := percent(same, len(ours)), percent(both, both+first), percent(both, both+second)
		t.Logf("%s: %d messages in %d threads (Dovecot 1476); same parent %.2f %%; pairs in one thread: precision %.2f %%, recall %.2f %%",
			order, len(all), f.threads(), share, precision, recall)
		if r := rebuildNow(t, db); r.Posts != len(all) || r.Rows != 0 || r.Moved != 0 {
			t.Errorf("a rebuild changed what arrival gave: %+v", r)
		}
		if share < 99.1 || precision < 99.9 || recall < 95 {
			t.Error("that is less than it was")
		}
	}
}

func percent(a, b int) float64 { return 100 * float64(a) / float64(max(b, 1)) }
