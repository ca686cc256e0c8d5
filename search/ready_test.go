package search

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sencoforum/archive"
	"sencoforum/store"
)

// readied is a shelf of scattered posts of which all is ready.
func readied(t *testing.T, posts int) (*shelf, *Searcher) {
	t.Helper()
	s := newShelf(t)
	s.scattered(posts)
	words, err := LoadVocabulary("")
	if err != nil {
		t.Fatal(err)
	}
	with := NewSearcher(s.x, words)
	with.recent = nil
	s.readyAll()
	return s, with
}

// readyAll makes all ready of an archive, however small.
func (s *shelf) readyAll() {
	s.t.Helper()
	s.flushed()
	s.x.worth = worthReady{1, 1}
	if changed, err := s.x.warm(s.t.Context()); err != nil || !changed {
		s.t.Fatalf("changed %t, error %v", changed, err)
	}
}

// plainly runs fn with nothing ready.
func (s *shelf) plainly(fn func()) {
	c := &s.x.serving.postings
	set := c.borrow()
	defer c.giveBack(set)
	c.forget()
	c.use(nil)
	defer func() { c.forget(); c.use(set) }()
	fn()
}

// sameReady compares what is found with what is ready and without it.
func (s *shelf) sameReady(with *Searcher, text string) (want Answers) {
	s.t.Helper()
	s.x.patience = time.Minute // so that all is found
	a := Ask{Query: Parse(text, s.now), Count: PageMost}
	got, err := with.Search(s.t.Context(), s.reader(), a)
	if err != nil {
		s.t.Fatal(err)
	}
	s.plainly(func() { want, err = with.Search(s.t.Context(), s.reader(), a) })
	if err != nil {
		s.t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.AllowUnexported(Answers{}, Found{}, Place{})); diff != "" {
		s.t.Errorf("%q: %s", text, diff)
	}
	return want
}

func TestRandomSearchesFindTheSameWithWhatIsReady(t *testing.T) {
	t.Parallel()
	s, with := readied(t, 200)
	pieces := []string{"autism", "dyslexia", `"annual review"`, "exam access", "EHCP", "statement", "reading OR pens", "-plan", "subject:support", "sensory", `"plan reading"`, "access arrangements", "ASC", "year:2000-2030"}
	order := rand.New(rand.NewPCG(5, 5))
	found := 0
	for round := range 3 {
		for range 25 {
			text := pieces[order.IntN(len(pieces))]
			for range order.IntN(3) {
				text += " " + pieces[order.IntN(len(pieces))]
			}
			found += s.sameReady(with, text).Discussions
		}
		switch round {
		case 0: // words leave segments, and posts stand in others
			s.update(func(tx *store.Tx) error {
				for n := archive.Number(1); n < 40; n += 3 {
					if _, err := archive.Hide(tx, n, archive.Seal{}, s.now); err != nil {
						return err
					}
				}
				return nil
			})
			s.post("Annual review", "We have an annual review of the EHCP, for autism and dyslexia.")
			s.follow()
		case 1:
			s.readyAll()
		}
	}
	if found < 400 {
		t.Errorf("%d discussions were found, so the test shows nothing", found)
	}
}

// readyFiles are the files of what is ready.
func readyFiles(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*"+readySuffix+"*"))
	if err != nil || len(all) == 0 {
		t.Fatalf("files %v, error %v", all, err)
	}
	return all
}

