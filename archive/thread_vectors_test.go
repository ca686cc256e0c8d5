package archive

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sencoforum/internal/corpora"
	"sencoforum/internal/testdb"
	"sencoforum/message"
	"sencoforum/store"
)

// imapThreads writes all threads as IMAP does (RFC 5256 §4): (1 (2 4)(3)) says that 2 and 3 answer 1, and 4 answers 2.
func imapThreads(t *testing.T, db *store.DB) string {
	t.Helper()
	var out []string
	f := readForest(t, db)
	children := map[Number][]Number{} // 0: unused
	tops := map[Number][]Number{}
	for _, n := range slices.Sorted(maps.Keys(f.thread)) {
		if up := f.parent[n]; up != 0 {
			children[up] = append(children[up], n)
		} else {
			tops[f.thread[n]] = append(tops[f.thread[n]], n)
		}
	}
	var write func(n Number) string
	write = func(n Number) string {
		s := fmt.Sprint(n)
		below := children[n]
		if len(below) == 1 {
			return s + " " + write(below[0])
		}
		if len(below) > 1 {
			s += " "
		}
		for _, c := range below {
			s += "(" + write(c) + ")"
		}
		return s
	}
	for _, thread := range slices.Sorted(maps.Keys(tops)) {
		if len(tops[thread]) == 1 {
			out = append(out, "("+write(tops[thread][0])+")")
			continue
		}
		s := ""
		for _, n := range tops[thread] {
			s += "(" + write(n) + ")"
		}
		out = append(out, "("+s+")")
	}
	slices.Sort(out)
	return strings.Join(out, "")
}

// TestIMAPThreadVectors compares with what IMAP servers answer to THREAD REFERENCES. Where an answer follows after messages
// were deleted there, they never came here. Threads are compared without their order.
func TestIMAPThreadVectors(t *testing.T) {
	dir := corpora.Dir(t, "threading/imaptest")
	for _, c := range []struct {
		file    string
		without []int  // places in the file, from 1
		theirs  string // in the places that are left
		ours    string // where it differs, and why
		why     string
	}{
		{"thread", nil, "(1)(3 2)", "((1)(2 3))", "all that a post names is one thread; a cycle is cut at the post that came first"},
		{"thread", []int{1}, "(2 1)", "(1 2)", "a cycle is cut at the post that came first"},
		{"thread3", nil, "(1 2)", "(1)(2)", "the same subject alone is no evidence"},
		{"thread5", []int{5}, "(1 (2 4)(3))", "", ""},
		{"thread5", []int{1, 2, 5}, "(1)(2)", "", ""},
		{"thread5", []int{1, 2}, "((2)(3))(1)", "", ""},
		{"thread7", nil, "(1 (2 3)(4))", "", ""},
		{"thread7", []int{2}, "(1 3 2)", "", ""},
	} {
		var raws [][]byte
		for i, raw := range readMbox(t, filepath.Join(dir, c.file+".mbox")) {
			if !slices.Contains(c.without, i+1) {
				raws = append(raws, raw)
			}
		}
		db := testdb.Open(t)
		importAll(t, db, "", raws)
		got, want := imapThreads(t, db), c.theirs
		if c.ours != "" {
			t.Logf("%s without %v: ours %s, theirs %s: %s", c.file, c.without, got, c.theirs, c.why)
			want = c.ours
		}
		if got != want {
			t.Errorf("%s without %v: %s, want %s", c.file, c.without, got, want)
		}
	}
}

// TestNotmuchThreads compares with the sets that notmuch makes: messages that name each other, or the same third one.
// Those are computed here in the plainest way. Of several messages with one Message-ID notmuch makes one, so only the
// first is taken.
func TestNotmuchThreads(t *testing.T) {
	for _, name := range []string{"threading", "default", "lkml", "broken", "duplicate"} {
		dir := corpora.Dir(t, "archive-notmuch/"+name)
		var raws [][]byte
		seen := map[string]bool{}
		for _, path := range corpora.Files(t, dir, "*") {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if id := message.Parse(raw).MessageID(); !seen[id] {
				raws, seen[id] = append(raws, raw), true
			}
		}
		byDate(raws)
		db := testdb.Open(t)
		importAll(t, db, "[notmuch]", raws)
		f := readForest(t, db)
		theirs := components(raws)
		both, first, second := 0, 0, 0
		for i := range raws {
			for j := range i {
				switch a, b := f.thread[Number(i+1)] == f.thread[Number(j+1)], theirs[i] == theirs[j]; {
				case a && b:
					both++
				case a:
					first++
				case b:
					second++
				}
			}
		}
		roots := len(slices.Compact(slices.Sorted(slices.Values(theirs))))
		t.Logf("%s: %d messages; ours %d threads, theirs %d; pairs: precision %.1f %%, recall %.1f %%", name, len(raws),
			f.threads(), roots, percent(both, both+first), percent(both, both+second))
		if first+second > 0 {
			t.Errorf("%s: %d pairs are only with us in one thread, %d only there", name, first, second)
		}
	}
}

// components gives each message the number of the first one that it hangs together with.
func components(raws [][]byte) []int {
	root := map[string]string{}
	var find func(id string) string
	find = func(id string) string {
		if up, ok := root[id]; ok && up != id {
			return find(up)
		}
		return id
	}
	ids := make([]string, len(raws))
	for i, raw := range raws {
		m := message.Parse(raw)
		ids[i] = m.MessageID()
		for _, id := range append(m.References(), m.InReplyTo()...) {
			if a, b := find(ids[i]), find(id); a != b {
				root[a] = b
			}
		}
	}
	numbers := map[string]int{}
	all := make([]int, len(raws))
	for i, id := range ids {
		r := find(id)
		if _, ok := numbers[r]; !ok {
			numbers[r] = i + 1
		}
		all[i] = numbers[r]
	}
	return all
}
