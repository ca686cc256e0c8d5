package search

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("SEARCH_CHILD"); dir != "" {
		fmt.Fprintln(os.Stderr, indexForEver(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// indexForEver makes the index of a store anew, again and again, until the process is killed.
func indexForEver(dir string) error {
	s, err := killable(dir)
	for err == nil {
		err = s.Rebuild(context.Background(), func(int) {})
	}
	return err
}

func killable(dir string) (*Index, error) {
	o := store.DefaultOptions()
	o.Reserve = 0
	db, err := store.Open(filepath.Join(dir, "test.db"), o)
	if err != nil {
		return nil, err
	}
	log := discard()
	return Open(log, db, archive.NewOverview(log, db), Config{Dir: filepath.Join(dir, "search"), Now: time.Now}), nil
}

// many puts so many posts into the archive; each has the word "common" and one of its own.
func (s *shelf) many(n int) {
	s.t.Helper()
	var raws [][]byte
	for i := range n {
		raws = append(raws, fmt.Appendf(nil, "From: priya@school.example\r\nSubject: Post %d\r\nMessage-ID: <%d@school.example>\r\nDate: Mon, 2 Mar 2015 10:00:00 +0000\r\n\r\nThe common word and own%dword.\r\n", i, i, i))
	}
	s.putAll(raws)
}

func TestAKilledServerIndexesWhatIsMissing(t *testing.T) {
	t.Parallel()
	const posts = 1500
	s := &shelf{t: t, db: testdb.Open(t), dir: t.TempDir(), now: time.Now()}
	s.list = s.addList("forum")
	s.many(posts)
	dir := t.TempDir()
	if err := s.db.Backup(filepath.Join(dir, "test.db")); err != nil {
		t.Fatal(err)
	}
	caught := 0 // indexes that held something when they were killed
	for i := range 5 {
		child := exec.Command(os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), "SEARCH_CHILD="+dir)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		killAfter(t, child, filepath.Join(dir, "search"), i)
		x, err := killable(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []*engine{x.serving, x.building} {
			if e == nil {
				continue
			}
			held, last := 0, ""
			for w := range e.words("own") {
				if !strings.HasPrefix(w, "own") {
					break
				}
				held, last = held+1, w
			}
			if held > 0 {
				caught++
			}
			if want := int(e.mark().Seq); held != want {
				t.Errorf("kill %d: the index says that it holds the posts of %d changes, and has the words of %d (the last is %q)", i, want, held, last)
			}
		}
		if err := errors.Join(x.Close(), x.db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if caught == 0 {
		t.Error("no kill came in the middle of the work")
	}
}

// killAfter kills a process in the middle of its work: when so many files of the index have come.
func killAfter(t *testing.T, child *exec.Cmd, dir string, files int) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < 20*time.Second; time.Sleep(5 * time.Millisecond) {
		all, _ := filepath.Glob(filepath.Join(dir, "index-*", "*.zap"))
		if len(all) > files {
			break
		}
	}
	_ = child.Process.Kill()
	_ = child.Wait()
}

func TestABrokenIndexIsMadeAnew(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		do   func(t *testing.T, dir, index string)
	}{
		{"the directory is gone", func(t *testing.T, dir, _ string) { remove(t, dir) }},
		{"the index is gone", func(t *testing.T, _, index string) { remove(t, index) }},
		{"its root file is empty", func(t *testing.T, _, index string) { write(t, filepath.Join(index, "root.bolt"), nil) }},
		{"its root file is rubbish", func(t *testing.T, _, index string) {
			write(t, filepath.Join(index, "root.bolt"), slices.Repeat([]byte("rubbish "), 8192))
		}},
		{"its root file has rubbish in the middle", func(t *testing.T, _, index string) {
			path := filepath.Join(index, "root.bolt")
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 8192; i < len(b); i++ {
				b[i] = byte(i * 7)
			}
			write(t, path, b)
		}},
		{"a segment is gone", func(t *testing.T, _, index string) { remove(t, segment(t, index)) }},
		{"a segment is cut", func(t *testing.T, _, index string) {
			if err := os.Truncate(segment(t, index), 100); err != nil {
				t.Fatal(err)
			}
		}},
		{"a segment is empty", func(t *testing.T, _, index string) { write(t, segment(t, index), nil) }},
		{"the state is rubbish", func(t *testing.T, dir, _ string) { write(t, filepath.Join(dir, stateName), []byte("{{")) }},
		{"it is of an older format", func(t *testing.T, dir, _ string) {
			write(t, filepath.Join(dir, stateName), []byte(`{"serving":{"dir":"index-1","format":0},"last":1}`))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newShelf(t)
			s.many(20)
			s.follow()
			s.flushed()
			s.close()
			c.do(t, s.dir, filepath.Join(s.dir, "index-1"))
			s.open()
			if _, err := s.x.hits(t.Context(), s.reader(), words("common"), defaultWeights()); err != nil {
				t.Errorf("a search beside a broken index: %v", err)
			}
			s.follow()
			if got := s.find(words("common")); len(got) != 20 {
				t.Errorf("%d posts found, want 20", len(got))
			}
			if got := s.find(words("own7word")); len(got) != 1 {
				t.Errorf("own7word finds %v", got)
			}
			if _, err := os.Stat(filepath.Join(s.dir, "index-1")); err == nil && s.x.state.Serving.Dir != "index-1" {
				t.Error("the old index is still there")
			}
		})
	}
}

// flushed waits until the index is on disk.
func (s *shelf) flushed() {
	if err := s.x.serving.flush(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func segment(t *testing.T, index string) string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(index, "*.zap"))
	if err != nil || len(all) == 0 {
		t.Fatalf("no segments in %s: %v", index, err)
	}
	return all[0]
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAnIndexOfALaterStoreIsMadeAnew(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.many(3)
	s.follow()
	s.flushed()
	s.close()
	s.db = testdb.Open(t) // an older one is put back
	s.list = s.addList("forum")
	s.many(2)
	s.open()
	s.follow()
	if got := s.find(words("common")); len(got) != 2 {
		t.Errorf("%v found, want 2 posts", got)
	}
}
