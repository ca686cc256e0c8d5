package search

import (
	"context"
	"sync"
	"time"
)

// lexiconAge is how old the words may be that corrections are made of.
const lexiconAge = time.Hour

// A Spelling corrects queries by the words that are in the index now. It reads them when it is first asked, and anew when
// they are an hour old; one caller waits for that, others have the old ones. Any number of goroutines may use it.
//
// The words are of all lists. A correction is shown to nobody before a search of theirs has found it.
type Spelling struct {
	words func(ctx context.Context, from string, each func(word string, posts uint64) bool) error
	now   func() time.Time

	reading sync.Mutex // held by the one that reads the words

	mu      sync.Mutex // guards the rest
	lexicon *Lexicon
	read    time.Time
}

// NewSpelling returns a Spelling that asks words, such as Index.Words.
func NewSpelling(words func(ctx context.Context, from string, each func(word string, posts uint64) bool) error, now func() time.Time) *Spelling {
	return &Spelling{words: words, now: now}
}

// Correct returns the query with what was probably meant, and false when nothing has to be changed, or when there are no
// words yet. It takes a query that was not expanded, and the words that are certainly right.
func (s *Spelling) Correct(ctx context.Context, q Query, v *Vocabulary) (Query, bool) {
	better, changed := s.current(ctx).Correct(q, v)
	return better, len(changed) > 0
}

// current returns the words, fresh ones where that is possible.
func (s *Spelling) current(ctx context.Context) *Lexicon {
	old, age := s.have()
	if old != nil && age < lexiconAge || !s.reading.TryLock() {
		return old
	}
	defer s.reading.Unlock()
	var err error
	fresh := NewLexicon(func(yield func(string, int) bool) {
		err = s.words(ctx, "", func(word string, posts uint64) bool { return yield(word, int(min(posts, 1<<31-1))) })
	})
	if err != nil || len(fresh.words) == 0 {
		return old
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lexicon, s.read = fresh, s.now()
	return fresh
}

func (s *Spelling) have() (*Lexicon, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lexicon, s.now().Sub(s.read)
}
