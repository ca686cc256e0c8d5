package search

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func discard() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func TestAnIndexIsMadeAnewWhileTheOldOneAnswers(t *testing.T) {
	t.Parallel()
	const posts = batchPosts + 100
	s := newShelf(t)
	s.many(posts)
	s.follow()
	s.x.Reindex()
	if more, err := s.x.work(t.Context()); err != nil || !more || s.x.building == nil {
		t.Fatalf("more to do: %v, error %v; want one batch of a new index", more, err)
	}
	if got := len(s.find(words("common"))); got != posts {
		t.Errorf("%d posts found meanwhile, want %d", got, posts)
	}
	p, err := s.x.Progress()
	if err != nil || !p.Rebuilding || p.Percent < 50 || p.Percent > 99 {
		t.Errorf("progress %+v, error %v; want a rebuilding of which most is done", p, err)
	}
	lost := s.x.serving
	lost.broken.Store(true)
	if err := s.x.mend(); err != nil {
		t.Fatal(err)
	}
	f, err := s.x.hits(t.Context(), s.reader(), words("common"), defaultWeights())
	if err != nil || len(f.Hits) != batchPosts || f.Rebuilding > 99 {
		t.Errorf("without the old one %d posts, %d %%, error %v; want what is there and how much that is", len(f.Hits), f.Rebuilding, err)
	}
	s.follow()
	if got := len(s.find(words("common"))); got != posts || s.x.state.Serving.Dir != "index-2" {
		t.Errorf("%d posts found afterwards in %s, want %d", got, s.x.state.Serving.Dir, posts)
	}
}

func TestAnIndexWaitsForAnImportUntilItEnds(t *testing.T) {
	s := newShelf(t)
	if now := time.Now(); s.x.left(now) > 0 {
		t.Errorf("it waits %v for nothing", s.x.left(now))
	}
	before := time.Now()
	s.x.Yield()
	if after := time.Now().Add(yielding); s.x.left(before) <= 0 || s.x.left(after) > 0 {
		t.Errorf("after a batch it waits %v, and %v later %v, want %[2]v at most", s.x.left(before), yielding, s.x.left(after))
	}
	s.x.Resume()
	if now := time.Now(); s.x.left(now) > 0 {
		t.Errorf("after the import it waits %v", s.x.left(now))
	}
}

func TestAPostOverWhichReadingPanicsIsSkipped(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	bad := true
	s.x.config.Files = func(context.Context, string, []byte) (string, error) {
		if bad {
			panic("a hostile file")
		}
		return "words of the file", nil
	}
	a := s.post("One", "the common word")
	b := s.post("Two", "--x\r\nContent-Type: text/plain\r\n\r\nthe common word\r\n--x\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=plan.csv\r\n\r\na,b\r\n--x--",
		"Content-Type: multipart/mixed; boundary=x", "MIME-Version: 1.0")
	c := s.post("Three", "the common word")
	s.follow()
	s.want(words("common"), a, c)
	if p, err := s.x.Progress(); err != nil || p.Skipped != 1 || p.Behind != 0 {
		t.Errorf("progress %+v, error %v; want one post skipped and none to come", p, err)
	}
	bad = false
	s.x.Reindex()
	s.follow()
	s.want(words("common"), a, b, c)
	s.want(words("file"), b)
	s.want(words("plan.csv"), b)
	if p, err := s.x.Progress(); err != nil || p.Skipped != 0 {
		t.Errorf("progress %+v, error %v; want no post skipped any more", p, err)
	}
}

func TestAHiddenPostIsFoundByNobodyAtOnce(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	a, b := s.post("One", "the common word"), s.post("Two", "the common word")
	s.follow()
	s.update(func(tx *store.Tx) error { _, err := archive.Hide(tx, a, archive.Seal{}, s.now); return err })
	s.want(words("common"), b)
	s.want(Query{}, b)
	s.follow()
	s.want(words("common"), b)
	s.update(func(tx *store.Tx) error { _, err := archive.Show(tx, a, s.now); return err })
	s.follow()
	s.want(words("common"), a, b)
}

func (s *shelf) update(fn func(tx *store.Tx) error) {
	s.t.Helper()
	testdb.Update(s.t, s.db, fn)
}

func TestErasedWordsLeaveTheFilesInTheNight(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	a, b := s.post("One", "the zyxwvut is a pupil"), s.post("Two", "the common word")
	s.follow()
	s.update(func(tx *store.Tx) error { _, err := archive.Erase(tx, a, s.now); return err })
	s.want(words("zyxwvut"))
	s.due = s.now.Add(time.Hour)
	s.follow()
	if p, err := s.x.Progress(); err != nil || p.Residue != 1 || !s.holds("zyxwvut") {
		t.Errorf("progress %+v, error %v; want the word still in the files, and one post to clean up after", p, err)
	}
	s.now = s.due
	s.follow()
	if p, err := s.x.Progress(); err != nil || p.Residue != 0 || s.holds("zyxwvut") || p.Rebuilding {
		t.Errorf("progress %+v, error %v; want nothing left of the word", p, err)
	}
	s.want(words("common"), b)
}

// holds reports whether a dictionary of the index has a word. Its bytes tell nothing: the library packs words.
func (s *shelf) holds(word string) bool {
	for w := range s.x.serving.words(word) {
		return w == word
	}
	return false
}

func TestAPostIsFoundSoonAfterItIsPublished(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.x.Run(ctx) }()
	s.many(1)
	begin := time.Now()
	for len(s.find(words("common"))) == 0 {
		if time.Since(begin) > time.Minute {
			t.Fatal("it is not found after a minute")
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("found after %v; gathering takes %v of it", time.Since(begin).Round(time.Millisecond), gather)
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
