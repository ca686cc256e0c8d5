package search

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// alikeShelf has 30 discussions that are like each other too much to be told apart, and two that are alike.
func alikeShelf(t *testing.T) (s *shelf, old, asked archive.Number) {
	s = newShelf(t)
	for i := range 30 {
		s.post(fmt.Sprint("Minibus and kitchen ", i), fmt.Sprintf("Where do you hire the minibus number %d for the trip of the school?", i))
	}
	old = s.post("Hedgehogs hibernating in the library", "Do hedgehogs hibernate in a library or in a shed with porridge?")
	asked = s.post("Hibernating hedgehogs, library?", "Our library has hedgehogs that hibernate. Is a shed with porridge better?")
	return s, old, asked
}

// findAlike indexes all there is and finds what is like what, as it is done at leisure.
func (s *shelf) findAlike() {
	s.t.Helper()
	s.follow()
	for again := true; again; {
		var err error
		if again, err = s.x.findAlike(context.Background(), nil); err != nil || s.x.alike.waiting.Load() != 0 {
			s.t.Fatalf("again %t, %d are waiting, error %v", again, s.x.alike.waiting.Load(), err)
		}
	}
}

// openAlike opens what was kept, and finds nothing yet.
func (s *shelf) openAlike() {
	s.t.Helper()
	s.follow()
	if err := s.x.openAlike(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

// alike is what a page of the discussion that a post begins is given.
func (s *shelf) alike(n archive.Number) []archive.Number {
	var p archive.Post
	testdb.View(s.t, s.db, func(tx *store.Tx) (err error) { p, err = archive.Get(tx, n); return err })
	return (&Searcher{index: s.x}).Alike(p)
}

func (s *shelf) wantAlike(what string, n archive.Number, want ...archive.Number) {
	s.t.Helper()
	if got := s.alike(n); !slices.Equal(got, want) {
		s.t.Errorf("%s: %d is like %v, want %v", what, n, got, want)
	}
}

func TestWhatDiscussionsAreLikeIsKeptOverARestart(t *testing.T) {
	t.Parallel()
	s, old, asked := alikeShelf(t)
	s.openAlike()
	s.wantAlike("before it is found", asked)
	s.findAlike()
	s.wantAlike("found", asked, old)
	s.wantAlike("the other way round", old, asked)
	s.close()
	s.open()
	s.openAlike()
	s.wantAlike("after a restart", asked, old)
	if got, want := len(s.x.alike.of), 32; got != want {
		t.Errorf("%d are kept, want %d", got, want)
	}
	redact(s, asked)
	s.wantAlike("of other words", asked)
	s.close()
	s.open()
	s.openAlike() // it stands in the file as before
	if _, ok := s.x.alike.get(asked); ok {
		t.Error("after a restart it is kept of words that were taken out")
	}
	s.findAlike()
	s.wantAlike("found by the words that are left", asked)
	b, err := os.ReadFile(s.x.alike.file.path)
	if got, want := (len(b)-len(alikeHead))/alikeSize, len(s.x.alike.of)+1; err != nil || got > want {
		t.Errorf("the file has %d records, want %d: nothing of words that were taken out, error %v", got, want, err)
	}
}

// redact takes out of a post what it is like.
func redact(s *shelf, n archive.Number) {
	testdb.Update(s.t, s.db, func(tx *store.Tx) error {
		raw := []byte("From: Priya Shah <priya@school.example>\r\nSubject: Taken out\r\nDate: Mon, 2 Mar 2015 10:00:00 +0000\r\n\r\nTaken out.\r\n")
		_, err := archive.Rewritten(tx, n, raw, "Taken out", "Priya Shah", s.now)
		return err
	})
}

func TestANewDiscussionIsNamedByThoseThatItIsLike(t *testing.T) {
	t.Parallel()
	s, old, asked := alikeShelf(t)
	s.openAlike()
	s.findAlike()
	newer := s.post("Hedgehogs hibernate in our library", "Hedgehogs hibernate in the library again. Porridge or shed?")
	s.findAlike()
	if got := s.alike(newer); !slices.Contains(got, old) || !slices.Contains(got, asked) {
		t.Errorf("the new one is like %v, want %d and %d", got, old, asked)
	}
	if got := s.alike(old); !slices.Contains(got, newer) {
		t.Errorf("an older one is like %v, want %d among them", got, newer)
	}
	s.x.alike.mu.Lock()
	defer s.x.alike.mu.Unlock()
	for n, k := range s.x.alike.of {
		if k.nudged {
			t.Errorf("%d waits for ever", n)
		}
	}
}

func TestNothingIsFoundWhileTheIndexDoesNotKnowAllPosts(t *testing.T) {
	t.Parallel()
	s, _, asked := alikeShelf(t)
	s.openAlike()
	s.post("Late", "This one is not indexed yet.")
	if again, err := s.x.findAlike(context.Background(), nil); err != nil || !again {
		t.Fatalf("again %t, error %v", again, err)
	}
	if _, ok := s.x.alike.get(asked); ok {
		t.Error("it was found although the index was behind")
	}
	s.follow()
	s.x.Yield() // an import goes on
	if again, err := s.x.findAlike(context.Background(), nil); err != nil || !again || len(s.x.alike.of) > 0 {
		t.Errorf("beside an import: again %t, error %v, %d found", again, err, len(s.x.alike.of))
	}
}

func TestWhatIsLikeWhatIsFoundAnew(t *testing.T) {
	for _, c := range []struct {
		name   string
		k      kinship
		newest archive.Number
		stale  bool
	}{
		{"not at once", kinship{upTo: 1000}, 1000, false},
		{"not after a few posts", kinship{upTo: 10}, 10 + alikeFew, false},
		{"after some posts of a small archive", kinship{upTo: 10}, 11 + alikeFew, true},
		{"not before a large archive has grown by a quarter", kinship{upTo: 40_000}, 50_000, false},
		{"when it has", kinship{upTo: 40_000}, 50_001, true},
		{"when a newer one is like it", kinship{upTo: 1000, nudged: true}, 1000, true},
	} {
		if got := c.k.stale(c.newest); got != c.stale {
			t.Errorf("%s: got %t, want %t", c.name, got, c.stale)
		}
	}
}

func TestWhatIsSeenNoMoreIsForgotten(t *testing.T) {
	var a kinships
	for n := range archive.Number(4) {
		a.put(n+1, kinship{upTo: 4})
	}
	if got := a.unfound([]archive.Number{2, 3, 5, 6}); !slices.Equal(got, []archive.Number{6, 5}) {
		t.Errorf("%v are to be found, want the newest first: 6 and 5", got)
	}
	a.put(5, kinship{upTo: 4})
	a.unfound([]archive.Number{2, 3, 5})
	if got := slices.Sorted(maps.Keys(a.of)); !slices.Equal(got, []archive.Number{2, 3, 5}) {
		t.Errorf("%v are kept, want 2, 3 and 5", got)
	}
}

func TestARestIsLongerWhileTheServerIsBusy(t *testing.T) {
	for _, c := range []struct {
		name         string
		worked, busy time.Duration // busy: of each rest
		want         time.Duration
	}{
		{"three times as long as the work", 100 * time.Millisecond, 0, 300 * time.Millisecond},
		{"long enough to see who is busy", time.Millisecond, 0, alikeLeast},
		{"two seconds at most", time.Minute, 0, alikeLong},
		{"a little beside it does not count", 100 * time.Millisecond, 75 * time.Millisecond, 300 * time.Millisecond},
		{"until the server has less to do, but two seconds at most", 100 * time.Millisecond, 76 * time.Millisecond, 2100 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			began, sum := time.Now(), time.Duration(0)
			restAlike(t.Context(), c.worked, func() time.Duration { sum += c.busy; return sum })
			if got := time.Since(began); got != c.want {
				t.Errorf("%s: a rest of %v, want %v", c.name, got, c.want)
			}
		})
	}
}

// What stands in the file of a test.
var (
	alikeSome = kinship{revision: 3, upTo: 90, found: [alikeKept]archive.Number{7, 8}}
	alikeMark = mark{Seq: 1<<40 + 5, Post: 88}
)

// writeAlike writes a file of two discussions, of which one was found twice.
func writeAlike(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	f := alikeFile{path: filepath.Join(dir, alikeName)}
	f.add(1, kinship{revision: 1})
	f.add(2, kinship{})
	f.add(1, alikeSome)
	if err := f.save(alikeMark); err != nil {
		t.Fatal(err)
	}
	return dir
}

// readAlike opens it, where the store fits.
func readAlike(t *testing.T, dir string, f *alikeFile) map[archive.Number]kinship {
	t.Helper()
	of, err := f.open(dir, func(m mark) error {
		if m.Seq != alikeMark.Seq || m.Post != alikeMark.Post {
			t.Errorf("the mark is %+v, want %+v", m, alikeMark)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return of
}

func TestTheFileOfWhatIsLikeWhat(t *testing.T) {
	dir := writeAlike(t)
	f := &alikeFile{}
	if got, want := readAlike(t, dir, f), map[archive.Number]kinship{1: alikeSome, 2: {}}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if err := f.rewrite(map[archive.Number]kinship{4: alikeSome}, alikeMark); err != nil {
		t.Fatal(err)
	}
	if got, want := readAlike(t, dir, f), map[archive.Number]kinship{4: alikeSome}; !maps.Equal(got, want) {
		t.Errorf("written anew: got %v, want %v", got, want)
	}
	for range 2 { // the second time it is gone
		if got, err := f.open(dir, func(mark) error { return errOther }); err != nil || len(got) > 0 {
			t.Errorf("of an older store that was put back it keeps %v, error %v", got, err)
		}
	}
	if err := os.WriteFile(f.path, []byte("sencoforum alike 0, index 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := readAlike(t, dir, f); len(got) > 0 {
		t.Errorf("of another format it keeps %v", got)
	}
}

func TestAFileThatACrashHasLeftGoesOn(t *testing.T) {
	dir := writeAlike(t)
	path := filepath.Join(dir, alikeName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(whole, make([]byte, 2*alikeSize+1)...), 0o600); err != nil {
		t.Fatal(err)
	}
	f := &alikeFile{}
	readAlike(t, dir, f)
	f.add(9, alikeSome)
	if err := f.save(alikeMark); err != nil {
		t.Fatal(err)
	}
	if got := readAlike(t, dir, f); got[9] != alikeSome || got[1] != alikeSome {
		t.Errorf("after a crash and what was found since: %v", got)
	}
}

func FuzzParseAlike(f *testing.F) {
	f.Add([]byte("sencoforum"))
	one := appendKinship(bytes.Clone(alikeHead), 7, kinship{revision: 1, upTo: 2, found: [alikeKept]archive.Number{3}})
	f.Add(one)
	f.Add(appendAlikeMark(one, mark{Seq: 5, Post: 4})[:len(one)+alikeSize-1])
	f.Fuzz(func(t *testing.T, b []byte) {
		of, _, size, err := parseAlike(b)
		if err == nil && (size > len(b) || len(of)*alikeSize > size) {
			t.Errorf("%d discussions and %d octets of %d", len(of), size, len(b))
		}
	})
}

// BenchmarkAlike finds and keeps what the newest discussions are like of those for which it is not known, in the data directory that
// SEARCH_DATA names, without a rest.
func BenchmarkAlike(b *testing.B) {
	s := benchShelf(b)
	if err := s.x.openAlike(b.Context()); err != nil {
		b.Fatal(err)
	}
	firsts, err := s.x.overview.Firsts()
	if err != nil {
		b.Fatal(err)
	}
	all := s.x.alike.unfound(firsts)
	all = all[:min(b.N, len(all))]
	began := used()
	for _, n := range all {
		if _, err := s.x.findOne(b.Context(), n, firsts[len(firsts)-1]); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.x.saveAlike(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64((used()-began).Microseconds())/1000/float64(max(1, len(all))), "cpu-ms/discussion")
	b.ReportMetric(float64(s.x.alike.waiting.Load())-float64(len(all)), "waiting")
	b.ReportMetric(0, "ns/op")
}
