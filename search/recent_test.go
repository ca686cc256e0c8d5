package search

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// sameAnswers compares what a searcher that remembers says with what one says that has neither answers nor lists nor postings of
// earlier searches.
func (s *shelf) sameAnswers(with *Searcher, a Ask) (Answers, bool) {
	s.t.Helper()
	got, err := with.Search(s.t.Context(), s.reader(), a)
	if err != nil {
		s.t.Fatal(err)
	}
	s.x.spaces.pool, s.x.scratch.pool = sync.Pool{}, sync.Pool{}
	s.x.serving.postings.forget()
	alone := &Searcher{index: s.x, spelling: NewSpelling(s.x.Words, s.x.config.Now), tuned: defaultTuning()}
	alone.words.Store(with.Vocabulary()) // without Use, which reads all names for the warmer
	want, err := alone.Search(s.t.Context(), s.reader(), a)
	if err != nil {
		s.t.Fatal(err)
	}
	if reflect.DeepEqual(want, got) { // cheap, and nearly always so
		return got, true
	}
	diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.AllowUnexported(Answers{}, Found{}, Place{}))
	if diff != "" {
		s.t.Errorf("%q behind %v: %s", a.Query.Typed, a.After, diff)
	}
	return got, diff == ""
}

// scattered fills an archive with posts of few words in small discussions.
func (s *shelf) scattered(posts int) {
	words := []string{"autism", "dyslexia", "review", "annual", "exam", "access", "support", "plan", "statement", "EHCP", "reading", "age", "pens", "sensory"}
	order := rand.New(rand.NewPCG(7, 7))
	some := func(n int) (text string) {
		for range n {
			text += " " + words[order.IntN(len(words))]
		}
		return text
	}
	var roots []string
	for i := range posts {
		fields := []string{"Message-ID", fmt.Sprintf("<r%d@x>", i)}
		if len(roots) > 0 && order.IntN(3) > 0 {
			fields = append(fields, "In-Reply-To", roots[order.IntN(len(roots))])
		} else {
			roots = append(roots, fmt.Sprintf("<r%d@x>", i))
		}
		s.post("About"+some(2), "We have"+some(6)+".", fields...)
	}
	s.follow()
}

func TestRandomSearchesFindTheSameAgainAndAlone(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.scattered(400)
	words, err := LoadVocabulary("")
	if err != nil {
		t.Fatal(err)
	}
	with := NewSearcher(s.x, words)
	pieces := []string{"autism", "dyslexia", `"annual review"`, "exam access", "EHCP", "statement", "reading OR pens", "-plan", "subject:support", "sensory", "sort:newest", "sort:oldest", "is:question", "file:x", "readng", "only:my-words"}
	order := rand.New(rand.NewPCG(3, 3))
	remembered := 0
	for range 150 {
		text := pieces[order.IntN(len(pieces))]
		for range order.IntN(3) {
			text += " " + pieces[order.IntN(len(pieces))]
		}
		a := Ask{Query: Parse(text, s.now), Count: 1 + order.IntN(PageMost), Plain: order.IntN(4) == 0}
		for range 4 { // pages, each asked twice
			got, ok := s.sameAnswers(with, a)
			if !ok {
				return
			}
			if m, key, usual := with.moment(s.reader(), a); usual && with.recent.find(m, key) != nil {
				remembered++
			}
			if _, ok := s.sameAnswers(with, a); !ok {
				return
			}
			if a.After = got.Next; a.After == (Place{}) {
				break
			}
		}
	}
	if remembered < 100 {
		t.Errorf("%d answers were remembered, so the test shows nothing", remembered)
	}
}

func TestWhatIsRememberedEndsWithAnyChange(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.scattered(60)
	with := NewSearcher(s.x, &Vocabulary{})
	a := Ask{Query: Parse("review", s.now), Count: 5}
	before, _ := s.sameAnswers(with, a)
	if before.Discussions < 6 || before.Next == (Place{}) {
		t.Fatalf("%d discussions are found", before.Discussions)
	}
	for _, change := range []struct {
		name string
		do   func(tx *store.Tx) error
	}{
		{"a post is hidden", func(tx *store.Tx) error {
			_, err := archive.Hide(tx, before.Found[0].Best, archive.Seal{}, s.now)
			return err
		}},
		{"a topic is made", func(tx *store.Tx) error {
			_, _, err := archive.AddTopic(tx, archive.Topic{List: s.list, Name: "Reviews"})
			return err
		}},
		{"the law changes", func(tx *store.Tx) error {
			_, _, err := archive.SetEra(tx, archive.LegalEra{List: s.list, Before: s.now.Add(48 * time.Hour), Sentence: "It was before the law changed."})
			return err
		}},
		{"the list gets another title", func(tx *store.Tx) error {
			l, err := list.Get(tx, s.list)
			if err != nil {
				return err
			}
			l.Title = "Another"
			return list.Save(tx, l)
		}},
	} {
		s.sameAnswers(with, a)
		s.update(change.do)
		s.sameAnswers(with, a)
		s.follow()
		s.sameAnswers(with, a)
	}
	s.post("Review", "A review of the review.")
	s.sameAnswers(with, a)
	s.follow()
	if after, _ := s.sameAnswers(with, a); after.Discussions == 0 {
		t.Error("nothing is found")
	}
}