func TestWhatIsReadyIsThereAgainAfterAStartIfItIsWhole(t *testing.T) {
	t.Parallel()
	s, with := readied(t, 60)
	shippedWords := with.Vocabulary()
	other, err := ParseVocabulary("Sensory plan\nmeans: A plan.\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(b []byte) []byte // of each file; nil: nothing
		words  *Vocabulary
		there  bool // all of it
	}{
		{name: "nothing happened", words: shippedWords, there: true},
		{name: "it was cut", words: shippedWords, change: func(b []byte) []byte { return b[:len(b)/2] }},
		{name: "it is empty", words: shippedWords, change: func([]byte) []byte { return nil }},
		{name: "bits of a list flipped", words: shippedWords, change: func(b []byte) []byte { b[2] ^= 4; return b }},
		{name: "the sum is another", words: shippedWords, change: func(b []byte) []byte { b[len(b)-1]++; return b }},
		{name: "it is of another state of the segment", words: shippedWords, change: func(b []byte) []byte { b[len(b)-readyEnd+16]++; return b }},
		{name: "the vocabulary is another", words: other},
	} {
		dir := s.x.serving.dir
		s.close()
		write(t, readyFiles(t, dir)[0]+".new", []byte("half"))
		for _, name := range readyFiles(t, dir) {
			if b, err := os.ReadFile(name); err != nil {
				t.Fatal(err)
			} else if c.change != nil && filepath.Ext(name) == readySuffix {
				remove(t, name)
				write(t, name, c.change(b))
			}
		}
		s.open()
		s.x.worth = worthReady{1, 1}
		with = NewSearcher(s.x, c.words)
		with.recent = nil
		if err := s.x.recall(t.Context()); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if there := s.x.serving.postings.ready.hasAll(s.x.expected.Load()); there != c.there {
			t.Errorf("%s: all is there %t, want %t", c.name, there, c.there)
		}
		s.follow()
		s.sameReady(with, "annual review")
		s.sameReady(with, `"sensory plan" EHCP`)
		if changed, err := s.x.warm(t.Context()); err != nil || changed == c.there {
			t.Errorf("%s: it is made anew %t, error %v", c.name, changed, err)
		}
		if !s.x.serving.postings.ready.hasAll(s.x.expected.Load()) {
			t.Errorf("%s: it is not whole afterwards", c.name)
		}
		if all := readyFiles(t, dir); len(all) != len(s.x.serving.postings.ready.files) {
			t.Errorf("%s: there are the files %v", c.name, all)
		}
	}
}

// hasAll reports that there are files, all with the names.
func (s *readySet) hasAll(names *expected) bool {
	for _, f := range s.files {
		if !f.has(names) {
			return false
		}
	}
	return len(s.files) > 0 && s.names == names
}

func TestNewPostsEndTheMakingOfWhatIsReadyAndNothingElse(t *testing.T) {
	t.Parallel()
	s, with := readied(t, 60)
	s.x.serving.postings.use(nil)
	for _, name := range readyFiles(t, s.x.serving.dir) {
		remove(t, name)
	}
	s.post("Annual review", "It waits to be found.")
	if _, err := s.x.warm(t.Context()); !errors.Is(err, errNotReady) {
		t.Fatalf("error %v, want that it gave up", err)
	}
	if s.x.serving.broken.Load() {
		t.Fatal("the index is said to be broken")
	}
	if left, _ := filepath.Glob(filepath.Join(s.x.serving.dir, "*.new")); len(left) > 0 {
		t.Errorf("files are left: %v", left)
	}
	s.follow()
	if got := s.sameReady(with, "waits"); got.Discussions != 1 {
		t.Errorf("the new post is found in %d discussions", got.Discussions)
	}
	s.readyAll()
}

func TestWhatCannotBeKeptIsNoFaultOfTheIndex(t *testing.T) {
	t.Parallel()
	s, with := readied(t, 60)
	dir := s.x.serving.dir
	s.x.serving.postings.use(nil)
	for _, name := range readyFiles(t, dir) {
		remove(t, name)
		if err := os.Mkdir(name+".new", 0o700); err != nil { // where a file is to be written
			t.Fatal(err)
		}
		write(t, filepath.Join(name+".new", "x"), nil)
	}
	if _, err := s.x.warm(t.Context()); !errors.Is(err, errUnkept) {
		t.Errorf("error %v, want that it cannot be kept", err)
	}
	if s.x.serving.broken.Load() {
		t.Error("the index is said to be broken")
	}
	s.sameReady(with, "annual review")
}
